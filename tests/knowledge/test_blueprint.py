"""The help center's rooms as a blueprint has them."""

import re
import shutil

import pytest

from tests.knowledge.conftest import labels, publish
from tuki.blueprint.actions import apply
from tuki.blueprint.reading import SHIPPED, Mistaken, read_folder
from tuki.knowledge import actions, audience, policy
from tuki.knowledge.models import Category, Section
from tuki.people.actor import Actor
from tuki.people.queries import system

NOBODY = Actor(None)


@pytest.fixture
def folder(tmp_path, db):
    return shutil.copytree(SHIPPED / "heeros", tmp_path / "desk")


@pytest.fixture
def setter(db) -> Actor:
    """The system, where no desk is set up yet."""
    return Actor(system())


def change(folder, pattern, by, file="knowledge.toml"):
    text, count = re.subn(pattern, by, (folder / file).read_text(), count=1, flags=re.MULTILINE)
    assert count == 1
    (folder / file).write_text(text)


def told(folder):
    with pytest.raises(Mistaken) as mistaken:
        read_folder(folder)
    return [str(mistake) for mistake in mistaken.value.mistakes]


def test_applied_twice_it_changes_nothing(folder, setter):
    assert "+ section purchase-invoices-payments" in apply(read_folder(folder), by=setter)
    assert apply(read_folder(folder), by=setter) == []


def test_a_section_within_another_is_like_it(folder, setter):
    apply(read_folder(folder), by=setter)
    inner = Section.objects.get(key="purchase-invoices-payments")

    assert (inner.parent.key, inner.category.key, inner.kind, inner.product.key) == (
        "purchase-invoices",
        "guides",
        "guides",
        "purchase-invoices",
    )


def test_material_for_main_users_is_not_strangers_H2(folder, setter):
    apply(read_folder(folder), by=setter)
    seen = set(policy.visible_categories(NOBODY).values_list("key", flat=True))

    assert seen == {"guides", "questions", "service", "releases", "news"}
    assert Category.objects.get(key="main-users").audience.condition == audience.seats()


def test_what_vanished_is_out_of_sight_and_what_was_made_by_hand_stays(folder, setter):
    apply(read_folder(folder), by=setter)
    by_hand = actions.make_category(labels("By hand"), by=setter)
    change(folder, r"(?s)\[\[categories\]\]\nkey = \"news\".*?(?=\[\[categories\]\])", "")
    changes = apply(read_folder(folder), by=setter)

    assert {"- category news: retired", "- section news-webinars: retired"} <= set(changes)
    seen = policy.visible_categories(NOBODY)
    assert by_hand in seen
    assert not seen.filter(key="news").exists()


def test_what_was_merged_by_hand_stays_merged(folder, setter):
    apply(read_folder(folder), by=setter)
    kept, other = (Section.objects.get(key=key) for key in ("news-current", "news-webinars"))
    actions.merge_sections(kept, other, by=setter)
    apply(read_folder(folder), by=setter)

    assert Section.objects.get(key="news-webinars").retired


def test_another_fallback_is_what_readers_get_from_then_on(folder, setter):
    apply(read_folder(folder), by=setter)
    section = Section.objects.get(key="faq-access")
    article = actions.make_article(section, "Kirjautuminen", "<p>Näin.</p>", by=setter)
    publish(article, language="fi", by=setter)
    assert policy.visible_articles(NOBODY, "sv").filter(pk=article.pk).exists()

    change(folder, r'^key = "faq-access"$', 'key = "faq-access"\nfallback = "hide"')
    apply(read_folder(folder), by=setter)
    assert not policy.visible_articles(NOBODY, "sv").filter(pk=article.pk).exists()


@pytest.mark.parametrize(
    ("pattern", "by", "line"),
    [
        (
            r'^product = "ontime"$',
            'product = "ontimes"',
            "categories[guides].sections[ontime].product: no product is called “ontimes”; did you mean “ontime”?",
        ),
        (
            r'^audience = "seats"$',
            'audience = "seats"\nteams = ["payrol"]',
            "categories[main-users].teams: no team is called “payrol”; did you mean “payroll”?",
        ),
        (
            r'^audience = "seats"$',
            'audience = "seats"\npackages = ["gold"]',
            "categories[main-users].packages: no package is called “gold”",
        ),
        (
            r'^key = "faq-payroll"$',
            'key = "ontime"',
            "categories[questions].sections[ontime]: there are two sections with this key",
        ),
        (r'^key = "news"$', 'key = "guides"', "categories[guides]: there are two rows with this key"),
        (
            r'^kind = "news"$',
            'kind = "new"',
            "categories[news].sections[news-current].kind: must be guides, questions, service, releases or news, "
            "not “new”",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(folder, pattern, by, line):
    change(folder, pattern, by)

    assert f"knowledge.toml: {line}" in told(folder)
