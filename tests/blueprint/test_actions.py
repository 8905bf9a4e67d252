"""Making a desk what its files say, and saying what that changed."""

import shutil

import pytest

from tests.blueprint.test_reading import spoil
from tuki.blueprint import actions
from tuki.blueprint.reading import SHIPPED, read_folder
from tuki.desk.models import Desk, Module, Product
from tuki.desk.queries import the_desk
from tuki.journal.models import Entry
from tuki.journal.via import Via
from tuki.lib.refusal import Denied, Refused
from tuki.mail.models import Mailbox
from tuki.people.actor import Actor
from tuki.people.models import Team
from tuki.people.queries import system, teams
from tuki.tickets.models import Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def setter() -> Actor:
    return Actor(system(), Via.IMPORT)


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(SHIPPED / "heeros", tmp_path / "desk")


def apply(folder, setter: Actor) -> list[str]:
    return actions.apply(read_folder(folder), by=setter)


def test_an_applied_blueprint_is_the_desk(setter):
    the_desk()  # known from before

    apply(SHIPPED / "festum", setter)

    desk = the_desk()
    assert (desk.key, desk.subject_tag, desk.languages) == ("festum", "Festum", ["fi", "en"])
    assert (desk.who_submits, desk.who_sees, desk.who_is_copied) == ("anyone", "nobody", "anyone")
    assert [row["priority"] for row in desk.severities] == [1, 3, 4, 5]
    assert desk.privacy_notice["en"].startswith("This notice tells")
    assert list(Status.objects.values_list("key", flat=True)) == [
        "new", "open", "waiting", "hold", "done", "rejected",
    ]  # fmt: skip
    assert Team.objects.get(key="security").private
    assert Mailbox.objects.get().address == "support@festum.example"
    assert Product.objects.get(key="kofax").modules.count() == 5


@pytest.mark.parametrize("name", [path.name for path in SHIPPED.iterdir()])
def test_applying_again_changes_nothing_and_says_nothing(name, setter):
    assert apply(SHIPPED / name, setter)
    entries = Entry.objects.count()

    assert apply(SHIPPED / name, setter) == []
    assert Entry.objects.count() == entries


def test_the_journal_says_what_changed_by_whom_and_via_what(folder, setter):
    apply(folder, setter)
    spoil(folder, "desk.toml", r"^accent = .*$", 'accent = "#123456"')

    assert apply(folder, setter) == ["~ desk: accent"]

    entry = Entry.objects.filter(event="desk.blueprint_applied").last()
    assert (entry.data["changes"], entry.person_id, entry.via) == (["~ desk: accent"], setter.person_id, "import")
    assert (entry.on_kind, entry.on_id) == ("desk", Desk.objects.get().pk)


def test_each_change_is_one_line(folder, setter):
    apply(folder, setter)
    spoil(folder, "statuses.toml", r'fi = "Ratkaistu"', 'fi = "Valmis"')
    spoil(folder, "statuses.toml", r'"hold"\nstate', '"waiting"\nstate')
    spoil(folder, "packages.toml", r'^labels.en = "Plus"', 'labels.en = "Plus"\nseats = 4')
    spoil(folder, "products.toml", r'"reception"', '"receiving"')

    assert apply(folder, setter) == [
        "+ module purchase-invoices receiving",
        "- module purchase-invoices reception: retired",
        "~ package plus: seats",
        "+ status waiting",
        "~ status solved: labels",
        "- status hold: retired",
    ]


def test_a_new_order_is_one_line_too(folder, setter):
    apply(folder, setter)
    text = (folder / "packages.toml").read_text()
    (folder / "packages.toml").write_text(
        text.replace("plus", "x").replace("standard", "plus").replace('"x"', '"standard"')
    )

    assert "~ package: order" in apply(folder, setter)


def test_what_vanishes_is_kept_for_old_tickets_and_no_longer_offered(folder, setter):
    apply(folder, setter)
    spoil(folder, "teams.toml", r'\[\[teams\]\]\nkey = "payroll"[^\[]*', "")
    (folder / "products.toml").write_text("")
    (folder / "knowledge.toml").unlink()  # its sections name the products

    changes = apply(folder, setter)

    assert "- team payroll: retired" in changes
    assert Team.objects.get(key="payroll").retired
    assert "payroll" not in [team.key for team in teams()]
    assert not Product.objects.filter(retired=False).exists()
    assert Module.objects.exists()


def test_what_comes_back_is_the_row_it_was(folder, setter):
    apply(folder, setter)
    before = Team.objects.get(key="payroll").pk
    written = (folder / "teams.toml").read_text()
    spoil(folder, "teams.toml", r'\[\[teams\]\]\nkey = "payroll"[^\[]*', "")
    apply(folder, setter)
    (folder / "teams.toml").write_text(written)

    assert apply(folder, setter) == ["+ team payroll"]
    assert Team.objects.get(key="payroll").pk == before


def test_a_mailbox_that_vanishes_takes_no_mail(folder, setter):
    spoil(
        folder,
        "mailboxes.toml",
        r"\A(.*)\naddress = .*\n(labels = .*)",
        r'\g<0>\n\n\1\naddress = "help@heeros.example"\nteam = "payroll"\n\2',
    )
    apply(folder, setter)
    assert Mailbox.objects.get(address="help@heeros.example").team.key == "payroll"
    shutil.copy(SHIPPED / "heeros" / "mailboxes.toml", folder)

    assert apply(folder, setter) == ["- mailbox help@heeros.example"]


def test_another_desks_data_is_left_alone(setter):
    apply(SHIPPED / "heeros", setter)

    with pytest.raises(Refused, match="this data is of the desk “heeros”, not of “festum”"):
        apply(SHIPPED / "festum", setter)

    assert Desk.objects.get().key == "heeros"
    assert Status.objects.filter(key="rejected").count() == 0


def test_only_who_sets_the_desk_up_may_apply(eva):
    with pytest.raises(Denied):
        actions.apply(read_folder(SHIPPED / "festum"), by=eva)


def test_a_mailbox_may_have_signatures_which_agents_answers_from_it_carry(setter, tmp_path):
    folder = shutil.copytree(SHIPPED / "festum", tmp_path / "desk")
    spoil(
        folder, "mailboxes.toml", r"^labels", 'signatures = { fi = "Festumin väki", en = "The Festum people" }\nlabels'
    )

    apply(folder, setter)

    assert Mailbox.objects.get().signatures == {"fi": "Festumin väki", "en": "The Festum people"}
