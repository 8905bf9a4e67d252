"""A request as WSGI wants it."""

import sys
from collections.abc import Iterable
from typing import IO, Any
from urllib.parse import unquote_to_bytes
from wsgiref.util import FileWrapper

from tuki.lib.asgi import Scope

Environ = dict[str, Any]

BLOCK = 256 * 1024  # how much of a file is read in one hop
# Who really asked, and over what, has been read from these by now, or they came from somebody not to be trusted.
_READ_ALREADY = (b"x-forwarded-", b"forwarded")
_OWN_NAMES = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}


def file_wrapper(file: IO[bytes], _block_size: int = 0) -> Iterable[bytes]:
    """A file to be sent, in blocks that are worth a hop each."""
    return FileWrapper(file, BLOCK)


def environ(scope: Scope, body: IO[bytes], size: int) -> Environ:
    """The environ of a request whose body has been read."""
    host, port = scope.get("server") or ("localhost", 0)
    client = scope.get("client") or ("", 0)
    made: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        # From the bytes as they were sent: the server's own reading of the path replaces what is not UTF-8.
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": file_wrapper,
    }
    for name, value in scope["headers"]:
        # With _ a header could pass for another one: X_Real and X-Real share a name here.
        if b"_" in name or name.startswith(_READ_ALREADY):
            continue
        key = _OWN_NAMES.get(name) or "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        text = value.decode("latin-1")
        if key in made:
            text = made[key] + ("; " if key == "HTTP_COOKIE" else ",") + text
        made[key] = text
    made["CONTENT_LENGTH"] = str(size)  # as counted, whatever was announced
    return made
