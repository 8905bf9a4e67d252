"""Articles, what they say in each language, and what they said before."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tuki.files.models import File
from tuki.knowledge.models.audience import Audience
from tuki.knowledge.models.places import Section, mark_of
from tuki.knowledge.slugs import slug

UNPLACED = 32767  # the position of an article that nobody has put in order: after those that have been


class Article(models.Model):
    """One matter that is explained, or one thing that is announced; what it says is a Translation for each language."""

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="+", db_index=False)
    source_language = models.CharField(max_length=8)  # the others are translated from it
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    promoted = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=UNPLACED)
    keywords = models.JSONField(default=list, blank=True)  # what people look for that stands in no title
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    review_at = models.DateField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    # How readers voted. Kept here so that a page need not count.
    helpful = models.PositiveIntegerField(default=0)
    unhelpful = models.PositiveIntegerField(default=0)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["section", "position", "id"], name="article_section"),
            models.Index(fields=["review_at", "id"], condition=Q(review_at__isnull=False), name="article_review"),
        ]

    def __str__(self) -> str:
        return f"article {self.pk}"

    @property
    def mark(self) -> str:
        """As a section's: of what is known of it beside its texts. Asks for its labels."""
        labels = sorted(self.labels.values_list("name", flat=True))
        people = (self.author_id, self.owner_id)
        return mark_of(
            self.section_id, self.audience_id, self.promoted, self.keywords, labels, *people, str(self.review_at or "")
        )


class Label(models.Model):
    """A word that puts articles together, the same in every language."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="labels", db_index=False)
    name = models.CharField(max_length=60)  # lower case

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["article", "name"], name="one_label_each")]
        indexes = [models.Index(fields=["name", "article"], name="label_name")]

    def __str__(self) -> str:
        return self.name


class Status(models.TextChoices):
    """Where a translation stands. What is written beside a published text is a Draft, and changes nothing of this."""

    DRAFT = "draft", _("draft")  # never published
    SCHEDULED = "scheduled", _("scheduled")  # never published, and will be by itself
    PUBLISHED = "published", _("published")
    ARCHIVED = "archived", _("archived")  # was published, and isn't any more


class Translation(models.Model):
    """What an article says in one language, as readers know it."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="translations", db_index=False)
    language = models.CharField(max_length=8)
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT)
    title = models.CharField(max_length=200, blank=True)  # this and what follows is empty until it is published
    body = models.TextField(blank=True)  # clean HTML
    excerpt = models.CharField(max_length=300, blank=True)
    contents = models.JSONField(default=list)  # [{"level", "id", "text"}] of its headings
    words = models.PositiveIntegerField(default=0)
    revision = models.ForeignKey("Revision", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)  # first
    updated_at = models.DateTimeField(null=True, blank=True)  # last
    # The revision of the source that it says the same as. outdated: that one has changed since.
    based_on = models.ForeignKey("Revision", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    outdated = models.BooleanField(default=False)
    # Grows with each change, of its draft too: who saves says which one they saw.
    version = models.PositiveIntegerField(default=0)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    changed_at = models.DateTimeField()
    folded = models.TextField(blank=True)  # its titles, published and drafted, as editors look them up

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["article", "language"], name="one_translation_per_language")]
        indexes = [
            models.Index(fields=["language", "-changed_at", "-id"], condition=Q(outdated=True), name="tr_outdated"),
            models.Index(fields=["language", "status", "-changed_at", "-id"], name="tr_status"),
            models.Index(fields=["-changed_at", "-id"], name="tr_changed"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def slug(self) -> str:
        """How its address goes on after the article's number."""
        return slug(self.title)

    @property
    def is_source(self) -> bool:
        return self.language == self.article.source_language


class Draft(models.Model):
    """What will be a translation's text once it is published. It is the desk's, whoever of the editors began it."""

    translation = models.OneToOneField(Translation, on_delete=models.CASCADE, related_name="draft")
    title = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)  # clean HTML
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["-saved_at", "-pk"]
        indexes = [models.Index(fields=["-saved_at", "-id"], name="draft_saved")]

    def __str__(self) -> str:
        return self.title


class Schedule(models.Model):
    """What will happen to a translation by itself, and when."""

    translation = models.OneToOneField(Translation, on_delete=models.CASCADE, related_name="schedule")
    publish_at = models.DateTimeField(null=True, blank=True)
    unpublish_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    tells = models.BooleanField(default=False)
    line = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"schedule of {self.translation_id}"


class Revision(models.Model):
    """A text as it was published. Never changed."""

    translation = models.ForeignKey(Translation, on_delete=models.CASCADE, related_name="revisions", db_index=False)
    number = models.PositiveIntegerField()  # 1, 2, 3 … of its translation
    title = models.CharField(max_length=200)
    body = models.TextField()
    note = models.CharField(max_length=300, blank=True)  # for colleagues
    line = models.CharField(max_length=300, blank=True)  # for followers
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    restores = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["translation", "number"], name="one_revision_per_number")]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


class Attachment(models.Model):
    """A file of an article: to be fetched from under it, or a picture in its body."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    inline = models.BooleanField(default=False)
    shown = models.BooleanField(default=False)  # to readers: a picture of a draft is its editors'
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["article", "file"], name="one_attachment_each")]

    def __str__(self) -> str:
        return f"{self.file_id} of article {self.article_id}"
