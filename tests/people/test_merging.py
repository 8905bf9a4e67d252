"""Two rows are found to be one person, or one company."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress

from tuki.desk.models import WhoGivesSeats
from tuki.jobs.models import Timer
from tuki.jobs.queue import set_timer
from tuki.journal.models import Entry
from tuki.lib.refusal import Denied, Refused
from tuki.people import actions, queries
from tuki.people.actions._seating import SEAT_RUNS_OUT
from tuki.people.actor import Actor
from tuki.people.models import Membership, Organization, Package, Person, Seat
from tuki.people.standing import place


@pytest.fixture
def twin(ada, eva):
    """Ada, as she once wrote from home."""
    return actions.meet("ada@home.example", name="Ada", by=eva)


def now(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def test_mail_to_either_address_leads_to_who_is_kept(ada, twin, eva, told_of):
    actions.merge_persons(ada.person, twin, by=eva)

    assert queries.by_address("ada@home.example") == ada.person
    assert queries.by_address("ada@acme.example") == ada.person
    assert told_of(ada.person) == ["person.merged"]


def test_a_duplicate_can_not_sign_in(ada, twin, eva):
    twin.set_password("a password of its own")
    twin.save()
    actions.merge_persons(ada.person, twin, by=eva)

    assert not now(twin).is_active
    assert not now(twin).has_usable_password()


def test_an_address_that_both_had_stays_once_and_confirmed_if_either_was(ada, twin, eva):
    EmailAddress.objects.filter(user=twin).update(verified=True)
    actions.add_address(ada.person, "ada@home.example", by=ada)
    actions.merge_persons(ada.person, twin, by=eva)

    assert [(row.email, row.primary, row.verified) for row in queries.addresses(ada.person)] == [
        ("ada@acme.example", True, True),
        ("ada@home.example", False, True),
    ]
    assert not EmailAddress.objects.filter(user=twin).exists()


def test_the_address_that_we_write_to_stays_so_though_the_duplicate_had_confirmed_it(ada, twin, eva):
    actions.add_address(twin, "ada@acme.example", by=Actor(twin))
    actions.merge_persons(ada.person, twin, by=eva)

    assert EmailAddress.objects.get(user=ada.person, primary=True).email == "ada@acme.example"


def test_an_address_of_the_duplicate_can_become_the_one_we_write_to(ada, twin, eva):
    EmailAddress.objects.filter(user=twin).update(verified=True)
    actions.merge_persons(ada.person, twin, by=eva)
    actions.write_to(EmailAddress.objects.get(email="ada@home.example"), by=ada)

    assert now(ada.person).email == "ada@home.example"
    assert queries.by_address("ada@home.example") == ada.person
    assert queries.by_address("ada@acme.example") == ada.person


def test_an_address_of_the_duplicate_that_is_removed_leads_nowhere(ada, twin, eva):
    actions.merge_persons(ada.person, twin, by=eva)
    actions.remove_address(EmailAddress.objects.get(email="ada@home.example"), by=ada)

    assert queries.by_address("ada@home.example") is None


def test_a_chain_of_duplicates_leads_to_who_is_kept_last(ada, twin, bert, eva):
    third = actions.meet("ada@old.example", by=eva)
    actions.merge_persons(twin, third, by=eva)
    actions.merge_persons(ada.person, twin, by=eva)

    assert now(third).merged_into == ada.person
    assert queries.by_address("ada@old.example") == ada.person


def test_places_and_seats_of_the_duplicate_pass_on(ada, dora, globex, eva):
    actions.merge_persons(ada.person, dora.person, by=eva)

    stands = place(now(ada.person))
    assert globex.pk in stands.organizations
    assert globex.pk in stands.seated
    assert not Membership.objects.filter(person=dora.person).exists()


def test_of_two_seats_in_one_company_one_is_left(ada, bert, acme, eva):
    actions.merge_persons(ada.person, bert.person, by=eva)

    assert place(now(ada.person)).seated == {acme.pk}
    assert Membership.objects.filter(organization=acme).count() == 1


def of_acme(acme: Organization, start: int = 0) -> list[str]:
    """What the journal says of Acme after its first so many entries, without the company's name."""
    entries = Entry.objects.filter(on_kind="organization", on_id=acme.pk).order_by("pk")
    return [entry.event.removeprefix("organization.") for entry in entries[start:]]


def test_of_two_seats_the_one_that_goes_is_ended_as_any_other(ada, bert, acme, eva):
    seat = Seat.objects.get(membership__person=bert.person)
    set_timer(SEAT_RUNS_OUT, seat.pk, eva.at + timedelta(days=30))
    Seat.objects.filter(pk=seat.pk).update(until=eva.at + timedelta(days=30))
    before = len(of_acme(acme))
    actions.merge_persons(ada.person, bert.person, by=eva)

    seat.refresh_from_db()
    assert (seat.ended_at, seat.ended_by) == (eva.at, eva.person)
    assert of_acme(acme, before) == ["seat_taken"]
    assert not Timer.objects.filter(kind=SEAT_RUNS_OUT).exists()


@pytest.fixture
def asked_twice(acme, carol, twin, rules):
    """Ada's other address, invited to her company as its manager with a seat; nobody has accepted."""
    rules(who_gives_seats=WhoGivesSeats.COMPANY)
    return actions.invite_colleague(acme, twin.email, manages=True, with_seat=True, by=carol)


@pytest.mark.parametrize("kept", ["ada", "twin"])
def test_an_invitation_that_nobody_accepted_gives_nothing_to_who_is_suspended(
    kept, ada, twin, carol, acme, eva, asked_twice
):
    actions.suspend(Membership.objects.get(person=ada.person), by=carol)
    persons = (ada.person, twin) if kept == "ada" else (twin, ada.person)
    actions.merge_persons(*persons, by=eva)

    stands = place(now(persons[0]))
    assert (stands.shut_out, stands.organizations, stands.invited) == ({acme.pk}, (), ())
    assert not queries.seats_in_use(acme).exclude(membership__person=carol.person).exists()
    assert Membership.objects.get(person=persons[0]).role == "member"


@pytest.mark.parametrize("kept", ["ada", "twin"])
def test_whoever_belongs_to_the_company_stays_what_they_were_beside_an_invitation(
    kept, ada, twin, acme, eva, asked_twice
):
    persons = (ada.person, twin) if kept == "ada" else (twin, ada.person)
    actions.merge_persons(*persons, by=eva)

    stands = place(now(persons[0]))
    assert (stands.seated, stands.managed, stands.invited) == ({acme.pk}, frozenset(), ())


def test_what_a_place_gets_from_another_is_written_down(ada, twin, carol, acme, eva):
    actions.make_manager(actions.join(twin, acme, by=eva), True, by=eva)
    actions.suspend(Membership.objects.get(person=ada.person), by=carol)
    before = len(of_acme(acme))
    actions.merge_persons(ada.person, twin, by=eva)

    assert place(now(ada.person)).managed == {acme.pk}
    assert of_acme(acme, before) == ["role_changed", "restored"]


def test_companies_whose_people_hold_more_seats_than_the_package_brings_are_not_merged(
    acme, globex, ada, bert, dora, eva, root
):
    package = Package.objects.create(key="two", labels={"en": "Two"}, seats=2)
    actions.sell_package(acme, package, by=eva)
    with pytest.raises(Refused, match="Two has room for 2, and 3 hold it now: Ada Aalto, Bert Berg, Dora Dahl"):
        actions.merge_organizations(acme, globex, by=eva)
    assert place(now(dora.person)).organizations == (globex.pk,)

    actions.change_package(package, seats=3, note="", by=root)
    actions.merge_organizations(acme, globex, by=eva)
    assert place(now(dora.person)).seated == {acme.pk}


def test_only_customers_are_merged_once_and_not_with_themselves(ada, twin, eva, otto, root):
    for kept, duplicate in [(ada.person, ada.person), (eva.person, otto.person), (ada.person, eva.person)]:
        with pytest.raises(Refused):
            actions.merge_persons(kept, duplicate, by=root)
    actions.merge_persons(ada.person, twin, by=eva)
    with pytest.raises(Refused):
        actions.merge_persons(ada.person, twin, by=eva)


def test_customers_merge_nobody(ada, bert, twin, acme, globex):
    with pytest.raises(Denied):
        actions.merge_persons(bert.person, twin, by=ada)
    with pytest.raises(Denied):
        actions.merge_organizations(acme, globex, by=ada)


def test_a_merged_companys_people_and_mail_domains_pass_on(acme, globex, ada, dora, eva):
    actions.merge_organizations(acme, globex, by=eva)

    assert queries.organization_of_address("new@globex.example") == acme
    assert place(now(dora.person)).seated == {acme.pk}
    assert {one.person for one in queries.memberships(acme)} == {ada.person, dora.person}
