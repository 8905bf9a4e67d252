"""Articles beside what they say: made, moved, ordered, labelled, reviewed."""

import re
from collections.abc import Iterable
from datetime import date
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from tuki.conditions.tree import Condition
from tuki.desk.queries import the_desk
from tuki.files import actions as files_actions
from tuki.files.models import File
from tuki.journal.record import record
from tuki.knowledge import events, policy
from tuki.knowledge.actions._audiences import require_in_reach
from tuki.knowledge.actions._changing import changed, require_seen
from tuki.knowledge.actions._locking import editable, locked
from tuki.knowledge.actions._ordering import lined_up, number_articles
from tuki.knowledge.actions._pictures import adopt, sized
from tuki.knowledge.actions._places import held_section
from tuki.knowledge.actions._publishing import folded
from tuki.knowledge.actions._showing import show
from tuki.knowledge.models import (
    UNPLACED,
    Article,
    Attachment,
    Draft,
    Label,
    Section,
    Translation,
)
from tuki.lib.article import clean_body
from tuki.lib.refusal import Refused, require
from tuki.people.actor import Actor
from tuki.people.models import Person
from tuki.people.queries import system

_FILE = re.compile(r"(/hc/files/)(\d+)")


class ArticleChanges(TypedDict, total=False):
    """What may be changed of an article beside its texts; what is not named stays."""

    section: Section
    audience: Condition
    promoted: bool
    keywords: list[str]
    labels: list[str]
    author: Person
    owner: Person | None
    review_at: date | None


def make_article(section: Section, title: str, body: str = "", *, language: str = "", by: Actor) -> Article:
    """Begin an article with a draft in its source language, the desk's own unless another is given. body: HTML."""
    return _made(section, title, body, language, message=None, files=(), by=by)


def article_from_message(
    section: Section,
    title: str,
    body: str,
    *,
    message: int,
    files: Iterable[File] = (),
    language: str = "",
    by: Actor,
) -> Article:
    """Begin an article with what was answered to somebody.

    message: the id of the answer. files: pictures in it, found among what its writer may see. They are copied, so that
    what is removed from the request doesn't tear the article, nor the other way round.
    """
    return _made(section, title, body, language, message=message, files=files, by=by)


def _made(
    section: Section, title: str, body: str, language: str, *, message: int | None, files: Iterable[File], by: Actor
) -> Article:
    language = language or the_desk().language
    require(policy.may_write(by))
    _require_language(language)
    copies = {str(file.pk): files_actions.store(file.read(), file.name, by=by).pk for file in files}
    body = _FILE.sub(lambda found: f"{found[1]}{copies.get(found[2], found[2])}", body)
    body = sized(clean_body(body), by=by)
    with transaction.atomic():
        section = held_section(section)
        require(policy.may_write_in(by, section))
        writer = by.person or system()
        article = Article.objects.create(
            section=section, source_language=language, author=writer, owner=writer, made_at=by.at
        )
        record(events.ArticleMade(message), on=article, by=by)
        title = title.strip()[:200]
        translation = Translation.objects.create(
            article=article,
            language=language,
            version=1,
            changed_by=writer,
            changed_at=by.at,
            folded=folded(title),
        )
        Draft.objects.create(translation=translation, title=title, body=body, saved_by=writer, saved_at=by.at)
        adopt(article, body, by=by)
    return article


def _require_language(language: str) -> None:
    if language not in the_desk().languages:
        raise Refused(_("The desk does not speak this language."), field="language")


def change_article(
    article: Article, *, seen: str | None = None, by: Actor, **changes: Unpack[ArticleChanges]
) -> Article:
    """Change where an article stands, for whom it is, by what else it is found, whose it is, when it is reviewed.

    All of it or nothing. In another section it comes after those that are in order there; its address stays.
    seen: the `mark` it had before the eyes of who changes it; raises Overtaken where somebody changed it since.
    """
    section, labels = changes.pop("section", None), changes.pop("labels", None)
    with transaction.atomic():
        section = held_section(section) if section else None
        article = editable(article, by=by)
        require_seen(article, seen)
        left = _move(article, section, by=by) if section else None
        if "keywords" in changes:
            changes["keywords"] = [word for word in dict.fromkeys(w.strip()[:80] for w in changes["keywords"]) if word]
        if "audience" in changes:
            require_in_reach(changes["audience"], by=by)
        fields = changed(article, changes)
        if fields or left:
            article.save(update_fields=[*fields, "section", "position"])
        _require_writers(article, fields)
        if labels is not None and _label(article, labels):
            fields.append("labels")
        if fields:
            record(events.ArticleChanged(fields), on=article, by=by)
        if left:
            record(events.ArticleMoved(left, article.section_id), on=article, by=by)
        if left or {"audience", "promoted", "keywords"} & set(fields):
            show(article)
    return article


def _move(article: Article, section: Section, *, by: Actor) -> int | None:
    """Put it there, without saving it; which section it left, None where it stood there. section: held."""
    require(policy.may_write_in(by, section))
    if article.section_id == section.pk:
        return None
    left = article.section_id
    article.section, article.position = section, UNPLACED
    return left


def _require_writers(article: Article, fields: Iterable[str]) -> None:
    """Whoever signs an article, and whoever answers for it, can write it."""
    for field in {"author", "owner"} & set(fields):
        person: Person | None = getattr(article, field)
        if person is not None and not policy.may_edit(Actor(person), article):
            raise Refused(_("%(who)s can’t write this article.") % {"who": person}, field=field)


def _label(article: Article, names: Iterable[str]) -> bool:
    """Give it these labels and no others; whether that changes any."""
    wanted = {name.strip().lower()[:60] for name in names} - {""}
    had = set(article.labels.values_list("name", flat=True))
    article.labels.filter(name__in=had - wanted).delete()
    Label.objects.bulk_create(Label(article=article, name=name) for name in sorted(wanted - had))
    return had != wanted


def attach(article: Article, files: Iterable[File], *, by: Actor) -> Article:
    """Put uploads of one's own under an article, after those that lie there."""
    with transaction.atomic():
        article = editable(article, by=by)
        taken = files_actions.take(files, by=by)
        start = article.attachments.filter(inline=False).count()
        Attachment.objects.bulk_create(
            Attachment(article=article, file=file, shown=True, position=start + n) for n, file in enumerate(taken)
        )
        record(events.ArticleChanged(["attachments"]), on=article, by=by)
    return article


def detach(article: Article, file: File, *, by: Actor) -> Article:
    """Take a file away from under an article. Pictures go with the text that shows them."""
    with transaction.atomic():
        article = editable(article, by=by)
        if Attachment.objects.filter(article=article, file=file, inline=False).delete()[0]:
            record(events.ArticleChanged(["attachments"]), on=article, by=by)
    return article


def move_articles(articles: Iterable[Article], section: Section, *, out_of: Section, by: Actor) -> list[Article]:
    """Put several articles into another section; gives those that are there now. out_of: where they stood when they
    were chosen. What somebody else has put elsewhere since stays where it is by now.
    """
    moved = []
    for article in articles:
        with transaction.atomic():
            held_section(section)
            if locked(article, by=by).section_id == out_of.pk:
                moved.append(change_article(article, section=section, by=by))
    return moved


def place_article(article: Article, beside: Article, *, after: bool = False, by: Actor) -> Article:
    """Put an article right before another of its section, or right after it. Done twice, it stands there once."""
    with transaction.atomic():
        held_section(article.section)  # one orders a section at a time
        article = editable(article, by=by)
        before = list(Article.objects.filter(section=article.section_id, merged_into=None).order_by("position", "pk"))
        if beside.pk not in {row.pk for row in before}:
            raise Refused(_("Somebody has moved one of them to another section meanwhile."))
        if number_articles(lined_up(before, article, beside, after=after), before):
            record(events.ArticleChanged(["position"]), on=article, by=by)
    return article


def review(article: Article, *, next_at: date | None, by: Actor) -> Article:
    """Say that an article still holds, and when somebody must look again."""
    with transaction.atomic():
        article = editable(article, by=by)
        article.reviewed_at, article.review_at = by.at, next_at
        article.save(update_fields=["reviewed_at", "review_at"])
        record(events.Reviewed(next_at.isoformat() if next_at else ""), on=article, by=by)
    return article
