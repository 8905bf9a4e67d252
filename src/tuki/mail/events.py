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
class DeliverySentAgain(Event):
    """A mail that did not arrive was sent once more."""

    old: str  # its state before

    name = "mail.sent_again"
    line = _("sent the mail again")
    forgets = "A state; address and text are erased with the delivery."


@dataclass(frozen=True)
class DeliveryCancelled(Event):
    """A mail that had not left yet was stopped."""

    name = "mail.cancelled"
    line = _("stopped the mail")
    forgets = "Nothing of a person; address and text are erased with the delivery."
