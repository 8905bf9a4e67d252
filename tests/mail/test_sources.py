"""Accounts from which mail is fetched: who may name them, what can't be, and what is said where one does not work."""

import base64
import json
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
from django.utils import translation

from tests.mail.fetching import Between, Folder, fetch, written
from tests.plugins.dovecot import token
from tuki.journal.models import Entry
from tuki.lib.refusal import Denied, Refused
from tuki.mail import actions, queries
from tuki.mail.fetching import imap
from tuki.mail.fetching.account import Account
from tuki.mail.fetching.imap import Failed, signed_in
from tuki.mail.fetching.sealed import Unreadable, seal, unseal
from tuki.mail.models import RawMail, Source

pytestmark = pytest.mark.django_db

GOOD = {"host": "imap.example.com", "user": "tuki", "secret": "swordfish 17"}


@pytest.fixture
def folder(dovecot, desk, root) -> Folder:
    return Folder(dovecot, root)


@pytest.fixture
def source(root) -> Source:
    return actions.add_source(**GOOD, by=root)


def test_a_secret_is_sealed_wherever_it_lies(source, root):
    actions.change_source(source, secret="marlin 18", by=root)

    everything = f"{list(Source.objects.values())} {list(Entry.objects.values())}"
    assert "swordfish" not in everything
    assert "marlin" not in everything
    assert unseal(Source.objects.get().secret) == "marlin 18"
    assert "marlin" not in repr(Account.of(Source.objects.get()))


def test_another_key_does_not_open_what_was_sealed(settings):
    sealed = seal("swordfish")
    settings.SECRET_KEY = "another key, as after a move without it"

    with pytest.raises(Unreadable):
        unseal(sealed)


def test_the_journal_says_who_did_what(source, root):
    actions.change_source(source, afterwards="mark", secret="marlin", by=root)
    actions.fetch_now(source, by=root)
    actions.remove_source(source, by=root)

    entries = Entry.objects.filter(on_kind="source", on_id=source.pk).order_by("pk")
    assert [(entry.event, entry.person_id) for entry in entries] == [
        ("mail.source_added", root.person_id),
        ("mail.source_changed", root.person_id),
        ("mail.source_wanted", root.person_id),
        ("mail.source_removed", root.person_id),
    ]
    assert entries[1].data == {"fields": ["afterwards", "secret"]}


def test_only_an_administrator_says_where_mail_is_fetched(source, eva):
    for act in (
        lambda: actions.add_source(**GOOD, by=eva),
        lambda: actions.change_source(source, port=1993, by=eva),
        lambda: actions.remove_source(source, by=eva),
        lambda: actions.try_source(source, by=eva),
        lambda: actions.fetch_now(source, by=eva),
    ):
        with pytest.raises(Denied):
            act()
    assert Source.objects.get().port == 993


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"host": ""}, "host"),
        ({"host": "https://imap.example.com"}, "host"),
        ({"host": "imap.example.com:993"}, "host"),
        ({"port": 0}, "port"),
        ({"port": 70_000}, "port"),
        ({"user": ""}, "user"),
        ({"user": "tuki\r\nA1 LOGOUT"}, "user"),
        ({"folder": "INBOX\nx"}, "folder"),
        ({"secret": ""}, "secret"),
        ({"secret": "a\r\nb"}, "secret"),
        ({"security": "none"}, "security"),
        ({"security": "none", "host": "10.0.0.1"}, "security"),
        ({"afterwards": "move"}, "move_to"),
        ({"afterwards": "move", "move_to": "INBOX"}, "move_to"),
        ({"sign_in": "xoauth2"}, "client_id"),
        ({"sign_in": "xoauth2", "client_id": "x"}, "token_url"),
        ({"sign_in": "xoauth2", "client_id": "x", "token_url": "http://login.example.com/"}, "token_url"),
        ({"sign_in": "xoauth2", "client_id": "x", "token_url": "file:///etc/passwd"}, "token_url"),
        ({"security": "some"}, ""),
    ],
)
def test_what_cannot_be_is_refused_beside_the_field_at_fault(root, wrong, field):
    with pytest.raises(Refused) as refused:
        actions.add_source(**{**GOOD, **wrong}, by=root)

    assert refused.value.field == field
    assert not Source.objects.exists()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_without_tls_only_what_never_leaves_this_machine(root, host):
    assert actions.add_source(**{**GOOD, "host": host}, security="none", by=root).pk


def test_a_folder_is_fetched_by_one_source_only(source, root):
    with pytest.raises(Refused):
        actions.add_source(**GOOD, by=root)
    actions.remove_source(source, by=root)

    assert actions.add_source(**GOOD, by=root).pk != source.pk


@pytest.mark.parametrize(
    "elsewhere", [{"host": "imap.evil.example"}, {"user": "other"}, {"port": 1993}, {"security": "starttls"}]
)
def test_a_kept_password_is_never_shown_to_another_server(source, root, elsewhere):
    with pytest.raises(Refused) as refused:
        actions.change_source(source, **elsewhere, by=root)
    assert refused.value.field == "secret"

    assert actions.change_source(source, **elsewhere, secret="swordfish 17", by=root).pk


def test_removing_forgets_the_secret_and_keeps_the_name(source, root):
    actions.remove_source(source, by=root)

    assert queries.source(source.pk) is None
    gone = Source.objects.get()
    assert (gone.secret, str(gone)) == ("", "tuki on imap.example.com")
    with pytest.raises(Refused):
        actions.fetch_now(gone, by=root)


@contextmanager
def answering(words: bytes):
    """Something that listens, says this, and then nothing more."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run() -> None:
            try:
                while True:
                    caller, _ = listening.accept()
                    caller.sendall(words)
                    held.append(caller)
            except OSError:
                return

        held: list[socket.socket] = []
        threading.Thread(target=run, daemon=True).start()
        yield listening.getsockname()[1]
        for caller in held:
            caller.close()


def tried(source, by):
    began = time.monotonic()
    trial = actions.try_source(source, by=by)
    assert time.monotonic() - began < 10
    return trial


def test_a_try_that_works_says_how_many_mails_there_are(folder, root):
    folder.deliver(written("one"), written("two"))
    trial = tried(folder.source(), root)

    assert (trial.works, trial.words) == (True, "2 mails lie there.")
    assert not RawMail.objects.exists()
    assert Entry.objects.filter(event="mail.source_tried", data={"works": True}).exists()


def test_what_goes_wrong_is_told_in_words_of_the_reader_s_language(folder, root, dead_port):
    source = folder.source(port=dead_port)

    trial = tried(source, root)
    with translation.override("fi"):
        finnish = tried(source, root)

    assert not trial.works
    assert trial.words == "Nobody answers there: the server is down, or host or port are wrong. (Connection refused)"
    assert "(Connection refused)" in finnish.words


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"secret": "not the password"}, "does not accept the user or the password. ([AUTHENTICATIONFAILED]"),
        ({"folder": "Nowhere"}, "no such folder. (Mailbox doesn't exist: Nowhere"),
        ({"secret": "pässword"}, "does not accept the user"),
    ],
)
def test_a_server_s_no_is_told_with_its_own_words(folder, root, wrong, words):
    assert words in tried(folder.source(**wrong), root).words


def test_a_name_that_nobody_has_is_told(root):
    source = actions.add_source(**{**GOOD, "host": "imap.nowhere.invalid"}, by=root)

    assert "no server of this name" in tried(source, root).words


def test_a_certificate_of_nobody_we_know_is_told(folder, root):
    for port, security in ((folder.server.tls_port, "tls"), (folder.server.port, "starttls")):
        source = folder.source(port=port, security=security, user=f"{folder.user}-{security}")

        assert "can't be secured. (self-signed certificate" in tried(source, root).words


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_with_a_certificate_that_we_know_tls_works_either_way(folder, root, host, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(folder.server.certificate))
    for port, security in ((folder.server.tls_port, "tls"), (folder.server.port, "starttls")):
        source = folder.source(host=host, port=port, security=security, user=f"{folder.user}-{security}")

        assert tried(source, root).works


def test_tls_where_none_is_spoken_is_told(folder, root):
    assert "can't be secured" in tried(folder.source(security="tls"), root).words


def test_what_is_no_mail_server_is_told(folder, root):
    with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        assert "does not speak IMAP" in tried(folder.source(port=port), root).words


def test_a_server_that_offers_no_starttls_is_told(folder, root):
    def offers_less(line):
        return "* CAPABILITY IMAP4rev1\r\nOK done" if "CAPABILITY" in line else None

    source = folder.source(port=Between(folder.server, offers_less).port, security="starttls")

    assert "can't be secured. (TLS not supported by server)" in tried(source, root).words


def test_a_server_that_says_nothing_is_told_in_time(folder, root, monkeypatch):
    monkeypatch.setattr(imap, "_TRIAL", 1.0)
    with answering(b"") as port:
        assert "does not answer in time" in tried(folder.source(port=port), root).words


@pytest.fixture
def tokens():
    """Where a company's sign-in gives tokens: what it answers next, as a code and what it says, and what it heard."""

    class Tokens(BaseHTTPRequestHandler):
        says: tuple[int, object] = (200, {})
        heard: list[dict[str, list[str]]] = []

        def do_POST(self) -> None:
            Tokens.heard.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self.send_response(Tokens.says[0])
            self.end_headers()
            self.wfile.write(json.dumps(Tokens.says[1]).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Tokens)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Tokens.url = f"http://127.0.0.1:{server.server_port}/token"
    yield Tokens
    server.shutdown()
    server.server_close()


def by_oauth(folder, tokens, **more):
    return folder.source(
        sign_in="xoauth2", token_url=tokens.url, client_id="tuki", client_secret="c", secret="refresh 1", **more
    )


def test_oauth_changes_the_refresh_token_for_one_that_signs_in(folder, tokens):
    folder.deliver(written("one"))
    tokens.says = (200, {"access_token": token(folder.user), "expires_in": 3600})

    fetch(by_oauth(folder, tokens))

    assert RawMail.objects.count() == 1
    (heard,) = tokens.heard
    assert heard == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["refresh 1"],
        "client_id": ["tuki"],
        "client_secret": ["c"],
    }


def test_a_new_refresh_token_takes_the_old_one_s_place(folder, tokens):
    tokens.says = (200, {"access_token": token(folder.user), "refresh_token": "refresh 2"})

    with signed_in(Account.of(by_oauth(folder, tokens))) as server:
        assert server.new_secret == "refresh 2"


def test_a_refresh_token_that_is_void_is_told_in_the_server_s_words(folder, tokens, root):
    tokens.says = (400, {"error": "invalid_grant", "error_description": "The token has been revoked."})

    words = tried(by_oauth(folder, tokens), root).words

    assert "does not give us the right to sign in. (invalid_grant: The token has been revoked.)" in words


def test_a_token_that_does_not_sign_in_is_told(folder, tokens):
    tokens.says = (200, {"access_token": token(folder.user, exp=int(time.time()) - 60)})

    with pytest.raises(Failed) as failed, signed_in(Account.of(by_oauth(folder, tokens))):
        pass

    assert failed.value.trouble == "sign_in"


def test_what_is_said_to_sign_in_is_what_the_book_asks_for(folder, tokens):
    """user=…, a control-A, auth=Bearer …, two control-A, in base64."""
    between = Between(folder.server, lambda _line: None)
    access = token(folder.user)
    tokens.says = (200, {"access_token": access})

    with signed_in(Account.of(by_oauth(folder, tokens, port=between.port))):
        pass

    at = next(number for number, line in enumerate(between.said) if "AUTHENTICATE XOAUTH2" in line)
    said = base64.b64decode(between.said[at + 1])
    assert said == f"user={folder.user}\1auth=Bearer {access}\1\1".encode()
