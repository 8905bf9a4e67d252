"""What the machine says to Tuki: TUKI_… variables, each checked once, a wrong one told in one line."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


class WrongSetting(Exception):
    """A variable that can't be used; its words name the variable and the mend."""


@dataclass(frozen=True)
class Smtp:
    """A mail server to hand mail to. security: "" (plain), "starttls" or "tls"."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    security: str = ""


@dataclass(frozen=True)
class Environment:
    """TUKI_DATA and its sisters, parsed. See docs/operations.md for what each does."""

    data: Path
    database: dict[str, Any]
    url: str
    secret_key: str
    smtp: Smtp | None
    smtp_listen: tuple[str, int] | None
    dkim_selector: str
    mail_pace: tuple[int, int]
    lmtp_listen: tuple[str, int] | None
    trusted_proxies: tuple[str, ...]
    trusted_relays: tuple[str, ...]
    trusted_authserv: tuple[str, ...]
    dns: tuple[str, ...] | None
    demo: bool


def read(env: Mapping[str, str] = os.environ) -> Environment:
    """Read the environment. Raises WrongSetting."""
    data = Path(env.get("TUKI_DATA") or "data").absolute()
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongSetting(f"TUKI_DATA: can't use the folder {data}: {error.strerror}") from error
    if env.get("TUKI_FILES_URL"):
        raise WrongSetting("TUKI_FILES_URL: files lie in TUKI_DATA; no other store can be used yet. Leave it unset")
    return Environment(
        data=data,
        database=_database(env.get("TUKI_DATABASE_URL", ""), data),
        url=_url(env.get("TUKI_URL") or "http://127.0.0.1:8000"),
        secret_key=_secret_key(env.get("TUKI_SECRET_KEY", ""), data),
        smtp=_smtp(env.get("TUKI_SMTP_URL", "")),
        dkim_selector=_selector(env.get("TUKI_DKIM") or "tuki"),
        mail_pace=_pace(env.get("TUKI_MAIL_PACE") or "20/300"),
        smtp_listen=_listen("TUKI_SMTP_LISTEN", env),
        lmtp_listen=_listen("TUKI_LMTP_LISTEN", env),
        trusted_proxies=("127.0.0.1", "::1", *_networks("TUKI_TRUSTED_PROXIES", env)),
        trusted_relays=_networks("TUKI_TRUSTED_RELAYS", env),
        trusted_authserv=tuple(env.get("TUKI_TRUSTED_AUTHSERV", "").lower().replace(",", " ").split()),
        dns=_dns(env.get("TUKI_DNS", "")),
        demo=env.get("TUKI_DEMO") == "1",
    )


def _database(url: str, data: Path) -> dict[str, Any]:
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": data / "tuki.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # IMMEDIATE: a transaction takes the write lock at its start, and waits for it, instead of failing
                # half-way when it first writes. FULL: what was committed survives a power cut, but for jobs that
                # would be done once more (`lib.disk.not_waited_for`).
                "transaction_mode": "IMMEDIATE",
                "timeout": 5,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-16000;"
                "PRAGMA mmap_size=134217728;PRAGMA temp_store=MEMORY;",
            },
            # A file, not memory: threads and server processes of a test share it.
            "TEST": {"NAME": data / "test.sqlite3"},
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise WrongSetting(
            "TUKI_DATABASE_URL: use postgres://user:password@host:port/name, or leave it unset for SQLite"
        )
    return {
        "ENGINE": "tuki.config.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(_port("TUKI_DATABASE_URL", parts.netloc, parts) or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "options": "-c lock_timeout=5s",
            # Values travel apart from the SQL, and what was asked three times is prepared: the server parses and plans
            # it once, which costs it several times as much as the answer.
            "server_side_binding": True,
            "prepare_threshold": 3,
        },
    }


def _url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise WrongSetting("TUKI_URL: use the public address without a path, such as https://support.example.com")
    return f"{parts.scheme}://{parts.netloc}"


def _secret_key(key: str, data: Path) -> str:
    """The given key, else one made once and kept where only its owner can read it."""
    if key:
        if len(key) < 32:
            raise WrongSetting("TUKI_SECRET_KEY: use at least 32 characters")
        return key
    kept = data / "secret-key"
    try:
        # O_EXCL: of two processes that start at once, one makes the key and the other reads it.
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    except OSError as error:
        raise WrongSetting(f"TUKI_DATA: can't write {kept}: {error.strerror}") from error
    return kept.read_text()


def _smtp(url: str) -> Smtp | None:
    if not url:
        return None
    parts = urlsplit(url)
    security = {"smtp": "", "smtp+starttls": "starttls", "smtps": "tls"}.get(parts.scheme)
    if security is None or not parts.hostname:
        raise WrongSetting("TUKI_SMTP_URL: use smtp://user:password@host:port (or smtp+starttls://, smtps://)")
    port = _port("TUKI_SMTP_URL", parts.netloc, parts) or (465 if security == "tls" else 587 if security else 25)
    return Smtp(parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""), security)


def _listen(variable: str, env: Mapping[str, str]) -> tuple[str, int] | None:
    value = env.get(variable, "")
    if not value:
        return None
    if variable == "TUKI_LMTP_LISTEN" and value.startswith("/"):
        return value, 0  # a socket in the file system
    parts = urlsplit(f"//{value}")
    port = _port(variable, value, parts)
    if not parts.hostname or not port:
        raise WrongSetting(f"{variable}: use host:port, such as 127.0.0.1:2525")
    return parts.hostname, port


def _selector(value: str) -> str:
    """The name of the key that mail is signed with; empty where the relay signs."""
    if value == "off":
        return ""
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", value):
        raise WrongSetting(f"TUKI_DKIM: {value!r} is neither off nor a name of small letters, digits and hyphens")
    return value


def _pace(value: str) -> tuple[int, int]:
    """How many mails to one domain are under way at once, and how many leave in a minute."""
    found = re.fullmatch(r"(\d{1,5})/(\d{1,6})", value)
    if not found or not int(found[1]) or not int(found[2]):
        raise WrongSetting("TUKI_MAIL_PACE: use two numbers, at once and a minute, such as 20/300")
    return int(found[1]), int(found[2])


def _networks(variable: str, env: Mapping[str, str]) -> tuple[str, ...]:
    """Machines whose word is taken on whom they speak for."""
    named = [part.strip() for part in env.get(variable, "").split(",") if part.strip()]
    for part in named:
        try:
            ip_network(part)
        except ValueError:
            raise WrongSetting(f"{variable}: {part!r} is no address such as 10.0.0.7 or 10.0.0.0/24") from None
    return tuple(named)


def _dns(value: str) -> tuple[str, ...] | None:
    """Addresses of the servers that are asked for names; none for the machine's own, None to ask nobody."""
    if value.strip() == "none":
        return None
    named = [part.strip() for part in value.split(",") if part.strip()]
    for part in named:
        try:
            ip_address(part)
        except ValueError:
            raise WrongSetting(f"TUKI_DNS: {part!r} is no address such as 10.0.0.53; use none to ask nobody") from None
    return tuple(named)


def _port(variable: str, value: str, parts: Any) -> int | None:
    try:
        port: int | None = parts.port
    except ValueError:
        raise WrongSetting(f"{variable}: {value!r} has a port that is no port") from None
    return port
