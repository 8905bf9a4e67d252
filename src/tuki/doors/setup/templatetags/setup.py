"""Ends and states of mails as pills: a word, and the colour of how well it went."""

from typing import Protocol

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

register = template.Library()

_COLOURS = {
    "waiting": "pending",
    "ticket": "solved",
    "reply": "solved",
    "ignored": "closed",
    "quarantined": "new",
    "sent": "solved",
    "delayed": "new",
    "bounced": "open",
    "failed": "open",
    "cancelled": "closed",
}


class _Mail(Protocol):
    outcome: str

    def get_outcome_display(self) -> str: ...


class _Delivery(Protocol):
    state: str

    def get_state_display(self) -> str: ...


@register.simple_tag
def mail_end(mail: _Mail) -> SafeString:
    return _pill(mail.outcome, mail.get_outcome_display())


@register.simple_tag
def delivery_state(delivery: _Delivery) -> SafeString:
    return _pill(delivery.state, delivery.get_state_display())


def _pill(key: str, words: str) -> SafeString:
    return format_html('<span class="pill pill-{}">{}</span>', _COLOURS.get(key, "closed"), words)


_MARKS = {
    "good": ("solved", _("good")),
    "advice": ("pending", _("advice")),
    "wrong": ("open", _("wrong")),
    "unknown": ("closed", _("not known")),
}


@register.simple_tag
def finding_mark(standing: str) -> SafeString:
    """How much a finding of the mail check matters."""
    colour, words = _MARKS[standing]
    return format_html('<span class="pill pill-{}">{}</span>', colour, words)
