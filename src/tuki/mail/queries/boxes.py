"""The desk's own addresses, and the accounts from which mail is fetched."""

from django.db.models import CharField, QuerySet

from tuki.desk.queries import the_desk
from tuki.lib.questions import Question, Slot
from tuki.mail.addresses import without_tag
from tuki.mail.models import Mailbox, RawMail, Source

_MAILBOX = Question(lambda: Mailbox.objects.filter(address=Slot("address", CharField())))


def mailbox_of(address: str) -> Mailbox | None:
    """The mailbox that an address, with or without a plus, belongs to."""
    return _MAILBOX.first(address=without_tag(address))


def is_ours(address: str) -> bool:
    """Whether mail to this address is for the desk."""
    return without_tag(address) == the_desk().address.lower() or mailbox_of(address) is not None


def our_addresses() -> set[str]:
    """All addresses at which mail is taken, each also with any plus."""
    return {the_desk().address.lower(), *Mailbox.objects.values_list("address", flat=True)}


def is_our_list(name: str) -> bool:
    """Whether a list of that name, or at that address, is an address of the desk's, behind which a group lies."""
    if "@" in name:
        return is_ours(name)
    return name in {address.replace("@", ".") for address in our_addresses()}


def mailboxes() -> QuerySet[Mailbox]:
    """Where mail comes in, in the desk's order."""
    return Mailbox.objects.select_related("team")


def sources() -> QuerySet[Source]:
    """The accounts from which mail is fetched, also those whose fetching is off. Those removed are not among them."""
    return Source.objects.filter(retired=False).select_related("mailbox")


def source(pk: int) -> Source | None:
    return sources().filter(pk=pk).first()


def to_put_away(source: Source, most: int) -> list[int]:
    """UIDs of mails that the ledger has, and that are not yet marked or moved where they were fetched."""
    rows = RawMail.objects.filter(source=source, era=source.era, to_put_away=True).order_by("uid")
    return [uid for uid in rows.values_list("uid", flat=True)[:most] if uid is not None]
