"""The one-time link that makes a known person's account (F7, F12)."""

from urllib.parse import quote

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from tests.doors.portal.account.test_sign_in import is_in, same_words
from tuki.people import actions, invitations, standing
from tuki.people.models import Person

NEW = "a fresh long password"


@pytest.fixture
def met(eva):
    return actions.meet("new@somewhere.example", name="New One", by=eva)


@pytest.fixture
def link(met) -> str:
    return f"/hc/en/welcome/{invitations.token_for(met)}"


def accept(browser: Client, link: str, password: str = NEW, again: str = NEW):
    return browser.post(link, {"password1": password, "password2": again})


def test_an_invitation_by_support_comes_by_mail_and_leads_in(client, met, eva, mailed, link_in):
    actions.invite(met, by=eva)
    (mail,) = mailed(met.email)
    page = client.get(link_in(mail)).content.decode()
    assert "Welcome, New One" in page
    assert "At least 10 characters" in page

    answer = accept(client, link_in(mail))
    assert answer["Location"] == "/hc/en/requests"
    assert is_in(client)


def test_the_link_of_a_companys_invitation_joins_that_company_and_none_else_that_asks(
    client, acme, globex, carol, machine, mailed, link_in
):
    place = actions.invite_colleague(acme, "new@somewhere.example", by=carol)
    other = actions.invite_colleague(globex, "new@somewhere.example", by=machine)
    link = next(link_in(mail) for mail in mailed("new@somewhere.example") if "Acme Oy" in mail.subject)
    assert "With it you join Acme Oy" in client.get(link).content.decode()
    assert standing.place(Person.objects.get(pk=place.person_id)).organizations == ()

    answer = accept(client, link)
    assert "You belong to Acme Oy now." in client.get(answer["Location"]).content.decode()
    stands = standing.place(Person.objects.get(pk=place.person_id))
    assert (stands.organizations, stands.invited) == ((acme.pk,), (other.organization_id,))


def test_the_link_of_an_invitation_that_was_taken_back_joins_no_company(client, acme, carol):
    place = actions.invite_colleague(acme, "new@somewhere.example", by=carol)
    link = f"/hc/en/welcome/{invitations.token_for(place.person, place)}"
    actions.end_invitation(place, by=carol)
    accept(client, link)

    assert is_in(client)
    assert not place.person.memberships.exists()


def test_looking_at_the_link_does_not_use_it(client, link):
    for _ in range(3):
        assert client.get(link).status_code == 200
    client.head(link)

    assert accept(client, link).status_code == 302


def test_a_second_use_of_the_link_fails(client, link, met):
    accept(client, link)
    second = Client()

    assert second.get(link).status_code == 410
    assert accept(second, link, "the thief's password", "the thief's password").status_code == 410
    assert not is_in(second)
    met.refresh_from_db()
    assert met.check_password(NEW)


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [("short", "short", "too short"), (NEW, "another one entirely", "same password"), ("", "", "required")],
)
def test_a_password_that_can_not_be_says_why_and_leaves_the_link_alive(client, link, password, again, words):
    answer = accept(client, link, password, again)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert client.get(link).status_code == 200


def test_a_dead_link_offers_a_new_one_to_the_same_address(client, link, met, mailed, link_in):
    accept(client, link)
    Person.objects.filter(pk=met.pk).update(password="!")
    assert "Send me a new link" in client.get(link).content.decode()
    client.post(f"{link}/renewal")

    (mail,) = [mail for mail in mailed(met.email) if mail.kind == "invitation"]
    assert Client().get(link_in(mail)).status_code == 200


def test_a_dead_link_tells_nobody_whether_it_was_ever_for_anybody(link, met, mailed):
    Person.objects.filter(pk=met.pk).update(password="!")  # the link is dead now
    made_up = "/hc/en/welcome/WzEsICJub2JvZHkiXQ:1x:made-up"

    def words(address: str) -> list[object]:
        page = Client().get(address)
        asked = Client().post(f"{address}/renewal")
        token = address.rpartition("/")[2]
        told = same_words(page).replace(token, "TOKEN").replace(quote(token), "TOKEN")
        return [page.status_code, told, asked.status_code, asked["Location"]]

    assert words(link) == words(made_up)


def test_a_link_to_a_closed_account_is_dead_and_brings_no_mail(client, link, met, mailed):
    Person.objects.filter(pk=met.pk).update(is_active=False)

    assert client.get(link).status_code == 410
    client.post(f"{link}/renewal")
    assert mailed(met.email) == []


def test_new_links_are_not_had_without_end(link, met):
    Person.objects.filter(pk=met.pk).update(password="!")
    answers = [Client(REMOTE_ADDR=f"192.0.2.{n}").post(f"{link}/renewal") for n in range(4)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]


def test_whoever_else_was_signed_in_in_this_browser_is_so_no_more(inside, link, met):
    accept(inside, link)

    assert inside.get("/hc/en/account").context["request"].user == met


@pytest.mark.parametrize("who_is_in", ["client", "inside"])
def test_a_second_step_is_asked_of_whoever_has_one(request, who_is_in, link, met):
    browser = request.getfixturevalue(who_is_in)  # nobody, or somebody else
    TOTP.activate(met, generate_totp_secret())

    assert accept(browser, link)["Location"] == "/account/2fa/authenticate/"
    assert "One more step" in browser.get("/account/2fa/authenticate/").content.decode()
    assert not is_in(browser)
