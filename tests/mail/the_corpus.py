"""The corpus: mails written for these tests, each a trap of its own, with how it must be read beside it.

python -m tests.mail.the_corpus NAME…   prints how these are read now, to be looked at before it is kept
"""

import hashlib
import json
import sys
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from tuki.mail.parse import Mail, parse
from tuki.mail.reading.pieces import Attachment

FOLDER = Path(__file__).parent / "corpus"
NAMES = sorted(path.stem for path in FOLDER.glob("*.eml"))


def raw(name: str) -> bytes:
    return (FOLDER / f"{name}.eml").read_bytes()


def expected(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


def shown(mail: Mail) -> dict[str, Any]:
    """A mail as JSON, without what is empty. Of attachments the content's size and the start of its hash."""
    return {
        field.name: value
        for field in fields(mail)
        if (value := _plain(getattr(mail, field.name))) not in ("", [], None)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Attachment):
        digest = hashlib.sha256(value.content).hexdigest()[:8]
        return {"name": value.name, "type": value.type, "cid": value.cid, "size": value.size, "sha256": digest}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(json.dumps(shown(parse(raw(name))), ensure_ascii=False, indent=2))
