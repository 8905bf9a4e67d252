"""People and companies from a table: the dry run and the real one agree, and twice is as once."""

import pytest
from django.db import IntegrityError, connection

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


def test_a_line_says_so_of_who_is_suspended_or_has_not_accepted_an_invitation(acme, carol, bert, root):
    actions.suspend(bert.person.memberships.get(), by=carol)
    actions.invite_colleague(acme, "new@acme.example", name="Noora", by=carol)
    content = b"company;email;seat\nAcme Oy;bert@acme.example;yes\nAcme Oy;new@acme.example;yes\n"
    batch = actions.begin_import("people.csv", content, by=root)
    run_ready()

    words = told(batch)
    assert "is suspended at Acme Oy" in words[2]
    assert "has to accept first" in words[3]


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


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ('a@b.example,Ann\nc@d.example,"Bo\ne@f.example,Cy\n', 3),  # never closed
        ('a@b.example,"Ann\nc@d.example,Bo\ne@f.example,"Cy"\n', 2),  # closed by another's
        (f"a@b.example,Ann\nc@d.example,{'x' * 140_000}\n", 3),
    ],
)
def test_a_line_that_would_swallow_others_is_refused_by_its_number(lines, line):
    with pytest.raises(Refused, match=f"Line {line} can’t be read") as refused:
        table.read(f"email,name\n{lines}".encode())
    assert refused.value.field == "file"


def test_quotation_marks_that_are_meant_are_read():
    [line] = table.read(b'email,name\na@b.example,"Ann ""Andy"", Ms"\n')
    assert line.name == 'Ann "Andy", Ms'


def test_null_bytes_within_a_table_are_left_out(desk, root):
    batch = actions.begin_import("x.csv", b"email,name\na@b.example,A\0nn\n", by=root)
    run_ready()

    assert batch.lines.get().data["name"] == "Ann"
    assert told(batch) == {}


def test_a_table_that_cannot_be_kept_leaves_nothing_behind(desk, root):
    with connection.cursor() as cursor:
        connection.check_constraints()
        cursor.execute("CREATE UNIQUE INDEX odd ON people_importline (number) WHERE number = 3")
    actions.begin_import("x.csv", b"email\na@b.example\nc@d.example\n", by=root)
    with pytest.raises(IntegrityError):
        actions.begin_import("again.csv", b"email\na@b.example\nc@d.example\n", by=root)

    assert Import.objects.get().name == "x.csv"


def test_an_address_longer_than_a_row_holds_is_a_lines_problem_and_no_other_lines(desk, root):
    address = f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 20}.example"
    batch = actions.begin_import("x.csv", f"email\n{address}\nc@d.example\n".encode(), by=root)
    run_ready()

    assert list(told(batch)) == [2]
    assert "is not an e-mail address" in told(batch)[2]
    assert Import.objects.get().state == Import.State.TRIED


def test_what_the_database_refuses_of_one_line_is_that_lines_problem(desk, root):
    with connection.cursor() as cursor:
        connection.check_constraints()
        cursor.execute("CREATE UNIQUE INDEX odd ON people_person (name) WHERE name = 'Twin'")
    batch = actions.begin_import("x.csv", b"email,name\na@b.example,Twin\nc@d.example,Twin\ne@f.example,E\n", by=root)
    run_ready()
    actions.run_import(Import.objects.get(pk=batch.pk), by=root)
    run_ready()

    assert told(batch) == {3: "The database does not take this line as it is."}
    assert Import.objects.get().state == Import.State.DONE
    assert Person.objects.filter(email="e@f.example").exists()
