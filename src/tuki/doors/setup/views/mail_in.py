"""Every mail that came in: how it ended, what it says, and what can be done with it."""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tuki.doors.arrivals import Request
from tuki.doors.content import content_of
from tuki.doors.setup import frame, rows, shown
from tuki.doors.setup.forms import AdmissionForm, PlaceForm
from tuki.journal.queries import lines
from tuki.journal.via import Via
from tuki.lib import paging
from tuki.lib.html import from_text
from tuki.lib.refusal import Refused
from tuki.mail import actions, lists, queries
from tuki.mail.jobs import MOST_READINGS
from tuki.mail.parse import Mail, parse
from tuki.people import actions as people
from tuki.people.actor import Actor
from tuki.people.queries import company_for, company_named
from tuki.tickets import actions as tickets
from tuki.tickets import policy
from tuki.tickets.queries import ticket_by_number

if TYPE_CHECKING:
    from tuki.mail.models import RawMail

SIZE = 50


@require_safe
def ledger(request: Request) -> HttpResponse:
    """All of them, or those with one end, of one mailbox, or that words find."""
    words = request.GET.get("q", "").strip()[:200]
    ends = dict(lists.outcomes())
    end = request.GET.get("end", "") if request.GET.get("end") in ends else ""
    boxes = {str(box.pk): box for box in queries.mailboxes()}
    box = boxes.get(request.GET.get("box", ""))
    if words:
        found = lists.find_in_ledger(words, policy.visible_tickets(request.actor))
    else:
        found = lists.ledger(end, box.pk if box else None)
    page = paging.page_by_id(found, request.GET.get("at", ""), SIZE)
    context = {
        "page": page,
        "rows": rows.of_ledger(request.actor, page.rows),
        "words": words,
        "ends": [("", _("All")), *((key, ends[key]) for key in _IN_ORDER)],
        "lets_in": end == lists.LACKS_RIGHT and not words,
        "end": end,
        "boxes": boxes,
        "box": box,
    }
    return frame.show(request, "setup/mail_in.html", context, at="mail_in")


_IN_ORDER = ("quarantined", lists.LACKS_RIGHT, "waiting", "ticket", "reply", "ignored")


@require_safe
def mail(request: Request, pk: int) -> HttpResponse:
    """What it says, as it came and as we read it, and what was done with it."""
    return _show(request, _found(request, pk))


def _show(
    request: Request,
    row: rows.MailIn,
    form: PlaceForm | None = None,
    admission: AdmissionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    raw = row.mail
    read = None if row.hidden else _read(raw)
    context: dict[str, Any] = {
        "row": row,
        "mail": raw,
        "read": read,
        "harmful": raw.tries >= MOST_READINGS,
        "history": lines("rawmail", raw.pk),
        "form": form or PlaceForm(),
        "admission": admission or AdmissionForm(),
        "company": company_for(raw.sender) if raw.lacks_right else None,
        "in_hand": raw.outcome in {"quarantined", "ignored"} and not raw.message and not raw.is_forgotten,
    }
    if read is not None:
        context |= {
            "written": shown.written(read),
            "repeated": shown.repeated(read),
            "source": shown.source(raw.content()),
        }
    elif not row.hidden and not raw.is_forgotten:
        context["source"] = shown.source(raw.content())
    return frame.show(request, "setup/mail.html", context, at="mail_in", status=status)


def _read(raw: "RawMail") -> Mail | None:
    """What killed the process that read it, several times, must not be read by one that serves pages."""
    return None if raw.is_forgotten or raw.tries >= MOST_READINGS else parse(raw.content())


def _found(request: Request, pk: int) -> rows.MailIn:
    raw = queries.raw_mail(pk)
    if raw is None:
        raise Http404
    [row] = rows.of_ledger(request.actor, [raw])
    return row


def _readable(request: Request, pk: int) -> "RawMail":
    """One whose words are there and not kept from whoever asks."""
    row = _found(request, pk)
    if row.hidden or row.mail.is_forgotten:
        raise Http404
    return row.mail


@require_safe
def source(request: Request, pk: int) -> HttpResponse:
    """It byte for byte, to keep or to look into."""
    raw = _readable(request, pk)
    return _download(raw.content(), f"mail-{raw.pk}.eml")


@require_safe
def file(request: Request, pk: int, number: int) -> HttpResponse:
    """One of its files, to be saved."""
    read = _read(_readable(request, pk))
    if read is None or not 1 <= number <= len(read.attachments):
        raise Http404
    attachment = read.attachments[number - 1]
    return _download(attachment.content, attachment.name)


def _download(content: bytes, name: str) -> HttpResponse:
    """Never shown by the browser, whatever it is."""
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f"attachment; filename*=utf-8''{quote(name)}"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_POST
def reading(request: Request, pk: int) -> HttpResponse:
    """Have it read once more."""
    actions.run_again(_found(request, pk).mail, by=request.actor)
    messages.success(request, _("The mail is being read again."))
    return redirect("setup:mail", pk)


@require_POST
def dismissal(request: Request, pk: int) -> HttpResponse:
    """Have nothing become of it."""
    actions.dismiss(_found(request, pk).mail, by=request.actor)
    messages.success(request, _("The mail is ignored. “Read again” takes that back."))
    return redirect("setup:mail", pk)


@require_POST
def place(request: Request, pk: int) -> HttpResponse:
    """Put it on a request by hand."""
    raw = _readable(request, pk)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return _show(request, rows.MailIn(raw, None, False), form, status=422)
    number = form.cleaned_data["number"]
    ticket = ticket_by_number(request.actor, number)
    if ticket is None:
        form.add_error("number", _("There is no request with this number."))
        return _show(request, rows.MailIn(raw, None, False), form, status=422)
    try:
        _place(request, raw, ticket, as_note=form.cleaned_data["kind"] == "note")
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, rows.MailIn(raw, None, False), form, status=409)
    messages.success(request, _("The mail stands on #%(number)s now.") % {"number": number})
    return redirect("setup:mail", pk)


@require_POST
def admission(request: Request, pk: int) -> HttpResponse:
    """Give its sender the right that it waits for."""
    raw = _readable(request, pk)
    form = AdmissionForm(request.POST)
    words = form.cleaned_data["company"] if form.is_valid() else ""
    company = company_named(words)
    if words and company is None:
        form.add_error("company", _("There is no company of this name or number, or there are several."))
    if form.errors or not raw.lacks_right:
        return _show(request, _found(request, pk), admission=form, status=422)
    try:
        person = tickets.let_in(raw, company, by=request.actor)
    except Refused as refusal:
        form.add_error("company", str(refusal))
        return _show(request, _found(request, pk), admission=form, status=409)
    messages.success(request, _("%(person)s may send requests now. Their mail is being read.") % {"person": person})
    return redirect("setup:mail", pk)


def _place(request: Request, raw: "RawMail", ticket: Any, *, as_note: bool) -> None:
    read = _read(raw)
    if read is None:
        raise Refused(_("This mail can’t be read."))
    sender, heading = None, ""
    if as_note:
        heading = from_text(_("Mail from %(sender)s: %(subject)s") % _named(read))
    elif read.sender is None:
        raise Refused(_("This mail does not say who sent it. Put it there as an internal note."))
    else:
        sender = people.meet(read.sender.address, name=read.sender.name, by=request.actor)
    content = content_of(read, by=Actor(sender, Via.EMAIL, request.actor.at) if sender else request.actor)
    tickets.place_mail(
        ticket,
        raw,
        heading + content.body,
        sender=sender,
        identity=read.identity,
        quoted=content.quoted,
        files=content.files,
        by=request.actor,
    )


def _named(read: Mail) -> dict[str, str]:
    sender = read.sender
    named = f"{sender.name} <{sender.address}>" if sender and sender.name else sender.address if sender else "?"
    return {"sender": named, "subject": read.subject or "–"}
