"""Why agents should not take a message's author for granted."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Doubt(TextChoices):
    """What is wrong with a sender, as agents read it beside the message."""

    FORGED = (
        "forged",
        _("The sender could not be verified: the mail names this address, but its domain does not stand behind it."),
    )
    UNPROVEN = (
        "unproven",
        _("The sender could not be verified: nothing that only they could know shows who wrote this."),
    )
