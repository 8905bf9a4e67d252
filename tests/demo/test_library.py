"""The demo's articles: each is as its file says, and reads well."""

import tomllib

import pytest
from django.db import transaction

from tuki.blueprint.actions import apply
from tuki.blueprint.reading import SHIPPED, read_folder
from tuki.demo.content import CONTENT
from tuki.demo.filling import fill
from tuki.jobs.models import Timer
from tuki.knowledge.models import Article, Draft, Following, Translation, Vote
from tuki.knowledge.queries import editing
from tuki.knowledge.queries.following import followed, listed
from tuki.people.actor import Actor
from tuki.people.models import Person
from tuki.people.queries import system

pytestmark = pytest.mark.django_db
# One is written for every run, and filling.py fills them all: the others are looked at by bin/test --all.
DESKS = [
    pytest.param(path.parent.name, marks=() if path.parent.name == "heeros" else pytest.mark.full)
    for path in sorted(CONTENT.glob("*/articles"))
]


@pytest.fixture(scope="module", params=DESKS)
def desk(request, django_db_setup, django_db_blocker):
    """A filled demo, made once for all tests here and undone after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        apply(read_folder(SHIPPED / request.param), by=Actor(system()))
        fill(request.param)
        yield request.param
        transaction.set_rollback(True)


def written(desk) -> list[dict[str, object]]:
    return [tomllib.loads(path.read_text()) for path in (CONTENT / desk / "articles").glob("*/*.toml")]


def texts(desk) -> list[dict[str, object]]:
    return [raw[language] for raw in written(desk) for language in ("fi", "en", "sv", "nl") if language in raw]


def test_every_file_is_an_article_and_every_language_a_translation(desk):
    assert Article.objects.count() == len(written(desk))
    states = [text.get("state", "published") for text in texts(desk)]
    assert {s: Translation.objects.filter(status=s).count() for s in set(states)} == {
        s: states.count(s) for s in set(states)
    }
    assert Draft.objects.count() == sum(state in {"draft", "scheduled"} for state in states)
    assert Timer.objects.filter(kind="knowledge.publish").count() == states.count("scheduled")


def test_readers_voted(desk):
    raw = written(desk)
    assert Vote.objects.filter(helpful=True).count() == sum(row.get("helpful", 0) for row in raw)
    assert Vote.objects.exclude(reason="").count() == sum(len(row.get("reasons", [])) for row in raw)


def test_no_two_files_have_the_same_name(desk):
    names = [path.stem for path in (CONTENT / desk / "articles").glob("*/*.toml")]

    assert len(set(names)) == len(names)


def test_no_editor_would_have_anything_to_remark(desk):
    remarks = {
        (one.title, remark.words, remark.about)
        for one in Translation.objects.exclude(body="").select_related("article__section")
        for remark in editing.remarks_on(one.body, one.language, one.article)
        if remark.kind != "kept"  # some say where main users read on
    }

    assert remarks == set()


def test_no_link_leads_nowhere(desk):
    assert [dead for language in ("fi", "en") for dead in editing.dead_links(Actor(system()), language).rows] == []
    assert not Translation.objects.filter(body__contains='href="article:').exists()
    assert not Translation.objects.filter(body__regex=r"<img(?![^>]*width=)").exists()


def test_customers_follow_what_goes_wrong_at_once_and_release_notes_by_the_week(desk):
    customers = Person.objects.filter(role="customer")
    following = customers.filter(pk__in=Following.objects.values("person"))
    assert 0 < following.count() < customers.count()
    for customer in following:
        lines = listed(followed(Actor(customer)), Actor(customer), "fi")
        assert all(line.called for line in lines)  # whoever follows something may know of it
        assert {line.pace for line in lines} == {"at_once", "weekly"}
