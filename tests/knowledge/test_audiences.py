"""Whom things are for: a table of every audience × place × reader × surface, held against an oracle of plain words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.knowledge.conftest import again, labels, publish
from tuki.files import actions as files
from tuki.knowledge import actions, audience, links, policy
from tuki.knowledge.models import Article, Category, Kind, Section
from tuki.knowledge.queries import editing, lookup, reading
from tuki.lib.refusal import Denied, Refused
from tuki.people import actions as people
from tuki.people.actor import Actor
from tuki.people.models import Organization, Package

# Who is let in by each audience; agents see to what customers read, but not to what is another team's own.
CUSTOMERS = {"nobody", "mallory", "nils", "ada", "dora"}
AGENTS = {"eva", "hanna", "root"}
ORACLE = {
    "everyone": CUSTOMERS | AGENTS,
    "signed in": {"mallory", "nils", "ada", "dora"} | AGENTS,
    "seats": {"ada", "dora"} | AGENTS,
    "acme": {"nils", "ada"} | AGENTS,
    "gold": {"dora"} | AGENTS,
    "swedish": set[str]() | AGENTS,
    "agents": AGENTS,
    "payroll": {"hanna"},
    "acme's seats": {"ada"} | AGENTS,
}
PLACES = ("category", "parent", "section", "article")


@dataclass(frozen=True)
class Case:
    """An article, and the one audience that stands on it or above it."""

    audience: str
    place: str
    category: Category
    parent: Section
    section: Section
    article: Article
    file: int


@pytest.fixture
def conditions(acme, globex, teams, dora, root):
    gold = Package.objects.create(key="gold", labels={"en": "Gold"})
    Organization.objects.filter(pk=globex.pk).update(package=gold)
    return {
        "everyone": audience.EVERYONE,
        "signed in": audience.signed_in(),
        "seats": audience.seats(),
        "acme": audience.organizations([acme.pk]),
        "gold": audience.packages([gold.pk]),
        "swedish": audience.languages(["sv"]),
        "agents": audience.agents(),
        "payroll": audience.teams([teams["payroll"].pk]),
        "acme's seats": audience.both(audience.organizations([acme.pk]), audience.seats()),
    }


@pytest.fixture
def cases(conditions, hanna, machine) -> list[Case]:
    """An article for each audience at each place. A team's own places are a blueprint's, its articles by one of it."""

    def make(name: str, place: str) -> Case:
        at = {one: conditions[name] if one == place else audience.EVERYONE for one in PLACES}
        category = actions.make_category(labels(name), audience=at["category"], by=machine)
        parent = actions.make_section(category, labels(name), kind=Kind.NEWS, audience=at["parent"], by=machine)
        section = actions.make_section(
            category, labels(name), kind=Kind.NEWS, parent=parent, audience=at["section"], by=machine
        )
        article = actions.make_article(section, f"findable {name} {place}", "<p>Words.</p>", by=hanna)
        file = files.store(b"a,b", "a.csv", by=hanna)
        actions.attach(article, [file], by=hanna)
        actions.change_article(article, labels=["shared"], by=hanna)
        actions.change_article(article, promoted=True, keywords=["hidden treasure"], audience=at["article"], by=hanna)
        publish(article, by=hanna)
        actions.redirect(f"old/{article.pk}", article, by=hanna)
        return Case(name, place, category, parent, section, Article.objects.get(pk=article.pk), file.pk)

    return [make(name, place) for name in ORACLE for place in PLACES]


@pytest.fixture
def readers(ada, nils, dora, mallory, eva, hanna, root) -> dict[str, Actor]:
    return {
        "nobody": Actor(None),
        **{
            name: Actor(again(who.person))
            for name, who in {
                "ada": ada,
                "nils": nils,
                "dora": dora,
                "mallory": mallory,
                "eva": eva,
                "hanna": hanna,
                "root": root,
            }.items()
        },
    }


def wanted(cases: list[Case], name: str, *, above: tuple[str, ...], language: str = "en") -> set[int]:
    """Which cases a reader may know of, as far as audiences at these places say."""
    return {
        case.article.pk
        for case in cases
        if case.place not in above or name in ORACLE[case.audience] or (case.audience == "swedish" and language == "sv")
    }


def everything(rows: Callable[..., object], **more: object) -> Iterator[object]:
    """All pages of a list."""
    cursor = ""
    while True:
        found = rows(cursor=cursor, size=7, **more)
        yield from found.rows
        cursor = found.older
        if not cursor:
            return


def surfaces(who: Actor, cases: list[Case], language: str) -> dict[str, set[int]]:
    """What a reader finds of the cases' articles by each way there is."""
    first = reading.article(who, cases[0].article.pk, language)
    assert first is not None  # for everyone

    def articles(rows) -> set[int]:
        return {row.article_id for row in rows}

    found = {
        "policy": set(policy.visible_articles(who, language).values_list("pk", flat=True)),
        "translations": articles(policy.visible_translations(who, language)),
        "by number": {c.article.pk for c in cases if reading.article(who, c.article.pk, language)},
        "list": {row.article_id for c in cases for row in reading.articles_of(who, c.section, language).rows},
        "promoted": articles(reading.promoted(who, language, size=1000)),
        "announcements": articles(reading.announcements(who, language, size=1000)),
        "look up by title": articles(lookup.by_words(who, "FINDABLE", language, size=1000)),
        "look up by keyword": articles(lookup.by_words(who, "treasure", language, size=1000)),
        "that may help": articles(lookup.that_may_help(who, "Findable treasures", language, size=1000)),
        "old address": {c.article.pk for c in cases if reading.redirected(who, f"old/{c.article.pk}", language)},
        "why": {c.article.pk for c in cases if all(rule.lets_in for rule in policy.why(who, c.article, language))},
    }
    neighbours = {
        c.article.pk
        for c in cases
        for row in [reading.article(who, c.article.pk, language)]
        if row
        for n in reading.neighbours(who, row)[0]
        if n.article_id == c.article.pk
    }
    related = {row.article_id for row in reading.related(who, first, size=1000)} | {first.article_id}
    return {**found, "neighbours": neighbours, "related": related}


def test_each_reader_finds_what_is_theirs_and_nothing_else_on_every_way(cases, readers):
    differences = {}
    for name, who in readers.items():
        for language in ("en", "sv"):
            right = wanted(cases, name, above=PLACES, language=language)
            for surface, found in surfaces(who, cases, language).items():
                if found != right:
                    differences[name, language, surface] = (found - right, right - found)
    assert differences == {}


def test_sections_and_categories_too(cases, readers):
    differences = {}
    for name, who in readers.items():
        for language in ("en", "sv"):
            for surface, found, above in places(who, cases, language):
                right = wanted(cases, name, above=PLACES[:above], language=language)
                if found != right:
                    differences[name, language, surface] = (found - right, right - found)
    assert differences == {}


def places(who: Actor, cases: list[Case], language: str) -> Iterator[tuple[str, set[int], int]]:
    """What a reader finds of the cases' places: by which way, what, and how many levels of audiences decide it."""

    def by(rows, what) -> set[int]:
        ids = {row.pk for row in rows}
        return {case.article.pk for case in cases if what(case).pk in ids}

    home = reading.categories(who, language)
    shelves = [shelf for case in cases for shelf in reading.shelves(who, case.category, language)]
    yield "categories", by(policy.visible_categories(who, language), lambda case: case.category), 1
    yield "category", {c.article.pk for c in cases if reading.category(who, c.category.pk, language)}, 1
    yield "home", by([category for category, _sections in home], lambda case: case.category), 1
    yield "home's sections", by([one for _row, sections in home for one in sections], lambda case: case.parent), 2
    yield "shelves", by([shelf.section for shelf in shelves], lambda case: case.parent), 2
    yield "sections", by(policy.visible_sections(who, language), lambda case: case.section), 3
    yield "section", {c.article.pk for c in cases if reading.section(who, c.section.pk, language)}, 3
    yield "subsections", {c.article.pk for c in cases if reading.subsections(who, c.parent, language)}, 3


def test_an_article_names_the_languages_in_which_its_reader_gets_it(cases, readers):
    for name, who in readers.items():
        named = {case.article.pk for case in cases if "en" in reading.titles(who, case.article.pk)}
        assert named == wanted(cases, name, above=PLACES, language="en"), name


def test_what_has_no_language_of_its_own_is_open_to_who_may_read_it_in_any(cases, readers):
    """A file's address, a vote, a following: the reader may choose the language in which they come to it."""
    for name, who in readers.items():
        right = wanted(cases, name, above=PLACES, language="sv")
        visible = set(policy.visible_files(who).values_list("pk", flat=True))
        assert {case.article.pk for case in cases if case.file in visible} == right, name
        assert {case.article.pk for case in cases if reading.article_of(who, case.article.pk)} == right, name

        token = links.browser_token()
        voted = {case.article.pk for case in cases if may(votes, case.article, token, who)}
        followed = {case.article.pk for case in cases if may(follows, case.article, token, who)}
        assert voted == right, name
        assert followed == (right if name != "nobody" else set()), name


def may(do: Callable[[Article, str, Actor], None], article: Article, token: str, who: Actor) -> bool:
    try:
        do(article, token, who)
    except Denied:
        return False
    return True


def votes(article: Article, token: str, who: Actor) -> None:
    actions.vote(article, helpful=True, language="en", browser=token, by=who)


def follows(article: Article, _token: str, who: Actor) -> None:
    actions.follow(article, by=who)


def test_agents_write_all_but_what_is_another_teams_own(cases, readers):
    for name, who in readers.items():
        own = name == "hanna"
        right = {case.article.pk for case in cases if name in AGENTS and (case.audience != "payroll" or own)}
        assert set(policy.editable_articles(who).values_list("pk", flat=True)) == right, name
        assert {case.article.pk for case in cases if editing.article(who, case.article.pk)} == right, name
        listed = everything(lambda who=who, **page: editing.missing(who, "fi", **page))
        assert {article.pk for article in listed} == right, name


def test_the_system_sees_everything(cases, machine):
    assert policy.visible_articles(machine).count() == len(cases)


def test_things_for_the_same_people_share_one_audience(conditions, root):
    one = actions.make_category(labels("One"), audience=conditions["acme's seats"], by=root)
    two = actions.make_category(labels("Two"), audience=conditions["acme's seats"], by=root)

    assert one.audience == two.audience
    assert actions.change_category(two, audience=audience.EVERYONE, by=root).audience is None


def test_whose_account_is_closed_reads_as_a_stranger(cases, ada):
    ada.person.is_active = False

    assert set(policy.visible_articles(ada)) == set(policy.visible_articles(Actor(None)))


def test_what_was_for_a_company_is_for_the_one_it_was_merged_into(conditions, guides, acme, globex, dora, root):
    for name in ("acme", "acme's seats"):
        actions.make_category(labels(name), audience=conditions[name], by=root)
    both = actions.make_category(labels("both"), audience=audience.organizations([acme.pk, globex.pk]), by=root)
    other = actions.make_category(labels("globex"), audience=audience.organizations([globex.pk]), by=root)
    people.merge_organizations(globex, acme, by=root)

    seen = policy.visible_categories(Actor(again(dora.person)), "en")
    assert {str(row) for row in seen} == {"Guides", "acme", "acme's seats", "both", "globex"}
    both.refresh_from_db()
    other.refresh_from_db()
    assert both.audience == other.audience


def test_it_says_in_words_why_somebody_sees_an_article(conditions, root, eva, ada, nils):
    category = actions.make_category(labels("Guides"), audience=conditions["seats"], by=root)
    section = actions.make_section(category, labels("Payroll"), audience=conditions["acme"], by=root)
    article = actions.make_article(section, "Holidays", "<p>x</p>", by=eva)
    publish(article, by=eva)

    assert [(rule.kind, rule.called, rule.words, rule.lets_in) for rule in policy.why(nils, article, "en")] == [
        ("category", "Guides", "people with the right to use support", False),
        ("section", "Payroll", "people of Acme Oy", True),
        ("article", "Holidays", "everyone", True),
        ("published", "Holidays", "it is published", True),
    ]
    assert policy.why(eva, article, "en")[0].words == "people with the right to use support; and agents, who see to it"
    assert [rule.lets_in for rule in policy.why(ada, article, "de")] == [True, True, True, False]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("everyone", "everyone"),
        ("signed in", "whoever is signed in"),
        ("gold", "people of companies with Gold"),
        ("swedish", "readers of Svenska"),
        ("agents", "agents"),
        ("payroll", "members of Payroll"),
        ("acme's seats", "people of Acme Oy and people with the right to use support"),
    ],
)
def test_each_audience_has_words(conditions, name, words):
    assert policy.describe(conditions[name]) == words


@pytest.mark.parametrize(
    "hide",
    [
        lambda room, shelf, own, by: actions.make_category(labels("Ours"), audience=own, by=by),
        lambda room, shelf, own, by: actions.make_section(room, labels("Ours"), audience=own, by=by),
        lambda room, shelf, own, by: actions.change_category(room, audience=own, by=by),
        lambda room, shelf, own, by: actions.change_section(shelf, audience=own, by=by),
    ],
    ids=["a new category", "a new section", "a category", "a section"],
)
def test_nobody_hides_a_place_from_themselves(conditions, guides, invoices, root, hide):
    with pytest.raises(Refused, match="no longer see"):
        hide(guides, invoices, conditions["payroll"], root)


def test_nobody_hides_an_article_from_themselves(conditions, invoices, eva):
    article = actions.make_article(invoices, "Ours", by=eva)

    with pytest.raises(Refused, match="no longer see"):
        actions.change_article(article, audience=conditions["payroll"], by=eva)
