"""People and companies from a table. The dry run does what the real one does, line by line, and takes it back."""

import logging

from django.db import DatabaseError, OperationalError, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tuki.desk.models import WhoGivesSeats
from tuki.desk.queries import the_desk
from tuki.jobs.queue import enqueue
from tuki.journal.record import record
from tuki.journal.via import Via
from tuki.lib.changes import Rows
from tuki.lib.refusal import Denied, Refused, require
from tuki.people import events, policy, queries, table
from tuki.people.actions.companies import add_organization, change_organization
from tuki.people.actions.members import join, make_manager, name_main_contact
from tuki.people.actions.packages import sell_package
from tuki.people.actions.persons import add_person, change_profile
from tuki.people.actions.seats import give_seat
from tuki.people.actor import Actor
from tuki.people.models import Import, ImportLine, Membership, MembershipRole, Organization, Person

log = logging.getLogger("tuki.people")

WORK = "people.import"  # the job
BATCH = 200
_LINES = Rows(ImportLine)


def begin_import(name: str, content: bytes, *, by: Actor) -> Import:
    """Take a file in, and have a dry run say what each of its lines would do. Raises Refused for no such table."""
    require(policy.may_set_up(by))
    lines = table.read(content)
    rows = [ImportLine(number=line.number, data=line.data(), company=line.of_company[:200]) for line in lines]
    asker, language = by.person or queries.system(), translation.get_language()
    # At once, though ten thousand lines take a quarter of a second: nobody works on a table that is there in part.
    with transaction.atomic():
        begun = Import.objects.create(
            name=name[:200], by=asker, language=language, made_at=by.at, state=Import.State.TRYING
        )
        for first in range(0, len(rows), BATCH):
            helping = rows[first : first + BATCH]
            for row in helping:
                row.batch = begun
            _LINES.add_all(helping)
        enqueue(WORK, batch=begun.pk)
    return begun


def run_import(batch: Import, *, by: Actor) -> None:
    """Do for real what the dry run told. Lines that can't be done are told again, and stop no other."""
    require(policy.may_set_up(by))
    with transaction.atomic():
        batch = Import.objects.select_for_update().get(pk=batch.pk)
        if batch.state != Import.State.TRIED:
            raise Refused(_("The dry run has not ended yet, or this file was taken in already."))
        batch.state = Import.State.RUNNING
        batch.save(update_fields=["state"])
        record(events.ImportRun(), on=batch, by=by)
        enqueue(WORK, batch=batch.pk)


def work_on_import(batch: int, *, by: Actor) -> bool:
    """Try or do a helping of lines, each in a transaction of its own. Whether there are more. by: the system."""
    require(by.is_system)
    found = Import.objects.select_related("by").get(pk=batch)
    wanted = {Import.State.TRYING: ImportLine.State.READ, Import.State.RUNNING: ImportLine.State.TRIED}
    if found.state not in wanted:
        return False
    asked = Actor(found.by, Via.IMPORT, by.at)
    with translation.override(found.language):
        lines = list(found.lines.filter(state=wanted[Import.State(found.state)]).order_by("number")[:BATCH])
        for line in lines:
            _work_on(found, line, by=asked)
    if lines:
        return True
    ends = {Import.State.TRYING: Import.State.TRIED, Import.State.RUNNING: Import.State.DONE}
    Import.objects.filter(pk=batch, state=found.state).update(state=ends[Import.State(found.state)])
    return False


def _work_on(batch: Import, row: ImportLine, *, by: Actor) -> None:
    """One line: tried and taken back, or done. What became of it is written in the same transaction."""
    for_real = batch.state == Import.State.RUNNING
    row.words, row.takes_seat = "", False
    with transaction.atomic():
        try:
            with transaction.atomic():
                row.takes_seat = _take(table.Line(**row.data), promised=0 if for_real else _promised(row), by=by)
                if not for_real:
                    transaction.set_rollback(True)
        except (Denied, Refused) as refusal:
            row.words = str(refusal)
        except OperationalError:  # the database is busy, full or gone: no fault of the line's
            raise
        except DatabaseError:
            log.exception("line %d of import %d", row.number, batch.pk)
            row.words, row.takes_seat = str(_("The database does not take this line as it is.")), False
        row.state = ImportLine.State.DONE if for_real else ImportLine.State.TRIED
        row.save(update_fields=["state", "words", "takes_seat"])


def _promised(row: ImportLine) -> int:
    """Seats of the same company that earlier lines would have taken by now, had they been done."""
    earlier = ImportLine.objects.filter(batch=row.batch_id, company=row.company, number__lt=row.number)
    return earlier.filter(takes_seat=True, words="").count()


def _take(line: table.Line, *, promised: int, by: Actor) -> bool:
    """Make things as a line says, where they are not so yet. Whether that took a seat.

    promised: seats that are free still and spoken for.
    """
    if line.wrong:
        raise Refused(line.wrong)
    if line.role not in {"", "member", "manager", "main contact"}:
        raise Refused(_("“%(word)s” is no role: member, manager or main contact.") % {"word": line.role[:50]})
    company = _company(line, by=by) if line.of_company else None
    person = _person(line, by=by)
    if company is None:
        if line.seat or line.role:
            raise Refused(_("A role and the right to use support belong to a company: name it."))
        return False
    place = join(person, company, by=by)
    # Where companies give the seats, their main contact holds one.
    holds = line.role == "main contact" and the_desk().who_gives_seats == WhoGivesSeats.COMPANY
    took = _seat(place, company, promised, by=by) if line.seat or holds else False
    if line.role == "main contact":
        name_main_contact(place, by=by)
    elif line.role == "manager" and place.role != MembershipRole.MANAGER:
        make_manager(place, True, by=by)
    return took


def _company(line: table.Line, *, by: Actor) -> Organization:
    found = queries.organizations().filter(code=line.code).first() if line.code else None
    if found is None:
        named = queries.company_named(line.company)  # known by name only: it gets its number now
        found = named if named is not None and (not line.code or not named.code) else None
    package = None
    if line.package:
        offered = [one for one in queries.packages() if line.package in {one.key, *one.labels.values()}]
        if not offered:
            raise Refused(_("There is no package “%(name)s”.") % {"name": line.package[:100]})
        package = offered[0]
    if found is None:
        if not line.company:
            raise Refused(_("There is no company with the number “%(code)s” yet: name it.") % {"code": line.code})
        found = add_organization(line.company, code=line.code, domains=line.domains, by=by)
    else:
        domains = {*line.domains, *found.domains.values_list("name", flat=True)}
        facts = {"name": line.company or None, "code": line.code or None}
        found = change_organization(found, **facts, domains=domains, by=by)
    if package is not None:
        sell_package(found, package, by=by)
    return Organization.objects.get(pk=found.pk)


def _person(line: table.Line, *, by: Actor) -> Person:
    known = queries.by_address(line.email)
    if known is None:
        facts = {"name": line.name, "language": line.language, "phones": line.phones}
        _require_language(line.language)
        return add_person(line.email, **facts, by=by)  # type: ignore[arg-type]
    if known.role != "customer":
        raise Refused(_("%(person)s works here: a table changes customers only.") % {"person": known})
    phones = list(dict.fromkeys([*known.phones, *line.phones]))
    return change_profile(known, name=line.name or None, language=line.language or None, phones=phones, by=by)


def _require_language(language: str) -> None:
    if language and language not in the_desk().languages:
        raise Refused(_("This desk does not speak that language."), field="language")


def _seat(place: Membership, company: Organization, promised: int, *, by: Actor) -> bool:
    if place.seat is not None:
        return False
    room = company.package.seats if company.package is not None else None
    if room is not None and promised and queries.seats_in_use(company, by.at).count() + promised >= room:
        words = _("%(package)s has room for %(number)s, and earlier lines of this file take it.")
        raise Refused(words % {"package": company.package, "number": room})
    give_seat(place, by=by)
    return True
