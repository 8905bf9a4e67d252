"""The right to sign in by OAuth 2: a refresh token is changed for an access token, which lasts for an hour or so."""

import http.client
import json
from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tuki.mail.fetching.account import Account

_LONGEST = 100_000  # bytes of an answer


class NotGiven(Exception):
    """No token; its words say why."""


@dataclass(frozen=True)
class Token:
    """access: what signs in. refresh: what the next one is asked for with; some servers give a new one each time."""

    access: str
    refresh: str


def token_for(account: Account, patience: float) -> Token:
    """Ask the account's token address. Raises NotGiven."""
    fields = {
        "grant_type": "refresh_token",
        "refresh_token": account.secret,
        "client_id": account.client_id,
        "client_secret": account.client_secret,
    }
    asked = Request(account.token_url, urlencode({key: value for key, value in fields.items() if value}).encode())
    try:
        with urlopen(asked, timeout=patience) as answer:
            said = json.loads(answer.read(_LONGEST))
    except HTTPError as error:
        raise NotGiven(_why(error)) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotGiven(str(getattr(error, "reason", error))) from error
    if not isinstance(said, dict) or not isinstance(said.get("access_token"), str):
        raise NotGiven("no access_token in the answer")
    return Token(said["access_token"], str(said.get("refresh_token") or account.secret))


def _why(error: HTTPError) -> str:
    """What a token server says of a refusal (RFC 6749, part 5.2)."""
    try:
        said = json.loads(error.read(_LONGEST))
        words = [str(said[key]) for key in ("error", "error_description") if said.get(key)]
    except (OSError, ValueError, AttributeError):
        words = []
    return ": ".join(words) or f"{error.code} {error.reason}"
