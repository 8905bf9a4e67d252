"""Passkeys: keys that a browser keeps for the desk's own address, each of which is both steps of signing in.

What a browser sends is taken from no page but those at TUKI_URL, whatever it calls us.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.webauthn import forms as allauth
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from fido2.utils import websafe_decode
from fido2.webauthn import CollectedClientData

from tuki.people import factors, policy

AT_MOST = 20  # of one person
_NAME = 60  # characters
_UNKNOWN = _("This passkey is not known here, or it took too long. Try again, or sign in another way.")
_NO_SCRIPT = _("Your browser sent no passkey. Use one that runs scripts, or sign in another way.")


def host() -> str:
    """The name that they are made for; empty where browsers make none: they want a name, and nobody listening in."""
    parts = urlsplit(settings.PUBLIC_URL)
    name = parts.hostname or ""
    if parts.scheme != "https" and name != "localhost":
        return ""
    try:
        ip_address(name)
    except ValueError:
        return name
    return ""


def origin() -> str:
    """Where our pages come from, as browsers write it."""
    parts = urlsplit(settings.PUBLIC_URL)
    usual = {"http": 80, "https": 443}[parts.scheme]
    port = "" if parts.port in {None, usual} else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname}{port}"


@contextmanager
def _read() -> Iterator[None]:
    """What is no passkey is answered as one that is not known: the libraries stumble over it in many ways."""
    try:
        yield
    except ValidationError as wrong:
        raise ValidationError(_UNKNOWN) if wrong.code == "incorrect_code" else wrong from None
    except (TypeError, ValueError, LookupError, AttributeError, struct.error):
        raise ValidationError(_UNKNOWN) from None


def _require_our_origin(credential: Any) -> None:
    said = CollectedClientData(websafe_decode(credential["response"]["clientDataJSON"]))
    if said.origin != origin() or said.cross_origin:
        raise ValidationError(_UNKNOWN)


class AddForm(allauth.AddWebAuthnForm):
    """One more passkey, by a name that its owner knows it by."""

    passwordless = None  # all of them are

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, credential = self.fields["name"], self.fields["credential"]
        name.label, name.max_length = _("Name"), _NAME
        name.help_text = _("What you know it by, such as the device that keeps it.")
        name.widget.attrs.update(maxlength=_NAME, autocomplete="off")
        credential.error_messages["required"] = credential.error_messages["invalid"] = _NO_SCRIPT

    def clean_name(self) -> str:
        name: str = super().clean_name()
        return name[:_NAME]

    def clean(self) -> dict[str, Any]:
        if sum(factor.type == factors.PASSKEY for factor in factors.factors_of(self.user.pk)) >= AT_MOST:
            words = _("You have %(number)s passkeys. Remove one before you add another.")
            raise ValidationError(words % {"number": AT_MOST})
        cleaned: dict[str, Any] = self.cleaned_data
        if "credential" in cleaned:
            with _read():
                _require_our_origin(cleaned["credential"])
                super().clean()
        return cleaned


class RenameForm(allauth.EditWebAuthnForm):
    name = forms.CharField(label=_("Name"), max_length=_NAME, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class _Used:
    """A passkey that shows who somebody is."""

    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        messages = self.fields["credential"].error_messages
        messages["required"] = messages["invalid"] = _NO_SCRIPT

    def clean_credential(self) -> Any:
        with _read():
            _require_our_origin(self.cleaned_data["credential"])
            factor = super().clean_credential()  # type: ignore[misc]
        if not policy.may_sign_in(factor.user):
            raise ValidationError(_UNKNOWN)
        return factor


class SignInForm(_Used, allauth.LoginWebAuthnForm):
    """In place of address and password."""


class SecondStepForm(_Used, allauth.AuthenticateWebAuthnForm):
    """After a password, or a code by mail."""


class AgainForm(_Used, allauth.ReauthenticateWebAuthnForm):
    """Once more, before one changes how one signs in."""
