"""A file as somebody gave it to us."""

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class File(models.Model):
    """An upload. Until a message takes it, it belongs to whoever uploaded it, and is swept away when nobody does."""

    path = models.CharField(max_length=200, blank=True)  # in the default storage; empty once redacted
    name = models.CharField(max_length=255)  # as the sender called it, without folders
    type = models.CharField(max_length=100)  # what its bytes look like, never what the sender claims
    size = models.PositiveBigIntegerField()  # bytes
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    made_at = models.DateTimeField()
    taken = models.BooleanField(default=False)  # part of a message
    redacted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["made_at"], condition=Q(taken=False), name="file_untaken")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        """Of the kinds that a browser may show in place."""
        return self.type in {"image/png", "image/jpeg", "image/gif", "image/webp"} and not self.redacted_at

    def read(self) -> bytes:
        with default_storage.open(self.path) as content:
            return bytes(content.read())

    @property
    def shown_name(self) -> str:
        return str(_("(removed file)")) if self.redacted_at else self.name
