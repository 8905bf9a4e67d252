"""What articles say: drafts, translations, publishing, and taking back."""

from datetime import UTC, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tuki.desk.queries import the_desk
from tuki.jobs.queue import set_timer
from tuki.journal.record import record
from tuki.knowledge import events, policy
from tuki.knowledge.actions._locking import locked, locked_translation
from tuki.knowledge.actions._pictures import adopt, sized
from tuki.knowledge.actions._publishing import archive_text, folded, publish_draft, publish_text, touch, unschedule
from tuki.knowledge.actions._showing import show
from tuki.knowledge.marks import PUBLISH, UNPUBLISH
from tuki.knowledge.models import Article, Draft, Revision, Schedule, Status, Translation
from tuki.lib.article import clean_body
from tuki.lib.html import has_content
from tuki.lib.refusal import Denied, Refused
from tuki.people.actor import Actor
from tuki.people.queries import system


class Overtaken(Refused):
    """Somebody changed a text since its editor last saw it: nothing is saved, and both texts are there."""


def translate(article: Article, language: str, *, with_source: bool = False, by: Actor) -> Translation:
    """Begin to write an article in a further language; what has been begun is found again.

    with_source: the draft begins as the source's text, to be written over paragraph by paragraph.
    """
    with transaction.atomic():
        article = locked(article, by=by)
        _require_editor(article, by=by)
        if language not in the_desk().languages:
            raise Refused(_("The desk does not speak this language."), field="language")
        found = article.translations.filter(language=language).first()
        if found is not None:
            found.article = article
            return found
        source = article.translations.filter(language=article.source_language).first()
        translation = Translation.objects.create(
            article=article,
            language=language,
            based_on=source.revision if source else None,
            changed_by=by.person or system(),
            changed_at=by.at,
        )
        record(events.Translated(language), on=article, by=by)
        if with_source and source is not None:
            _begin_with(source, translation, by=by)
    return translation


def _begin_with(source: Translation, translation: Translation, *, by: Actor) -> None:
    """Draft a translation with what its source says to readers; with its draft where nobody reads it yet."""
    text = source if source.revision_id else Draft.objects.filter(translation=source).first()
    if text is None:
        return
    Draft.objects.create(
        translation=translation, title=text.title, body=text.body, saved_by=by.person or system(), saved_at=by.at
    )
    translation.folded = folded(text.title)
    touch(translation, by=by)


def save_draft(translation: Translation, *, title: str, body: str, version: int, by: Actor) -> Translation:
    """Keep what an editor is writing; readers see nothing of it until it is published.

    version: of the translation as the editor had it before them. Raises Refused where somebody has changed it since:
    nobody overwrites another's words without knowing.
    """
    body = sized(clean_body(body), by=by)
    title = " ".join(title.split())[:200]
    with transaction.atomic():
        translation = locked_translation(translation, by=by)
        _require_editor(translation.article, by=by)
        _require_seen(translation, version)
        draft = Draft.objects.filter(translation=translation).first()
        if draft is None:
            if (title, body) == (translation.title, translation.body):
                return translation
            draft = Draft(translation=translation)
            record(events.DraftBegun(translation.language), on=translation.article, by=by)
        draft.title, draft.body, draft.saved_by, draft.saved_at = title, body, by.person or system(), by.at
        draft.save()
        adopt(translation.article, body, by=by)
        translation.folded = folded(translation.title, title)
        touch(translation, by=by)
    return translation


def discard_draft(translation: Translation, *, version: int, by: Actor) -> Translation:
    """Throw away what was written and not published, and with it the plan to publish it."""
    with transaction.atomic():
        translation = locked_translation(translation, by=by)
        _require_editor(translation.article, by=by)
        _require_seen(translation, version)
        if Draft.objects.filter(translation=translation).delete()[0]:
            record(events.DraftDiscarded(translation.language), on=translation.article, by=by)
            if translation.status == Status.PUBLISHED:
                _forget_publishing(translation)
            else:
                unschedule(translation)
            if translation.status == Status.SCHEDULED:
                translation.status = Status.DRAFT
            translation.folded = folded(translation.title)
            touch(translation, by=by)
    return translation


def publish(
    translation: Translation,
    *,
    version: int,
    note: str = "",
    tells: bool = False,
    line: str = "",
    outdates: bool = True,
    by: Actor,
) -> Revision:
    """Make the draft what readers see, now; what was scheduled to be published is done with it.

    version: as for `save_draft`. note: for colleagues. tells: followers hear of it; line: what they are told first.
    outdates: of a source, that its translations say something else now. What is published already, and has no draft,
    may be told of once more: that is a revision with the same text.
    """
    with transaction.atomic():
        translation = locked_translation(translation, by=by)
        _require_editor(translation.article, by=by)
        _require_seen(translation, version)
        draft = Draft.objects.filter(translation=translation).first()
        if draft is None and not (tells and translation.status == Status.PUBLISHED):
            raise Refused(_("There is nothing new to publish."))
        if draft is not None:
            _require_whole(draft.title, draft.body)
        _forget_publishing(translation)
        words = {"note": note.strip()[:300], "line": line.strip()[:300]}
        if draft is not None:
            return publish_draft(translation, **words, tells=tells, outdates=outdates, by=by)
        return publish_text(
            translation,
            translation.title,
            translation.body,
            **words,
            tells=tells,
            outdates=False,
            restores=None,
            by=by,
        )


def schedule(
    translation: Translation,
    *,
    version: int,
    publish_at: datetime | None = None,
    unpublish_at: datetime | None = None,
    note: str = "",
    tells: bool = False,
    line: str = "",
    by: Actor,
) -> Translation:
    """Have the draft published, or what is published taken away, at a moment; without any, nothing will be.

    It happens as of that moment, whenever a worker comes by, and by whoever scheduled it. version: as for `save_draft`.
    """
    with transaction.atomic():
        translation = locked_translation(translation, by=by)
        _require_editor(translation.article, by=by)
        _require_seen(translation, version)
        _require_moments(translation, publish_at, unpublish_at, by)
        unschedule(translation)
        if publish_at or unpublish_at:
            Schedule.objects.create(
                translation=translation,
                publish_at=publish_at,
                unpublish_at=unpublish_at,
                note=note.strip()[:300],
                tells=tells,
                line=line.strip()[:300],
                made_by=by.person or system(),
            )
        for kind, moment in ((PUBLISH, publish_at), (UNPUBLISH, unpublish_at)):
            if moment is not None:
                set_timer(kind, translation.pk, moment)
        if translation.status in {Status.DRAFT, Status.SCHEDULED}:
            translation.status = Status.SCHEDULED if publish_at else Status.DRAFT
        touch(translation, by=by)
        record(
            events.Scheduled(translation.language, _moment(publish_at), _moment(unpublish_at)),
            on=translation.article,
            by=by,
        )
        show(translation.article)
    return translation


def settle_due(translation: int, *, by: Actor) -> None:
    """Do what was scheduled for a translation and is due by `by.at`. by: the system, whose timer rang."""
    with transaction.atomic():
        found = Translation.objects.filter(pk=translation).select_related("article").first()
        if found is not None:
            locked(found.article, by=by)


def archive(translation: Translation, *, by: Actor) -> Translation:
    """Take a translation out of readers' sight. It can be restored."""
    with transaction.atomic():
        translation = locked_translation(translation, by=by)
        _require_editor(translation.article, by=by)
        if translation.status == Status.PUBLISHED:
            unschedule(translation)
            archive_text(translation, by=by)
    return translation


def restore(revision: Revision, *, note: str = "", by: Actor) -> Revision:
    """Make an old text what readers see again, as a new revision. What is drafted meanwhile stays a draft."""
    with transaction.atomic():
        translation = locked_translation(revision.translation, by=by)
        _require_editor(translation.article, by=by)
        if translation.status == Status.PUBLISHED and translation.revision_id == revision.pk:
            raise Refused(_("This is what readers see already."))
        return publish_text(
            translation,
            revision.title,
            revision.body,
            note=note.strip()[:300],
            line="",
            tells=False,
            outdates=True,
            restores=revision,
            by=by,
        )


def mark_up_to_date(translation: Translation, *, by: Actor) -> Translation:
    """Say that a translation says what its source does now."""
    with transaction.atomic():
        translation = locked_translation(translation, by=by)
        _require_editor(translation.article, by=by)
        article = translation.article
        source = article.translations.filter(language=article.source_language).first()
        if translation.is_source or source is None or source.revision_id is None:
            raise Refused(_("There is no published source to hold it against."))
        if translation.outdated or translation.based_on_id != source.revision_id:
            translation.outdated, translation.based_on_id = False, source.revision_id
            touch(translation, by=by)
            record(events.MarkedUpToDate(translation.language, source.revision_id), on=article, by=by)
    return translation


def _require_editor(article: Article, *, by: Actor) -> None:
    if not policy.may_edit(by, article):
        raise Denied


def _require_seen(translation: Translation, version: int) -> None:
    """That nobody changed it since the editor last saw it."""
    if translation.version != version:
        raise Overtaken(
            _("%(who)s changed this meanwhile. Your text is still here: compare the two before you save it.")
            % {"who": translation.changed_by}
        )


def _require_whole(title: str, body: str) -> None:
    if not title:
        raise Refused(_("A title is missing."), field="title")
    if not has_content(body):
        raise Refused(_("The text is empty."), field="body")


def _require_moments(
    translation: Translation, publish_at: datetime | None, unpublish_at: datetime | None, by: Actor
) -> None:
    if any(moment is not None and moment <= by.at for moment in (publish_at, unpublish_at)):
        raise Refused(_("This moment has passed."), field="publish_at" if publish_at else "unpublish_at")
    if publish_at and unpublish_at and unpublish_at <= publish_at:
        raise Refused(_("It would be taken away before it is published."), field="unpublish_at")
    if publish_at is not None:
        draft = Draft.objects.filter(translation=translation).first()
        if draft is None:
            raise Refused(_("There is nothing new to publish."))
        _require_whole(draft.title, draft.body)
    elif unpublish_at is not None and translation.status != Status.PUBLISHED:
        raise Refused(_("What is not published can't be taken away."), field="unpublish_at")


def _forget_publishing(translation: Translation) -> None:
    """What is published, or thrown away, needs no timer for it; when it is to be taken away still holds."""
    planned = Schedule.objects.filter(translation=translation).first()
    if planned is None:
        return
    until = planned.unpublish_at
    unschedule(translation)
    if until is not None:
        Schedule.objects.create(translation=translation, unpublish_at=until, made_by=planned.made_by)
        set_timer(UNPUBLISH, translation.pk, until)


def _moment(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat() if moment else ""
