"""Two articles that say the same become one."""

from django.db import transaction
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from tuki.journal.record import record
from tuki.knowledge import events
from tuki.knowledge.actions._locking import editable
from tuki.knowledge.actions._merging import move_followers
from tuki.knowledge.actions._publishing import archive_text, touch, unschedule
from tuki.knowledge.actions._redirects import lead_on
from tuki.knowledge.actions._showing import show
from tuki.knowledge.models import Article, Attachment, Label, Status, Translation
from tuki.knowledge.queries.merging import Merging, merging
from tuki.lib.article import linked_files
from tuki.lib.refusal import Refused
from tuki.people.actor import Actor


def merge_articles(kept: Article, duplicate: Article, *, by: Actor) -> Article:
    """Make them one: the address of the duplicate leads to the kept one, and who followed it follows this.

    What becomes of the rest is `queries.merging`. Texts that stay behind are archived, for editors to read; votes and
    views stay with them, since they were of those.
    """
    with transaction.atomic():
        # Locked in one order, whichever way round two editors have them.
        rows = {row.pk: editable(row, by=by) for row in sorted((kept, duplicate), key=lambda row: row.pk)}
        if len(rows) != 2:
            raise Refused(_("What is merged must be two."))
        kept, duplicate = rows[kept.pk], rows[duplicate.pk]
        if kept.merged_into_id or duplicate.merged_into_id:
            raise Refused(_("One of these was merged into another before."))
        what = merging(kept, duplicate)
        if what.lost:
            languages = ", ".join(str(get_language_info(code)["name_translated"]) for code in what.lost)
            words = _("Publish the one that is kept first: readers of the other would find nothing (%(languages)s).")
            raise Refused(words % {"languages": languages})
        _take_over(kept, what, by=by)
        _put_away(duplicate, what.staying, by=by)
        move_followers(kept, duplicate)
        duplicate.merged_into = kept
        duplicate.save(update_fields=["merged_into"])
        lead_on("article", duplicate.pk, "article", kept.pk)
        record(events.ArticleMerged(duplicate.pk), on=kept, by=by)
        show(duplicate)
        show(kept)
    return kept


def _take_over(kept: Article, what: Merging, *, by: Actor) -> None:
    start = kept.attachments.filter(inline=False).count()
    for n, attachment in enumerate(what.files):
        attachment.article, attachment.position = kept, start + n
        attachment.save(update_fields=["article", "position"])
    Label.objects.bulk_create(Label(article=kept, name=name) for name in what.labels)
    kept.keywords = [*kept.keywords, *what.keywords]
    kept.save(update_fields=["keywords"])
    for translation in what.translations:
        _share_pictures(kept, translation)
        translation.article, translation.based_on, translation.outdated = kept, None, True
        touch(translation, by=by)


def _share_pictures(kept: Article, translation: Translation) -> None:
    """What any of its texts shows is the kept article's too: old revisions can be restored there."""
    drafted = translation.draft.body if hasattr(translation, "draft") else ""
    bodies = [translation.body, drafted, *translation.revisions.values_list("body", flat=True)]
    shown = {file for body in bodies for file in linked_files(body)}
    rows = Attachment.objects.filter(article=translation.article_id, inline=True, file__in=shown)
    new = rows.exclude(file__in=kept.attachments.values("file")).values_list("file", flat=True)
    Attachment.objects.bulk_create([Attachment(article=kept, file_id=file, inline=True) for file in new])


def _put_away(duplicate: Article, texts: list[Translation], *, by: Actor) -> None:
    for translation in texts:
        translation.article = duplicate
        unschedule(translation)
        if translation.status == Status.PUBLISHED:
            archive_text(translation, by=by)
