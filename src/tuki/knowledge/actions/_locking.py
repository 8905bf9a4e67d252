"""Every verb's first step: the article under its lock, with all that was due on it settled."""

from datetime import datetime

from tuki.jobs.queue import clear_timer
from tuki.journal.via import Via
from tuki.knowledge import policy
from tuki.knowledge.actions._publishing import archive_text, publish_draft
from tuki.knowledge.actions._showing import show
from tuki.knowledge.marks import PUBLISH, UNPUBLISH
from tuki.knowledge.models import Article, Draft, Schedule, Status, Translation
from tuki.lib.refusal import Denied
from tuki.people.actor import Actor


def locked(article: Article, *, by: Actor) -> Article:
    """The article as it is now, nobody else's until the transaction ends. What was due before `by.at` has happened."""
    # Locked alone, then read: a row whose section changes while we wait for it would be joined with nothing.
    Article.objects.select_for_update().values_list("pk").get(pk=article.pk)
    article = Article.objects.select_related("section__category", "audience").get(pk=article.pk)
    _settle(article, by.at)
    return article


def editable(article: Article, *, by: Actor) -> Article:
    """As `locked`, for somebody who may write it."""
    article = locked(article, by=by)
    if not policy.may_edit(by, article):
        raise Denied
    return article


def locked_translation(translation: Translation, *, by: Actor) -> Translation:
    """As `locked`: a translation with its article."""
    article = locked(translation.article, by=by)
    translation = Translation.objects.get(pk=translation.pk)
    translation.article = article
    return translation


def _settle(article: Article, now: datetime) -> None:
    """Do what schedules wanted done by now, each at its own moment, in the order of those; the source before others."""
    due: list[tuple[datetime, bool, str, Schedule]] = []
    for schedule in Schedule.objects.filter(translation__article=article).select_related("translation", "made_by"):
        further = schedule.translation.language != article.source_language
        if schedule.publish_at is not None and schedule.publish_at <= now:
            due.append((schedule.publish_at, further, PUBLISH, schedule))
        if schedule.unpublish_at is not None and schedule.unpublish_at <= now:
            due.append((schedule.unpublish_at, further, UNPUBLISH, schedule))
    for moment, _further, what, schedule in sorted(due, key=lambda one: one[:2]):
        translation = Translation.objects.get(pk=schedule.translation_id)  # what was published before it changed it
        translation.article = article
        author = Actor(schedule.made_by, Via.RULE, moment)
        clear_timer(what, translation.pk)
        if what == PUBLISH:
            schedule.publish_at = None
            _keep(schedule)
            if Draft.objects.filter(translation=translation).exists():
                publish_draft(
                    translation, note=schedule.note, line=schedule.line, tells=schedule.tells, outdates=True, by=author
                )
        else:
            schedule.unpublish_at = None
            _keep(schedule)
            if translation.status == Status.PUBLISHED:
                archive_text(translation, by=author)
        show(article)


def _keep(schedule: Schedule) -> None:
    if schedule.publish_at is None and schedule.unpublish_at is None:
        schedule.delete()
    else:
        schedule.save()
