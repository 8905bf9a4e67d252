"""Why somebody may know of a ticket, or why not: each rule that `seeing` is made of, asked of that one ticket."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import BooleanField, Case, Q, When
from django.utils.translation import gettext as _

from tuki.desk.models import WhoSees
from tuki.desk.queries import the_desk
from tuki.journal.queries import entries_of
from tuki.people import standing
from tuki.people.models import Organization, Person
from tuki.people.sight import Sight, sight
from tuki.tickets.events import CopyAdded
from tuki.tickets.models import Ticket
from tuki.tickets.policy.seeing import concerns, in_copy, rules_for


class Reason(NamedTuple):
    """One rule that holds here. since: when it came to hold, where that is known."""

    rule: str
    words: str
    since: datetime | None = None


class Why(NamedTuple):
    """The rules by which somebody knows of a ticket; or, only where there are none, those that keep it from them."""

    because: tuple[Reason, ...]
    kept_by: tuple[Reason, ...]


def why(person: Person | None, ticket: Ticket) -> Why:
    """By which rules this person may know of the ticket, or which keep it from them, in the reader's language."""
    if person is None:
        return Why((), (Reason("nobody", _("Nobody is signed in.")),))
    return why_each([person], ticket)[0]


def why_each(persons: Sequence[Person], ticket: Ticket) -> list[Why]:
    """As `why`, for some people at once: as many questions as for one, but for where each of them stands."""
    asked = [_asked(person) for person in persons]
    truths = _truths(ticket, asked)
    now = Ticket.objects.select_related("organization", "team").get(pk=ticket.pk)
    added = {entry.data["person"]: entry.at for entry in entries_of("ticket", ticket.pk, [CopyAdded]).reverse()}
    return [
        _answer(person, now, {name: truths[_column(place, name)] for name in rules}, added.get(person.pk))
        for place, (person, rules) in enumerate(zip(persons, asked, strict=True))
    ]


def _asked(person: Person) -> dict[str, Q]:
    """What is asked of the ticket about one person, by its name."""
    if not person.is_active or person.is_system:
        return {}
    rules = rules_for(person)
    beside = concerns(person.pk) if person.is_agent else {"in_copy": in_copy(person.pk)}
    return {
        **{f"lets_{name}": rule for name, rule in rules.lets.items()},
        **{f"spares_{name}": rule for name, rule in rules.spares.items()},
        **beside,
    }


def _truths(ticket: Ticket, asked: Sequence[Mapping[str, Q]]) -> dict[str, bool]:
    columns = {
        _column(place, name): Case(When(rule, then=True), default=False, output_field=BooleanField())
        for place, rules in enumerate(asked)
        for name, rule in rules.items()
    }
    found: Any = Ticket.objects.filter(pk=ticket.pk).values(**columns).get() if columns else {}
    return dict(found)


def _column(place: int, name: str) -> str:
    return f"of_{place}_{name}"


def _answer(person: Person, ticket: Ticket, truths: Mapping[str, bool], copied_at: datetime | None) -> Why:
    """truths: the rules, by their names as `_asked` gave them."""
    if not person.is_active:
        return Why((), (Reason("closed", _("The account is closed.")),))
    if person.is_system:
        return Why((Reason("system", _("It is the desk itself.")),), ())
    because = _because(person, ticket, truths, copied_at)
    barred = [name.removeprefix("spares_") for name, true in truths.items() if name.startswith("spares_") and not true]
    if because and not barred:
        return Why(tuple(because), ())
    kept_by = [_bar(name, person, ticket) for name in barred] or _missing(person, ticket, truths)
    return Why((), tuple(kept_by))


def _because(person: Person, ticket: Ticket, truths: Mapping[str, bool], copied_at: datetime | None) -> list[Reason]:
    """What lets them know, unless something bars it."""
    if person.is_agent:
        words = {
            "assignee": _("It is assigned to them."),
            "team": _("They are in its team, %(team)s.") % {"team": ticket.team or ""},
            "follower": _("They follow it."),
        }
        named = [Reason(name, said) for name, said in words.items() if truths[name]]
        return [Reason("agent", _("They work for support.")), *named]
    found = []
    if truths["lets_own"]:
        found.append(Reason("own", _("It is their own request.")))
    if truths["lets_copied"]:
        found.append(Reason("copied", _("They are in copy."), copied_at))
    if truths.get("lets_company") and ticket.organization is not None:
        found.append(Reason("company", _company_lets(ticket.organization)))
    return found


def _company_lets(organization: Organization) -> str:
    rule, wished = sight(organization.who_sees)
    by_wish = {
        WhoSees.MANAGERS: _("They manage %(company)s, whose managers see all its requests, as the company asked."),
        WhoSees.SEATS: _("They have at %(company)s: %(seat)s. Who has it sees all requests, as the company asked."),
        WhoSees.EVERYONE: _("They belong to %(company)s, where everyone sees all requests, as the company asked."),
    }
    by_desk = {
        WhoSees.MANAGERS: _("They manage %(company)s; the desk lets managers see their company’s requests."),
        WhoSees.SEATS: _("They have at %(company)s: %(seat)s. The desk lets who has it see the company’s requests."),
        WhoSees.EVERYONE: _("They belong to %(company)s; the desk lets colleagues see each other’s requests."),
    }
    return (by_wish if wished else by_desk)[rule] % {"company": organization, "seat": the_desk().seat_name}


def _bar(name: str, person: Person, ticket: Ticket) -> Reason:
    if name == "trash":
        return Reason("spam", _("It was put away as spam.")) if ticket.spam else Reason(name, _("It is in the trash."))
    words = {
        "suspended": _("They are suspended at %(company)s.") % {"company": ticket.organization or ""},
        "private": _("It is with the private team %(team)s, and they are not in it.") % {"team": ticket.team or ""},
        "confidential": _("It is confidential: they are neither its assignee nor in its team, and don’t follow it."),
    }
    return Reason(name, words[name])


def _missing(person: Person, ticket: Ticket, truths: Mapping[str, bool]) -> list[Reason]:
    """Why nothing lets a customer know: what would, were it not for one thing; else that they have no part in it."""
    found, organization = [], ticket.organization
    if truths["in_copy"]:
        found.append(Reason("not_yet", _("They are in copy; copies know of it from support’s first answer on.")))
    place = standing.place(person)
    if organization is not None and organization.pk in place.organizations:
        if ticket.confidential:
            found.append(Reason("confidential", _("It is confidential: colleagues don’t see it.")))
        else:
            found.append(Reason("rule", _company_keeps(organization, sight(organization.who_sees))))
    elif organization is not None and organization.pk in place.invited:
        words = _("They were invited to %(company)s and have not accepted: until they do, that gives them no right.")
        found.append(Reason("pending", words % {"company": organization}))
    return found or [Reason("stranger", _("It is neither theirs nor their company’s, and they are not in copy."))]


def _company_keeps(organization: Organization, sight: Sight) -> str:
    by_wish = {
        WhoSees.NOBODY: _("%(company)s asked that colleagues don’t see each other’s requests."),
        WhoSees.MANAGERS: _("%(company)s asked that only its managers see all requests, and they don’t manage it."),
        WhoSees.SEATS: _("%(company)s asked that only some see all requests. They would need: %(seat)s."),
    }
    by_desk = {
        WhoSees.NOBODY: _("They belong to %(company)s; the desk doesn’t let colleagues see each other’s requests."),
        WhoSees.MANAGERS: _("They belong to %(company)s, but don’t manage it: the desk lets only managers see."),
        WhoSees.SEATS: _("They belong to %(company)s. To see its requests they would need: %(seat)s."),
    }
    return (by_wish if sight.wished else by_desk)[sight.rule] % {"company": organization, "seat": the_desk().seat_name}


def of_company(organization: Organization) -> Sight:
    """Who of a company sees its tickets, and whether because it asked for that."""
    return sight(organization.who_sees)
