"""A folder of fifty thousand mails, fetched from its beginning."""

import threading
from pathlib import Path

import pytest

from tests.mail.fetching import Folder, written
from tuki.mail.fetching import looking
from tuki.mail.fetching.account import Account
from tuki.mail.fetching.imap import signed_in
from tuki.mail.models import RawMail

MAILS = 50_000
MOST_GROWTH = 40  # megabytes, from the first thousand to the last; the list of all UIDs alone takes two


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_memory_does_not_grow_with_the_folder(dovecot, desk, root, monkeypatch):
    folder = Folder(dovecot, root)
    dovecot.fill((written(f"mail {number}") for number in range(MAILS)), folder.user)
    take, resident = looking.fetching.take, []

    def taking(source, fetched, **more):
        resident.append(_megabytes())
        return take(source, fetched, **more)

    monkeypatch.setattr(looking.fetching, "take", taking)
    source = folder.source()
    with signed_in(Account.of(source)) as server:
        looking.look(source, server, looking.Suspicion(), threading.Event())

    assert source.last_uid == MAILS
    assert RawMail.objects.count() == MAILS
    print(f"{len(resident)} helpings; {resident[20]:.0f} MB after the first thousand, {max(resident):.0f} MB at most")
    assert max(resident) - resident[20] < MOST_GROWTH


def _megabytes() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmRSS")
