"""A real mail server that holds mail: Dovecot on loopback ports, in a folder of its own, with nobody's rights.

A test asks for `dovecot`. Its users are made when they are first named, so each test takes one of its own.
"""

import base64
import grp
import hashlib
import hmac
import imaplib
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.crash.leash import die_with_parent
from tests.nodes import until
from tests.ports import free_port

PASSWORD = "a-password-for-fetching"
_KEY = b"the key by which tokens are signed here"
_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 0
protocols = imap
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
mail_location = maildir:{folder}/mail/%u
mailbox_idle_check_interval = 1 secs
mail_max_userip_connections = 50
auth_failure_delay = 0
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
service anvil {{
  chroot =
  # Whoever comes from an address from which a wrong password came would wait for seconds.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
  }}
}}
service stats {{
  chroot =
}}
"""
_OAUTH2 = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={folder}/keys/
username_attribute = sub
"""


def installed() -> str | None:
    """Its program, on this machine."""
    return shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")


class Dovecot:
    """The server. Every user there is has `PASSWORD`, and a folder that is made when it is first looked for."""

    def __init__(self) -> None:
        # Sockets lie in it, for which a test's own folder has too long a path.
        self.folder = folder = Path(tempfile.mkdtemp(prefix="tuki-dovecot-"))
        self.port, self.tls_port = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None
        # It does not let root sign anybody in.
        self._user = pwd.getpwuid(os.geteuid()) if os.geteuid() else pwd.getpwnam("nobody")
        for name in ("keys/default/HS256", "mail", "home"):
            (folder / name).mkdir(parents=True)
        self.certificate = folder / "certificate.pem"
        _make_certificate(folder)
        (folder / "keys/default/HS256/default").write_bytes(base64.b64encode(_KEY))
        (folder / "oauth2.conf").write_text(_OAUTH2.format(folder=folder))
        (folder / "dovecot.conf").write_text(
            _CONFIGURATION.format(
                folder=folder,
                user=self._user.pw_name,
                group=grp.getgrgid(self._user.pw_gid).gr_name,
                uid=self._user.pw_uid,
                gid=self._user.pw_gid,
                password=PASSWORD,
                port=self.port,
                tls_port=self.tls_port,
            )
        )

    def start(self) -> None:
        program = installed()
        assert program is not None
        if not os.geteuid():
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, self._user.pw_uid, self._user.pw_gid)
        self._process = subprocess.Popen(
            [program, "-F", "-c", str(self.folder / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - of a test's process nobody else's thread holds a lock then
            start_new_session=True,
            user=None if os.geteuid() else self._user.pw_uid,
            group=None if os.geteuid() else self._user.pw_gid,
            extra_groups=None if os.geteuid() else [],
        )
        until(self._answers)

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"it ended: {(self.folder / 'log').read_text()[-2000:]}")
        try:
            imaplib.IMAP4("127.0.0.1", self.port).logout()
        except (OSError, imaplib.IMAP4.error):
            return False
        return True

    def stop(self) -> None:
        """At once, and with all connections."""
        if self._process is not None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)  # its children end a moment after it
            self._process.wait()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def reading(self, user: str = "tuki", folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        """Another program that has the folder open."""
        client = imaplib.IMAP4("127.0.0.1", self.port)
        try:
            client.login(user, PASSWORD)
            if folder != "INBOX":
                client.create(folder)
            client.select(folder)
            yield client
        finally:
            client.shutdown()

    def deliver(self, *mails: bytes, user: str = "tuki", folder: str = "INBOX", at: datetime | None = None) -> None:
        """Have mails arrive."""
        moment = imaplib.Time2Internaldate(at or datetime.now(UTC))
        with self.reading(user, folder) as client:
            for mail in mails:
                answer = client.append(folder, "", moment, mail)
                assert answer[0] == "OK", answer

    def fill(self, mails: Iterable[bytes], user: str) -> None:
        """As after years: many mails that lie there already, written past the server."""
        self.flags(user)  # makes the folder
        folder = self.folder / "mail" / user / "cur"
        for number, mail in enumerate(mails):
            path = folder / f"{1_700_000_000 + number}.M{number}.here:2,S"
            path.write_bytes(mail)
            os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def flags(self, user: str = "tuki", folder: str = "INBOX") -> dict[int, set[str]]:
        """What lies in a folder: the flags of each mail, by UID."""
        with self.reading(user, folder) as client:
            _ok, lines = client.uid("FETCH", "1:*", "(UID FLAGS)")
            found = {}
            for line in filter(None, lines):
                assert isinstance(line, bytes)
                # News of what another program marks meanwhile is mixed in, and names no UID.
                if uid := re.search(rb"\bUID (\d+)", line):
                    found[int(uid[1])] = {flag.decode() for flag in imaplib.ParseFlags(line)} - {"\\Recent"}
            return found

    def number_anew(self, user: str = "tuki") -> None:
        """As after a restored backup: the same mails under other UIDs, with another UIDVALIDITY."""
        time.sleep(1.1)  # which Dovecot takes from its clock, in seconds
        for file in (self.folder / "mail" / user).glob("dovecot*"):
            file.unlink()


@pytest.hookimpl(tryfirst=True)  # before pytest looks at -m
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "dovecot" in getattr(item, "fixturenames", ()):
            item.add_marker("dovecot")


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    if installed() is None:
        pytest.fail("no Dovecot on this machine: `bin/test` installs it as root, or apt install dovecot-imapd")
    server = Dovecot()
    try:
        server.start()
        yield server
    finally:
        server.remove()


def token(user: str, **claims: object) -> str:
    """What a company's sign-in gives to a program that may read this user's mail, for an hour."""
    said = {"sub": user, "exp": int(time.time()) + 3600, "iat": int(time.time()) - 10, **claims}
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(said)}"
    signature = base64.urlsafe_b64encode(hmac.digest(_KEY, signed.encode(), hashlib.sha256))
    return f"{signed}.{signature.rstrip(b'=').decode()}"


def _part(said: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()


def _make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
