"""A demo keeps to folders that are a demo's: its mail is read without a password."""

import json
import shutil

import pytest

from tuki.demo import place as places
from tuki.demo.place import Unfit, claim, set_environment


def test_a_new_folder_is_claimed_and_not_yet_filled(tmp_path):
    place = claim(tmp_path / "new" / "demo", "festum")

    assert not place.filled
    assert json.loads((tmp_path / "new" / "demo" / "demo.json").read_text()) == {"desk": "festum"}


def test_a_folder_with_anything_else_is_refused_and_left_alone(tmp_path):
    (tmp_path / "tuki.sqlite3").touch()

    with pytest.raises(Unfit, match="holds something that is no demo's"):
        claim(tmp_path, "festum")

    assert [path.name for path in tmp_path.iterdir()] == ["tuki.sqlite3"]


def test_a_folder_of_another_desks_demo_is_refused(tmp_path):
    claim(tmp_path, "festum")

    with pytest.raises(Unfit, match="holds the demo of festum"):
        claim(tmp_path, "heeros")


def test_a_folder_in_which_a_demo_runs_is_refused(tmp_path):
    running = claim(tmp_path, "festum")

    with pytest.raises(Unfit, match="already"):
        claim(tmp_path, "festum")

    running.lock.close()
    claim(tmp_path, "festum")


def test_a_note_that_can_not_be_read_is_told(tmp_path):
    (tmp_path / "demo.json").write_text("{")

    with pytest.raises(Unfit, match="to begin anew"):
        claim(tmp_path, "festum")


def test_it_is_filled_until_its_blueprint_changes(tmp_path, monkeypatch):
    source = tmp_path / "source"
    shutil.copytree(places._SOURCE / "blueprints", source / "blueprints")
    monkeypatch.setattr(places, "_SOURCE", source)
    first = claim(tmp_path / "demo", "festum")
    first.remember()
    first.lock.close()

    second = claim(tmp_path / "demo", "festum")
    second.lock.close()
    assert second.filled

    with (source / "blueprints" / "festum" / "desk.toml").open("a") as file:
        file.write("# changed\n")
    assert not claim(tmp_path / "demo", "festum").filled


def test_a_desk_that_this_shell_is_set_up_for_is_out_of_reach(tmp_path):
    env = {
        "TUKI_DATABASE_URL": "postgres://real/desk",
        "TUKI_SMTP_URL": "smtp://mail.example.com",
        "TUKI_DATA": "/srv/tuki",
        "PATH": "/bin",
    }

    set_environment(env, claim(tmp_path, "festum"), 9000)

    assert env == {
        "PATH": "/bin",
        "TUKI_DEMO": "1",
        "TUKI_DATA": str(tmp_path),
        "TUKI_URL": "http://127.0.0.1:9000",
        "TUKI_SMTP_LISTEN": "127.0.0.1:9025",
    }
