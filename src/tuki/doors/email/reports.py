"""A mail server's report on a mail of ours: which one it is about, and what that means."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_noop

from tuki.doors.email.aside import Aside
from tuki.jobs.queue import Later
from tuki.lib.html import to_text
from tuki.mail import actions as mails
from tuki.mail import queries
from tuki.mail.addresses import read_return_address
from tuki.mail.harm import Harm, harm_of
from tuki.mail.parse import Mail
from tuki.mail.reading.automatic import Automatic
from tuki.mail.reading.bounces import Bounce, says_it_failed
from tuki.people.actor import Actor

if TYPE_CHECKING:
    from tuki.mail.models import Delivery, RawMail

_SHORTLY = timedelta(minutes=1)


@dataclass(frozen=True)
class Report:
    """What a mail server says. about: our mail; None where nothing shows which, so that it leads nowhere."""

    bounce: Bounce
    about: "Delivery | None"


def report_of(raw: "RawMail", mail: Mail) -> Report | None:
    """A mail as a report; None where it is none.

    Anybody can write a report. It is about the mail of ours whose signed return address it came to or repeats, or else
    whose Message-ID it names, which only we and who got it know: without these it could silence whom its writer likes.
    Raises Later while the mail's own leaving is still being written down, and Aside for a machine's word to that
    address that says of no mail that it was lost, such as a vacation note in a language that we don't know.
    """
    signed = [pk for address in raw.envelope_to if (pk := read_return_address(address)) is not None]
    bounce = mail.bounce
    if bounce is None and signed and not raw.envelope_from and mail.automatic != Automatic.REPLY:
        bounce = _in_own_words(mail, queries.delivery(signed[0]))
    if bounce is None:
        return None
    repeated = read_return_address(bounce.return_path)
    signed += [repeated] if repeated is not None else []
    about = queries.delivery(signed[0]) if signed else None
    about = about or queries.delivery_named(bounce.original_id)
    if about is not None and not about.is_over and timezone.now() - raw.received_at < _SHORTLY:
        raise Later(timedelta(seconds=3), "it is about a mail that is leaving")
    return Report(bounce, about)


def _in_own_words(mail: Mail, about: "Delivery | None") -> Bounce:
    """What a server reports in words of its own: that it is a report is plain by where it came."""
    repeats = about is not None and (
        about.message_id in mail.text or any(about.message_id.encode() in file.content for file in mail.attachments)
    )
    if not repeats and not says_it_failed(mail.subject, mail.text or to_text(mail.html)):
        raise Aside(gettext_noop("A machine's word on a mail of ours, and not that it was lost."), ignored=True)
    return Bounce("", True, "", False, mail.subject)


def note(report: Report, *, by: Actor) -> None:
    """Write down what a report says, on the mail that it is about and on its address."""
    delivery, bounce = report.about, report.bounce
    if delivery is None:
        return
    if bounce.complaint:
        mails.complained(delivery, by=by)
        return
    harm = harm_of(bounce)
    if harm == Harm.ADDRESS and bounce.recipient not in {"", delivery.address}:
        harm = Harm.MAIL  # what we wrote to passed it on, and further on it was lost
    mails.bounced(delivery, bounce.words, harm=harm, by=by)
