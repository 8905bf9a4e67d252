"""What a sender is told whose mail did not become what they meant it to be."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from tuki.desk.labels import label
from tuki.desk.queries import the_desk
from tuki.doors.email import threads
from tuki.doors.email.aside import Aside
from tuki.lib.html import from_text
from tuki.mail import actions as mails
from tuki.mail import queries as mail_queries
from tuki.mail.parse import Mail
from tuki.mail.trust.authentication import Authenticity
from tuki.notifications import acknowledging
from tuki.people import queries as people
from tuki.people.actor import Actor

if TYPE_CHECKING:
    from tuki.mail.models import RawMail
    from tuki.people.models import Person

_KIND = "no_access"
_NAMED = 5  # of those companies that invite somebody
_NOT_AGAIN_FOR = timedelta(days=1)  # a From may be forged: whoever is written to in vain hears of it once


def say_how_to_get_access(raw: "RawMail", mail: Mail, *, by: Actor) -> None:
    """Answer politely, in the sender's language, that support could not take their mail, and how it will.

    Nothing is repeated to whoever may not have written it: that would be a stranger's word in the desk's name.
    """
    if mail.sender is None or mail.automatic:
        return
    address = mail.sender.address
    if mail_queries.was_posted(_KIND, address, since=by.at - _NOT_AGAIN_FOR):
        return
    desk = the_desk()
    person = people.by_address(address)
    is_theirs = raw.authenticity == Authenticity.PASS or (person is not None and people.is_proven(person))
    if not is_theirs and not acknowledging.has_room_for_strangers():
        return
    language = person.language if person else (raw.mailbox.language if raw.mailbox else "")
    if language not in desk.languages:
        language = desk.language
    with translation.override(language):
        came = _("Your mail has reached %(desk)s, but this address has no right to send requests yet.")
        if is_theirs:
            came = _(
                "Your mail “%(subject)s” has reached %(desk)s, but this address has no right to send requests yet."
            )
        text = "\n\n".join(
            part
            for part in (
                _("Hello"),
                came % {"subject": mail.subject, "desk": desk.name},
                *_invitations(person, language),
                label(desk.how_to_get_access, language),
                _("Your mail is kept. Support can see it and take it up once you have access."),
                desk.name,
            )
            if part
        )
        mails.post(
            kind=_KIND,
            address=address,
            subject=_("Re: %(subject)s") % {"subject": mail.subject} if is_theirs else _("We have received your mail"),
            text=text + "\n",
            html=from_text(text),
            person_id=person.pk if person else None,
            language=language,
            automatic=True,
            in_reply_to=mail.message_id,
            from_address=raw.mailbox.address if raw.mailbox else "",
            by=by,
        )


def _invitations(person: "Person | None", language: str) -> list[str]:
    """How whoever was invited, and writes before they have accepted, gets the right by that."""
    if person is None:
        return []
    words = _("%(company)s has invited you to join it. Accept the invitation first: %(link)s")
    link = settings.PUBLIC_URL + reverse("portal:invitations", args=[language])
    return [words % {"company": place.organization, "link": link} for place in people.inviting(person)[:_NAMED]]


_NOT_TAKEN = "not_taken"


def say_that_nothing_came_of_it(raw: "RawMail", mail: Mail, aside: Aside, *, by: Actor) -> None:
    """Tell an agent, at the address that we know to be theirs, that their mail waits in quarantine."""
    assert mail.sender is not None
    person = people.by_address(mail.sender.address)
    if person is None or mail.automatic:
        return
    with translation.override(person.language):
        text = "\n\n".join(
            (
                _("Your mail “%(subject)s” has not been passed on, neither to the customer nor as a note.")
                % {"subject": mail.subject},
                aside.words,
                _("It waits in quarantine, where an administrator can see it. You can also answer in the workspace."),
            )
        )
        mails.post(
            kind=_NOT_TAKEN,
            address=mail.sender.address,
            subject=_("Re: %(subject)s") % {"subject": threads.without_tag(mail.subject)},
            text=text + "\n",
            html=from_text(text),
            person_id=person.pk,
            language=person.language,
            automatic=True,
            in_reply_to=mail.message_id,
            from_address=raw.mailbox.address if raw.mailbox else "",
            by=by,
        )
