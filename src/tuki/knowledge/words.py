"""An audience in words that people read."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tuki.conditions.tree import All, Among, Condition, Not, Some
from tuki.knowledge import audience as whom
from tuki.people.models import Organization, Package, Team


def describe(condition: Condition) -> str:
    """For whom a thing is: "people with a seat", "people of Acme Oy or Globex Oy"."""
    match condition:
        case All(parts=()):
            return _("everyone")
        case All(parts=parts):
            return _(" and ").join(describe(part) for part in parts)
        case Some(parts=()):
            return _("nobody")
        case Some(parts=parts):
            return _(" or ").join(describe(part) for part in parts)
        case Not(part=part):
            return _("not %(whom)s") % {"whom": describe(part)}
        case Among(field=field, values=values):
            return _LEAVES[field](values)
    return ""


def _yes_or_no(yes: str, no: str) -> Callable[[Iterable[Any]], str]:
    return lambda values: _(yes) if True in set(values) else _(no)


def _rows(model: Any, words: str) -> Callable[[Iterable[Any]], str]:
    def describe_rows(values: Iterable[Any]) -> str:
        return _(words) % {"names": _(" or ").join(str(row) for row in model.objects.filter(pk__in=list(values)))}

    return describe_rows


def _languages(values: Iterable[Any]) -> str:
    names = dict(settings.LANGUAGES)
    return _("readers of %(names)s") % {"names": _(" or ").join(names.get(code, code) for code in sorted(values))}


_LEAVES: dict[str, Callable[[Iterable[Any]], str]] = {
    whom.SIGNED_IN: _yes_or_no(gettext_noop("whoever is signed in"), gettext_noop("whoever is not signed in")),
    whom.SEATED: _yes_or_no(
        gettext_noop("people with the right to use support"), gettext_noop("people without the right to use support")
    ),
    whom.AGENT: _yes_or_no(gettext_noop("agents"), gettext_noop("everyone but agents")),
    whom.ORGANIZATIONS: _rows(Organization, gettext_noop("people of %(names)s")),
    whom.PACKAGES: _rows(Package, gettext_noop("people of companies with %(names)s")),
    whom.LANGUAGES: _languages,
    whom.TEAMS: _rows(Team, gettext_noop("members of %(names)s")),
}
