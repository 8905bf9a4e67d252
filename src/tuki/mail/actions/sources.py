"""What administrators do about accounts from which mail is fetched. See `fetching` for the fetching itself."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TypedDict, Unpack
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from tuki.journal.record import record
from tuki.lib.refusal import Refused, require
from tuki.mail import events, policy
from tuki.mail.fetching.account import Account
from tuki.mail.fetching.imap import tried
from tuki.mail.fetching.sealed import Unreadable, seal
from tuki.mail.models import Afterwards, Mailbox, Security, SignIn, Source, said
from tuki.people.actor import Actor

_SECRETS = {"secret", "client_secret"}
# Where a secret is shown to, and as whose. Whoever changes that has to know the secret.
_WHERE = {"host", "port", "security", "user", "sign_in", "token_url", "client_id"}
# With one of these another, UIDs mean other mails.
_ACCOUNT = {"host", "user", "folder"}


class Fields(TypedDict, total=False):
    """What can be said of a source. See `Source` for what each is."""

    host: str
    port: int
    security: str
    user: str
    sign_in: str
    secret: str  # as it was entered: the password, or the refresh token of OAuth 2
    token_url: str
    client_id: str
    client_secret: str
    folder: str
    afterwards: str
    move_to: str
    mailbox: Mailbox | None
    enabled: bool


@dataclass(frozen=True)
class Trial:
    """How a try went. words: in the language of whoever tried; what went wrong, or how many mails lie there."""

    works: bool
    words: str


def add_source(*, from_beginning: bool = False, by: Actor, **fields: Unpack[Fields]) -> Source:
    """Have mail fetched from an account on another server.

    from_beginning: also what lies there already; else only what comes to lie there from now on. Raises Refused, with
    the field that is at fault.
    """
    require(policy.may_run_mail(by))
    source = Source(begins_at=None if from_beginning else by.at)
    _set(source, fields)
    _check(source)
    with transaction.atomic():
        _save(source)
        record(events.SourceAdded(source.host, source.user, source.folder), on=source, by=by)
    return source


def change_source(source: Source, *, by: Actor, **fields: Unpack[Fields]) -> Source:
    """Change what is given. A secret that is not given stays, unless it would be shown to another server than before.

    Whoever fetches from it begins anew with what it is then; `enabled=False` ends that.
    """
    require(policy.may_run_mail(by))
    with transaction.atomic():
        source = Source.objects.select_for_update().get(pk=source.pk, retired=False)
        changed = _set(source, fields)
        if changed & _WHERE and not fields.get("secret"):
            raise Refused(_("Enter the password again: it would be shown to another server or user."), field="secret")
        _check(source)
        if not changed:
            return source
        if changed & _ACCOUNT:
            source.uid_validity, source.last_uid, source.era = None, 0, source.era + 1
            source.begins_at = source.begins_at and by.at
        _forget_trouble(source)
        _take_from_worker(source)
        _save(source)
        record(events.SourceChanged(sorted(changed)), on=source, by=by)
    return source


def remove_source(source: Source, *, by: Actor) -> None:
    """Fetch no more from it, and forget its secrets. What it gave stays, and so does its name beside that."""
    require(policy.may_run_mail(by))
    with transaction.atomic():
        source = Source.objects.select_for_update().get(pk=source.pk, retired=False)
        source.retired, source.enabled, source.secret, source.client_secret = True, False, "", ""
        _forget_trouble(source)
        _take_from_worker(source)
        _save(source)
        record(events.SourceRemoved(source.host, source.user), on=source, by=by)


def try_source(source: Source, *, by: Actor) -> Trial:
    """Sign in, open the folder, and sign out again: at most ten seconds. Fetches nothing."""
    require(policy.may_run_mail(by))
    trial = _tried(source)
    with transaction.atomic():
        record(events.SourceTried(trial.works), on=source, by=by)
    return trial


def fetch_now(source: Source, *, by: Actor) -> None:
    """Have a worker look for mail at once. Raises Refused for one from which nothing is fetched."""
    require(policy.may_run_mail(by))
    with transaction.atomic():
        wanted = Source.objects.filter(pk=source.pk, enabled=True, retired=False).update(wanted_at=by.at)
        if not wanted:
            raise Refused(_("Mail is not fetched from here."))
        record(events.SourceWanted(), on=source, by=by)


def _set(source: Source, fields: Fields) -> set[str]:
    """The names of those fields that differ now."""
    changed = set()
    for name, value in fields.items():
        if name in _SECRETS:
            if value:
                setattr(source, name, seal(str(value)))
                changed.add(name)
            continue
        value = value.strip() if isinstance(value, str) else value
        if getattr(source, name) != value:
            setattr(source, name, value)
            changed.add(name)
    return changed


def _check(source: Source) -> None:
    """Whether it can be so at all; whether it works is tried elsewhere."""
    for name in ("host", "user", "folder"):
        if not getattr(source, name):
            raise Refused(_("This is needed."), field=name)
    try:
        account = Account.of(source)
    except Unreadable:
        raise Refused(_("What was entered to sign in can no longer be read: enter it again."), field="secret") from None
    for name in ("host", "user", "folder", "move_to", "secret", "client_id", "client_secret"):
        # They stand in lines of a conversation, which one of these would end.
        if not str(getattr(account, name, getattr(source, name))).isprintable():
            raise Refused(_("This has letters that nobody can type."), field=name)
    if any(letter in source.host for letter in " /@:") and not _is_address(source.host):
        raise Refused(_("Enter the name of the server alone, such as imap.example.com."), field="host")
    if not 0 < source.port < 65536:
        raise Refused(_("A port is a number from 1 to 65535."), field="port")
    if source.security not in Security or source.sign_in not in SignIn or source.afterwards not in Afterwards:
        raise Refused(_("There is no such choice."))
    if source.security == Security.NONE and not _is_here(source.host):
        raise Refused(_("Without TLS everybody on the way can read the password and the mail."), field="security")
    if not account.secret:
        raise Refused(_("This is needed."), field="secret")
    if source.sign_in == SignIn.XOAUTH2:
        _check_token_url(source)
    if source.afterwards == Afterwards.MOVE and source.move_to in {"", source.folder}:
        raise Refused(_("Enter another folder to move mails to."), field="move_to")


def _check_token_url(source: Source) -> None:
    if not source.client_id:
        raise Refused(_("This is needed."), field="client_id")
    try:
        parts = urlsplit(source.token_url)
        safe = parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname or ""))
    except ValueError:
        safe = False
    if not safe or not parts.hostname:
        raise Refused(_("Enter an address that begins with https://."), field="token_url")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_here(host: str) -> bool:
    """Whether what is said to it never leaves this machine."""
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


def _tried(source: Source) -> Trial:
    trouble, words = tried(source)
    return Trial(not trouble, said(trouble, words) if trouble else words)


def _forget_trouble(source: Source) -> None:
    source.trouble, source.last_error, source.failing_since = "", "", None


def _take_from_worker(source: Source) -> None:
    """Whoever is fetching finds the fence broken, and writes nothing more of it down."""
    source.turn, source.worker, source.lease_until = source.turn + 1, "", None


def _save(source: Source) -> None:
    try:
        with transaction.atomic():
            source.save()
    except IntegrityError:
        raise Refused(_("Mail is fetched from this folder already."), field="user") from None
