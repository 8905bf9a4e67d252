"""What a list costs the database follows what it shows, not how many articles there are."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.costs import count, work
from tests.knowledge.conftest import labels
from tuki.knowledge import actions, audience, policy
from tuki.knowledge.models import Article, Draft, Kind, Section, Showing, Status, Translation
from tuki.knowledge.queries import editing, hearing, reading
from tuki.people.actor import Actor

NOBODY = Actor(None)
FEW, MANY = 1_000, 4_000
# A B-tree may be a level deeper, and PostgreSQL may plan otherwise from one time to the next.
SLACK = 1.6


@pytest.fixture
def sections(unworn, guides, root) -> list[Section]:
    kinds = [Kind.GUIDES, Kind.NEWS, Kind.GUIDES, Kind.RELEASES]
    made = [actions.make_section(guides, labels(f"{n}"), kind=kind, by=root) for n, kind in enumerate(kinds)]
    actions.make_section(guides, labels("hidden"), audience=audience.seats(), by=root)
    return made


@pytest.fixture
def grow(sections, eva) -> Callable[[int], None]:
    """Let the help center have so many articles in all, in four sections, each with a translation and a draft."""
    made = 0

    def to(many: int) -> None:
        nonlocal made
        numbers = range(made, many)
        articles = Article.objects.bulk_create(
            Article(
                section=sections[n % 4],
                source_language="en",
                promoted=n % 50 == 0,
                position=n,
                author=eva.person,
                owner=eva.person,
                review_at=date(2026, 1, 1) + timedelta(days=n),
                made_at=eva.at,
            )
            for n in numbers
        )
        translations = Translation.objects.bulk_create(
            Translation(
                article=article,
                language=language,
                status=Status.PUBLISHED,
                title=f"Article {article.position}",
                body="<p>x</p>",
                published_at=eva.at - timedelta(minutes=article.position),
                outdated=language == "fi",
                changed_by=eva.person,
                changed_at=eva.at - timedelta(minutes=article.position),
            )
            for article in articles
            for language in ("en", "fi")
        )
        Draft.objects.bulk_create(
            Draft(translation=one, title="x", saved_by=eva.person, saved_at=one.changed_at)
            for one in translations
            if one.language == "en"
        )
        Showing.objects.bulk_create(
            Showing(
                article=one.article,
                language=one.language,
                translation=one,
                translated=True,
                section=one.article.section,
                announces=one.article.section.announces,
                unpromoted=not one.article.promoted,
                position=one.article.position,
                published_at=one.published_at,
                folded=one.title.casefold(),
            )
            for one in translations
        )
        made = many

    return to


def lists(eva: Actor, sections: list[Section]) -> dict[str, Callable[[], Any]]:
    """All that pages ask."""
    article = Article.objects.order_by("pk")[500]
    showing = reading.article(NOBODY, article.pk, "en")
    assert showing is not None
    asked: dict[str, Callable[[], Any]] = {
        "home": lambda: reading.categories(NOBODY, "en"),
        "promoted": lambda: reading.promoted(NOBODY, "en"),
        "announcements": lambda: reading.announcements(NOBODY, "en"),
        "shelves": lambda: reading.shelves(NOBODY, sections[0].category, "en"),
        "an article": lambda: reading.article(NOBODY, article.pk, "en"),
        "its languages": lambda: reading.titles(NOBODY, article.pk),
        "its neighbours": lambda: reading.neighbours(NOBODY, showing),
        "related": lambda: reading.related(NOBODY, showing),
        "an address that was given up": lambda: reading.redirected(NOBODY, "sections/1", "en"),
        "a file": lambda: policy.visible_files(NOBODY).filter(pk=1).first(),
        "followers": lambda: list(hearing.followers_of(article)[:50]),
        "drafts": lambda: editing.drafts(eva),
        "published": lambda: editing.of_status(eva, Status.PUBLISHED, "en"),
        "outdated": lambda: editing.outdated(eva, "fi"),
        "missing": lambda: editing.missing(eva, "sv"),
        "due for review": lambda: editing.due_for_review(eva, date(2027, 1, 1), size=50),
    }
    for section in sections[:2]:
        first = reading.articles_of(NOBODY, section, "en", size=20)
        for place, cursor in {"first": "", "second": first.older}.items():
            asked[f"{section.kind}, {place} page"] = lambda section=section, cursor=cursor: reading.articles_of(
                NOBODY, section, "en", cursor, size=20
            )
    return asked


def test_no_list_costs_more_where_there_are_more_articles(grow, sections, eva):
    def costs() -> dict[str, tuple[int, int]]:
        count(counted=True)
        found = {}
        for name, ask in lists(eva, sections).items():
            ask()
            with CaptureQueriesContext(connection) as queries:
                ask()
            found[name] = (len(queries), work(ask))
        return found

    grow(FEW)
    few = costs()
    grow(MANY)
    many = costs()

    assert {name: count for name, (count, _work) in many.items()} == {name: count for name, (count, _w) in few.items()}
    dear = {name: (few[name][1], cost) for name, (_n, cost) in many.items() if cost > max(few[name][1] * SLACK, 100)}
    assert dear == {}


def test_an_article_is_two_queries_for_anybody_and_home_four(published, ada, eva):
    article = published()
    for who in (NOBODY, eva):
        with CaptureQueriesContext(connection) as queries:
            reading.article(who, article.pk, "en")
        assert len(queries) == 2
    with CaptureQueriesContext(connection) as queries:
        reading.categories(ada, "en")
    assert len(queries) == 4


@pytest.mark.parametrize("many", [3, 12])
def test_a_category_asks_the_same_of_however_many_sections(
    guides, published, root, eva, many, django_assert_num_queries
):
    kinds = [Kind.GUIDES, Kind.NEWS, Kind.SERVICE]
    sections = [actions.make_section(guides, labels(f"{n}"), kind=kinds[n % 3], by=root) for n in range(many)]
    for section in sections[:3]:
        for number in range(8):
            article = published(f"{section} {number}", section=section)
        actions.change_article(article, promoted=True, by=eva)

    with django_assert_num_queries(4):  # for whom things are (twice), the sections, their articles
        shelves = reading.shelves(NOBODY, guides, "en")

    for shelf in shelves:
        page = reading.articles_of(NOBODY, shelf.section, "en", size=6)
        assert (shelf.articles, shelf.more) == (page.rows, bool(page.older))
    assert sum(len(shelf.articles) for shelf in shelves) == 3 * 6
