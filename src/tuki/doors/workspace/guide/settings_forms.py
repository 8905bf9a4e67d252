"""The forms of an article's settings."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.guide.audiences import AudienceFields
from tuki.doors.workspace.guide.forms import section_choices
from tuki.knowledge import audience
from tuki.people import queries as people

if TYPE_CHECKING:
    from tuki.knowledge.models import Article


class SettingsForm(AudienceFields):
    """What may be changed of an article beside its texts."""

    section = forms.TypedChoiceField(label=_("Section"), coerce=int)
    labels = forms.CharField(label=_("Labels"), help_text=_("Parted by commas."), required=False)
    keywords = forms.CharField(
        label=_("Keywords"),
        help_text=_("What people look for that stands in no title. Parted by commas."),
        required=False,
    )
    promoted = forms.BooleanField(label=_("Promoted: first in its section and on the home page"), required=False)
    author = forms.TypedChoiceField(label=_("Author"), coerce=int)
    owner = forms.TypedChoiceField(label=_("Owner"), coerce=int, required=False, empty_value=None)
    review_at = forms.DateField(
        label=_("Review on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, request: AgentRequest, article: "Article", data: Mapping[str, Any] | None) -> None:
        self.request = request
        self.article = self.thing = article
        condition = article.audience.condition if article.audience else audience.EVERYONE
        super().__init__(
            condition,
            data,
            initial={
                "section": article.section_id,
                "labels": ", ".join(label.name for label in article.labels.all()),
                "keywords": ", ".join(article.keywords),
                "promoted": article.promoted,
                "author": article.author_id,
                "owner": article.owner_id or "",
                "review_at": article.review_at,
            },
        )
        self.fields["section"].choices = section_choices(request, beside=article.section)  # type: ignore[attr-defined]
        # Whoever left stays its author and owner until another is chosen.
        known = [*people.agents(), article.author, *([article.owner] if article.owner else [])]
        self.writers = {person.pk: person for person in known}
        writers = [(pk, str(person)) for pk, person in self.writers.items()]
        self.fields["author"].choices = writers  # type: ignore[attr-defined]
        self.fields["owner"].choices = [("", _("Nobody")), *writers]  # type: ignore[attr-defined]

    def again(self, data: QueryDict) -> Self:
        return type(self)(self.request, self.article, data)


class AddressForm(forms.Form):
    """An address of before that is to lead to the article."""

    address = forms.CharField(
        label=_("Another address that leads here"),
        help_text=_("As it is printed or linked to. Its site and language make no difference."),
        max_length=1000,
        widget=forms.TextInput(attrs={"placeholder": "/hc/fi/articles/360001-laskut", "autocomplete": "off"}),
    )
