from django import forms
from django.test import Client

from tests.knowledge.conftest import drafted, guides, invoices, news, published

__all__ = ["drafted", "guides", "invoices", "news", "published"]


def as_it_stands(browser: Client, path: str) -> dict[str, object]:
    """What a browser sends of a page's form in which nothing was touched."""
    form = browser.get(path).context["form"]
    fields = {name: form[name] for name in form.fields}
    sent = {name: _untouched(field.field, field.value()) for name, field in fields.items()}
    sent |= {"seen": form.opened()} if hasattr(form, "opened") else {}
    return {name: value for name, value in sent.items() if value not in (None, False, "", [])}


def _untouched(field: forms.Field, value: object) -> object:
    """A browser sends only what it was offered: of a list the first one where none is chosen."""
    choices = [str(key) for key, _words in getattr(field, "choices", [])]
    if isinstance(field, forms.MultipleChoiceField):
        return [key for key in choices if key in {str(one) for one in value or []}]
    if choices and str(value) not in choices:
        return None if isinstance(field.widget, forms.RadioSelect) else choices[0]
    return value
