"""`tuki blueprint`: what it prints, and how it ends."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tuki.blueprint.reading import SHIPPED
from tuki.cli.blueprint import command


def check(folder: Path | str) -> Result:
    return CliRunner().invoke(command, ["check", str(folder)])


@pytest.fixture
def folder(tmp_path) -> Path:
    return shutil.copytree(SHIPPED / "festum", tmp_path / "desk")


@pytest.mark.parametrize("name", ["heeros", "haiilo", "admicom", "festum"])
def test_what_comes_with_tuki_is_checked_by_its_name(name):
    result = check(name)

    assert (result.exit_code, result.stdout) == (0, "No mistakes.\n")


def test_mistakes_are_lines_and_end_it_with_1(folder):
    (folder / "teams.toml").write_text('[[teams]]\nkey = "one"\nlabels = { fi = "Yksi" }\nprivat = true\n')

    result = check(folder)

    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "teams.toml: teams[one].labels.en: missing",
        "teams.toml: teams[one].privat: unknown key; did you mean “private”?",
    ]


def test_a_warning_is_told_and_does_no_harm(folder):
    desk = folder / "desk.toml"
    desk.write_text(desk.read_text().replace("#2b4f8f", "#2f8f6f"))

    result = check(folder)

    assert result.exit_code == 0
    assert result.stderr.startswith("warning: desk.toml: accent: ")


def test_what_is_no_folder_is_told_in_one_line(tmp_path):
    result = check(tmp_path / "nowhere")

    assert result.exit_code != 0
    assert "is no folder; Tuki comes with the blueprints admicom, festum, haiilo, heeros" in str(result.exception)


def test_applied_by_hand_it_tells_what_it_did_and_the_second_time_nothing(tmp_path):
    env = {**os.environ, "TUKI_DATA": str(tmp_path)}
    env.pop("TUKI_DATABASE_URL", None)

    def apply(name: str) -> subprocess.CompletedProcess[str]:
        arguments = [sys.executable, "-P", "-m", "tuki", "blueprint", "apply", name]
        return subprocess.run(arguments, env=env, capture_output=True, text=True, check=False)

    first, second, other = apply("festum"), apply("festum"), apply("heeros")

    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("+ desk festum\n")
    assert "+ status rejected\n" in first.stdout
    assert (second.returncode, second.stdout) == (0, "Nothing to change.\n")
    assert (other.returncode, other.stderr) == (
        1,
        "tuki: desk.toml: key: this data is of the desk “festum”, not of “heeros”\n",
    )
