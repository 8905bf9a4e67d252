"""What people do to single mails."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tuki.journal.events import Event


@dataclass(frozen=True)
class MailRunAgain(Event):
    """A mail that had been ignored or set aside was read once more."""

    old: str  # its outcome before

    name = "mail.run_again"
    line = _("had the mail read again")
    forgets = "An outcome; what the mail says is erased with the ledger's row."


@dataclass(frozen=True)
class MailDismissed(Event):
    """Somebody said that nothing is to become of a mail that had been set aside."""

    old: str  # its outcome before

    name = "mail.dismissed"
    line = _("marked the mail as ignored")
    forgets = "An outcome; what the mail says is erased with the ledger's row."


@dataclass(frozen=True)
class MailPlaced(Event):
    """Somebody put a mail on a thread by hand."""

    thread: int
    message: int

    name = "mail.placed"
    line = _("put the mail on a request by hand")
    forgets = "Holds ids only; what the mail says is erased with the ledger's row."


@dataclass(frozen=True)
class DeliveryEvent(Event):
    """Something that happened to a mail of ours, which whoever wrote what it carries may want to know."""


@dataclass(frozen=True)
class DeliverySentAgain(DeliveryEvent):
    """A mail that did not arrive was sent once more."""

    old: str  # its state before

    name = "mail.sent_again"
    line = _("sent the mail again")
    forgets = "A state; address and text are erased with the delivery."


@dataclass(frozen=True)
class DeliveryCancelled(DeliveryEvent):
    """A mail that had not left yet was stopped."""

    name = "mail.cancelled"
    line = _("stopped the mail")
    forgets = "Nothing of a person; address and text are erased with the delivery."


@dataclass(frozen=True)
class SourceAdded(Event):
    """An account on another server was named, from which mail is fetched."""

    host: str
    user: str
    folder: str

    name = "mail.source_added"
    line = _("had mail fetched from %(user)s on %(host)s")
    forgets = "The name of an account of the desk's own; nothing of a customer, and no password."


@dataclass(frozen=True)
class SourceChanged(Event):
    """How mail is fetched from an account was changed."""

    fields: list[str]  # which; none of what they say, a password being one of them

    name = "mail.source_changed"
    line = _("changed how mail is fetched")
    forgets = "Names of fields."


@dataclass(frozen=True)
class SourceRemoved(Event):
    """Mail is no longer fetched from an account."""

    host: str
    user: str

    name = "mail.source_removed"
    line = _("ended the fetching of mail from %(user)s on %(host)s")
    forgets = "The name of an account of the desk's own."


@dataclass(frozen=True)
class SourceTried(Event):
    """Somebody tried whether an account can be signed in to."""

    works: bool

    name = "mail.source_tried"
    line = _("tried the connection")
    forgets = "Nothing of a person."


@dataclass(frozen=True)
class SourceWanted(Event):
    """Somebody did not want to wait for the next look for mail."""

    name = "mail.source_wanted"
    line = _("had mail fetched at once")
    forgets = "Nothing of a person."


@dataclass(frozen=True)
class DeliveryFailed(DeliveryEvent):
    """A mail was refused for good, or never taken within three days."""

    name = "mail.failed"
    line = _("could not deliver a mail")
    forgets = "Nothing of a person; address and text are erased with the delivery."


@dataclass(frozen=True)
class DeliveryLate(DeliveryEvent):
    """A mail is on its way for more than an hour, and is tried again."""

    name = "mail.late"
    line = _("could not deliver a mail yet, and tries on")
    forgets = "Nothing of a person; address and text are erased with the delivery."


@dataclass(frozen=True)
class DeliveryLeft(DeliveryEvent):
    """A mail that had been late left after all."""

    name = "mail.left"
    line = _("delivered a late mail")
    forgets = "Nothing of a person; address and text are erased with the delivery."


@dataclass(frozen=True)
class DeliverySeenTo(DeliveryEvent):
    """Somebody knows that a mail did not arrive, and has done about it what there was to do."""

    name = "mail.seen_to"
    line = _("has seen to a mail that did not arrive")
    forgets = "Nothing of a person; address and text are erased with the delivery."


@dataclass(frozen=True)
class DeliveryBounced(DeliveryEvent):
    """A server reported that a mail of ours did not arrive, or not yet."""

    for_good: bool

    name = "mail.bounced"
    line = _("was told that the mail did not arrive")
    forgets = "Nothing of a person; address and the server's words are erased with the delivery."


@dataclass(frozen=True)
class AddressSuppressed(Event):
    """An address is not written to any more: mail comes back from it, its owner complained, or somebody chose so."""

    why: str

    name = "mail.suppressed"
    line = _("stopped writing to an address")
    forgets = "Holds no address; the row of the suppression list is erased with the person's addresses."


@dataclass(frozen=True)
class SuppressionLifted(Event):
    """An address is written to again."""

    why: str  # it was not

    name = "mail.suppression_lifted"
    line = _("began to write to an address again")
    forgets = "Holds no address."


@dataclass(frozen=True)
class SpamRuleAdded(Event):
    """From now on, mail with this sign is put away as spam."""

    sign: str

    name = "mail.spam_rule_added"
    line = _("added a rule for spam")
    forgets = "A kind of sign; the address, where there is one, goes with the rule's row."


@dataclass(frozen=True)
class SpamRuleRemoved(Event):
    """Mail with this sign is no longer put away."""

    sign: str

    name = "mail.spam_rule_removed"
    line = _("took off a rule for spam")
    forgets = "A kind of sign."
