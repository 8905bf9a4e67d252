"""What was done to a company, its people and their rights, as lines people read."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from tuki.desk.queries import the_desk
from tuki.journal.events import Event, read
from tuki.journal.models import Entry
from tuki.journal.queries import Line
from tuki.lib import paging
from tuki.lib.paging import Page
from tuki.people import events
from tuki.people.actor import Actor
from tuki.people.models import Membership, MembershipRole, Organization, Package, Person

_Names = dict[tuple[type[Person] | type[Package], int], str]
_STRANGER = _("somebody who did not join")


def history_of(viewer: Actor, organization: Organization, cursor: str = "", size: int = 30) -> Page[Line]:
    """A page of a company's history, newest first: for support, and for the company's own managers.

    Managers read agents' names as customers know them, nothing of support's own housekeeping, and no name of somebody
    who was invited and has not accepted: an invitation must not tell who is a customer.
    """
    for_agent = viewer.is_agent or viewer.is_system
    entries = Entry.objects.filter(on_kind="organization", on_id=organization.pk).select_related("person")
    if not for_agent:
        entries = entries.exclude(event=events.OrganizationsMerged.name)
        entries = entries.exclude(event=events.OrganizationChanged.name, data={"fields": ["note"]})
    page = paging.page_by_id(entries, cursor, size)
    told = [(entry, read(entry.event, entry.data)) for entry in page.rows]
    names = _names(organization, page.rows, (event for _entry, event in told), for_agent)
    asked = {(entry.at, event.person) for entry, event in told if isinstance(event, events.ColleagueInvited)}
    lines = [
        Line(entry.pk, entry.at, _called(entry.person, names), str(event.line) % _shown(event, names))
        for entry, event in told
        # Whoever is asked to join gets their place with that, and was not added before they come.
        if not (isinstance(event, events.MembershipAdded) and (entry.at, event.person) in asked)
    ]
    return Page(lines, page.newer, page.older)


def _names(organization: Organization, entries: Iterable[Entry], told: Iterable[Event], for_agent: bool) -> _Names:
    """What whoever did or suffered these is called, and the packages, one query for each kind of thing."""
    told, doers = list(told), {entry.person for entry in entries if entry.person is not None}
    persons = {event.person for event in told if hasattr(event, "person")}
    sold = [event for event in told if isinstance(event, events.PackageSold)]
    packages = {pk for event in sold for pk in (event.old, event.new) if pk is not None}
    names: _Names = {}
    if for_agent:
        named = {*Person.objects.filter(pk__in=persons - {doer.pk for doer in doers}), *doers}
        names |= {(Person, one.pk): str(one) for one in named}
    else:
        # As their place has it. Whose invitation ended has none, and stays unnamed, also as who declined it.
        everybody = persons | {doer.pk for doer in doers}
        merged = Person.objects.filter(pk__in=everybody, merged_into__isnull=False)
        now = {pk: pk for pk in everybody} | dict(merged.values_list("pk", "merged_into"))
        places = Membership.objects.filter(organization=organization, person__in=now.values()).select_related("person")
        called = {place.person_id: place.shown_name for place in places}
        names |= {(Person, then): called[pk] for then, pk in now.items() if pk in called}
        names |= {(Person, doer.pk): doer.shown_name for doer in doers if doer.is_agent}
    if packages:
        names |= {(Package, row.pk): str(row) for row in Package.objects.filter(pk__in=packages)}
    return names


def _called(person: Person | None, names: _Names) -> str:
    if person is None or person.is_system:
        return the_desk().name
    return names.get((Person, person.pk), str(_STRANGER))


def _shown(event: Event, names: _Names) -> dict[str, str]:
    """An event's fields in words."""
    if isinstance(event, events.PackageSold):
        return {key: names.get((Package, pk), str(_("none"))) for key, pk in event.data().items()}
    shown = {"seat": the_desk().seat_name} | {key: str(value) for key, value in event.data().items()}
    if "person" in shown:
        shown["person"] = names.get((Person, event.data()["person"]), str(_STRANGER))
    if "role" in shown:
        shown["role"] = str(MembershipRole(shown["role"]).label)
    return shown
