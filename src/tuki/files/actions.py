"""Taking files in, and letting them go."""

import os
import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

import filetype
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.base import File as Content
from django.core.files.storage import default_storage
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from tuki.files import queries
from tuki.files.models import File
from tuki.journal.via import Via
from tuki.lib.refusal import Refused
from tuki.people.actor import Actor
from tuki.people.models import Person

UNTAKEN_FOR = timedelta(days=2)


def store(content: "Content[bytes] | bytes", name: str, *, by: Actor) -> File:
    """Keep an upload: its bytes are on disk before its row is.

    content: bytes or an open file. The type is read from the bytes. Raises Refused, naming the file, where it is too
    large, and where whoever uploads has too much lying here already that they did not send.
    """
    content = ContentFile(content) if isinstance(content, bytes) else content
    name = clean_name(name)
    if content.size > settings.FILE_SIZE_LIMIT:
        raise Refused(
            _("“%(name)s” is too large: %(size)s. A file can be up to %(limit)s.")
            % {
                "name": name,
                "size": filesizeformat(content.size),
                "limit": filesizeformat(settings.FILE_SIZE_LIMIT),
            },
            field="files",
        )
    # What comes by mail is asked for nowhere, and sent at once.
    if by.via == Via.WEB and by.person_id is not None and not _has_room(by.person_id, content.size):
        raise Refused(
            _("“%(name)s” finds no room beside what you uploaded and did not send. Please send or remove some of it.")
            % {"name": name},
            field="files",
        )
    head = content.read(8192)
    content.seek(0)
    path = f"{by.at:%Y/%m}/{secrets.token_hex(16)}"
    try:
        path = default_storage.save(path, content)
        _sync(path)
        return File.objects.create(
            path=path, name=name, type=sniff(head, name), size=content.size, owner_id=by.person_id, made_at=by.at
        )
    except BaseException:
        default_storage.delete(path)  # the disk is full, or the database: no row will ever lead to these bytes
        raise


def _has_room(owner: int, size: int) -> bool:
    return queries.bytes_not_sent(owner) + size <= settings.FILES_NOT_SENT_LIMIT


def clean_name(name: str) -> str:
    """A file's name without folders, control characters or what else could play tricks in a list or a header."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/"))
    name = PurePosixPath(name).name
    name = "".join(c for c in name if unicodedata.category(c) not in {"Cc", "Cf", "Zl", "Zp", "Co", "Cn", "Cs"})
    name = re.sub(r"\s+", " ", name).strip(" .") or "file"
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:200]}.{ending[:20]}" if dot else name[:200]


def sniff(head: bytes, name: str) -> str:
    """A media type from a file's first bytes. Text is text whatever it claims: it is never shown as a page."""
    found = filetype.guess_mime(head)
    if found:
        return str(found)
    try:
        head[:-3].decode()
    except UnicodeDecodeError:
        return "application/octet-stream"
    if b"\0" in head:
        return "application/octet-stream"
    return {"csv": "text/csv", "xml": "application/xml", "har": "application/json", "json": "application/json"}.get(
        name.rpartition(".")[2].lower(), "text/plain"
    )


def _sync(path: str) -> None:
    """Have the disk hold it before a row says so, where the storage is a disk."""
    try:
        local = default_storage.path(path)
    except NotImplementedError:
        return
    for place in (local, Path(local).parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def take(files: Iterable[File], *, by: Actor) -> list[File]:
    """Make uploads part of something, once. Raises Refused where one is gone or is not the taker's to give."""
    files = list(files)
    ids = [file.pk for file in files]
    taken = File.objects.filter(pk__in=ids, taken=False, owner_id=by.person_id).update(taken=True)
    if taken != len(set(ids)):
        raise Refused(_("A file is no longer there. Please attach it again."), field="files")
    return files


def give(files: Iterable[File], owner: Person, *, by: Actor) -> None:
    """Make uploads that nothing has taken somebody else's. The caller has checked who may."""
    File.objects.filter(pk__in=[file.pk for file in files], taken=False).update(owner=owner)


def let_go(file: File, *, by: Actor) -> None:
    """Delete an own upload that no message has taken."""
    if File.objects.filter(pk=file.pk, taken=False, owner_id=by.person_id).delete()[0]:
        default_storage.delete(file.path)


def redact(file: File, *, by: Actor) -> None:
    """Forget a file's name and bytes; that there was one stays. The caller has checked who may."""
    path, file.path, file.name, file.redacted_at = file.path, "", "", by.at
    file.save(update_fields=["path", "name", "redacted_at"])
    transaction.on_commit(lambda: default_storage.delete(path) if path else None)


def sweep(now: datetime, *, by: Actor) -> int:
    """Delete uploads that no message took and no draft keeps. by: the system."""
    stale = list(queries.forsaken().filter(made_at__lt=now - UNTAKEN_FOR).order_by("made_at")[:200])
    for file in stale:
        if File.objects.filter(pk=file.pk, taken=False).delete()[0]:
            default_storage.delete(file.path)
    return len(stale)
