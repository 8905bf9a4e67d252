"""Companies and the right to use support (H6, A2)."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from tuki.desk.models import WhoGivesSeats, WhoSees
from tuki.jobs.queue import set_timer
from tuki.jobs.worker import run_ready
from tuki.journal.models import Entry
from tuki.lib.refusal import Denied, Refused
from tuki.people import actions, lists, policy, queries
from tuki.people.actions._seating import SEAT_RUNS_OUT
from tuki.people.actor import Actor
from tuki.people.models import Membership, Organization, Package, Person, Seat
from tuki.people.standing import place


def now(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def theirs(actor: Actor) -> Membership:
    return Membership.objects.get(person=actor.person)


@pytest.fixture
def basic(acme) -> Package:
    """Acme's package: one seat."""
    package = Package.objects.create(key="basic", labels={"en": "Basic"}, seats=1)
    Organization.objects.filter(pk=acme.pk).update(package=package)
    return package


@pytest.fixture
def companies_give(rules) -> None:
    rules(who_gives_seats=WhoGivesSeats.COMPANY)


def test_support_gives_a_seat_and_takes_it_away_and_its_history_is_kept(nils, acme, eva):
    actions.give_seat(theirs(nils), by=eva)
    assert place(now(nils.person)).seated == {acme.pk}

    actions.take_seat(theirs(nils), by=eva)
    assert place(now(nils.person)).seated == frozenset()
    seat = Seat.objects.get(membership__person=nils.person)
    assert (seat.given_by, seat.ended_by) == (eva.person, eva.person)


def test_who_lost_a_seat_can_get_one_anew(nils, acme, eva):
    actions.give_seat(theirs(nils), by=eva)
    actions.take_seat(theirs(nils), by=eva)
    actions.give_seat(theirs(nils), by=eva)

    assert place(now(nils.person)).seated == {acme.pk}
    assert theirs(nils).seats.count() == 2


@pytest.mark.parametrize(
    ("rule", "carol_may", "eva_may"),
    [(WhoGivesSeats.SUPPORT, False, True), (WhoGivesSeats.COMPANY, True, True), (WhoGivesSeats.NOBODY, False, False)],
)
def test_who_gives_seats_is_the_desks_rule_A3(rules, rule, carol_may, eva_may, nils, carol, eva, acme):
    rules(who_gives_seats=rule)

    assert (policy.may_give_seats(carol, acme), policy.may_give_seats(eva, acme)) == (carol_may, eva_may)
    if not carol_may:
        with pytest.raises(Denied):
            actions.give_seat(theirs(nils), by=carol)


def test_a_manager_gives_no_seats_of_another_company(companies_give, carol, dora):
    with pytest.raises(Denied):
        actions.take_seat(theirs(dora), by=carol)
    with pytest.raises(Denied):
        actions.suspend(theirs(dora), by=carol)


def test_one_seat_too_many_is_refused_with_the_names_of_those_who_hold_them(ada, nils, basic, eva):
    with pytest.raises(Refused, match="Ada Aalto"):
        actions.give_seat(theirs(nils), by=eva)
    assert Seat.objects.count() == 1


def test_a_full_package_has_its_seats_moved(companies_give, ada, nils, carol, basic, eva, acme):
    actions.take_seat(theirs(carol), by=eva)
    actions.move_seat(theirs(ada), theirs(nils), by=carol)

    assert (place(now(ada.person)).seated, place(now(nils.person)).seated) == (frozenset(), {acme.pk})


def test_only_support_takes_the_seat_of_whoever_signed_for_the_company(companies_give, ada, nils, carol, acme, eva):
    actions.name_main_contact(theirs(ada), by=eva)
    with pytest.raises(Refused, match="main contact"):
        actions.take_seat(theirs(ada), by=carol)
    with pytest.raises(Refused, match="main contact"):
        actions.move_seat(theirs(ada), theirs(nils), by=carol)
    assert place(now(ada.person)).seated == {acme.pk}

    actions.move_seat(theirs(ada), theirs(nils), by=eva)
    assert place(now(nils.person)).seated == {acme.pk}


def test_a_package_smaller_than_its_use_is_refused_with_names(ada, bert, basic, acme, eva, root):
    Organization.objects.filter(pk=acme.pk).update(package=None)
    with pytest.raises(Refused, match="Ada Aalto, Bert Berg"):
        actions.sell_package(acme, basic, by=eva)

    actions.change_package(basic, seats=2, note="", by=root)
    actions.sell_package(acme, basic, by=eva)
    with pytest.raises(Refused, match="Acme Oy"):
        actions.change_package(basic, seats=1, note="", by=root)


def test_a_mailbox_that_several_read_gets_no_seat_A5(rules, person, acme, eva):
    rules(shared_mailboxes=["info", "support"])
    shared = person("Info+erp@acme.example", "Acme’s desk")
    with pytest.raises(Refused) as refused:
        actions.give_seat(shared.memberships.get(), by=eva)

    assert refused.value.field == "email"


def test_who_confirmed_a_mailbox_that_several_read_gets_no_seat_A5(rules, nils, eva):
    rules(shared_mailboxes=["info"])
    further = actions.add_address(nils.person, "info@acme.example", by=nils)
    actions.confirm_address(further, by=nils)

    with pytest.raises(Refused, match=r"info@acme\.example"):
        actions.give_seat(theirs(nils), by=eva)


def test_who_has_a_seat_is_known_by_no_mailbox_that_several_read_A5(rules, ada, eva):
    rules(shared_mailboxes=["info"])
    further = actions.add_address(ada.person, "info@acme.example", by=ada)
    with pytest.raises(Refused, match=r"info@acme\.example"):
        actions.confirm_address(further, by=ada)
    further.verified = True
    further.save()
    with pytest.raises(Refused, match=r"info@acme\.example"):
        actions.write_to(further, by=ada)

    actions.take_seat(theirs(ada), by=eva)
    assert actions.write_to(further, by=ada).email == "info@acme.example"


def test_a_closed_account_gets_no_seat(nils, eva, root):
    actions.close_account(nils.person, by=root)
    with pytest.raises(Refused, match="closed"):
        actions.give_seat(theirs(nils), by=eva)


def test_a_seat_that_was_given_for_a_time_ends_then(nils, acme, eva):
    seat = actions.give_seat(theirs(nils), until=eva.at + timedelta(days=30), by=eva)
    Seat.objects.update(until=eva.at)

    # The moment decides, before any worker comes by.
    assert place(now(nils.person)).seated == frozenset()
    set_timer(SEAT_RUNS_OUT, seat.pk, eva.at)
    run_ready()
    assert Seat.objects.get().ended_at == eva.at


@pytest.fixture
def run_out(ada) -> Seat:
    """Ada's seat, of the day before yesterday until yesterday, and no timer has come by."""
    yesterday = ada.at - timedelta(days=1)
    Seat.objects.filter(membership__person=ada.person).update(given_at=yesterday - timedelta(days=1), until=yesterday)
    return Seat.objects.get(membership__person=ada.person)


def test_what_has_run_out_is_shown_and_counted_nowhere_though_nobody_ended_it(rules, run_out, nils, acme, basic):
    rules(who_sees=WhoSees.SEATS)
    [holder] = [one for one in queries.memberships(acme) if one.pk == run_out.membership_id]

    assert holder.seat is None
    assert set(queries.without_seat(acme)) == {holder, theirs(nils)}
    assert not queries.seats_in_use(acme).exists()
    assert (lists.seats_used([acme.pk]), lists.package_row(basic).seats) == ({}, "0")
    assert not lists.who_sees(acme).exists()
    assert list(queries.overfull("basic", 0)) == []


def test_what_has_run_out_leaves_room_and_is_ended_as_of_its_own_moment(run_out, nils, basic, eva, acme):
    actions.give_seat(theirs(nils), by=eva)
    actions.take_seat(theirs(nils), by=eva)

    again = actions.give_seat(run_out.membership, by=eva)
    run_out.refresh_from_db()
    assert (run_out.ended_at, run_out.ended_by) == (run_out.until, queries.system())
    assert again.pk != run_out.pk
    said = list(Entry.objects.filter(on_kind="organization", on_id=acme.pk).order_by("-pk")[:2])
    assert [(entry.event, entry.at) for entry in said] == [
        ("organization.seat_given", eva.at),
        ("organization.seat_taken", run_out.until),
    ]


def test_what_has_run_out_can_be_neither_taken_nor_moved(run_out, nils, eva):
    with pytest.raises(Refused, match="does not have: seat"):
        actions.move_seat(run_out.membership, theirs(nils), by=eva)
    actions.take_seat(run_out.membership, by=eva)

    run_out.refresh_from_db()
    assert (run_out.ended_at, run_out.ended_by) == (run_out.until, queries.system())


def test_of_two_places_that_become_one_the_seat_that_still_holds_is_kept(run_out, ada, bert, eva, acme):
    actions.merge_persons(ada.person, bert.person, by=eva)

    assert place(now(ada.person)).seated == {acme.pk}


def test_who_loses_a_seat_is_signed_out_at_once(client, ada, eva):
    client.force_login(ada.person)
    UserSession.objects.create(user=ada.person, session_key=client.session.session_key, ip="192.0.2.1", user_agent="-")
    actions.take_seat(theirs(ada), by=eva)

    assert not Session.objects.exists()


@pytest.mark.parametrize("ends", ["taken", "moved", "run out"])
def test_whoever_has_not_accepted_an_invitation_stays_signed_in_when_its_seat_goes(
    companies_give, client, signed_in_at, acme, carol, dora, nils, ends
):
    place = actions.invite_colleague(acme, "dora@globex.example", with_seat=True, by=carol)
    client.force_login(dora.person)
    signed_in_at(client, dora)
    if ends == "taken":
        actions.take_seat(place, by=carol)
    elif ends == "moved":
        actions.move_seat(place, theirs(nils), by=carol)
    else:
        place.seats.update(until=carol.at)
        actions.give_seat(place, by=carol)

    assert place.seats.filter(ended_at__isnull=False).exists()
    assert Session.objects.exists()


def test_a_seat_is_given_once(ada, eva):
    membership = Membership.objects.get(person=ada.person)

    assert actions.give_seat(membership, by=eva) == Seat.objects.get(membership=membership)


def test_two_companies_do_not_have_one_code(acme, eva):
    with pytest.raises(Refused) as refused:
        actions.add_organization("Another", code="1001", by=eva)

    assert refused.value.field == "code"


def test_only_support_changes_who_of_a_company_sees_its_tickets_H11(acme, carol, eva):
    with pytest.raises(Denied):
        actions.change_visibility(acme, WhoSees.EVERYONE, by=carol)
    actions.change_visibility(acme, WhoSees.EVERYONE, by=eva)

    assert place(now(carol.person)).wishes == {acme.pk: (WhoSees.EVERYONE, None)}


def test_only_the_administrator_gives_roles_and_teams(eva, nils, root, teams):
    with pytest.raises(Denied):
        actions.change_role(nils.person, "agent", by=eva)
    with pytest.raises(Denied):
        actions.set_teams(eva.person, [teams["payroll"]], by=eva)

    assert actions.change_role(nils.person, "agent", by=root).is_agent
    assert nils.person in queries.agents()
