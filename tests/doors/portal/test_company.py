"""A company's page, where its managers run its people (A3, D7)."""

import re

import pytest
from allauth.account.models import EmailAddress

from tuki.desk.models import WhoGivesSeats
from tuki.journal.models import Entry
from tuki.people import actions, standing
from tuki.people.actor import Actor
from tuki.people.models import Membership, Package, Person
from tuki.tickets.models import Ticket


@pytest.fixture(autouse=True)
def _companies_give(rules):
    rules(who_gives_seats=WhoGivesSeats.COMPANY)


@pytest.fixture
def gold(acme, machine) -> Package:
    """Acme's package, whose three seats ada, bert and carol hold."""
    package = Package.objects.create(key="gold", labels={"en": "Gold"}, seats=3)
    actions.sell_package(acme, package, by=machine)
    return package


@pytest.fixture
def page(browser_of, carol):
    """Carol's browser, which knows the company's page."""
    browser = browser_of(carol)
    browser.company = lambda: str(browser.get("/hc/en/company").content, "utf-8")
    return browser


def place_of(actor: Actor, organization=None) -> Membership:
    places = Membership.objects.filter(person=actor.person)
    return places.get(organization=organization) if organization else places.get()


def post(page, acme, road: str, **fields):
    return page.post(f"/hc/en/company/{acme.pk}/{road}", fields)


def test_a_manager_sees_the_companys_people_with_their_rights_and_nobody_elses(
    page, words_of, acme, gold, ada, bert, nils, dora
):
    words = words_of(page.get("/hc/en/company"))

    assert "3 of 3 in use · package Gold" in words
    for name in ("Ada Aalto", "Bert Berg", "Carol Cederberg", "Nils Niemi", "nils@acme.example"):
        assert name in words
    assert "Dora" not in words


def test_only_managers_are_shown_the_way_there(browser_of, page, ada, eva):
    road = 'href="/hc/en/company"'
    assert road in page.get("/hc/en/requests").content.decode()
    for actor in (ada, eva):
        assert road not in browser_of(actor).get("/hc/en/requests").content.decode()


def test_who_manages_several_companies_chooses_among_them(page, acme, globex, carol, machine):
    actions.make_manager(actions.join(carol.person, globex, by=machine), True, by=machine)

    assert f'href="/hc/en/company/{globex.pk}"' in page.company()
    assert "<h1>Globex Oy</h1>" in page.get(f"/hc/en/company/{globex.pk}").content.decode()


def test_a_colleague_is_invited_with_the_right(page, acme):
    answer = post(page, acme, "invitations", email="New@acme.example", called="Noora", language="fi", with_seat="on")

    place = Membership.objects.get(person__email="new@acme.example")
    assert answer.url == f"/hc/en/company/{acme.pk}#place-{place.pk}"
    assert place.seat is not None
    assert (place.person.name, place.person.language) == ("Noora", "fi")
    page_now = page.company()
    assert "An invitation is on its way to new@acme.example." in page_now
    assert "Invited" in page_now


def test_an_invitation_that_cant_be_sent_says_why_beside_its_form_and_keeps_what_was_typed(page, acme, gold, ada, bert):
    answer = post(page, acme, "invitations", email="new@acme.example", called="Noora", language="en", with_seat="on")
    words = answer.content.decode()

    assert answer.status_code == 422
    assert "Gold has room for 3, and these hold it: Carol Cederberg, Ada Aalto, Bert Berg." in words
    assert 'value="Noora"' in words
    assert 'value="new@acme.example"' in words
    assert not Person.objects.filter(email="new@acme.example").exists()


@pytest.mark.parametrize("address", ["info@acme.example", "nonsense", "", "ada@acme.example", "eva@festum.example"])
def test_whom_an_invitation_can_t_be_for_is_said_at_the_address(page, acme, ada, eva, rules, address):
    rules(shared_mailboxes=["info"])
    answer = post(page, acme, "invitations", email=address, called="", language="en", with_seat="on")

    assert answer.status_code == 422
    assert answer.context["invite"].errors["email"]


def test_who_is_known_and_who_is_not_look_the_same_while_they_are_invited(page, acme, dora, words_of):
    for address in ("dora@globex.example", "nobody@globex.example"):
        post(page, acme, "invitations", email=address, called="Somebody", language="en")
    rows = re.findall(r'<tr role="row" id="place-\d+">.*?</tr>', page.company(), re.S)
    known, new = (re.sub(r"\d+|dora|nobody|value=\"\w{30,}\"", "", row) for row in rows if "Invited" in row)

    assert known == new
    assert "Somebody" in known


def test_an_invitation_at_a_further_address_does_not_show_the_first(page, acme, dora):
    EmailAddress.objects.create(user=dora.person, email="dd@private.example", verified=True, primary=False)
    post(page, acme, "invitations", email="dd@private.example", called="", language="en")

    words = page.company()
    assert "dd@private.example" in words
    assert "dora@globex.example" not in words


@pytest.mark.parametrize("address", ["dora@globex.example", "nobody@globex.example"])
def test_an_invitation_is_taken_back(page, acme, carol, dora, address):
    place = actions.invite_colleague(acme, address, name="Somebody", by=carol)
    post(page, acme, f"people/{place.pk}/invitation", value="no")

    assert not Membership.objects.filter(pk=place.pk).exists()
    assert "The invitation of Somebody is taken back." in page.company()


def test_an_invitation_is_sent_again_but_not_time_after_time(page, acme, carol):
    place = actions.invite_colleague(acme, "new@acme.example", name="Noora", by=carol)
    answers = [post(page, acme, f"people/{place.pk}/invitation", value="yes").status_code for _time in range(4)]

    assert answers == [302, 302, 302, 409]
    assert Entry.objects.filter(event="organization.colleague_invited").count() == 4


def test_nobody_is_invited_time_after_time_by_whichever_manager(page, acme, carol, nils, browser_of, machine):
    actions.make_manager(place_of(nils), True, by=machine)
    other = browser_of(nils)
    for _time in range(5):
        assert post(page, acme, "invitations", email="New@nowhere.example", called="", language="en").status_code == 302
        actions.end_invitation(Membership.objects.get(person__email="new@nowhere.example"), by=carol)
    answers = [
        post(browser, acme, "invitations", email="new@nowhere.example", called="N", language="en")
        for browser in (page, other)
    ]

    for answer in answers:
        assert answer.status_code == 422
        assert "Too many invitations were sent today." in answer.content.decode()
    assert Entry.objects.filter(event="organization.colleague_invited").count() == 5
    assert post(page, acme, "invitations", email="x@nowhere.example", called="", language="en").status_code == 302


def test_a_manager_invites_so_many_in_a_day_and_no_more(page, acme, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"invite_colleague": "2/d/user,5/d/key"}
    answers = [
        post(page, acme, "invitations", email=f"p{n}@nowhere.example", called="", language="en") for n in range(3)
    ]

    assert [answer.status_code for answer in answers] == [302, 302, 422]


def test_a_right_is_given_taken_and_moved(page, acme, ada, nils):
    post(page, acme, f"people/{place_of(nils).pk}/seat", value="yes")
    assert "Nils Niemi may use support now." in page.company()
    assert place_of(nils).seat is not None

    post(page, acme, f"people/{place_of(nils).pk}/seat", value="no")
    assert "Nils Niemi may use support no longer." in page.company()

    post(page, acme, "seats", held=place_of(ada).pk, to=place_of(nils).pk)
    assert "Nils Niemi has the right now, and Ada Aalto has it no longer." in page.company()
    assert (place_of(ada).seat, place_of(nils).seat is not None) == (None, True)


def test_no_right_moves_before_somebody_was_chosen(page, acme, ada, nils):
    post(page, acme, "seats", held="", to=place_of(nils).pk)

    assert "Not chosen" in page.company()
    assert (place_of(ada).seat is not None, place_of(nils).seat) == (True, None)


def test_the_main_contacts_right_is_not_offered_to_be_taken_nor_moved(page, acme, ada, bert, eva):
    actions.name_main_contact(place_of(ada), by=eva)
    shown = page.company()

    assert f"people/{place_of(bert).pk}/seat" in shown
    assert f"people/{place_of(ada).pk}/seat" not in shown
    answer = post(page, acme, "seats", held=place_of(ada).pk, to=place_of(bert).pk)
    assert answer.status_code == 422
    assert place_of(ada).seat is not None


def test_a_right_too_many_is_refused_beside_the_person_with_the_names_of_those_who_have_it(
    page, acme, gold, ada, bert, nils
):
    answer = post(page, acme, f"people/{place_of(nils).pk}/seat", value="yes")
    words = answer.content.decode()

    assert answer.status_code == 409
    assert words.count("these hold it: Carol Cederberg, Ada Aalto, Bert Berg") == 2  # at the top and in the row
    assert place_of(nils).seat is None


def test_somebody_is_suspended_and_let_back(page, acme, ada):
    post(page, acme, f"people/{place_of(ada).pk}/suspension", value="yes")
    assert "Ada Aalto is suspended, and signed out everywhere." in page.company()
    assert place_of(ada).suspended_at is not None

    post(page, acme, f"people/{place_of(ada).pk}/suspension", value="no")
    assert "Ada Aalto is back in the company." in page.company()
    assert place_of(ada).suspended_at is None


def test_a_manager_is_made_and_unmade(page, acme, nils):
    post(page, acme, f"people/{place_of(nils).pk}/management", value="yes")
    assert "Nils Niemi is a manager now." in page.company()

    post(page, acme, f"people/{place_of(nils).pk}/management", value="no")
    assert "Nils Niemi is a manager no longer." in page.company()
    assert place_of(nils).role == "member"


def test_nobody_suspends_themselves_and_the_page_does_not_offer_it(page, acme, carol):
    mine = place_of(carol).pk
    assert f"people/{mine}/suspension" not in page.company()

    assert post(page, acme, f"people/{mine}/suspension", value="yes").status_code == 409


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (WhoGivesSeats.SUPPORT, "Support gives this right."),
        (WhoGivesSeats.NOBODY, "nobody has to be given a right for it"),
    ],
)
def test_where_the_company_does_not_give_the_right_nothing_offers_it_and_the_page_says_who_does(
    page, acme, nils, rules, rule, words
):
    rules(who_gives_seats=rule, who_submits="anyone" if rule == WhoGivesSeats.NOBODY else "seats")
    shown = page.company()

    assert words in shown
    assert "/seat" not in shown
    assert 'name="with_seat"' not in shown
    assert post(page, acme, f"people/{place_of(nils).pk}/seat", value="yes").status_code == 403


def test_another_package_is_asked_for_without_the_right_to_submit(page, acme, gold, carol, eva, machine):
    actions.name_account_manager(acme, eva.person, by=machine)
    actions.take_seat(place_of(carol), by=machine)
    page.force_login(carol.person)
    platinum = Package.objects.create(key="platinum", labels={"en": "Platinum"}, seats=9)
    answer = post(page, acme, "package", package=platinum.pk, words="We are <b>nine</b> now.")

    ticket = Ticket.objects.get()
    assert answer.url == f"/hc/en/requests/{ticket.number}/sent"
    assert ticket.subject == "Acme Oy: another package, Platinum"
    assert "asks for the package Platinum" in ticket.messages.get().html
    assert "We are &lt;b&gt;nine&lt;/b&gt; now." in ticket.messages.get().html
    assert (ticket.organization, ticket.assignee) == (acme, eva.person)


def test_the_same_wish_sent_twice_is_one_request(page, acme, gold):
    platinum = Package.objects.create(key="platinum", labels={"en": "Platinum"}, seats=9)
    for _time in range(2):
        post(page, acme, "package", package=platinum.pk, words="More.", once="1-abc")

    assert Ticket.objects.count() == 1


def test_the_history_is_in_words_and_keeps_supports_notes_from_managers(page, acme, carol, nils, machine, words_of):
    actions.change_organization(acme, note="Pays late.", by=machine)
    actions.give_seat(place_of(nils), by=carol)
    words = words_of(page.get(f"/hc/en/company/{acme.pk}/history"))

    assert "Carol Cederberg gave to Nils Niemi: seat" in words
    assert "facts" not in words


def test_the_page_asks_as_often_for_many_people_as_for_few(page, acme, carol, machine, questions, person):
    few = questions(page.company)
    for number in range(40):
        member = person(f"p{number}@acme.example", f"P {number}")
        actions.give_seat(Membership.objects.get(person=member), by=machine)

    assert questions(page.company) == few


def test_beyond_fifty_people_the_list_goes_on(page, acme, machine, person):
    for number in range(60):
        person(f"p{number}@acme.example", f"P {number}")
    first = page.get("/hc/en/company").context["page"]

    assert len(first.rows) == 50
    rest = page.get("/hc/en/company", {"at": first.older}).context["page"]
    assert len(rest.rows) == 11
    assert {row.pk for row in first.rows}.isdisjoint(row.pk for row in rest.rows)


def test_whoever_is_asked_to_join_reads_so_on_every_page_and_accepts(browser_of, acme, globex, carol, dora):
    place = actions.invite_colleague(acme, "dora@globex.example", with_seat=True, by=carol)
    browser = browser_of(dora)
    assert "A company asks you to join it." in browser.get("/hc/en").content.decode()
    assert "Acme Oy" in browser.get("/hc/en/invitations").content.decode()

    browser.post(f"/hc/en/invitations/{place.pk}", {"value": "yes"})
    page = browser.get("/hc/en").content.decode()
    assert "You belong to Acme Oy now." in page
    assert "A company asks you" not in page
    assert acme.pk in standing.place(Person.objects.get(pk=dora.person_id)).organizations


def test_whoever_declines_is_not_heard_of_again(browser_of, acme, carol, dora):
    place = actions.invite_colleague(acme, "dora@globex.example", name="D", by=carol)
    browser = browser_of(dora)
    browser.post(f"/hc/en/invitations/{place.pk}", {"value": "no"})

    assert "You have declined the invitation of Acme Oy." in browser.get("/hc/en").content.decode()
    assert not Membership.objects.filter(pk=place.pk).exists()
    assert "Dora" not in browser_of(carol).get(f"/hc/en/company/{acme.pk}/history").content.decode()


def test_what_was_typed_is_there_again_after_a_sign_in(page, acme, carol):
    page.logout()
    post(page, acme, "invitations", email="new@acme.example", called="Noora", language="en")
    page.force_login(carol.person)

    assert 'value="new@acme.example"' in page.get(f"/hc/en/company/{acme.pk}").content.decode()
