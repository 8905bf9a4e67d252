"""The small parts of a page, by name: known in every template without loading."""

from datetime import datetime
from typing import Any, Protocol

from django import template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.template.base import Parser, Token, token_kwargs
from django.template.defaultfilters import filesizeformat
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tuki.desk.labels import Labels
from tuki.desk.labels import label as pick
from tuki.look import icons, moments
from tuki.look.kept import Kept, Standing

register = template.Library()


class _Status(Protocol):
    state: str

    @property
    def for_customers(self) -> str: ...


class _Person(Protocol):
    pk: int

    @property
    def shown_name(self) -> str: ...


class _Message(Protocol):
    html: str
    quoted: str
    redacted_at: datetime | None


@register.simple_tag
def moment(at: datetime | None, form: str = "") -> str:
    """When: in words, with the exact time to be found under the pointer.

    form: "" for reading ("3 minutes ago"), "day" where the time of day says nothing, "short" for dense lists, "exact"
    for date and time always.
    """
    if at is None:
        return ""
    words = {"short": moments.short, "exact": moments.exact, "day": moments.day}.get(form, moments.worded)(at)
    # No format_html: lists draw hundreds of these, and nothing in them needs escaping but month names.
    return mark_safe(
        f'<time datetime="{at.isoformat(timespec="seconds")}" title="{moments.with_weekday(at)}">{escape(words)}</time>'
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of Lucide's icons. Decoration: the word stands beside it, or in a `hidden-word`."""
    return icons.icon(name)


@register.simple_tag
def status(row: _Status, reader: str = "agent") -> SafeString:
    """A status as a pill: its word, and the colour of its state. reader: "customer" for the customers' word."""
    words = row.for_customers if reader == "customer" else str(row)
    return mark_safe(f'<span class="pill pill-{row.state}">{escape(words)}</span>')


@register.simple_tag
def avatar(person: _Person) -> SafeString:
    """Somebody's initials on a colour of their own, as customers may know the name."""
    words = [word for word in person.shown_name.replace("@", " ").split() if word[0].isalnum()]
    initials = "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"
    return mark_safe(f'<span class="avatar avatar-{person.pk % 8}" aria-hidden="true">{escape(initials)}</span>')


@register.filter
def label(labels: Labels) -> str:
    """A name per language, in the reader's."""
    return pick(labels)


@register.filter
def filesize(size: int) -> str:
    return filesizeformat(size)


@register.filter
def shown_html(message: _Message) -> SafeString:
    """What a message says, cleaned when it came in; what its mail repeated is folded away beneath."""
    if message.redacted_at:
        return format_html('<p class="removed">{}</p>', _("What this message said has been removed."))
    if not message.quoted:
        return mark_safe(message.html)
    summary = escape(_("Show quoted text"))
    return mark_safe(
        f'{message.html}<details class="quoted"><summary>{summary}</summary><div>{message.quoted}</div></details>'
    )


@register.inclusion_tag("look/field.html")
def field(bound: BoundField, **more: Any) -> dict[str, Any]:
    """A form's field with its label, help and error, tied together for whoever can't see them stand together."""
    return {"field": bound, "kind": getattr(bound.field.widget, "input_type", "text"), **more}


@register.inclusion_tag("look/mistakes.html")
def mistakes(*forms: BaseForm) -> dict[str, Any]:
    """What is wrong with what was sent, at the top of its page; focus goes there."""
    found = [
        {"words": words, "for": form[name].id_for_label or form[name].auto_id if name in form.fields else ""}
        for form in forms
        for name, errors in form.errors.items()
        for words in errors
    ]
    return {"found": found}


@register.simple_tag(takes_context=True)
def address_with(context: Context, **changes: object) -> SafeString:
    """This page's query with some of it changed: "?tab=mine&after=…". An empty value takes its key out."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value not in {"", None}:
            query[key] = str(value)
    return mark_safe("?" + conditional_escape(query.urlencode()))


@register.tag("kept")
def kept_tag(parser: Parser, token: Token) -> Kept:
    """A part of a page that is drawn once for the same values; see look/kept.py."""
    words = token.split_contents()[1:]
    values = token_kwargs(words, parser)
    if words:
        raise template.TemplateSyntaxError(f"kept: give each value a name, as in places=places; not {words[0]!r}")
    part = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(values, part)


@register.tag("until")
def until_tag(parser: Parser, token: Token) -> Standing:
    """A part of a page that is kept until what it shows has changed; see look/kept.py."""
    _until, *words = token.split_contents()
    if len(words) != 1:
        raise template.TemplateSyntaxError("until: name what it is kept by, and nothing else")
    until = parser.compile_filter(words[0])
    part = parser.parse(("enduntil",))
    parser.delete_first_token()
    return Standing(until, part)
