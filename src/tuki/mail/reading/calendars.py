"""What an invitation to a meeting says (RFC 5545, RFC 5546): what, when and where, of its first event."""

import re
from dataclasses import dataclass

from tuki.mail.reading.charsets import decode

_LONGEST = 200_000
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?$")


@dataclass(frozen=True)
class Meeting:
    """The first event of a calendar file. when: its beginning, as written there, with the zone that is named."""

    method: str  # request, cancel, reply …; lower case
    what: str
    when: str
    where: str


def meeting(content: bytes) -> Meeting | None:
    """What a calendar file invites to; None where no event is in it."""
    method, inside = "", False
    said: dict[str, tuple[str, str]] = {}
    text = decode(content[:_LONGEST]).replace("\r\n", "\n")
    for line in re.sub(r"\n[ \t]", "", text).split("\n"):
        named, _, value = line.partition(":")
        name, _, parameters = named.partition(";")
        name = name.strip().upper()
        if name == "METHOD":
            method = value.strip().lower()
        elif (name, value.strip().upper()) == ("BEGIN", "VEVENT"):
            inside = True
        elif (name, value.strip().upper()) == ("END", "VEVENT"):
            break
        elif inside:
            said.setdefault(name, (value, parameters))
    if not inside:
        return None
    return Meeting(method, _words(said, "SUMMARY"), _moment(*said.get("DTSTART", ("", ""))), _words(said, "LOCATION"))


def _words(said: dict[str, tuple[str, str]], name: str) -> str:
    value = said.get(name, ("", ""))[0]
    return " ".join(re.sub(r"\\(.)", lambda found: " " if found[1] in "nN" else found[1], value).split())[:300]


def _moment(value: str, parameters: str) -> str:
    found = _MOMENT.match(value.strip())
    if found is None:
        return ""
    year, month, day, hour, minute, utc = found.groups()
    zone = re.search(r"TZID=\"?([^\";:]{1,60})", parameters, re.I)
    named = "UTC" if utc else zone[1] if zone else ""
    return f"{year}-{month}-{day}" + (f" {hour}:{minute} {named}".rstrip() if hour else "")
