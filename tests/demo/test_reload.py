"""What makes a demo under work start again."""

import os

from tuki.demo import reload


def test_a_file_that_is_written_removed_or_new_is_a_change(tmp_path, monkeypatch):
    monkeypatch.setattr(reload, "SOURCE", tmp_path)
    (tmp_path / "page.html").touch()
    (tmp_path / "style.css").touch()
    before = reload.seen()

    os.utime(tmp_path / "page.html", (1, 1))
    written = reload.seen()
    (tmp_path / "style.css").unlink()
    (tmp_path / "new.py").touch()

    assert before != written != reload.seen()


def test_what_is_made_by_running_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr(reload, "SOURCE", tmp_path)
    before = reload.seen()

    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "views.py").touch()
    (tmp_path / "notes.md").touch()

    assert reload.seen() == before
