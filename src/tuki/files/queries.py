"""Which uploads somebody still counts on."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet, Sum

from tuki.files.models import File

Keeper = Callable[[], "QuerySet[Any, Any]"]
_KEEPERS: list[Keeper] = []


def keeps_uploads(ids: Keeper) -> Keeper:
    """Register who keeps uploads that no message has taken yet: a function that gives their ids, as a query."""
    _KEEPERS.append(ids)
    return ids


def forsaken() -> QuerySet[File]:
    """Uploads that no message has taken, and that nobody keeps."""
    files = File.objects.filter(taken=False)
    for ids in _KEEPERS:
        files = files.exclude(pk__in=ids())
    return files


def bytes_not_sent(owner: int) -> int:
    """How much somebody has uploaded that no message has taken."""
    return File.objects.filter(owner=owner, taken=False).aggregate(sum=Sum("size"))["sum"] or 0
