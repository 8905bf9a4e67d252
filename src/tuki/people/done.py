"""What was done to a person, a team or a package, as lines that administrators read; of companies, see `history`."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuki.desk.queries import the_desk
from tuki.journal.events import Event, read
from tuki.journal.models import Entry
from tuki.journal.queries import Line
from tuki.lib.paging import Page, page_by_id
from tuki.people import events
from tuki.people.models import Package, Person, Role, Team

# What fields are called that an event names.
_FIELDS = {
    "name": gettext_lazy("name"),
    "display_name": gettext_lazy("name shown to customers"),
    "language": gettext_lazy("language"),
    "time_zone": gettext_lazy("time zone"),
    "phones": gettext_lazy("phones"),
    "hears_of_assignments": gettext_lazy("wishes for mail"),
    "hears_of_replies": gettext_lazy("wishes for mail"),
    "teams": gettext_lazy("teams"),
    "note": gettext_lazy("note"),
    "seats": gettext_lazy("how many people it is for"),
}
_PERSONS = frozenset({"added", "removed", "duplicate", "successor"})  # fields in which ids of people stand


def lines_of(on: Person | Team | Package, cursor: str = "", size: int = 30) -> Page[Line]:
    """A page of what was done to one of these, the newest first."""
    rows = Entry.objects.filter(on_kind=on._meta.model_name or "", on_id=on.pk).select_related("person")
    found = page_by_id(rows, cursor, size)
    told = [(entry, read(entry.event, entry.data)) for entry in found.rows]
    names = _names(event for _entry, event in told)
    lines = [Line(entry.pk, entry.at, _who(entry.person), _text(event, names)) for entry, event in told]
    return Page(lines, found.newer, found.older)


def _names(told: Iterable[Event]) -> dict[int, str]:
    """What the people in these events are called, by one query."""
    wanted = {pk for event in told for field in _PERSONS & event.data().keys() for pk in _ids(event.data()[field])}
    return {person.pk: str(person) for person in Person.objects.filter(pk__in=wanted)} if wanted else {}


def _ids(value: Any) -> list[int]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _who(person: Person | None) -> str:
    return the_desk().name if person is None or person.is_system else str(person)


def _text(event: Event, names: dict[int, str]) -> str:
    shown = {key: _shown(event, key, value, names) for key, value in event.data().items()}
    text = str(event.line) % ({"seat": the_desk().seat_name} | shown)
    return f"{text}: {shown['fields']}" if "fields" in shown else text


def _shown(event: Event, key: str, value: Any, names: dict[int, str]) -> str:
    """One field of an event in words."""
    if key in _PERSONS:
        return ", ".join(names.get(pk, "–") for pk in _ids(value)) or _("nobody")
    if key == "fields":
        return ", ".join(dict.fromkeys(str(_FIELDS.get(field, field)) for field in value))
    return str(Role(value).label) if isinstance(event, events.RoleChanged) else str(value)
