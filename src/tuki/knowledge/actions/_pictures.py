"""Files of ours that a body shows or links to: they become the article's, where its writer may give them."""

from collections.abc import Iterable

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet

from tuki.files import actions as files
from tuki.files.models import File
from tuki.knowledge import policy
from tuki.knowledge.models import Article, Attachment
from tuki.lib.article import linked_files, with_sizes
from tuki.lib.pictures import ENOUGH, size
from tuki.people.actor import Actor


def sized(html: str, *, by: Actor) -> str:
    """A body whose pictures say their size. Reads the files: do it before the transaction."""
    ids = linked_files(html)
    if not ids:
        return html
    known = {file.pk: file for file in _givable(ids, by) if file.is_picture}

    def size_of(pk: int) -> tuple[int, int] | None:
        return _size(known[pk]) if pk in known else None

    return with_sizes(html, size_of)


def _size(file: File) -> tuple[int, int] | None:
    try:
        with default_storage.open(file.path) as content:
            return size(content.read(ENOUGH))
    except OSError:  # gone from the disk: the page says so better than we can here
        return None


def adopt(article: Article, html: str, *, by: Actor) -> None:
    """Make what a body shows part of its article: the writer's own uploads, and files of articles they may write.

    Any other file stays whose it is: a picture of a customer's request is not published by naming its number.
    """
    held = set(article.attachments.values_list("file", flat=True))
    new = [pk for pk in linked_files(html) if pk not in held]
    if not new:
        return
    given = list(_givable(new, by))
    files.take([file for file in given if not file.taken], by=by)
    Attachment.objects.bulk_create(Attachment(article=article, file=file, inline=True) for file in given)


def _givable(ids: Iterable[int], by: Actor) -> QuerySet[File]:
    own = Q(taken=False, owner_id=by.person_id, owner__isnull=False)
    of_articles = Q(pk__in=Attachment.objects.filter(article__in=policy.editable_articles(by)).values("file"))
    return File.objects.filter(own | of_articles, pk__in=list(ids), redacted_at=None).order_by("pk")
