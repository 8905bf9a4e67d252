"""Who one is: name, language, time zone, phones."""

import pytest

from tuki.journal.models import Entry

PAGE = "/hc/en/account"
FIELDS = {"name": "Ada Aalto", "language": "en", "time_zone": "Europe/Helsinki", "phone_0": "", "phone_1": ""}


def save(browser, **fields):
    return browser.post(PAGE, FIELDS | fields)


def test_a_profile_is_changed_and_that_is_said_and_written_down(inside, ada_person):
    answer = save(inside, name="Ada A.", time_zone="Europe/Stockholm", phone_0="+358 40 123")

    assert "Your changes are saved." in inside.get(answer["Location"]).content.decode()
    ada_person.refresh_from_db()
    assert (ada_person.name, ada_person.time_zone, ada_person.phones) == ("Ada A.", "Europe/Stockholm", ["+358 40 123"])
    entry = Entry.objects.get(event="person.profile_changed", on_id=ada_person.pk)
    assert sorted(entry.data["fields"]) == ["name", "phones", "time_zone"]
    assert entry.person_id == ada_person.pk


def test_a_new_language_is_spoken_at_once_F12(inside, ada_person):
    answer = save(inside, language="fi")

    assert answer["Location"] == "/hc/fi/account"
    assert inside.get("/account/password/change/")["Content-Language"] == "fi"


@pytest.mark.parametrize("typed", ["europe/stockholm", " Europe/Stockholm ", "EUROPE/STOCKHOLM"])
def test_a_time_zone_may_be_typed_as_people_type(inside, ada_person, typed):
    save(inside, time_zone=typed)

    ada_person.refresh_from_db()
    assert ada_person.time_zone == "Europe/Stockholm"


@pytest.mark.parametrize(
    ("field", "value"), [("time_zone", "Atlantis"), ("language", "de"), ("name", ""), ("name", "x" * 121)]
)
def test_what_can_not_be_says_so_beside_its_field_and_keeps_the_rest(inside, ada_person, field, value):
    answer = save(inside, **{"phone_0": "+358 40 123", field: value})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "+358 40 123" in answer.content.decode()
    ada_person.refresh_from_db()
    assert ada_person.phones == []


def test_every_phone_that_there_is_can_be_seen_and_taken_away(inside, ada_person):
    ada_person.phones = ["1", "2", "3", "4"]
    ada_person.save()
    page = inside.get(PAGE)
    assert [field.value() for field in page.context["form"].phones] == ["1", "2", "3", "4"]

    save(inside, phone_0="1", phone_1="", phone_2="3", phone_3="4")
    ada_person.refresh_from_db()
    assert ada_person.phones == ["1", "3", "4"]


def test_agents_have_the_same_page(client, eva):
    client.force_login(eva.person)

    assert "Workspace" in client.get(PAGE).content.decode()
    assert client.get(PAGE).status_code == 200


@pytest.mark.parametrize("page", ["", "/addresses", "/sessions"])
def test_an_account_is_for_whoever_is_signed_in(client, desk, page):
    assert client.get(PAGE + page)["Location"] == f"/account/login/?next={PAGE}{page}"
