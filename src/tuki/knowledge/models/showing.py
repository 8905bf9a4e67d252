"""What readers get, worked out when something is published and not when they read."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tuki.knowledge.models.articles import Article, Translation
from tuki.knowledge.models.audience import Audience
from tuki.knowledge.models.places import Section


class Showing(models.Model):
    """What readers of one language get of an article: its translation, or the source where the section says so.

    It repeats what lists are sorted and held by, so that each has its index. No row, nothing to read in that language.
    """

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="showings", db_index=False)
    language = models.CharField(max_length=8)
    translation = models.ForeignKey(Translation, on_delete=models.CASCADE, related_name="+")
    translated = models.BooleanField()  # false: it is the source, in another language
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="+", db_index=False)
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="+", null=True)
    announces = models.BooleanField()
    unpromoted = models.BooleanField()  # so that what is promoted comes first
    position = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField()
    until = models.DateTimeField(null=True)  # when it is unpublished by itself
    # Title and keywords, folded: what is looked up.
    folded = models.TextField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["article", "language"], name="one_showing_per_language")]
        indexes = [
            models.Index(fields=["section", "language", "-published_at", "-id"], name="showing_newest"),
            models.Index(fields=["section", "language", "unpromoted", "position", "id"], name="showing_in_order"),
            models.Index(fields=["language", "-published_at", "-id"], name="showing_recent"),
            models.Index(
                fields=["language", "-published_at", "-id"], condition=Q(announces=True), name="showing_announcements"
            ),
            models.Index(fields=["language", "position", "id"], condition=Q(unpromoted=False), name="showing_promoted"),
            models.Index(fields=["until"], condition=Q(until__isnull=False), name="showing_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.translation_id} in {self.language}"


class Redirect(models.Model):
    """Where an address leads that was given up: of what was merged, or of another help center before this one.

    path: without the language, such as "sections/12" or "ohjeet/laskut".
    """

    path = models.CharField(max_length=300, unique=True)
    # What it leads to now; who merges that again takes its redirects along.
    kind = models.CharField(max_length=8)  # "category", "section" or "article"
    target = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["kind", "target"], name="redirect_target")]

    def __str__(self) -> str:
        return f"{self.path} to {self.kind} {self.target}"
