"""The forms of the editor."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tuki.desk.queries import the_desk
from tuki.doors.once import new_token
from tuki.knowledge.queries import editing

if TYPE_CHECKING:
    from tuki.doors.workspace.entrance import AgentRequest
    from tuki.knowledge.models import Section, Translation


@dataclass(frozen=True)
class Text:
    """What an editor has before them. version: of the translation that it was written upon."""

    title: str
    body: str
    version: int

    @classmethod
    def kept(cls, translation: "Translation") -> "Text":
        """As it was last saved: the draft, else what readers see."""
        draft = getattr(translation, "draft", None)
        source = draft or translation
        return cls(source.title, source.body, translation.version)

    @classmethod
    def typed(cls, request: "AgentRequest") -> "Text":
        """As it was just sent."""
        version = request.POST.get("version", "")
        known = int(version) if version.isdecimal() and len(version) < 10 else -1
        return cls(request.POST.get("title", ""), request.POST.get("body", ""), known)


class NewForm(forms.Form):
    """An article that is begun. once: what the form is known by when it comes again."""

    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(attrs={"autofocus": True}))
    section = forms.TypedChoiceField(label=_("Section"), coerce=int)
    language = forms.ChoiceField(label=_("Language it is first written in"))

    def __init__(self, request: "AgentRequest", data: Mapping[str, Any] | None = None, **named: Any) -> None:
        super().__init__(data, **named)
        self.once = new_token(request.actor)
        self.fields["section"].choices = section_choices(request)  # type: ignore[attr-defined]
        self.fields["language"].choices = language_choices()  # type: ignore[attr-defined]


def section_choices(request: "AgentRequest", beside: "Section | None" = None) -> list[tuple[int, str]]:
    """Where somebody may put an article: "Guides – Invoices – Scanning". beside: where one stands now."""
    found = []
    for section in editing.sections(request.actor, beside=beside):
        places = [section.category, section.parent, section]
        found.append((section.pk, " – ".join(str(place) for place in places if place)))
    return found


def language_choices(beside: Iterable[str] = ()) -> list[tuple[str, str]]:
    """The desk's languages. beside: some that are named somewhere, whether or not the desk still speaks them."""
    names = dict(settings.LANGUAGES)
    return [(code, names.get(code, code)) for code in dict.fromkeys([*the_desk().languages, *beside])]


def _moment() -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(required=False, widget=widget)


class PublishingForm(forms.Form):
    """When a text is published and taken away, and who hears of it. Moments are read in the zone that is chosen."""

    when = forms.ChoiceField(
        label=_("Publish"),
        choices=[("now", _("now")), ("later", _("at a moment"))],
        widget=forms.RadioSelect,
        initial="now",
    )
    publish_at = _moment()
    unpublish_at = _moment()
    zone = forms.ChoiceField(label=_("Time zone"))
    tells = forms.BooleanField(
        label=_("Tell followers"),
        help_text=_("Daily and weekly mails too tell only of what is told here. Leave it off for a small correction."),
        required=False,
    )
    line = forms.CharField(
        label=_("A line for them"),
        help_text=_("Stands first in their mail."),
        max_length=300,
        required=False,
    )
    note = forms.CharField(
        label=_("Note on this revision"), help_text=_("For colleagues."), max_length=300, required=False
    )
    outdates = forms.BooleanField(label=_("Translations have to follow"), required=False, initial=True)

    def __init__(self, data: Mapping[str, Any] | None = None, **named: Any) -> None:
        super().__init__(data, **named)
        self.fields["publish_at"].label = _("Publish at")
        self.fields["unpublish_at"].label = _("Take away at")
        own = timezone.get_current_timezone_name()
        zones = list(dict.fromkeys([own, the_desk().time_zone, "UTC"]))
        self.fields["zone"].choices = [(zone, zone.replace("_", " ")) for zone in zones]  # type: ignore[attr-defined]
        self.fields["zone"].initial = own

    @classmethod
    def planned(cls, translation: "Translation") -> "PublishingForm":
        """As it is planned now."""
        schedule = getattr(translation, "schedule", None)
        if schedule is None:
            return cls()
        plan = {name: getattr(schedule, name) for name in ("publish_at", "unpublish_at", "tells", "line", "note")}
        return cls(initial={**plan, "when": "later" if schedule.publish_at else "now"})

    @classmethod
    def sent(cls, data: Mapping[str, Any]) -> "PublishingForm":
        """As it was sent, cleaned."""
        form = cls(data)
        zone = data.get("zone", "")
        known = {code for code, _words in form.fields["zone"].choices}  # type: ignore[attr-defined]
        with timezone.override(ZoneInfo(zone) if zone in known else timezone.get_current_timezone()):
            form.full_clean()
        return form

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("when") == "later" and not cleaned.get("publish_at") and "publish_at" not in self.errors:
            self.add_error("publish_at", _("When is it to be published?"))
        if cleaned.get("when") == "now":
            cleaned["publish_at"] = None
        for name in ("publish_at", "unpublish_at"):
            if cleaned.get(name) and cleaned[name] <= timezone.now():
                self.add_error(name, _("This moment has passed."))
        return cleaned
