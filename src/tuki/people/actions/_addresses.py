"""What counts as an e-mail address."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.utils.translation import gettext_lazy as _

from tuki.lib.refusal import Refused


def require_address(address: str) -> None:
    """Raise Refused for what is no address that we can keep."""
    try:
        validate_email(address)
        MaxLengthValidator(254)(address)  # what a row holds; an address may have 320
    except ValidationError:
        words = _("“%(address)s” is not an e-mail address.") % {"address": address[:100]}
        raise Refused(words, field="email") from None
