"""What readers do: they vote, they read, they follow."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tuki.desk.models import Product
from tuki.knowledge.models.articles import Article
from tuki.knowledge.models.places import Section


class Vote(models.Model):
    """Whether a reader found an article helpful (A18): a person's, or a browser's in which nobody was signed in."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="votes", db_index=False)
    language = models.CharField(max_length=8)  # in which it was read
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", null=True)
    browser = models.CharField(max_length=32, blank=True)  # of the token that it keeps; empty for a person's
    helpful = models.BooleanField()
    reason = models.TextField(blank=True)  # of a "no", for editors
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["article", "person"], condition=Q(person__isnull=False), name="one_vote_per_person"
            ),
            models.UniqueConstraint(
                fields=["article", "browser"], condition=~Q(browser=""), name="one_vote_per_browser"
            ),
        ]
        indexes = [models.Index(fields=["article", "-at", "-id"], name="vote_article")]

    def __str__(self) -> str:
        return f"{'yes' if self.helpful else 'no'} to article {self.article_id}"


class Views(models.Model):
    """How often an article was read on a day, in a language."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="views", db_index=False)
    language = models.CharField(max_length=8)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "language", "day"], name="one_count_per_article_and_day")
        ]
        indexes = [models.Index(fields=["day", "article"], name="views_day")]

    def __str__(self) -> str:
        return f"{self.count} of article {self.article_id} on {self.day}"


class Pace(models.TextChoices):
    """How soon a follower hears."""

    AT_ONCE = "at_once", _("at once")
    DAILY = "daily", _("once a day")
    WEEKLY = "weekly", _("once a week")


class Offered(models.Model):
    """That somebody was offered to follow service releases, and has answered."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"offered to {self.person_id}"


class Following(models.Model):
    """That somebody wants to hear of what is published: a person, or an address that its owner has confirmed.

    Of an article, a section with its subsections, or the release notes of a product.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", null=True, blank=True, db_index=False
    )
    address = models.EmailField(blank=True)  # in small letters; empty for a person
    language = models.CharField(max_length=8, blank=True)  # that an address reads; a person has their own
    confirmed_at = models.DateTimeField(null=True, blank=True)  # a person's is confirmed from its beginning
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    pace = models.CharField(max_length=7, choices=Pace, default=Pace.AT_ONCE)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(article__isnull=False, section=None, product=None)
                | Q(article=None, section__isnull=False, product=None)
                | Q(article=None, section=None, product__isnull=False),
                name="following_is_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, address="") | (Q(person=None) & ~Q(address="")),
                name="following_is_somebodys",
            ),
            *(
                models.UniqueConstraint(
                    fields=["person", thing],
                    condition=Q(**{"person__isnull": False, f"{thing}__isnull": False}),
                    name=f"person_follows_{thing}_once",
                )
                for thing in ("article", "section", "product")
            ),
            *(
                models.UniqueConstraint(
                    fields=["address", thing],
                    condition=~Q(address="") & Q(**{f"{thing}__isnull": False}),
                    name=f"address_follows_{thing}_once",
                )
                for thing in ("article", "section", "product")
            ),
        ]

    def __str__(self) -> str:
        return f"following {self.pk}"

    @property
    def thing(self) -> Article | Section | Product:
        found = self.article or self.section or self.product
        assert found is not None
        return found
