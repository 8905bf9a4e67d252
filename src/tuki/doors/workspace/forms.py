"""What agents fill in."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from tuki.desk import queries as desk
from tuki.desk.labels import label
from tuki.desk.queries import the_desk
from tuki.files import actions as files_actions
from tuki.lib.html import from_text, has_content, to_text
from tuki.lib.ids import sent_id
from tuki.lib.refusal import Refused
from tuki.people import queries as people
from tuki.tickets import policy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tuki.desk.models import Module, Product
    from tuki.doors.workspace.entrance import AgentRequest
    from tuki.files.models import File
    from tuki.tickets.models import Draft, Message

REPLY, NOTE = "reply", "note"


@dataclass(frozen=True)
class Composer:
    """What an agent is writing on a ticket.

    html: what was written. begun_as: "note" where any of it was written as one, so that it is not sent out unread.
    seen: the newest message that the writer had before their eyes. warning: "overtaken" (newer: by what) or "was_note".
    """

    kind: str = REPLY
    html: str = ""
    status: str = ""  # a status's key; empty for what goes without saying
    files: "tuple[File, ...]" = ()
    begun_as: str = ""
    seen: int | None = None
    kept_at: Any = None
    held_because: str = ""
    warning: str = ""
    newer: "tuple[Message, ...]" = field(default=())
    mistake: str = ""

    @property
    def text(self) -> str:
        """As a plain textarea shows it."""
        return to_text(self.html)

    @property
    def is_empty(self) -> bool:
        return not has_content(self.html) and not self.files

    @classmethod
    def kept(cls, draft: "Draft | None") -> "Composer":
        """As it was last kept."""
        if draft is None:
            return cls()
        return cls(
            kind=NOTE if draft.internal else REPLY,
            html=draft.html,
            status=draft.status.key if draft.status else "",
            files=tuple(draft.files.all()),
            begun_as=NOTE if draft.internal else "",
            kept_at=draft.saved_at,
            held_because=draft.held_because,
        )

    @classmethod
    def typed(cls, request: "AgentRequest", kept: "Draft | None" = None) -> "Composer":
        """As it was just sent. mistake: which files could not be kept, and why.

        kept: the draft that the page was drawn with. A page without script shows it as plain text; where that was not
        touched, the draft stands as it was.
        """
        data = request.POST
        body = data.get("body", "")
        html = body if data.get("format") == "html" else from_text(body)
        if kept is not None and data.get("format") != "html" and _same(body, to_text(kept.html)):
            html = kept.html
        seen = data.get("seen", "")
        files, wrong = attached(request)
        return cls(
            kind=NOTE if data.get("kind") == NOTE else REPLY,
            html=html,
            status=data.get("status", ""),
            files=files,
            mistake=" ".join(wrong),
            begun_as=NOTE if data.get("begun_as") == NOTE else "",
            seen=int(seen) if seen.isdecimal() and len(seen) < 18 else None,
        )

    def saying(self, **more: Any) -> "Composer":
        return replace(self, **more)


def _same(one: str, other: str) -> bool:
    return one.replace("\r\n", "\n").strip() == other.strip()


def attached(request: "AgentRequest") -> "tuple[tuple[File, ...], list[str]]":
    """A form's files, those that a script has uploaded already and those that come with it; and why some are not."""
    ids = [int(pk) for pk in request.POST.getlist("file") if pk.isdecimal() and len(pk) < 18]
    files, wrong = _uploaded(request, ids) if ids else [], []
    if len(files) < len(set(ids)):
        wrong.append(now("A file is no longer there. Please attach it again."))
    for upload in request.FILES.getlist("files"):
        try:
            if len(files) >= settings.FILES_PER_MESSAGE:
                raise Refused(now("“%(name)s” is one too many.") % {"name": upload.name})
            files.append(files_actions.store(upload, upload.name or "", by=request.actor))
        except Refused as refusal:
            wrong.append(str(refusal))
    return tuple(files), wrong


def _uploaded(request: "AgentRequest", ids: list[int]) -> "list[File]":
    own = policy.visible_files(request.actor).filter(pk__in=ids, taken=False, owner=request.agent)
    return list(own.order_by("pk"))


def abouts() -> list[tuple[str, str]]:
    """Products and their modules as one list to choose from: ("3", "Ledger"), ("3.17", "Ledger – Invoices")."""
    found = []
    for product in desk.products():
        found.append((str(product.pk), str(product)))
        found += [
            (f"{product.pk}.{module.pk}", f"{product} – {module}")
            for module in product.modules.all()
            if not module.retired
        ]
    return found


def about(chosen: str) -> "tuple[Product | None, Module | None]":
    """The product and module of a choice. Raises Refused where there is no such thing to choose."""
    if not chosen:
        return None, None
    product_id, _dot, module_id = chosen.partition(".")
    product = desk.products().filter(pk=sent_id(product_id)).first()
    module = desk.modules().filter(pk=sent_id(module_id)).first()
    if product is None or (module_id and module is None):
        raise Refused(now("Please choose a product from the list."), field="about")
    return product, module


def _choices(rows: "Iterable[tuple[object, str]]", empty: object) -> list[tuple[object, object]]:
    return [("", empty), *rows]


class NewForm(forms.Form):
    """A ticket recorded for a customer: a call, most often (F6)."""

    via = forms.ChoiceField(
        label=_("How they reached us"),
        choices=[("phone", _("By phone")), ("email", _("By e-mail")), ("web", _("Otherwise"))],
        initial="phone",
        widget=forms.RadioSelect,
    )
    requester = forms.CharField(
        label=_("Requester"),
        help_text=_("A name or an e-mail address. An address nobody is known by makes a new person."),
        max_length=254,
        widget=forms.TextInput(attrs={"list": "people", "autocomplete": "off", "autofocus": True}),
    )
    name = forms.CharField(label=_("Name of a new person"), max_length=120, required=False)
    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(label=_("What it is about"), widget=forms.Textarea(attrs={"rows": 8}))
    about = forms.ChoiceField(label=_("Product"), required=False)
    severity = forms.ChoiceField(label=_("Severity"), required=False)
    priority = forms.TypedChoiceField(label=_("Priority"), required=False, coerce=int, empty_value=None)
    team = forms.ChoiceField(label=_("Team"), required=False)
    mine = forms.BooleanField(label=_("Assign it to me"), required=False, initial=True)

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        rules = the_desk()
        self.fields["about"].choices = _choices(abouts(), _("Not chosen"))  # type: ignore[attr-defined]
        self.fields["severity"].choices = _choices(  # type: ignore[attr-defined]
            [(row["key"], label(row["labels"])) for row in rules.severities], _("Not chosen")
        )
        self.fields["priority"].choices = _choices(  # type: ignore[attr-defined]
            [(row["value"], label(row["labels"])) for row in rules.priorities], _("From the severity")
        )
        self.fields["team"].choices = _choices(  # type: ignore[attr-defined]
            [(team.key, str(team)) for team in people.teams()], _("No team")
        )
        if not rules.severities:
            del self.fields["severity"]


class SpamRuleForm(forms.Form):
    """A sign by which mail is put away."""

    sign = forms.ChoiceField(
        label=_("Sign"),
        choices=[
            ("sender", _("A sender’s address")),
            ("domain", _("A sender’s domain, with all below it")),
            ("subject", _("Words in the subject")),
            ("score", _("The score that the mail server’s filter gives, from this number on")),
        ],
        widget=forms.RadioSelect,
        initial="sender",
    )
    value = forms.CharField(
        label=_("Value"),
        help_text=_("Such as spammer@example.com, example.com, cheap watches or 5."),
        max_length=320,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class SettingsForm(forms.Form):
    """What an agent chooses for themselves."""

    display_name = forms.CharField(
        label=_("Name shown to customers"),
        help_text=_("Left empty, customers read your full name."),
        max_length=120,
        required=False,
    )
    hears_of_assignments = forms.BooleanField(label=_("Mail me when a request is assigned to me"), required=False)
    hears_of_replies = forms.BooleanField(label=_("Mail me when a customer replies on my requests"), required=False)
    afterwards = forms.ChoiceField(
        label=_("After I have sent a message"),
        choices=[
            ("stay", _("stay at the request")),
            ("list", _("go back to the list")),
            ("next", _("go to the next request of the list")),
        ],
        widget=forms.RadioSelect,
    )
    shortcuts = forms.BooleanField(
        label=_("Keyboard shortcuts"),
        help_text=_("Single keys such as j, k and x. Kept in this browser."),
        required=False,
    )
