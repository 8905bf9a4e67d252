"""What editors work from."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from tuki.desk.queries import the_desk
from tuki.files.models import File
from tuki.knowledge import policy
from tuki.knowledge.models import (
    Article,
    Attachment,
    Draft,
    Fallback,
    Redirect,
    Revision,
    Section,
    Showing,
    Status,
    Translation,
    Views,
    Vote,
)
from tuki.lib.article import Piece, Remark, differences, headings, linked_articles, remarks, words
from tuki.lib.paging import Page, page, page_by_id
from tuki.people.actor import Actor
from tuki.people.models import Person

_HELPING = 200  # articles whose links are looked at together
_LONG = 19  # digits that fit no id


def article(viewer: Actor, pk: int) -> Article | None:
    """The article with this number, for whoever may write it."""
    rows = policy.editable_articles(viewer).filter(pk=pk)
    return rows.select_related("section__category", "section__parent", "audience", "author", "owner").first()


def kept_instead(viewer: Actor, merged: Article) -> Article | None:
    """What an article was merged into, at the end of all mergers; None for whoever may not know of that one."""
    while merged.merged_into is not None:
        merged = merged.merged_into
    return article(viewer, merged.pk)


def translations(article: Article) -> list[Translation]:
    """Every translation of an article with its draft and its schedule, the source first."""
    rows = article.translations.select_related("article", "draft", "schedule", "revision", "based_on", "changed_by")
    return sorted(rows, key=lambda one: (not one.is_source, one.language))


def translation(viewer: Actor, article: int, language: str) -> Translation | None:
    """A translation with its draft, for whoever may write it."""
    rows = policy.editable_translations(viewer).filter(article=article, language=language)
    return rows.select_related(
        "article__section__category", "draft", "schedule", "revision", "based_on", "changed_by"
    ).first()


def sections(viewer: Actor, beside: Section | None = None) -> QuerySet[Section]:
    """Where this viewer may put an article, in the order of the help center. beside: where one stands now."""
    shown = Q(retired=False, category__retired=False)
    rows = policy.editable_sections(viewer).filter(shown | Q(pk=beside.pk) if beside else shown)
    return rows.select_related("category", "parent").order_by("category__position", "category", "position", "pk")


def section(viewer: Actor, pk: int) -> Section | None:
    """A section for whoever may write in it, one that is hidden too."""
    rows = policy.editable_sections(viewer).filter(pk=pk, merged_into=None)
    return rows.select_related("category__audience", "parent__audience", "audience").first()


def of_status(viewer: Actor, status: str, language: str, cursor: str = "", size: int = 50) -> Page[Translation]:
    """Translations that stand so, the last changed first."""
    rows = policy.editable_translations(viewer).filter(language=language, status=status)
    return page(rows.select_related("article__section", "draft", "schedule"), "changed_at", cursor, size)


def drafts(viewer: Actor, cursor: str = "", size: int = 50) -> Page[Draft]:
    """What is written and not published, the last saved first."""
    editable = policy.editable_articles(viewer).filter(pk=OuterRef("translation__article"), merged_into=None)
    rows = Draft.objects.filter(Exists(editable))
    return page(rows.select_related("translation__article__section", "saved_by"), "saved_at", cursor, size)


def outdated(viewer: Actor, language: str, cursor: str = "", size: int = 50) -> Page[Translation]:
    """Published translations whose source says something else by now."""
    rows = policy.editable_translations(viewer).filter(language=language, outdated=True, status=Status.PUBLISHED)
    return page(rows.select_related("article__section", "based_on"), "changed_at", cursor, size)


def missing(viewer: Actor, language: str, cursor: str = "", size: int = 50) -> Page[Article]:
    """Articles that readers have in their source language, and not in this one."""
    mine = Translation.objects.filter(article=OuterRef("pk"), language=language, status=Status.PUBLISHED)
    source = Translation.objects.filter(
        article=OuterRef("pk"), language=OuterRef("source_language"), status=Status.PUBLISHED
    )
    rows = policy.editable_articles(viewer).filter(~Exists(mine), Exists(source), merged_into=None)
    return page_by_id(rows.exclude(source_language=language).select_related("section"), cursor, size)


def due_for_review(viewer: Actor, by: date, size: int = 200) -> list[Article]:
    """Articles that somebody must look at by a day, the longest due first."""
    rows = policy.editable_articles(viewer).filter(review_at__isnull=False, review_at__lte=by, merged_into=None)
    return list(rows.select_related("section", "owner").order_by("review_at", "pk")[:size])


def kept_by(person: Person) -> QuerySet[Article]:
    """The articles that somebody answers for."""
    return Article.objects.filter(owner=person, merged_into=None).order_by("pk")


def revisions(translation: Translation, size: int = 100) -> list[Revision]:
    """What a translation said, the newest first."""
    return list(translation.revisions.select_related("by", "restores").order_by("-number")[:size])


def revision(translation: Translation, number: int) -> Revision | None:
    """One of them by its number, for whoever may write the translation."""
    return translation.revisions.select_related("translation__article").filter(number=number).first()


def compared(old: Revision, new: Revision) -> list[list[Piece]]:
    """What was changed between two revisions, in words."""
    return differences(old.body, new.body)


def changed_in_source(translation: Translation) -> list[list[Piece]]:
    """What was changed in the source since a translation last said the same; nothing where that isn't known."""
    source = (
        Translation.objects.filter(article=translation.article_id, language=F("article__source_language"))
        .select_related("revision")
        .first()
    )
    if source is None or source.revision is None or translation.based_on is None:
        return []
    if source.pk == translation.pk or source.revision_id == translation.based_on_id:
        return []
    return differences(translation.based_on.body, source.revision.body)


def attachments(article: Article) -> list[Attachment]:
    """What may be fetched from under an article."""
    return list(article.attachments.filter(inline=False, file__redacted_at=None).select_related("file"))


def files_of(article: Article) -> list[File]:
    """Every file of an article, those of drafts too."""
    rows = article.attachments.filter(file__redacted_at=None).select_related("file")
    return [attachment.file for attachment in rows]


def remarks_on(body: str, language: str, article: Article) -> list[Remark]:
    """What the editor of a body of an article in that language should look at."""
    linked = linked_articles(body, own_host())
    gone = unreached(linked.values(), language)
    fewer = _not_for_all_readers_of(article, set(linked.values()) - gone)
    return remarks(
        body,
        weight_of={file.pk: file.size for file in files_of(article)}.get,
        dead={href: number for href, number in linked.items() if number in gone},
        kept={href: number for href, number in linked.items() if number in fewer},
    )


def _not_for_all_readers_of(article: Article, numbers: Collection[int]) -> set[int]:
    """Those of these articles that something keeps which does not keep this one."""
    ends = _ends(numbers)
    rows = Article.objects.filter(pk__in=ends.values()).select_related("section__category", "section__parent")
    fewer = {row.pk for row in rows if not policy.is_for_no_more(article, row)}
    return {number for number, end in ends.items() if end in fewer}


@dataclass(frozen=True)
class DeadLink:
    """A link in what is published to an article that its readers don't get."""

    showing: Showing
    number: int


def dead_links(viewer: Actor, language: str, cursor: str = "", size: int = 50) -> Page[DeadLink]:
    """Links of published articles that lead nowhere, for whoever may write these, by their articles' numbers.

    Every article is looked at, some at a time, until a page is full; the links of one stand on one page.
    """
    linking = Showing.objects.filter(language=language, translated=True, article__in=policy.editable_articles(viewer))
    linking = linking.filter(translation__body__contains="/articles/").order_by("article")
    after = int(cursor) if cursor.isdecimal() and len(cursor) < _LONG else 0
    found: list[tuple[int, int]] = []  # an article, and a number that it links to
    more = True
    while more and len({article for article, _number in found}) <= size:
        rows = list(linking.filter(article__gt=after).values_list("article", "translation__body")[:_HELPING])
        found += _dead_among(rows, language)
        more, after = len(rows) == _HELPING, rows[-1][0] if rows else after
    articles = list(dict.fromkeys(article for article, _number in found))
    shown = linking.filter(article__in=articles[:size]).select_related("translation__article__section")
    showings = {row.article_id: row for row in shown}
    dead = [DeadLink(showings[article], number) for article, number in found if article in showings]
    return Page(dead, "", str(articles[size - 1]) if len(articles) > size else "")


def _dead_among(rows: list[tuple[int, str]], language: str) -> list[tuple[int, int]]:
    host = own_host()
    links = [(article, number) for article, body in rows for number in set(linked_articles(body, host).values())]
    gone = unreached({number for _article, number in links}, language)
    return [(article, number) for article, number in links if number in gone]


def own_host() -> str:
    """Where we are found; links to another host lead to no article of ours."""
    return urlsplit(settings.PUBLIC_URL).netloc


def unreached(numbers: Iterable[int], language: str) -> set[int]:
    """Those of these articles that readers of a language don't get, not even by way of one that they were merged into.

    Whom an article is for counts for nothing here: some readers get it.
    """
    ends = _ends(set(numbers))
    shown = Showing.objects.filter(article__in=set(ends.values()), language=language)
    there = set(shown.values_list("article", flat=True))
    return {number for number, end in ends.items() if end not in there}


def _ends(numbers: Collection[int]) -> dict[int, int]:
    """The article that each of these addresses leads to: itself, unless it was merged or stood elsewhere before."""
    rows = Redirect.objects.filter(kind="article", path__in=[f"articles/{number}" for number in numbers])
    leads = {int(row.path.removeprefix("articles/")): row.target for row in rows}
    return {number: leads.get(number, number) for number in numbers}


def reasons(article: Article, cursor: str = "", size: int = 50) -> Page[Vote]:
    """What readers missed, the newest first."""
    return page(Vote.objects.filter(article=article).exclude(reason=""), "at", cursor, size)


def views(article: Article, since: date) -> int:
    """How often an article was read since a day."""
    return Views.objects.filter(article=article, day__gte=since).aggregate(sum=Sum("count"))["sum"] or 0


def most_read(viewer: Actor, since: date, until: date, size: int = 50) -> list[tuple[Article, int]]:
    """The articles that were read most from one day to another, with how often."""
    counted = (
        Views.objects.filter(Q(day__gte=since, day__lte=until), article__in=policy.editable_articles(viewer))
        .values_list("article")
        .annotate(sum=Sum("count"))
        .order_by("-sum", "article")[:size]
    )
    counts = dict(counted)
    rows = {row.pk: row for row in Article.objects.filter(pk__in=counts).select_related("section")}
    return [(rows[pk], count) for pk, count in counts.items()]


def as_read(article: Article, language: str, *, drafted: bool) -> Showing | None:
    """What readers of a language would get of an article, once what is drafted is published or as it is; None where
    that is nothing. Nothing of it is saved."""
    texts = {one.language: one for one in translations(article)}
    own = _as_published(texts.get(language), drafted=drafted)
    falls_back = own is None and article.section.fallback == Fallback.SOURCE
    text = _as_published(texts.get(article.source_language), drafted=drafted) if falls_back else own
    if text is None:
        return None
    row = Showing.objects.filter(article=article, language=language).first()
    row = row or Showing(language=language, announces=article.section.announces, unpromoted=True, position=0)
    row.article, row.section, row.translation, row.translated = article, article.section, text, own is not None
    assert text.published_at is not None
    row.published_at = text.published_at
    return row


def _as_published(translation: Translation | None, *, drafted: bool) -> Translation | None:
    """What readers have of a translation; with its draft in place of that, where there is one and it is asked for."""
    draft = getattr(translation, "draft", None) if drafted else None
    if translation is None or (draft is None and translation.status != Status.PUBLISHED):
        return None
    if draft is not None:
        translation.title, translation.body = draft.title, draft.body
        translation.contents = [asdict(heading) for heading in headings(draft.body)]
        translation.words = words(draft.body)
    translation.published_at = translation.published_at or translation.changed_at
    translation.updated_at = translation.updated_at or translation.changed_at
    return translation


def unspoken(article: Article) -> list[str]:
    """The desk's languages in which nobody has begun to write an article."""
    begun = set(article.translations.values_list("language", flat=True))
    return [language for language in the_desk().languages if language not in begun]
