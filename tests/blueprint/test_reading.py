"""What a blueprint's writer is told: a line for each mistake, all of them at once."""

import re
import shutil
from pathlib import Path

import pytest

from tuki.blueprint.reading import SHIPPED, Mistaken, read_folder

MAILBOX = "mailboxes.toml: mailboxes[support@festum.example]"
LABELS = 'labels = { fi = "Sana", en = "Word" }'


@pytest.fixture
def folder(tmp_path) -> Path:
    """Festum, to be spoiled."""
    return shutil.copytree(SHIPPED / "festum", tmp_path / "desk")


def spoil(folder: Path, file: str, pattern: str, by: str) -> None:
    path = folder / file
    text, count = re.subn(pattern, by, path.read_text(), count=1, flags=re.MULTILINE)
    assert count == 1, f"{pattern} is not in {file}"
    path.write_text(text)


def told(folder: Path) -> list[str]:
    try:
        return [str(warning) for warning in read_folder(folder).warnings]
    except Mistaken as mistaken:
        return [str(mistake) for mistake in mistaken.mistakes]


@pytest.mark.parametrize("name", [path.name for path in SHIPPED.iterdir()])
def test_a_shipped_blueprint_has_no_mistake_and_no_warning(name):
    assert told(SHIPPED / name) == []


@pytest.mark.parametrize(
    ("pattern", "by", "line"),
    [
        # Keys.
        (r"^name = .*$", "", "desk.toml: name: missing"),
        (r"^subject_tag", "subject_tags", "desk.toml: subject_tags: unknown key; did you mean “subject_tag”?"),
        (r"^address", "pony = 1\naddress", "desk.toml: pony: unknown key"),
        (
            r"^customer_labels",
            "customer_label",
            "statuses.toml: statuses[waiting].customer_label: unknown key; did you mean “customer_labels”?",
        ),
        (
            r'^key = "payments"$',
            'key = "payments"\nlabel = "x"',
            "products.toml: products[taloushallinto].modules[payments].label: unknown key; did you mean “labels”?",
        ),
        # Types.
        (
            r"^invites_writers = true",
            'invites_writers = "yes"',
            "desk.toml: invites_writers: must be true or false, not “yes”",
        ),
        (r"^subject_tag = .*$", "subject_tag = 5", "desk.toml: subject_tag: must be a text, not 5"),
        (
            r"^invites_writers",
            'reopen_days = "14"\ninvites_writers',
            "desk.toml: reopen_days: must be a whole number, not “14”",
        ),
        (
            r"^invites_writers",
            "reopen_days = -1\ninvites_writers",
            "desk.toml: reopen_days: must be at least 0, not -1",
        ),
        (
            r"^invites_writers",
            'two_step_for = ["agent", "agent"]\ninvites_writers',
            "desk.toml: two_step_for: a role stands there twice",
        ),
        (
            r"^invites_writers",
            'two_step_for = ["system"]\ninvites_writers',
            "desk.toml: two_step_for[#1]: must be customer, agent or administrator, not “system”",
        ),
        (r"^languages = .*$", 'languages = "fi"', "desk.toml: languages: must be a list, not “fi”"),
        (r'^labels.en = "Partner"$', 'labels.en = ""', "packages.toml: packages[partner].labels.en: missing"),
        # Values.
        (
            r'^who_submits = "anyone"',
            'who_submits = "everyone"',
            "desk.toml: who_submits: must be seats, members or anyone, not “everyone”",
        ),
        (
            r"Europe/Helsinki",
            "Europe/Helsinky",
            "desk.toml: time_zone: no time zone is called “Europe/Helsinky”; did you mean “Europe/Helsinki”?",
        ),
        (
            r'^key = "festum"',
            'key = "Festum Oy"',
            "desk.toml: key: must be small letters, digits, - and _, not “Festum Oy”",
        ),
        (
            r'^subject_tag = "Festum"',
            'subject_tag = "[Festum #1]"',
            "desk.toml: subject_tag: must be a word without brackets, # and digits",
        ),
        (r"^accent = .*$", 'accent = "blue"', "desk.toml: accent: must be a colour such as #2f5d50, not “blue”"),
        (
            r"^accent = .*$",
            'accent = "#ffd000"',
            "desk.toml: accent: #ffd000 has a contrast of 1.5 with white, which nobody can read; at least 3 is needed",
        ),
        (
            r'^state = "hold"',
            'state = "held"',
            "statuses.toml: statuses[hold].state: must be new, open, pending, hold, solved or closed, not “held”",
        ),
        (
            r'"support@festum.example"',
            '"support at festum"',
            "mailboxes.toml: mailboxes[support at festum].address: “support at festum” is not an e-mail address",
        ),
        # Languages.
        (r', en = "Security" }', " }", "teams.toml: teams[security].labels.en: missing"),
        (r'en = "Security" }', 'en = " " }', "teams.toml: teams[security].labels.en: missing"),
        (
            r'en = "Security" }',
            'en = "Security", de = "Sicherheit" }',
            "teams.toml: teams[security].labels.de: the desk does not speak this language",
        ),
        (
            r'^labels.fi = "Kysymys"$',
            "labels.fi = 7",
            "desk.toml: severities[question].labels.fi: must be a text, not 7",
        ),
        (
            r"^labels",
            'language = "sv"\nlabels',
            f"{MAILBOX}.language: the desk does not speak this language",
        ),
        # What refers to another.
        (
            r"^labels",
            'team = "captur"\nlabels',
            f"{MAILBOX}.team: no team is called “captur”; did you mean “capture”?",
        ),
        (
            r"^address = .*$",
            'address = "tuki@festum.example"',
            "desk.toml: address: answers come from tuki@festum.example, but no mailbox takes mail there",
        ),
        (r"^priority = 5$", "priority = 6", "desk.toml: severities[question].priority: there is no priority 6"),
        (
            r'^key = "waiting"\nstate = "pending"$',
            'key = "waiting"\nstate = "open"',
            "statuses.toml: statuses: no status has the state pending",
        ),
        # Twice.
        (r'^key = "rejected"', 'key = "done"', "statuses.toml: statuses[done]: there are two rows with this key"),
        (
            r'^key = "sales-ledger"',
            'key = "purchase-ledger"',
            "products.toml: products[taloushallinto].modules[purchase-ledger]: there are two rows with this key",
        ),
        (r'\["fi", "en"\]', '["fi", "en", "fi"]', "desk.toml: languages: a language stands there twice"),
        # The file itself.
        (r"^private = true", "private = yes", "teams.toml: line 17: invalid value"),
        (r"^private = true", "private", "teams.toml: line 17: expected '=' after a key in a key/value pair"),
    ],
)
def test_a_mistake_gives_exactly_its_line(folder, pattern, by, line):
    spoil(folder, line.partition(":")[0], pattern, by)

    assert told(folder) == [line]


def test_a_missing_file_is_named_and_what_refers_to_it_is_not(folder):
    (folder / "teams.toml").unlink()
    spoil(folder, "mailboxes.toml", r"^labels", 'team = "finance"\nlabels')

    assert told(folder) == ["teams.toml: missing"]


def test_products_packages_and_the_help_center_need_not_be_written(folder):
    (folder / "products.toml").unlink()
    (folder / "packages.toml").unlink()
    (folder / "knowledge.toml").unlink()

    assert told(folder) == []


def test_a_file_with_a_slip_in_its_name_is_not_passed_over(folder):
    (folder / "statuses.toml").rename(folder / "status.toml")

    assert told(folder) == ["statuses.toml: missing", "status.toml: unknown file; did you mean “statuses.toml”?"]


def test_a_file_that_is_not_utf8_is_named(folder):
    (folder / "packages.toml").write_bytes("# h\xe4n".encode("latin-1"))

    assert told(folder) == ["packages.toml: byte 3 is not UTF-8"]


def test_a_language_that_tuki_does_not_have_is_told_once_and_not_asked_of_every_label(folder):
    spoil(folder, "desk.toml", r'\["fi", "en"\]', '["fi", "en", "et"]')

    lines = told(folder)

    assert lines[0] == "desk.toml: languages[#3]: Tuki has no texts in “et”; it speaks en, fi, sv, nl"
    assert "statuses.toml: statuses[new].labels.et: missing" not in lines


def test_a_value_written_twice_is_missed_where_it_was_meant(folder):
    spoil(folder, "desk.toml", r"^value = 5$", "value = 4")

    assert told(folder) == [
        "desk.toml: priorities[4]: there are two rows with this value",
        "desk.toml: severities[question].priority: there is no priority 5",
    ]


def test_an_accent_that_is_hard_to_read_is_a_warning(folder):
    spoil(folder, "desk.toml", r"^accent = .*$", 'accent = "#2f8f6f"')

    line = "#2f8f6f has a contrast of 4.0 with white; below 4.5 links and buttons are shown in a darker shade"
    assert told(folder) == [f"warning: desk.toml: accent: {line}"]


def test_all_mistakes_of_all_files_are_told_at_once_in_the_order_of_the_files(folder):
    spoil(folder, "statuses.toml", r'^key = "new"\n', "")
    spoil(folder, "desk.toml", r"^name = .*$", "")
    spoil(folder, "desk.toml", r"^copies_from_first_answer = true", "copies_from_first_answer = 1")
    spoil(folder, "mailboxes.toml", r"^labels = .*$", f'team = "nobody"\n{LABELS}')
    (folder / "texts.toml").write_text("how_to_get_access = 3")

    assert told(folder) == [
        "desk.toml: name: missing",
        "desk.toml: copies_from_first_answer: must be true or false, not 1",
        "texts.toml: how_to_get_access: must be a table, not 3",
        "texts.toml: privacy_notice: missing",
        "texts.toml: accessibility_statement: missing",
        "statuses.toml: statuses[#1].key: missing",
        f"{MAILBOX}.team: no team is called “nobody”",
    ]
