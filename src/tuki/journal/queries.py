"""Reading the record."""

from tuki.journal.models import Entry


def entry(pk: int) -> Entry | None:
    return Entry.objects.filter(pk=pk).select_related("person").first()
