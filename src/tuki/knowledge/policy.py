"""Who may see and who may do.

An article is visible when its own audience, its section's, that of the section this one lies in, and its category's
let the viewer in. Audiences are few and shared: those that do are found in Python (a condition asked of the viewer's
facts), and everything else is a query held against their ids. Lists, addresses, files, search and mail all ask here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, CharField, DateTimeField, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from tuki.conditions.tree import Condition, Facts, Value
from tuki.desk.queries import the_desk
from tuki.files.models import File
from tuki.knowledge import audience as whom
from tuki.knowledge.models import Article, Attachment, Audience, Category, Section, Showing, Translation
from tuki.knowledge.words import describe
from tuki.lib.questions import OneOf, Question, Slot
from tuki.people import policy as people_policy
from tuki.people import standing
from tuki.people.actor import Actor

_AUDIENCES = Question(Audience.objects.all)


def visible_categories(viewer: Actor, language: str | None = None) -> QuerySet[Category]:
    """The categories this viewer may know of, in the desk's order.

    language: in which they read; unset where that makes no difference to them: in whichever they choose.
    """
    return Category.objects.filter(_let_in(viewer, language).to("audience"), retired=False)


def visible_sections(viewer: Actor, language: str | None = None) -> QuerySet[Section]:
    """The sections this viewer may know of: in categories, and in sections, that they may know of."""
    return _sections(_let_in(viewer, language))


def _sections(let_in: "LetIn | LetInThen") -> QuerySet[Section]:
    in_sight = Q(parent=None) | Q(let_in.to("parent__audience"), parent__retired=False)
    return Section.objects.filter(
        in_sight, let_in.to("audience"), let_in.to("category__audience"), retired=False, category__retired=False
    )


def visible_translations(viewer: Actor, language: str) -> QuerySet[Showing]:
    """What this viewer may read in a language, one row for each article: its translation, or its source with the mark
    that it isn't translated, as its section says."""
    return _showings(viewer, language).filter(language=language)


def visible_articles(viewer: Actor, language: str | None = None) -> QuerySet[Article]:
    """The articles that this viewer may read in a language; unset: in whichever they choose."""
    read = _showings(viewer, language).filter(article=OuterRef("pk"))
    return Article.objects.filter(Exists(read.filter(language=language) if language else read))


def _showings(viewer: Actor, language: str | None) -> QuerySet[Showing]:
    return _readable(_let_in(viewer, language), viewer.at)


def _readable(let_in: "LetIn | LetInThen", at: "datetime | Slot") -> QuerySet[Showing]:
    # Asked as a list and not row by row: there are some tens of sections.
    return Showing.objects.filter(
        Q(until=None) | Q(until__gt=at),
        let_in.to("audience"),
        section__in=_sections(let_in).order_by().values("pk"),
    )


def translations_then() -> QuerySet[Showing]:
    """`visible_translations`, to make a Question of: for whom and in which language, `then` says when it is asked."""
    return readable_then().filter(language=Slot("language", CharField()))


def readable_then() -> QuerySet[Showing]:
    """The same in all languages."""
    return _readable(LetInThen(), Slot("at", DateTimeField()))


def then(viewer: Actor, language: str | None, sight: "LetIn | None" = None) -> dict[str, Any]:
    """What fills the slots of such a question. sight: of that viewer, where it is known."""
    let_in = (sight or _let_in(viewer, language)).audiences
    everybody = let_in is None
    return {
        "let_in": [row.pk for row in _AUDIENCES.ask()] if everybody else let_in,
        "at": viewer.at,
        "language": language,
    }


def editable_articles(viewer: Actor) -> QuerySet[Article]:
    """The articles that this viewer may write: every agent all but those that are another team's own."""
    if not may_write(viewer):
        return Article.objects.none()
    let_in = _let_in(viewer, None)
    in_sight = Q(section__parent=None) | let_in.to("section__parent__audience")
    return Article.objects.filter(
        in_sight, let_in.to("audience"), let_in.to("section__audience"), let_in.to("section__category__audience")
    )


def editable_translations(viewer: Actor) -> QuerySet[Translation]:
    """What those articles say in each language; nothing of articles that were merged into others."""
    editable = editable_articles(viewer).filter(pk=OuterRef("article"), merged_into=None)
    return Translation.objects.filter(Exists(editable))


def editable_sections(viewer: Actor) -> QuerySet[Section]:
    """The sections that this viewer may write in, retired ones too."""
    if not may_write(viewer):
        return Section.objects.none()
    let_in = _let_in(viewer, None)
    in_sight = Q(parent=None) | let_in.to("parent__audience")
    return Section.objects.filter(in_sight, let_in.to("audience"), let_in.to("category__audience"))


def arrangeable_sections(viewer: Actor) -> QuerySet[Section]:
    """The sections that this viewer may rename, move and merge: an administrator all but another team's own."""
    return editable_sections(viewer).filter(merged_into=None) if may_arrange(viewer) else Section.objects.none()


def arrangeable_categories(viewer: Actor) -> QuerySet[Category]:
    """The categories that they may, as sections."""
    if not may_arrange(viewer):
        return Category.objects.none()
    return Category.objects.filter(_let_in(viewer, None).to("audience"), merged_into=None)


def visible_files(viewer: Actor) -> QuerySet[File]:
    """Files of articles that this viewer may read; an editor's also those of drafts."""
    shown = Attachment.objects.filter(file=OuterRef("pk"))
    read = shown.filter(shown=True, article__in=visible_articles(viewer).values("pk"))
    if not may_write(viewer):
        return File.objects.filter(Exists(read))
    return File.objects.filter(Exists(shown.filter(article__in=editable_articles(viewer).values("pk"))))


@dataclass(frozen=True)
class LetIn:
    """The audiences that let a viewer in; None: all there are."""

    audiences: tuple[int, ...] | None

    def to(self, path: str) -> Q:
        """Of rows whose audience stands there: those that the viewer may know of."""
        if self.audiences is None:
            return Q()
        return Q(**{path: None}) | Q(**{f"{path}__in": self.audiences})

    def past(self, audiences: Iterable[int | None]) -> bool:
        """Whether the viewer is let in to what stands behind each of these."""
        return self.audiences is None or {*audiences} - {None} <= {*self.audiences}


@dataclass(frozen=True)
class LetInThen:
    """The same in a question that keeps its SQL, where the audiences are a slot."""

    def to(self, path: str) -> Q:
        return Q(**{path: None}) | Q(OneOf(path, "let_in", BigIntegerField()))


def sight(viewer: Actor, language: str) -> LetIn:
    """By which audiences a viewer is let in. Whoever is let in by the same ones sees the same in that language."""
    return _let_in(viewer, language)


def sights(viewer: Actor, languages: Iterable[str]) -> dict[str | None, LetIn]:
    """`sight` in each of these languages, and, under None, in whichever the viewer chooses. Asked for at once."""
    return _let_in_each(viewer, [None, *languages])


def _let_in(viewer: Actor, language: str | None) -> LetIn:
    return _let_in_each(viewer, [language])[language]


def _let_in_each(viewer: Actor, languages: Iterable[str | None]) -> dict[str | None, LetIn]:
    if viewer.is_system:
        return dict.fromkeys(languages, LetIn(None))
    rows = _AUDIENCES.ask()
    asked = frozenset[str]().union(*(row.condition.fields() for row in rows))
    facts, found = facts_of(viewer, None, asked), {}
    for language in languages:
        reads = {**facts, whom.LANGUAGES: _read_in(language)}
        found[language] = LetIn(tuple(row.pk for row in rows if lets_in(row.condition, reads)))
    return found


def _read_in(language: str | None) -> frozenset[Value]:
    return frozenset([language] if language else the_desk().languages)


def lets_in(condition: Condition, facts: Facts) -> bool:
    """Whether somebody of whom these facts are true is among those a thing is for.

    Agents see to what customers read: only what is a team's own is kept from others.
    """
    if facts[whom.AGENT] and not whom.is_a_teams_own(condition):
        return True
    return condition.holds(facts)


def facts_of(viewer: Actor, language: str | None, asked: Iterable[str] = whom.FACTS) -> Facts:
    """What audiences ask of a viewer. asked: the facts that matter; the others are not looked up."""
    person = viewer.person if viewer.person is not None and viewer.person.is_active else None
    facts: dict[str, Value | frozenset[Value]] = dict.fromkeys(whom.FACTS, frozenset[Value]())
    facts[whom.SIGNED_IN] = person is not None
    facts[whom.AGENT] = viewer.is_agent
    facts[whom.SEATED] = False
    facts[whom.LANGUAGES] = _read_in(language)
    if person is None:
        return facts
    if {whom.SEATED, whom.ORGANIZATIONS, whom.PACKAGES} & set(asked):
        place = standing.place(person)
        facts[whom.SEATED] = bool(place.seated)
        facts[whom.ORGANIZATIONS] = frozenset(place.organizations)
        facts[whom.PACKAGES] = frozenset(place.packages)
    if whom.TEAMS in asked:
        facts[whom.TEAMS] = frozenset(person.teams.values_list("pk", flat=True))
    return facts


def seen_by(reader: str, article: Article, language: str) -> bool:
    """Whether a kind of reader is let in to an article, once it is published: "visitor", "signed_in" or "seats".

    Somebody of no company or team: what is for some of those, none of these kinds sees.
    """
    facts: dict[str, Value | frozenset[Value]] = dict.fromkeys(whom.FACTS, frozenset[Value]())
    facts |= {whom.SIGNED_IN: reader != "visitor", whom.SEATED: reader == "seats", whom.AGENT: False}
    facts[whom.LANGUAGES] = frozenset([language])
    section = article.section
    places: list[Category | Section | Article | None] = [section.category, section.parent, section, article]
    rows = [place.audience for place in places if place is not None]
    return all(row is None or row.condition.holds(facts) for row in rows)


def is_for_no_more(article: Article, other: Article) -> bool:
    """Whether whoever is let in to an article is let in to the other as well: all that keeps this one keeps that."""
    return _keeping(other) <= _keeping(article)


def _keeping(article: Article) -> set[int]:
    """The audiences that an article stands behind."""
    section = article.section
    found = {article.audience_id, section.audience_id, section.category.audience_id}
    found |= {section.parent.audience_id} if section.parent else set()
    return {pk for pk in found if pk is not None}


@dataclass(frozen=True)
class Rule:
    """One of the things that decide whether somebody sees an article."""

    kind: str  # "category", "section", "article", "published"
    called: str  # what it stands on
    words: str  # for whom it is
    lets_in: bool


def why(viewer: Actor, article: Article, language: str | None = None) -> list[Rule]:
    """What decides whether this viewer sees an article, each rule by its name: "Why can I see this?"."""
    section = article.section
    levels: list[tuple[str, Category | Section | Article]] = [("category", section.category)]
    levels += [("section", section.parent)] if section.parent else []
    levels += [("section", section), ("article", article)]
    facts = facts_of(viewer, language)
    rules = []
    for kind, thing in levels:
        condition = thing.audience.condition if thing.audience else whom.EVERYONE
        words = describe(condition)
        lets = viewer.is_system or lets_in(condition, facts)
        if lets and not viewer.is_system and not condition.holds(facts):
            words = _("%(whom)s; and agents, who see to it") % {"whom": words}
        if getattr(thing, "retired", False):
            words, lets = _("nobody: it is retired"), False
        rules.append(Rule(kind, _named(thing), words, lets))
    showings = article.showings.filter(Q(until=None) | Q(until__gt=viewer.at))
    published = (showings.filter(language=language) if language else showings).exists()
    words = _("it is published") if published else _("it is not published in this language")
    return [*rules, Rule("published", called(article), words, published)]


def _named(thing: Category | Section | Article) -> str:
    return called(thing) if isinstance(thing, Article) else str(thing)


def called(article: Article) -> str:
    """An article's title in the language that it was first written in."""
    source = article.translations.filter(language=article.source_language).select_related("draft").first()
    return title_of(source) if source else str(article)


def for_whom(article: Article) -> list[str]:
    """Whom all that an article stands behind lets in, in words; nothing where that is everyone."""
    audiences = Audience.objects.filter(pk__in=_keeping(article)).order_by("pk")
    return [describe(row.condition) for row in audiences]


def title_of(translation: Translation) -> str:
    """As editors know it: its draft's title where it was never published."""
    draft = getattr(translation, "draft", None)
    return translation.title or (draft.title if draft else "")


def may_write(viewer: Actor) -> bool:
    """Write articles, translate, publish: agents."""
    return viewer.is_agent or viewer.is_system


def may_edit(viewer: Actor, article: Article) -> bool:
    return editable_articles(viewer).filter(pk=article.pk).exists()


def may_write_in(viewer: Actor, section: Section) -> bool:
    return editable_sections(viewer).filter(pk=section.pk).exists()


def may_arrange(viewer: Actor) -> bool:
    """Make, move and merge categories and sections: administrators."""
    return people_policy.may_set_up(viewer)


def may_read(viewer: Actor, article: Article) -> bool:
    return visible_articles(viewer).filter(pk=article.pk).exists()
