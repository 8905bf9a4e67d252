"""A disk that is full: a small one of its own, with the desk's files on it and, in one of the tests, its database."""

import os
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests import nodes
from tests.crash.batch import Batch
from tests.crash.conftest import standing

SIZE = 96 * 1024 * 1024


@contextmanager
def small_disk():
    # Not where pytest keeps its folders: PostgreSQL's user must come to it, too.
    with tempfile.TemporaryDirectory(prefix="tuki-disk-") as name:
        disk = Path(name)
        disk.chmod(0o755)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tmpfs", disk], capture_output=True, check=False
        )
        if mounted.returncode:
            pytest.skip("a disk of its own takes root")
        try:
            yield disk
        finally:
            subprocess.run(["umount", "--lazy", disk], check=True)


@contextmanager
def moved_to(disk, url):
    """PostgreSQL keeps this database on that disk; its journal stays where it is."""
    database = url.rpartition("/")[2]
    space, folder = f"small_{database}", disk / "database"
    with psycopg.connect(url.rpartition("/")[0] + "/postgres", autocommit=True) as server:
        folder.mkdir()
        owner = Path(server.execute("SHOW data_directory").fetchone()[0]).stat()
        os.chown(folder, owner.st_uid, owner.st_gid)
        server.execute(f"CREATE TABLESPACE {space} LOCATION '{folder}'")
        server.execute(f"ALTER DATABASE {database} SET TABLESPACE {space}")
    try:
        yield
    finally:
        with psycopg.connect(url.rpartition("/")[0] + "/postgres", autocommit=True) as server:
            server.execute(f"DROP DATABASE {database} WITH (FORCE)")
            server.execute(f"DROP TABLESPACE {space}")
            server.execute(f"CREATE DATABASE {database}")  # for whoever wants to drop it


@pytest.fixture(params=["all"] if connection.vendor == "sqlite" else ["all", "files"])
def house(tmp_path, request):
    """One on a small disk, with all it has or with its files alone."""
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk())
        env = stack.enter_context(nodes.fresh_environment(disk / "data"))
        if "TUKI_DATABASE_URL" in env and request.param == "all":
            stack.enter_context(moved_to(disk, env["TUKI_DATABASE_URL"]))
        yield stack.enter_context(standing(env, tmp_path))


@contextmanager
def full(house):
    """Not a byte more, until the end."""
    filler = house.data / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    try:
        yield
    finally:
        filler.unlink()


def test_when_the_disk_is_full_what_was_not_accepted_was_given_back_and_what_was_accepted_is_there(house):
    news = Batch(house, ("answer",))
    news.send()
    news.wait()
    readers = dict(news.expected())
    batch = Batch(house)
    batch.fill_in()
    with full(house):
        not_accepted = batch.offer()
        pages = [house.browsers[readers[answer.marker]].get(f"/hc/en/requests/{answer.on}") for answer in news.messages]

    # That somebody has read it can't be noted, but read it they can.
    assert all(
        page.status == 200 and answer.marker in page.page for page, answer in zip(pages, news.messages, strict=True)
    )
    assert not_accepted
    for one in not_accepted:
        if one.message.way == "mail":
            assert one.status == 451, one.message
        else:
            assert one.status == 503, one.message
            assert one.message.marker in one.page
    refused = {one.message.marker for one in not_accepted}
    print(f"not accepted: {sorted(refused)}")
    nodes.until(house.has_nothing_to_do)
    assert refused.isdisjoint(batch.markers())
    assert files_on_disk(house) == files_in_rows(house)

    batch.send()
    batch.wait()
    batch.check()
    assert house.ask("SELECT max(tries) FROM mail_rawmail") == [(1,)]  # no mail is blamed


def files_on_disk(house):
    found = {
        str(path.relative_to(house.data / "files")) for path in (house.data / "files").rglob("*") if path.is_file()
    }
    return found | {path.name for path in (house.data / "mail").rglob("*") if path.is_file()}


def files_in_rows(house):
    rows = house.ask("SELECT path FROM files_file UNION SELECT path FROM mail_rawmail WHERE path <> ''")
    return {path for (path,) in rows}
