"""Where allauth asks us: nobody signs up on its road, mails are ours, and what changes a person is an action."""

from typing import TYPE_CHECKING, Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tuki.desk.queries import the_desk
from tuki.doors.portal.account import letters, passkeys
from tuki.doors.portal.account.devices import device
from tuki.lib.refusal import Refused
from tuki.people import actions, queries
from tuki.people.actor import Actor

if TYPE_CHECKING:
    from allauth.account.models import EmailAddress, EmailConfirmationHMAC

    from tuki.people.models import Person


# Django's own words for these are not in every language that we speak.
_PASSWORD_MISTAKES = {
    "password_too_short": _("This password is too short. Use at least 10 characters."),
    "password_too_common": _("Many people use this password. Choose another one."),
    "password_too_similar": _("This password is too much like your name or address."),
}


class AccountAdapter(DefaultAccountAdapter):
    """Signing in."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The address or the password is not right."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
        "incorrect_code": _("This is not the code. It may be too old: ask for a new one if need be."),
        "too_many_login_attempts": _("That was tried too often. Please wait five minutes, then try again."),
        "rate_limited": _("That was a little fast. Please wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Not by allauth's own road, on which a password is chosen before the address is known to be theirs."""
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Tries are counted for an address. Not for host and address: the host is whatever a browser says it is."""
        return str(credentials.get("email", "")).strip().lower()

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Whoever was not on the way to a page starts where their work is (F13)."""
        person = cast("Person", request.user)
        if person.is_agent:
            return reverse("workspace:start")
        spoken = person.language in the_desk().languages
        return reverse("portal:requests", args=[person.language if spoken else the_desk().language])

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_change_password")

    def get_email_verification_redirect_url(self, email_address: "EmailAddress") -> str:
        if self.request.user.is_authenticated:
            return reverse("portal:addresses", args=[self.request.LANGUAGE_CODE])
        return reverse("account_login")

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PUBLIC_URL + path.replace("UID-KEY", key)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: "EmailConfirmationHMAC") -> str:
        return settings.PUBLIC_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def clean_password(self, password: str, user: "Person | None" = None) -> str:
        try:
            validate_password(password, user)
        except ValidationError as wrong:
            raise ValidationError([_PASSWORD_MISTAKES.get(one.code or "", one) for one in wrong.error_list]) from None
        return password

    def set_password(self, user: "Person", password: str) -> None:
        same = self.request.user == user
        actions.set_password(
            user, password, keep_session=self.request.session.session_key if same else "", by=Actor(user)
        )

    def confirm_email(self, request: HttpRequest, email_address: "EmailAddress") -> bool:
        try:
            actions.confirm_address(email_address, by=Actor(email_address.user))
        except Refused as refused:
            self.add_message(request, messages.ERROR, message=str(refused))
            return False
        words = _("%(address)s is confirmed.") % {"address": email_address.email}
        self.add_message(request, messages.SUCCESS, message=words)
        return True

    def send_password_reset_mail(self, user: "Person", email: str, context: dict[str, Any]) -> None:
        """Whoever has no password yet is invited to set one, at the address that we write to."""
        if user.has_usable_password():
            self.send_mail("account/email/password_reset_key", email, context)
        else:
            actions.invite(user, by=Actor(user))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every mail of allauth's comes through here, and leaves by the one queue."""
        kind = template_prefix.rpartition("/")[2]
        person = context.get("user") or queries.account(email)
        if person is None or kind == "unknown_account":
            letters.rehearse(email)
        else:
            letters.send(kind, email, person, **self._facts(context))

    def _facts(self, context: dict[str, Any]) -> dict[str, Any]:
        return {
            **{key: context[key] for key in ("code", "from_email", "to_email") if key in context},
            "link": context.get("password_reset_url") or context.get("activate_url") or "",
            "at": timezone.now(),
            "device": device(self.get_http_user_agent(self.request)),
        }


class TwoFactorAdapter(DefaultMFAAdapter):
    """The second step of signing in, and passkeys."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This is not the code. If it has just changed, enter the new one."),
    }

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Whom a passkey is for: the desk, at the address that it names itself."""
        return {"id": passkeys.host(), "name": the_desk().name}

    def generate_authenticator_name(self, user: "Person", type: Any) -> str:
        """What a passkey is called until its owner thinks of a better name."""
        return device(context.request.headers.get("User-Agent", ""))

    def get_totp_issuer(self) -> str:
        """As the authenticator app lists it."""
        return the_desk().name

    def build_totp_svg(self, url: str) -> str:
        """The picture alone, to stand in a page."""
        svg: str = super().build_totp_svg(url)
        return svg[svg.index("<svg") :]
