"""People and companies from a table: the dry run and the real one agree, and twice is as once."""

import pytest

from tuki.jobs.worker import run_ready
from tuki.lib.refusal import Denied, Refused
from tuki.people import actions, table
from tuki.people.models import Import, ImportLine, MembershipRole, Organization, Package, Person, Seat

TABLE = """code;company;domains;package;email;name;language;role;seat;phones
2001;Initech Oy;initech.example;small;ia@initech.example;Iä Ilola;fi;main contact;yes;+358 1, +358 2
2001;;;;ib@initech.example;Ib;fi;member;yes;
2001;;;;ic@initech.example;Ic;xx;member;;
2002;Hooli Oy;;gold;ha@hooli.example;Ha;en;;;
;Acme Oy;;;ada@acme.example;Ada A. Aalto;;manager;;
2001;;;;ia@initech.example;Again;;;;
;;;;nobody;Nobody;;;;
;;;;lone@wolf.example;Lone Wolf;en;;;
"""


@pytest.fixture
def small(desk) -> Package:
    return Package.objects.create(key="small", labels={"en": "Small"}, seats=1)


def told(batch: Import) -> dict[int, str]:
    return dict(batch.lines.exclude(words="").values_list("number", "words"))


@pytest.fixture
def tried(small, ada, root) -> Import:
    batch = actions.begin_import("people.csv", TABLE.encode(), by=root)
    run_ready()
    return Import.objects.get(pk=batch.pk)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_table_is_read_whatever_program_saved_it(encoding, delimiter):
    text = delimiter.join(["Sähköposti", "Nimi", "Yritys"]) + "\r\n" + delimiter.join(["A@b.example", "Äijä", "Öljy"])

    [line] = table.read(text.encode(encoding))
    assert (line.number, line.email, line.name, line.company) == (2, "a@b.example", "Äijä", "Öljy")


def test_a_table_without_addresses_is_refused():
    with pytest.raises(Refused) as refused:
        table.read(b"company,code\nAcme,1\n")
    assert refused.value.field == "file"


def test_a_dry_run_names_what_is_wrong_with_each_line_and_changes_nothing(tried):
    words = told(tried)

    assert tried.state == Import.State.TRIED
    assert set(words) == {3, 4, 5, 7, 8}
    assert "earlier lines of this file take it" in words[3]
    assert "does not speak that language" in words[4]
    assert "no package “gold”" in words[5]
    assert "Line 2 names the same person." in words[7]
    assert not Organization.objects.filter(name="Initech Oy").exists()
    assert not Person.objects.filter(email="lone@wolf.example").exists()


def test_the_real_run_does_what_the_dry_run_told_and_nothing_else(tried, root):
    before = set(told(tried))
    actions.run_import(tried, by=root)
    run_ready()

    assert set(told(tried)) == before
    initech = Organization.objects.get(code="2001")
    assert initech.main_contact.email == "ia@initech.example"
    assert initech.main_contact.phones == ["+358 1", "+358 2"]
    assert [seat.membership.person.name for seat in Seat.objects.filter(membership__organization=initech)] == [
        "Iä Ilola"
    ]
    ada = Person.objects.get(email="ada@acme.example")
    assert (ada.name, ada.memberships.get().role) == ("Ada A. Aalto", MembershipRole.MANAGER)


def test_the_same_table_twice_changes_nothing_the_second_time(tried, root):
    actions.run_import(tried, by=root)
    run_ready()
    before = (Person.objects.count(), Organization.objects.count(), Seat.objects.count())
    again = actions.begin_import("people.csv", TABLE.encode(), by=root)
    run_ready()
    actions.run_import(again, by=root)
    run_ready()

    assert (Person.objects.count(), Organization.objects.count(), Seat.objects.count()) == before


def test_a_table_is_taken_in_once(tried, root):
    actions.run_import(tried, by=root)
    with pytest.raises(Refused):
        actions.run_import(tried, by=root)


def test_a_long_table_is_worked_through_in_helpings(desk, root, machine, monkeypatch):
    monkeypatch.setattr("tuki.people.actions.importing.BATCH", 5)
    lines = "\n".join(f"p{number}@b.example,P{number}" for number in range(12))
    batch = actions.begin_import("long.csv", f"email,name\n{lines}".encode(), by=root)

    assert actions.work_on_import(batch.pk, by=machine)
    assert ImportLine.objects.filter(state=ImportLine.State.TRIED).count() == 5
    run_ready()
    assert Import.objects.get().state == Import.State.TRIED


def test_a_table_changes_nobody_who_works_here(eva, root):
    batch = actions.begin_import("x.csv", b"email,name\neva@festum.example,Mallory\n", by=root)
    run_ready()

    assert "works here" in told(batch)[2]


def test_only_administrators_take_tables_in(eva):
    with pytest.raises(Denied):
        actions.begin_import("x.csv", b"email\na@b.example\n", by=eva)
