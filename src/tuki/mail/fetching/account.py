"""An account on another mail server: all that one must know to sign in."""

from dataclasses import dataclass

from tuki.mail.fetching.sealed import unseal
from tuki.mail.models import Source


@dataclass(frozen=True)
class Account:
    """As `Source`, but with its secrets readable."""

    host: str
    port: int
    security: str
    user: str
    sign_in: str
    secret: str
    token_url: str = ""
    client_id: str = ""
    client_secret: str = ""

    @classmethod
    def of(cls, source: Source) -> "Account":
        """Raises Unreadable."""
        return cls(
            host=source.host,
            port=source.port,
            security=source.security,
            user=source.user,
            sign_in=source.sign_in,
            secret=unseal(source.secret),
            token_url=source.token_url,
            client_id=source.client_id,
            client_secret=unseal(source.client_secret),
        )

    def __repr__(self) -> str:
        return f"Account({self.user} on {self.host}:{self.port})"  # never its secrets: logs show what errors hold
