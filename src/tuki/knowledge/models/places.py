"""Where articles stand."""

from __future__ import annotations

import hashlib
import json

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tuki.desk.labels import Labels, label
from tuki.desk.models import Product
from tuki.knowledge.models.audience import Audience


class Kind(models.TextChoices):
    """What a section holds, and so how it is read."""

    GUIDES = "guides", _("guides")
    QUESTIONS = "questions", _("frequently asked questions")
    SERVICE = "service", _("service releases")  # outages, changed opening hours
    RELEASES = "releases", _("release notes")
    NEWS = "news", _("news and materials")


# What happens, rather than what holds: the newest stands first, and the home page shows it.
ANNOUNCING = frozenset({Kind.SERVICE, Kind.RELEASES, Kind.NEWS})


class Fallback(models.TextChoices):
    """What readers get of an article that isn't in their language."""

    HIDE = "hide", _("nothing")
    SOURCE = "source", _("the original, and a word that it is not translated")


class Category(models.Model):
    """The first level of the help center."""

    # What the blueprint calls it; null for those made by hand, which the blueprint leaves alone.
    key = models.SlugField(unique=True, null=True, blank=True)
    labels: models.Field[Labels, Labels] = models.JSONField(default=dict)
    descriptions: models.Field[Labels, Labels] = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    retired = models.BooleanField(default=False)  # out of readers' sight, with all that is in it
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return label(self.labels)

    @property
    def mark(self) -> str:
        """Another one after each change: who changes it says which they saw. Its place is no part of it."""
        return mark_of(self.labels, self.descriptions, self.audience_id, self.retired)


class Section(models.Model):
    """Articles of one kind. It may lie in another section of its category, one level deep."""

    key = models.SlugField(unique=True, null=True, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="sections")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, related_name="subsections", null=True, blank=True)
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.GUIDES)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    labels: models.Field[Labels, Labels] = models.JSONField(default=dict)
    descriptions: models.Field[Labels, Labels] = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)
    fallback = models.CharField(max_length=6, choices=Fallback, default=Fallback.SOURCE)
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    retired = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(parent=models.F("pk")), name="no_section_lies_in_itself"),
        ]

    def __str__(self) -> str:
        return label(self.labels)

    @property
    def announces(self) -> bool:
        return self.kind in ANNOUNCING

    @property
    def releases_of(self) -> list[Product]:
        """The products whose release notes stand here: its own, and that of the section it lies in."""
        around = [one for one in (self, self.parent) if one is not None and one.kind == Kind.RELEASES]
        return [one.product for one in around if one.product is not None]

    @property
    def mark(self) -> str:
        """As a category's."""
        said = (self.labels, self.descriptions, self.audience_id, self.retired)
        return mark_of(*said, self.kind, self.product_id, self.fallback)


def mark_of(*said: object) -> str:
    """What stands for all that is said of a thing; another one once any of it changes."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
