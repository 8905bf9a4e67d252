"""Whom an address and a password let in."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from tuki.people import policy, queries

if TYPE_CHECKING:
    from tuki.people.models import Person


class Backend(ModelBackend):
    """An address leads to one person, as it does for mail: the one we write to there, or who has confirmed it."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **others: Any
    ) -> "Person | None":
        email = others.get("email")
        if not email or not password:
            return None
        person = queries.account(email)
        if person is None:
            make_password(password)  # so that nobody is told by how long it took
            return None
        return person if person.check_password(password) else None

    def get_user(self, user_id: int) -> "Person | None":
        person = queries.person(user_id)
        return person if person is not None and self.user_can_authenticate(person) else None

    def user_can_authenticate(self, user: Any) -> bool:
        """Asked at every request too: an account that is closed or merged ends its sessions."""
        return policy.may_sign_in(user)
