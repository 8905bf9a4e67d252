"""A text becomes what readers see, or ceases to be. Checks nothing: its callers have, and hold the article's lock."""

from dataclasses import asdict

from django.db.models import Max

from tuki.jobs.queue import clear_timer
from tuki.journal.record import record
from tuki.knowledge import events
from tuki.knowledge.actions._showing import show
from tuki.knowledge.marks import PUBLISH, UNPUBLISH
from tuki.knowledge.models import Draft, Revision, Schedule, Status, Translation
from tuki.lib.article import headings, words
from tuki.lib.html import excerpt, to_text
from tuki.people.actor import Actor
from tuki.people.queries import system


def publish_draft(
    translation: Translation, *, note: str, line: str, tells: bool, outdates: bool, by: Actor
) -> Revision:
    """Publish what is drafted; the draft is done with."""
    draft = Draft.objects.get(translation=translation)
    title, body = draft.title, draft.body
    draft.delete()
    return publish_text(
        translation, title, body, note=note, line=line, tells=tells, outdates=outdates, restores=None, by=by
    )


def publish_text(
    translation: Translation,
    title: str,
    body: str,
    *,
    note: str,
    line: str,
    tells: bool,
    outdates: bool,
    restores: Revision | None,
    by: Actor,
) -> Revision:
    """Make a text the next revision and what readers see.

    outdates: of a source, that its translations don't say the same any more.
    """
    number = translation.revisions.aggregate(last=Max("number"))["last"] or 0
    revision = Revision.objects.create(
        translation=translation,
        number=number + 1,
        title=title,
        body=body,
        note=note,
        line=line,
        by=by.person or system(),
        at=by.at,
        restores=restores,
    )
    first = translation.published_at is None
    translation.status = Status.PUBLISHED
    translation.title, translation.body, translation.revision = title, body, revision
    translation.excerpt = excerpt(to_text(body), 300)
    translation.contents = [asdict(heading) for heading in headings(body)]
    translation.words = words(body)
    drafted = Draft.objects.filter(translation=translation).values_list("title", flat=True)
    translation.folded = folded(title, *drafted)
    translation.published_at = translation.published_at or by.at
    translation.updated_at = by.at
    touch(translation, by=by)
    if translation.is_source:
        _tell_translations(translation, revision, outdates=outdates, by=by)
    record(events.Published(translation.language, revision.pk, first, tells), on=translation.article, by=by)
    show(translation.article)
    return revision


def _tell_translations(source: Translation, revision: Revision, *, outdates: bool, by: Actor) -> None:
    """What was translated before the source was first published says the same as that. Else it may be outdated."""
    others = Translation.objects.filter(article=source.article).exclude(pk=source.pk)
    others.filter(based_on=None).update(based_on=revision)
    if not outdates:
        others.filter(outdated=False).update(based_on=revision)
        return
    for other in others.exclude(based_on=revision).filter(outdated=False):
        other.outdated = True
        other.save(update_fields=["outdated"])
        record(events.MarkedOutdated(other.language), on=source.article, by=by)


def archive_text(translation: Translation, *, by: Actor) -> None:
    """Take a translation out of readers' sight. Its text stays, and so does what is drafted beside it."""
    translation.status = Status.ARCHIVED
    touch(translation, by=by)
    record(events.Archived(translation.language), on=translation.article, by=by)
    show(translation.article)


def unschedule(translation: Translation) -> None:
    """Forget what would have happened by itself."""
    Schedule.objects.filter(translation=translation).delete()
    clear_timer(PUBLISH, translation.pk)
    clear_timer(UNPUBLISH, translation.pk)


def folded(*titles: str) -> str:
    """Titles as editors look them up, whichever their case."""
    return "\n".join(dict.fromkeys(title.casefold() for title in titles if title))


def touch(translation: Translation, *, by: Actor) -> None:
    """Save a translation with the mark of who changed it: whoever wrote beside them is told."""
    translation.version += 1
    translation.changed_by, translation.changed_at = by.person or system(), by.at
    translation.save()
