"""The doors, as the journal names them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Via(models.TextChoices):
    """How somebody came in."""

    WEB = "web", _("web")
    EMAIL = "email", _("e-mail")
    PHONE = "phone", _("phone")
    CHAT = "chat", _("chat")
    WIDGET = "widget", _("widget")
    API = "api", _("API")
    RULE = "rule", _("rule")
    IMPORT = "import", _("import")
