"""The command itself: quick to help, and clear where something is wrong."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from tests import nodes
from tests.passkeys import passkey_of
from tuki.cli import main
from tuki.journal.events import EVENTS
from tuki.people.factors import factors_of


def tuki(*arguments, env=None):
    return subprocess.run(
        [sys.executable, "-m", "tuki", *arguments], env=env, capture_output=True, text=True, timeout=60, check=False
    )


def test_help_loads_neither_django_nor_the_server():
    code = "import sys; from tuki.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert {"serve", "web", "worker", "person", "docs"} <= set(loaded)
    assert {"django", "uvicorn", "prometheus_client"}.isdisjoint(loaded)


def test_django_s_own_commands_are_at_hand_and_not_in_the_way():
    assert "django" not in CliRunner().invoke(main, ["--help"]).output
    assert tuki("django", "check", "--help").stdout.startswith("usage: ")


def test_an_unknown_command_is_told_apart_from_a_broken_one():
    assert "No such command 'sevre'" in CliRunner().invoke(main, ["sevre"]).output


@pytest.mark.django_db(transaction=True)
def test_the_first_person_is_made_with_a_link_that_works_once(tmp_path, desk):
    env = nodes.environment(tmp_path / "data")
    made = tuki("person", "add", "root@festum.example", "--name", "Root", "--role", "administrator", env=env)
    again = tuki("person", "add", "root@festum.example", env=env)

    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("http://127.0.0.1:8000/")
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == "tuki: There is already a person with this address.\n"


@pytest.mark.django_db(transaction=True)
def test_whoever_has_lost_their_second_factor_is_let_in_by_whoever_runs_the_machine(tmp_path, root):
    passkey_of(root.person)
    env = nodes.environment(tmp_path / "data")
    reset, again, nobody = (
        tuki("person", "reset-two-step", address, env=env)
        for address in (root.person.email, root.person.email, "nobody@festum.example")
    )

    assert reset.returncode == 0, reset.stderr
    assert factors_of(root.person_id) == []
    assert (again.returncode, again.stderr) == (1, "tuki: This person signs in without a second step.\n")
    assert (nobody.returncode, nobody.stderr) == (1, "tuki: Nobody signs in as nobody@festum.example.\n")


def test_the_page_of_events_names_them_all(tmp_path, monkeypatch):
    from tuki.cli import docs

    monkeypatch.setattr(docs, "DOCS", tmp_path)
    assert CliRunner().invoke(main, ["docs"]).exit_code == 0
    page = (tmp_path / "events.md").read_text()

    assert [name for name in EVENTS if f"### {name}\n" not in page] == []
    assert "For agents only." in page


def test_a_page_that_says_something_else_than_the_code_is_stale(tmp_path, monkeypatch):
    from tuki.cli import docs

    monkeypatch.setattr(docs, "DOCS", tmp_path)
    assert CliRunner().invoke(main, ["docs", "--check"]).exit_code != 0
    CliRunner().invoke(main, ["docs"])
    assert CliRunner().invoke(main, ["docs", "--check"]).exit_code == 0
    (tmp_path / "events.md").open("a").write("more")
    assert CliRunner().invoke(main, ["docs", "--check"]).exit_code != 0
