"""What each mail says, in its reader's language."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tuki.desk.queries import the_desk
from tuki.journal.events import Event, read
from tuki.knowledge.events import Followed
from tuki.lib.html import to_text
from tuki.mail.queries import deliveries_of, mailbox_of_thread, told_lately
from tuki.mail.sending.compose import EARLIER
from tuki.notifications import acknowledging, announcements, recipients
from tuki.notifications.letter import Letter, list_headers
from tuki.people import queries as people
from tuki.people.actor import Actor
from tuki.people.events import ColleagueInvited, Invited, MainContactNamed, SignedUp, TwoFactorReset
from tuki.people.invitations import DAYS, token_for
from tuki.tickets import leave_links, policy, queries
from tuki.tickets.events import Assigned, FoundNoSpam, Replied, Solved, Submitted

if TYPE_CHECKING:
    from tuki.journal.models import Entry
    from tuki.people.models import Membership, Person
    from tuki.tickets.models import Message, Ticket

# Files go along up to this many bytes in all; beyond it the mail names them and links to the ticket.
_ATTACHED_AT_MOST = 10 * 1024 * 1024
_SIGNED_UP, _SIGNED_UP_AT_MOST = "signed_up", 3
_WITH_EARLIER = {"message", "customer_wrote"}
_QUOTED_AT_MOST, _QUOTED_LINES = 600, 8  # characters and lines of the message before
_OWN_PICTURE = re.compile(r'(<img[^>]*\ssrc=")/hc/files/(\d+)[^"]*"')


@dataclass(frozen=True)
class LeftOut:
    """A file that is too much for a mail, and where to get it by signing in."""

    name: str
    size: int
    url: str


def letters_about(entry: "Entry") -> list[Letter]:
    """All mails that an entry of the journal gives rise to, as rights are now."""
    event = read(entry.event, entry.data)
    if isinstance(event, Invited):
        return _invitation(entry)
    if isinstance(event, SignedUp):
        return _to_new_reader(entry)
    if isinstance(event, Followed):
        return announcements.confirmation(event)
    if isinstance(event, TwoFactorReset):
        return [_letter(person, "two_factor_reset", automatic=True) for person in _still_there(entry)]
    if isinstance(event, ColleagueInvited):
        return _to_colleague(event, entry)
    if isinstance(event, MainContactNamed):
        return _to_main_contact(event, entry)
    desk = Actor(people.system())
    if isinstance(event, Submitted | Replied):
        message = queries.message_by_id(desk, event.message)
        if message is None or message.redacted_at is not None or message.ticket.trashed_at is not None:
            return []
        return _of_message(event, message)
    ticket = queries.ticket_by_id(desk, entry.on_id)
    if ticket is None or ticket.trashed_at is not None:
        return []
    if isinstance(event, FoundNoSpam):
        return _late_acknowledgement(event, ticket)
    if isinstance(event, Solved):
        by_requester = entry.person_id == ticket.requester_id
        return [
            _letter(person, "solved", ticket=ticket, automatic=True)
            for person in ([] if by_requester else recipients.of_ticket(ticket))
        ]
    if isinstance(event, Assigned):
        return [
            _letter(agent, "assigned", ticket=ticket, automatic=True)
            for agent in recipients.of_assignment(ticket, event.new)
        ]
    return []


def _late_acknowledgement(event: Event, ticket: "Ticket") -> list[Letter]:
    """What was taken for spam as it came, and is none, is acknowledged now; what was told before is not told again."""
    first = queries.messages(Actor(people.system())).filter(ticket=ticket).order_by("pk").first()
    told = first is None or first.redacted_at is not None or deliveries_of([first.pk])
    return [] if told or first is None else _of_message(event, first)


def _of_message(event: Event, message: "Message") -> list[Letter]:
    letters = []
    if isinstance(event, Submitted | FoundNoSpam):
        for person in recipients.of_ticket(message.ticket):
            kind = acknowledging.kind_for(person, message)
            if not kind:
                continue
            invited = the_desk().invites_writers and not person.has_usable_password()
            letters.append(
                _letter(
                    person,
                    kind,
                    message=message,
                    automatic=True,
                    welcome=_welcome(person) if invited else "",
                    recorded=message.author_id != person.pk,
                    # Their own files are no news to them.
                    pictures_only=message.author_id == person.pk,
                    bare=kind == acknowledging.UNPROVEN,
                )
            )
        copied = [] if message.by_support else recipients.of_message(message)
        letters += [
            _letter(person, "message", message=message) for person in copied if person != message.ticket.requester
        ]
        letters += [
            _letter(
                person,
                "colleague_asked",
                message=message,
                automatic=True,
                pictures_only=True,
                takes_part=policy.may_reply(Actor(person), message.ticket),
            )
            for person in recipients.of_company(message, copied)
        ]
    else:
        letters += [_letter(person, "message", message=message) for person in recipients.of_message(message)]
        # Not of the first message: whoever has the ticket by now has taken it, or was told that it was given to them.
        letters += [
            _letter(person, "customer_wrote", message=message, automatic=True)
            for person in recipients.agents_of_message(message)
        ]
    return letters


def _invitation(entry: "Entry") -> list[Letter]:
    return [_letter(person, "invitation", automatic=True, welcome=_welcome(person)) for person in _still_there(entry)]


def _to_new_reader(entry: "Entry") -> list[Letter]:
    """How to go on, for whoever reads at an address for which an account was asked: a few times a day and no more."""
    lately = timezone.now() - timedelta(days=1)
    return [
        _letter(person, _SIGNED_UP, automatic=True, welcome="" if person.has_usable_password() else _welcome(person))
        for person in _still_there(entry)
        if len(told_lately([_SIGNED_UP], person.email, since=lately)) < _SIGNED_UP_AT_MOST
    ]


def _still_there(entry: "Entry") -> list["Person"]:
    """Whom an entry is on, unless their account was closed since."""
    person = people.person(entry.on_id)
    return [person] if person is not None and person.is_active else []


def _to_colleague(event: ColleagueInvited, entry: "Entry") -> list[Letter]:
    """Whoever still is invited: who never came with a link that lets them in, else asked to sign in and answer."""
    place = people.membership_of(event.person, entry.on_id)
    person = people.person(event.person)
    if place is None or person is None or not place.pending or place.suspended_at is not None:
        return []
    company = place.organization.name
    came = person.last_login is not None or person.has_usable_password()
    with translation.override(_language(person)):
        subject = _("%(company)s invites you to %(desk)s support") % {"company": company, "desk": the_desk().name}
    answer = settings.PUBLIC_URL + reverse("portal:invitations", args=[_language(person)])
    return [
        _letter(
            person,
            "colleague",
            automatic=True,
            subject=subject,
            welcome="" if came else _welcome(person, place),
            answer=answer,
            company=company,
            inviter=entry.person.shown_name if entry.person and not entry.person.is_system else "",
            has_seat=place.seat is not None,
        )
    ]


def _to_main_contact(event: MainContactNamed, entry: "Entry") -> list[Letter]:
    """How support works, what the company has bought of it, and where to name colleagues: while they are the one."""
    place = people.membership_of(event.person, entry.on_id)
    person = people.person(event.person)
    if place is None or person is None or not person.is_active:
        return []
    if place.organization.main_contact_id != person.pk or place.suspended_at is not None:
        return []
    language = _language(person)
    return [
        _letter(
            person,
            "main_contact",
            automatic=True,
            welcome="" if person.has_usable_password() else _welcome(person),
            company=place.organization.name,
            package=place.organization.package,
            colleagues=settings.PUBLIC_URL + reverse("portal:company_of", args=[language, place.organization_id]),
        )
    ]


def _letter(
    person: "Person",
    kind: str,
    *,
    ticket: "Ticket | None" = None,
    message: "Message | None" = None,
    automatic: bool = False,
    pictures_only: bool = False,
    bare: bool = False,
    subject: str = "",
    **more: Any,
) -> Letter:
    """pictures_only: of all files none but the pictures within the text. bare: nothing of what somebody wrote.

    subject: unset, that of its ticket.
    """
    ticket = ticket or (message.ticket if message else None)
    desk, language = the_desk(), _language(person)
    mailbox = mailbox_of_thread(ticket.pk) if ticket else None
    from_address = mailbox.address if mailbox else ""
    with translation.override(language), timezone.override(person.time_zone):
        attachments, left_out = _files(None if bare else message, pictures_only)
        leave = _leave_link(kind, person, ticket, language)
        context = {
            **more,
            "desk": desk,
            "person": person,
            "ticket": ticket,
            "message": message,
            "message_html": _with_own_pictures(message, attachments) if message else "",
            "left_out": left_out,
            "bare": bare,
            "leave": leave,
            "earlier": EARLIER,
            "signature": _signature(ticket, language),
            "address": from_address or desk.address,
            "link": settings.PUBLIC_URL + _address(person, ticket),
            "invitation_days": DAYS,
        }
        html = render_to_string(f"notifications/{kind}.html", context)
        return Letter(
            person=person,
            address=person.email,
            kind=kind,
            subject=subject or _subject(ticket, bare),
            text=to_text(html, marks_quotes=True) + "\n",
            html=html,
            language=language,
            automatic=automatic,
            from_address=from_address,
            ticket=ticket,
            message=message,
            attachments=attachments,
            headers=list_headers(leave),
            earlier=_earlier(person, message) if message and kind in _WITH_EARLIER else {},
            author_id=message.author_id if message and message.by_support and message.author.is_agent else None,
        )


def _leave_link(kind: str, person: "Person", ticket: "Ticket | None", language: str) -> str:
    """Where somebody in copy, or who follows the company, ceases to get these mails without signing in."""
    if ticket is None or person.pk == ticket.requester_id:
        return ""
    if kind == "colleague_asked" and ticket.organization_id is not None:
        token = leave_links.company_token_for(ticket.organization_id, person)
        return settings.PUBLIC_URL + reverse("portal:company_leave", args=[language, token])
    if kind == "message":
        return settings.PUBLIC_URL + reverse("portal:leave", args=[language, leave_links.token_for(ticket, person)])
    return ""


def _earlier(person: "Person", message: "Message") -> dict[str, Any]:
    """The message before this one, shortened, for whoever has forgotten it: public, and one that they may read."""
    before = queries.message_before(Actor(person), message)
    text = to_text(before.html) if before else ""
    if before is None or not text:
        return {}
    lines = text[:_QUOTED_AT_MOST].splitlines()[:_QUOTED_LINES]
    quoted = "\n".join(lines).rstrip()
    line = _("%(name)s wrote before that:") % {"name": before.author.shown_name}
    return {"message": before.pk, "line": line, "text": quoted if quoted == text else f"{quoted} …"}


def _subject(ticket: "Ticket | None", bare: bool) -> str:
    """A ticket's mails carry its subject and nothing else: mail programs thread by it.

    bare: by what they answer alone.
    """
    if ticket is None:
        return _("Your access to %(desk)s support") % {"desk": the_desk().name}
    tag, subject = the_desk().subject_tag, _("We have received your mail") if bare else ticket.subject
    return f"[{tag} #{ticket.number}] {subject}" if tag else subject


def _address(person: "Person", ticket: "Ticket | None") -> str:
    """Where the reader finds it, on the page that is theirs."""
    language = translation.get_language()
    if ticket is None:
        return reverse("portal:home", args=[language])
    if person.is_agent and person.pk != ticket.requester_id:
        return reverse("workspace:ticket", args=[ticket.number])
    return reverse("portal:request", args=[language, ticket.number])


def _welcome(person: "Person", place: "Membership | None" = None) -> str:
    return settings.PUBLIC_URL + reverse("portal:welcome", args=[_language(person), token_for(person, place)])


def _language(person: "Person") -> str:
    """Theirs, unless the desk no longer speaks it."""
    desk = the_desk()
    return person.language if person.language in desk.languages else desk.language


def _signature(ticket: "Ticket | None", language: str) -> str:
    signature = queries.signature_of(ticket, language) if ticket else ""
    return signature or _("%(desk)s support") % {"desk": the_desk().name}


def _files(message: "Message | None", pictures_only: bool) -> tuple[list[dict[str, str]], list[LeftOut]]:
    """The files that go along, and those that are too much for a mail.

    pictures_only: of all files none but the pictures within the text.
    """
    going: list[dict[str, str]] = []
    left_out: list[LeftOut] = []
    room = _ATTACHED_AT_MOST
    for attachment in queries.files_of(message) if message else ():
        file = attachment.file
        if file.redacted_at or (pictures_only and not (attachment.inline and file.is_picture)):
            continue
        if file.size > room:
            url = settings.PUBLIC_URL + reverse("portal:named_file", args=[file.pk, file.name])
            left_out.append(LeftOut(file.name, file.size, url))
            continue
        room -= file.size
        cid = f"file{file.pk}@tuki" if attachment.inline else ""
        going.append({"path": file.path, "name": file.name, "type": file.type, "cid": cid, "id": str(file.pk)})
    return going, left_out


def _with_own_pictures(message: "Message", attachments: list[dict[str, str]]) -> str:
    """The message's HTML with pictures taken from the mail itself: our files need a sign-in that a mail has not."""
    by_id = {attachment["id"]: attachment["cid"] for attachment in attachments if attachment["cid"]}
    return _OWN_PICTURE.sub(
        lambda found: f'{found[1]}cid:{by_id[found[2]]}"' if found[2] in by_id else f'{found[1]}"', message.html
    )
