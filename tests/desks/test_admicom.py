"""Admicom: the ERP of building firms, in Finnish. Whoever a customer company lets into the product may ask for help."""

import pytest
from playwright.sync_api import expect

from tests.desks.conftest import journal, newest, now
from tuki.people.models import Team
from tuki.tickets import actions
from tuki.tickets.models import State, Ticket


@pytest.fixture
def blueprint() -> str:
    return "admicom"


@pytest.fixture
def asked(live_desk, nils) -> Ticket:
    """Nils' request, begun on the pages. He has no seat: at this desk nobody has."""
    return actions.submit("Lasku 1042 ei lähde", "<p>Jää tilaan valmis.</p>", by=nils)


@pytest.mark.both
def test_D1_anyone_of_a_customer_company_asks_without_a_seat_and_nobody_else_does(nils, mallory, page_of, axe):
    page = page_of(nils)
    page.goto("/hc/fi")
    page.get_by_role("link", name="Lähetä pyyntö").first.click()
    expect(page.get_by_role("radio")).to_have_count(0)  # nothing that the guide does not ask
    page.get_by_label("Otsikko").fill("Tuntikortti ei tallennu")
    page.get_by_label("Tuote").select_option("Tunnit ja matkat")
    page.get_by_label("Moduuli").select_option("Tuntikortit")
    page.get_by_label("Kuvaus").fill("Henkilö 27, viikko 46.")
    axe(page)
    page.get_by_role("button", name="Lähetä pyyntö").click()
    page.get_by_role("link", name="Avaa palvelupyyntö").click()
    expect(page.locator(".request-state")).to_contain_text("Vastaanotettu")
    assert (newest().requester, newest().module.key) == (nils.person, "tuntikortit")

    other = page_of(mallory)
    other.goto("/hc/fi/requests/new")
    expect(other.locator("main")).to_contain_text("vastuuhenkilö")
    assert other.request.post("/hc/fi/requests/new", form={"subject": "Päästä", "body": "sisään"}).status == 403
    assert Ticket.objects.count() == 1


def test_D2_the_form_asks_for_what_it_concerns_and_takes_attachments(nils, eva, page_of):
    page = page_of(nils)
    page.goto("/hc/fi/requests/new")
    for thing in ("asiakas", "lasku", "tosite"):
        expect(page.locator("#id_body_helptext")).to_contain_text(thing)
    page.get_by_label("Otsikko").fill("Verottajan selvityspyyntö")
    page.get_by_label("Kuvaus").fill("Työmaan 311 urakkailmoitus.")
    letter = {"name": "selvityspyynto.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 kirje"}
    page.get_by_label("Valitse tiedostoja").set_input_files([letter])
    page.get_by_role("button", name="Poista selvityspyynto.pdf").wait_for()
    page.get_by_role("button", name="Lähetä pyyntö").click()
    page.get_by_role("link", name="Avaa palvelupyyntö").click()
    agent = page_of(eva)
    agent.goto(f"/workspace/tickets/{newest().number}")
    link = agent.get_by_role("link", name="selvityspyynto.pdf", exact=True).first.get_attribute("href")
    assert agent.request.get(link).body() == letter["buffer"]


def test_D3_each_topic_has_its_team_and_a_call_is_told_from_what_is_written(eva, ada, asked, page_of):
    page = page_of(eva)
    page.goto("/workspace/tickets/new")
    page.get_by_label("Pyytäjä").fill("ada@acme.example")
    page.get_by_label("Otsikko").fill("Pekkaset puuttuvat laskelmalta")
    page.get_by_label("Mistä on kyse").fill("Soitti 9.40, palkkakausi 46.")
    page.get_by_label("Tiimi").select_option("Palkanlaskennan tuki")
    page.get_by_role("button", name="Luo palvelupyyntö").click()
    expect(page.get_by_role("heading", name="Pekkaset puuttuvat laskelmalta")).to_be_visible()

    called = newest()
    assert (called.requester, called.team.key) == (ada.person, "payroll")
    assert [ticket.via for ticket in (asked, called)] == ["web", "phone"]
    assert list(Team.objects.order_by("position").values_list("key", flat=True)) == [
        "general",
        "bookkeeping",
        "payroll",
    ]


@pytest.mark.both
def test_D4_support_asks_for_more_and_the_answer_makes_it_supports_turn(nils, eva, asked, page_of, hearing, arrived):
    page = page_of(nils)
    page.goto(f"/hc/fi/requests/{asked.number}")
    hearing(1)
    actions.reply(asked, "<p>Mikä on asiakasnumero?</p>", by=now(eva))
    expect(page.locator(".request-state")).to_contain_text("Odottaa sinua")
    arrived(nils, "Mikä on asiakasnumero?")

    page.locator("#reply textarea").fill("Se on 5512.")
    page.locator("#reply").get_by_role("button", name="Lähetä", exact=True).click()
    expect(page.locator(".request-state")).to_contain_text("Käsittelyssä")
    asked.refresh_from_db()
    assert asked.state == State.OPEN


def test_D5_what_waits_for_a_third_party_is_in_progress_for_the_customer_who_is_kept_told(
    nils, eva, asked, page_of, arrived, status
):
    actions.reply(asked, "<p>Kysymme operaattorilta.</p>", status=status("third-party"), by=now(eva))
    arrived(nils, "Kysymme operaattorilta.")
    page, agent = page_of(nils), page_of(eva)
    page.goto(f"/hc/fi/requests/{asked.number}")
    expect(page.locator(".request-state")).to_contain_text("Käsittelyssä")
    expect(page.locator("main")).not_to_contain_text("Kolmannella")
    agent.goto(f"/workspace/tickets/{asked.number}")
    expect(agent.locator("#head")).to_contain_text("Kolmannella")


@pytest.mark.both
def test_D7_a_manager_sees_what_the_company_asks_a_member_only_their_own_and_others_nothing(
    nils, bert, carol, dora, asked, page_of
):
    page = page_of(carol)
    page.goto("/hc/fi/requests?tab=organization")
    page.get_by_role("link", name="Lasku 1042 ei lähde").click()
    expect(page.locator("#thread")).to_contain_text("Jää tilaan valmis.")

    for other in (bert, dora):
        page = page_of(other)
        for address in ("?tab=organization&status=any", f"/{asked.number}"):
            page.goto(f"/hc/fi/requests{address}")
            expect(page.locator("main")).not_to_contain_text("Lasku 1042")


@pytest.mark.both
def test_D7_a_manager_runs_the_companys_own_people_and_nobody_elses(
    bert, carol, dora, nils, acme, globex, page_of, arrived, axe
):
    page = page_of(carol)
    page.goto("/hc/fi/company")
    people = page.get_by_role("table", name="Acme Oy")
    expect(people).to_contain_text("Nils Niemi")
    expect(people).not_to_contain_text("Dora")
    axe(page)
    page.get_by_label("Sähköpostiosoite").fill("uusi@acme.example")
    page.get_by_label("Nimi").fill("Uusi Uoti")
    page.get_by_role("button", name="Lähetä kutsu").click()
    expect(people.get_by_role("row", name="Uusi Uoti")).to_contain_text("Kutsuttu")
    arrived("uusi@acme.example", "Carol Cederberg")
    people.get_by_role("row", name="Nils Niemi").get_by_role("button", name="Tee hallinnoijaksi").click()
    expect(people.get_by_role("row", name="Nils Niemi")).to_contain_text("Hallinnoija")
    people.get_by_role("row", name="Bert Berg").get_by_role("button", name="Sulje pois").click()
    expect(people.get_by_role("row", name="Bert Berg")).to_contain_text("Suljettu pois")
    page.get_by_role("link", name="Mitä on muutettu").click()
    expect(page.locator("main")).to_contain_text("sulki pois henkilön Bert Berg")

    for other, address in (
        (carol, f"/hc/fi/company/{globex.pk}"),
        (dora, "/hc/fi/company"),
        (dora, f"/hc/fi/company/{acme.pk}"),
    ):
        assert page_of(other).request.get(address).status == 404
    there = dora.person.memberships.get().pk
    for company in (acme.pk, globex.pk):
        road = f"/hc/fi/company/{company}/people/{there}/suspension"
        token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
        forced = page.request.post(road, form={"value": "yes", "csrfmiddlewaretoken": token})
        assert forced.status == 404
    assert dora.person.memberships.get().suspended_at is None


def test_a_reply_opens_a_done_request_again_however_late(nils, eva, asked, status, page_of):
    """Ours: the guide names no end."""
    actions.set_status(asked, status("done"), by=now(eva))
    page = page_of(nils)
    page.goto(f"/hc/fi/requests/{asked.number}")
    expect(page.locator(".request-state")).to_contain_text("Valmis")
    page.locator("#reply textarea").fill("Sama vika uudestaan.")
    page.locator("#reply").get_by_role("button", name="Lähetä", exact=True).click()
    expect(page.locator(".request-state")).to_contain_text("Käsittelyssä")
    assert ("ticket.reopened", "Nils Niemi", "web") in journal(asked)
