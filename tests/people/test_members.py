"""A company's people, as its managers and support run them (A3, D7)."""

from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps

from tuki.desk.models import WhoGivesSeats, WhoSees
from tuki.journal.models import Entry
from tuki.journal.via import Via
from tuki.lib.refusal import Denied, Refused
from tuki.people import actions, queries
from tuki.people.actor import Actor
from tuki.people.models import Membership, Organization, Person
from tuki.people.standing import place
from tuki.tickets import policy as tickets


def now(actor: Actor) -> Actor:
    assert actor.person is not None
    return Actor(Person.objects.get(pk=actor.person.pk))


def theirs(actor: Actor) -> Membership:
    return Membership.objects.get(person=actor.person)


@pytest.fixture(autouse=True)
def _companies_give(rules):
    rules(who_gives_seats=WhoGivesSeats.COMPANY)


def test_whoever_is_invited_has_a_seat_held_for_them_and_no_right_before_they_accept(acme, carol):
    membership = actions.invite_colleague(acme, "New@acme.example", name="Noora", with_seat=True, by=carol)
    new = Actor(membership.person)

    assert place(now(new).person).organizations == ()
    assert not tickets.may_submit(now(new))
    assert [seat.membership for seat in queries.seats_in_use(acme)] == [theirs(carol), membership]
    assert Entry.objects.filter(event="organization.colleague_invited", person=carol.person).exists()

    actions.accept_place(membership, by=new)
    assert place(now(new).person).seated == {acme.pk}
    assert Entry.objects.filter(event="organization.place_accepted", person=new.person).exists()


def test_of_two_companies_that_invite_somebody_the_desk_did_not_know_neither_has_them_before_they_accept(
    acme, globex, carol, machine
):
    first = actions.invite_colleague(acme, "new@nowhere.example", by=carol)
    second = actions.invite_colleague(globex, "new@nowhere.example", by=machine)
    new = Actor(first.person)
    actions.accept_place(second, by=new)

    assert place(now(new).person).organizations == (globex.pk,)
    assert place(now(new).person).invited == (acme.pk,)


def test_a_manager_who_invites_somebody_of_another_company_has_added_nobody_there(acme, globex, carol):
    actions.invite_colleague(acme, "new@globex.example", name="Noora", by=carol)

    (added,) = Entry.objects.filter(on_kind="organization", on_id=globex.pk, event="organization.membership_added")
    assert added.person == queries.system()


@pytest.mark.parametrize("came", ["not", "signed in", "wrote"])
def test_whoever_was_invited_before_this_and_never_came_has_to_accept(acme, carol, came):
    membership = actions.invite_colleague(acme, "new@acme.example", by=carol)
    Membership.objects.filter(pk=membership.pk).update(pending=False)
    if came == "signed in":
        Person.objects.filter(pk=membership.person_id).update(last_login=carol.at)
    elif came == "wrote":
        actions.change_profile(membership.person, name="Noora", by=Actor(membership.person, Via.EMAIL))
    import_module("tuki.people.migrations.0008_pending_until_accepted").let_who_never_came_accept(apps, None)

    assert Membership.objects.get(pk=membership.pk).pending == (came == "not")
    assert not theirs(carol).pending


def test_whom_the_desk_knew_already_has_to_accept_and_shows_no_name_before(acme, globex, carol, dora):
    membership = actions.invite_colleague(acme, "dora@globex.example", name="Somebody", with_seat=True, by=carol)

    assert membership.shown_name == "Somebody"
    assert place(now(dora).person).organizations == (globex.pk,)

    with pytest.raises(Denied):
        actions.accept_place(membership, by=carol)
    actions.accept_place(membership, by=dora)
    assert place(now(dora).person).organizations == (globex.pk, acme.pk)
    assert Membership.objects.get(pk=membership.pk).shown_name == "Dora Dahl"


@pytest.mark.parametrize("who", ["carol", "dora"])
def test_an_invitation_nobody_accepted_is_taken_back_or_declined(acme, carol, dora, who):
    membership = actions.invite_colleague(acme, "dora@globex.example", by=carol)
    actions.end_invitation(membership, by={"carol": carol, "dora": dora}[who])

    assert not Membership.objects.filter(pk=membership.pk).exists()


def test_whoever_belongs_to_the_company_and_never_signed_in_is_suspended_and_no_invitation_is_taken_back(acme, carol):
    """Some only ever write by mail, after the invitation as before it."""
    membership = actions.invite_colleague(acme, "new@acme.example", with_seat=True, by=carol)
    actions.accept_place(membership, by=Actor(membership.person))
    with pytest.raises(Refused, match="has joined the company"):
        actions.end_invitation(membership, by=carol)

    actions.suspend(membership, by=carol)
    assert Membership.objects.get(pk=membership.pk).suspended_at is not None
    assert membership.seats.filter(ended_at__isnull=False).exists()


def test_an_invitation_with_a_seat_tells_nothing_of_the_address_that_somebody_has_beside_this_one(
    rules, acme, globex, carol, dora
):
    rules(who_gives_seats=WhoGivesSeats.COMPANY, shared_mailboxes=["info"])
    EmailAddress.objects.create(user=dora.person, email="dd@private.example", verified=True, primary=False)
    Person.objects.filter(pk=dora.person_id).update(email="info@globex.example")
    membership = actions.invite_colleague(acme, "dd@private.example", with_seat=True, by=carol)

    with pytest.raises(Refused, match=r"info@globex\.example"):
        actions.accept_place(membership, by=dora)
    assert place(now(dora).person).seated == {globex.pk}
    actions.take_seat(membership, by=carol)
    actions.accept_place(membership, by=dora)
    assert place(now(dora).person).organizations == (globex.pk, acme.pk)


def test_an_agent_is_nobodys_colleague(acme, carol, eva):
    with pytest.raises(Refused):
        actions.invite_colleague(acme, "eva@festum.example", by=carol)


def test_only_a_manager_invites(acme, ada, dora):
    for actor in (ada, dora):
        with pytest.raises(Denied):
            actions.invite_colleague(acme, "new@acme.example", by=actor)


def test_who_is_suspended_sees_nothing_of_the_company_any_more_not_even_their_own(
    rules, ticket, ada, bert, carol, acme
):
    rules(who_sees=WhoSees.SEATS)
    assert tickets.may_see(now(ada), ticket)
    assert tickets.may_see(now(bert), ticket)
    actions.suspend(theirs(ada), by=carol)

    assert not tickets.may_see(now(ada), ticket)
    assert not tickets.visible_tickets(now(ada)).exists()
    assert not tickets.may_reply(now(ada), ticket)
    assert not tickets.may_submit(now(ada))
    assert tickets.may_see(now(bert), ticket)


def test_who_is_let_back_needs_a_seat_anew(ticket, ada, carol, acme):
    actions.suspend(theirs(ada), by=carol)
    actions.let_back(theirs(ada), by=carol)

    assert tickets.may_see(now(ada), ticket)
    assert place(now(ada).person).seated == frozenset()


def test_nobody_suspends_themselves_and_only_support_the_main_contact(acme, carol, ada, eva):
    with pytest.raises(Refused):
        actions.suspend(theirs(carol), by=carol)
    actions.name_main_contact(theirs(ada), by=eva)
    with pytest.raises(Refused):
        actions.suspend(theirs(ada), by=carol)
    with pytest.raises(Refused):
        actions.make_manager(theirs(ada), False, by=carol)

    actions.suspend(theirs(ada), by=eva)
    assert theirs(ada).suspended_at is not None


def test_a_manager_makes_another_and_the_other_unmakes_them(nils, carol, acme):
    actions.make_manager(theirs(nils), True, by=carol)
    assert place(now(nils).person).managed == {acme.pk}

    actions.make_manager(theirs(carol), False, by=now(nils))
    assert place(now(carol).person).managed == frozenset()


def test_the_main_contact_manages_and_holds_the_first_seat_A3(nils, acme, eva):
    actions.name_main_contact(theirs(nils), by=eva)

    assert Organization.objects.get(pk=acme.pk).main_contact == nils.person
    stands = place(now(nils).person)
    assert (stands.managed, stands.seated) == ({acme.pk}, {acme.pk})


@pytest.mark.parametrize("stands", ["suspended", "invited"])
def test_who_is_suspended_or_has_not_accepted_neither_joins_by_support_nor_becomes_main_contact(
    acme, carol, dora, eva, stands
):
    membership = actions.invite_colleague(acme, "dora@globex.example", by=carol)
    if stands == "suspended":
        actions.accept_place(membership, by=dora)
        actions.suspend(membership, by=carol)
    words = {"suspended": "Let them back first", "invited": "has to accept first"}[stands]

    with pytest.raises(Refused, match=words):
        actions.join(dora.person, acme, by=eva)
    with pytest.raises(Refused, match=words):
        actions.name_main_contact(membership, by=eva)


def test_customers_name_no_main_contact(nils, carol):
    with pytest.raises(Denied):
        actions.name_main_contact(theirs(nils), by=carol)
