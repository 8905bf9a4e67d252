from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from tuki.tickets.models import Status


def drawn(template: str, **context: object) -> str:
    return Template(template).render(Context(context)).strip()


def test_a_moment_carries_its_exact_time():
    at = timezone.now() - timedelta(minutes=3)

    said = drawn("{% moment at %}", at=at)

    assert said.startswith(f'<time datetime="{at.isoformat(timespec="seconds")}" title="')
    assert said.endswith(">3 minutes ago</time>")
    assert drawn("{% moment at %}", at=None) == ""


def test_a_status_is_a_word_for_its_reader_and_a_colour_of_its_state():
    labels = {"en": "Pending"}
    row = Status(state="pending", labels=labels, customer_labels={"en": "Awaiting <your> reply"})

    assert drawn("{% status row %}", row=row) == '<span class="pill pill-pending">Pending</span>'
    assert "Awaiting &lt;your&gt; reply" in drawn('{% status row "customer" %}', row=row)


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Aino Laine", "AL"),
        ("aino", "A"),
        ("Åsa von Öhman", "ÅÖ"),
        ("(no) name", "N"),
        ("<b>", "?"),
        ("@", "?"),
    ],
)
def test_an_avatar_is_the_initials(name, initials):
    assert f">{initials}</span>" in drawn("{% avatar person %}", person=SimpleNamespace(pk=9, shown_name=name))


def test_an_icon_is_decoration():
    svg = drawn('{% icon "check" %}')

    assert svg.startswith("<svg")
    assert 'aria-hidden="true"' in svg
    assert "\n" not in svg


def test_a_message_is_shown_with_what_it_quotes_folded_and_nothing_once_removed():
    said = SimpleNamespace(html="<p>Yes</p>", quoted="<p>No?</p>", redacted_at=None)
    removed = SimpleNamespace(html="<p>Yes</p>", quoted="", redacted_at=datetime(2026, 1, 1, tzinfo=UTC))

    assert drawn("{{ m|shown_html }}", m=said).startswith('<p>Yes</p><details class="quoted">')
    assert "<details" not in drawn("{{ m|shown_html }}", m=SimpleNamespace(html="x", quoted="", redacted_at=None))
    assert "Yes" not in drawn("{{ m|shown_html }}", m=removed)


def test_an_address_is_changed_in_one_part_and_keeps_the_others():
    request = RequestFactory().get("/", {"q": 'a"&b', "tab": "mine", "at": "old"})

    assert drawn('{% address_with at="new" %}', request=request) == "?q=a%22%26b&amp;tab=mine&amp;at=new"
    assert drawn('{% address_with at="" tab="" %}', request=request) == "?q=a%22%26b"
