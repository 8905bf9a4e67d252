"""Who becomes known, and as whom: one address leads to one person."""

import pytest
from allauth.account.models import EmailAddress

from tuki.journal.via import Via
from tuki.lib.refusal import Denied, Refused
from tuki.people import actions, queries
from tuki.people.actor import Actor
from tuki.people.models import Person
from tuki.people.standing import place

STRANGER = Actor(None, Via.EMAIL)


def test_whoever_writes_becomes_known_in_lower_case_and_without_account(desk, told_of):
    person = actions.meet("New@Somewhere.Example", name="New One", language="fi", by=STRANGER)

    assert (person.email, person.name, person.language) == ("new@somewhere.example", "New One", "fi")
    assert not person.has_usable_password()
    assert told_of(person) == ["person.added"]


def test_who_is_known_is_met_again_however_the_address_is_written(ada_person):
    assert actions.meet(" ADA@acme.example ", by=STRANGER) == ada_person
    assert Person.objects.filter(email__icontains="ada@").count() == 1


def test_a_person_whose_mail_domain_belongs_to_a_company_becomes_a_member_of_it(acme):
    person = actions.meet("new@acme.example", by=STRANGER)

    assert place(person).organizations == (acme.pk,)
    assert place(person).seated == frozenset()


def test_a_mail_domain_within_another_belongs_to_nobody(acme):
    person = actions.meet("new@not-acme.example", by=STRANGER)

    assert place(person).organizations == ()


@pytest.mark.parametrize("address", ["", "ada", "ada@", "@acme.example", "a b@acme.example"])
def test_what_is_no_address_is_nobody(desk, address):
    with pytest.raises(Refused):
        actions.meet(address, by=STRANGER)

    assert not Person.objects.exclude(role="system").exists()


def test_a_language_that_the_desk_does_not_speak_becomes_its_first(desk):
    assert actions.meet("new@somewhere.example", language="de", by=STRANGER).language == "en"


def test_a_further_address_leads_to_a_person_only_once_it_is_confirmed(ada, ada_person):
    added = actions.add_address(ada_person, "ada@home.example", by=ada)
    assert queries.by_address("ada@home.example") is None

    actions.confirm_address(added, by=ada)
    assert queries.by_address("ADA@home.example") == ada_person


def test_only_those_who_run_people_add_them(ada, eva, root):
    with pytest.raises(Denied):
        actions.add_person("x@acme.example", name="X", by=ada)
    with pytest.raises(Denied):
        actions.add_person("x@acme.example", name="X", role="agent", by=eva)

    assert actions.add_person("x@acme.example", name="X", role="agent", by=root).is_agent


def test_nobody_is_added_twice(ada, ada_person, eva):
    added = actions.add_address(ada_person, "ada@home.example", by=ada)
    actions.confirm_address(added, by=ada)

    for address in ("ada@acme.example", "Ada@Home.example"):
        with pytest.raises(Refused) as refused:
            actions.add_person(address, name="Another", by=eva)
        assert refused.value.field == "email"


def test_a_profile_is_changed_by_oneself_or_by_those_who_may(ada, ada_person, bert, eva, root, told_of):
    with pytest.raises(Denied):
        actions.change_profile(ada_person, name="Bert was here", by=bert)
    with pytest.raises(Denied):
        actions.change_profile(root.person, name="Eva was here", by=eva)
    actions.change_profile(ada_person, phones=["+358 40 1"], by=ada)
    actions.change_profile(ada_person, name="Ada A.", by=eva)

    ada_person.refresh_from_db()
    assert (ada_person.name, ada_person.phones) == ("Ada A.", ["+358 40 1"])
    assert told_of(ada_person) == ["person.profile_changed", "person.profile_changed"]


def test_a_change_that_changes_nothing_is_not_written_down(ada, ada_person, told_of):
    actions.change_profile(ada_person, name=ada_person.name, by=ada)

    assert told_of(ada_person) == []


def test_a_name_is_kept_whose_letters_become_more_in_lower_case(ada, ada_person):
    name = "\N{GREEK SMALL LETTER IOTA WITH DIALYTIKA AND TONOS}" * 120  # three letters each, as they are looked up

    assert actions.change_profile(ada_person, name=name, by=ada).name == name


@pytest.mark.parametrize(("field", "value"), [("language", "de"), ("time_zone", "Europe/Nowhere")])
def test_a_profile_takes_only_what_there_is(ada, ada_person, field, value):
    with pytest.raises(Refused) as refused:
        actions.change_profile(ada_person, **{field: value}, by=ada)

    assert refused.value.field == field


def test_a_new_person_has_one_address_and_it_is_the_one_we_write_to(desk):
    person = actions.meet("new@somewhere.example", by=STRANGER)

    (address,) = EmailAddress.objects.filter(user=person)
    assert (address.email, address.primary, address.verified) == ("new@somewhere.example", True, False)
