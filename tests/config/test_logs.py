"""What is written down holds nothing of what people say or are."""

import io
import json
import logging

import pytest
from django.db import IntegrityError
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from tuki.config import logs
from tuki.people.models import Person


def page(request, key):
    if key == "broken":
        raise ValueError(f"no such request: '{key}' of ada@acme.example")
    logging.getLogger("tuki.test").warning("of ada@acme.example")
    return HttpResponse()


urlpatterns = [path("invitation/<key>", page, name="invitation")]


@pytest.fixture
def lines():
    """The lines written since."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.Lines())
    handler.addFilter(logs.RouteForPath())
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_a_request_is_a_line_with_its_route_and_without_its_path(client, lines, ada_person):
    client.force_login(ada_person)
    answer = client.get("/invitation/secret?q=searched")

    said, request = lines()[-2:]
    assert (request["route"], request["status"], request["person"]) == ("invitation", 200, ada_person.pk)
    assert request["request"] == said["request"] == answer["X-Request-ID"]
    assert "secret" not in json.dumps(lines())
    assert "searched" not in json.dumps(lines())
    assert "ada" not in json.dumps(lines())


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_what_fails_is_written_down_with_its_place_and_without_its_values(client, lines, desk):
    client.raise_request_exception = False
    client.get("/invitation/broken")

    failed = next(line for line in lines() if "error" in line)
    assert failed["message"] == "Internal Server Error: invitation"
    assert failed["error"]["kind"] == "ValueError"
    assert failed["error"]["words"] == "no such request: … of …@…"
    assert any(place.endswith(" page") for place in failed["error"]["at"])


@pytest.mark.django_db
def test_what_the_database_quotes_of_a_row_is_not_written_down(lines, ada_person):
    try:
        Person.objects.create(email="ada@acme.example")
    except IntegrityError:
        logging.getLogger("tuki.test").exception("it is there already")

    assert "ada" not in json.dumps(lines())


def test_a_line_stays_one_line(lines):
    logging.getLogger("tuki.test").warning("two\nlines")

    assert lines()[-1]["message"] == "two\nlines"
