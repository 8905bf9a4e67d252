"""Parts of a page that are drawn once for the same values."""

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from tuki.look.kept import key


def drawn(template: Template, **values: object) -> str:
    return template.render(Context(values))


def test_a_part_is_drawn_once_for_the_same_values():
    template = Template("{% kept name=name %}{{ name }}{% now 'u' %}{% endkept %}")
    first = drawn(template, name="Ada")

    assert drawn(template, name="Ada") == first
    assert drawn(template, name="Bert").startswith("Bert")


def test_a_part_sees_only_what_it_is_kept_by():
    template = Template("{% kept name=name %}{{ name }}{{ secret }}{% endkept %}")

    assert drawn(template, name="Ada", secret="s3cret") == "Ada"


def test_each_language_has_its_own():
    template = Template("{% load i18n %}{% kept name=name %}{{ language }} {{ name }}{% endkept %}")
    with translation.override("en"):
        english = drawn(template, name=gettext_lazy("Yes"))
    with translation.override("fi"):
        finnish = drawn(template, name=gettext_lazy("Yes"))

    assert (english, finnish) == ("en Yes", "fi Kyllä")


@pytest.mark.parametrize(
    ("one", "other"),
    [("<b>", mark_safe("<b>")), (1, True), ("1", 1), (("<b>",), (mark_safe("<b>"),)), (None, "None")],
    ids=repr,
)
def test_values_that_are_drawn_differently_are_told_apart(one, other):
    assert key(one) != key(other)


def test_a_row_is_no_value_to_keep_a_part_by(ada):
    template = Template("{% kept person=person %}{{ person }}{% endkept %}")

    with pytest.raises(TypeError, match="Person"):
        drawn(template, person=ada.person)
    with pytest.raises(TypeError, match="Person"):
        drawn(template, person=(ada.person,))


def test_each_reader_gets_a_secret_of_their_own_in_a_form_of_it():
    template = Template("{% kept at=at %}<form>{% csrf_token %}</form>{% endkept %}")

    assert 'value="adas"' in drawn(template, at="open", csrf_token="adas")
    assert 'value="berts"' in drawn(template, at="open", csrf_token="berts")
