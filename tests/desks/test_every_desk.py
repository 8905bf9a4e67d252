"""What every desk owes: one thread a matter, nothing lost or doubled, and nobody sees what is not theirs."""

import re
import time

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import nodes
from tests.conftest import PASSWORD
from tests.desks.conftest import hand_in, journal, mails_to, newest, now
from tests.desks.pages import CAST, fill, places
from tuki.files.actions import store
from tuki.jobs.models import Job
from tuki.live.hub import RECENT
from tuki.live.signals import tell
from tuki.live.streams import APART
from tuki.mail.models import Delivery, Outcome, RawMail
from tuki.tickets import actions, marks
from tuki.tickets.models import Message, State, Status, Ticket

CANARY = "xanthophyll"


@pytest.mark.both
def test_a_request_goes_all_the_way_round(ada, eva, page_of, hearing, post, arrived, quiet, live_desk):
    """What the desk is for, by the doors alone: pages of two people in two browsers, and mail."""
    customer = page_of()
    customer.goto("/hc/en/requests/new")
    customer.get_by_label("E-mail address").fill("ada@acme.example")
    customer.get_by_role("textbox", name="Password").fill(PASSWORD)
    customer.get_by_role("button", name="Sign in", exact=True).click()
    customer.get_by_label("Subject").fill("The payment run hangs")
    customer.get_by_label("Stops work").check()
    customer.get_by_label("Description").fill("It stops at 40 %.")
    customer.get_by_label("Choose files").set_input_files(
        [
            {"name": "run.log", "mimeType": "text/plain", "buffer": b"stopped"},
            {"name": "run.csv", "mimeType": "text/csv", "buffer": b"a;b"},
        ]
    )
    customer.get_by_role("button", name="Send the request").click()
    customer.get_by_role("link", name="Open the request").click()
    expect(customer.get_by_role("link", name="run.csv").first).to_be_visible()
    hearing(1)
    customer.evaluate("window.stayed = true")

    agent = page_of(eva)
    agent.goto("/workspace/views/unassigned/")
    agent.get_by_role("link", name="The payment run hangs").click()
    expect(agent.get_by_role("link", name="run.log", exact=True)).to_be_visible()
    agent.get_by_role("textbox", name="Public reply").click()
    agent.keyboard.type("Which bank is it?")
    agent.get_by_role("button", name="Send reply").click()
    expect(agent.locator("#thread .leaving")).to_contain_text("Which bank is it?")
    expect(customer.locator("#thread")).to_contain_text("Which bank is it?", timeout=20_000)
    expect(customer.locator(".request-state")).to_contain_text("Waiting for information")
    assert customer.evaluate("window.stayed") is True

    answer = arrived(ada, "Which bank is it?")
    post(ada, f"Re: {answer.subject}", "The one in the north.", answers=answer.mail)
    post("Stranger <stranger@elsewhere.example>", "Hello", "I am new here.")
    arrived("stranger@elsewhere.example", "#2")
    expect(customer.locator("#thread")).to_contain_text("The one in the north.")
    expect(agent.locator("#thread")).to_contain_text("The one in the north.")
    customer.get_by_role("button", name="Mark as solved", exact=True).click()
    expect(customer.locator(".request-state")).to_contain_text("Done")
    post(ada, "Still", "It hangs again.", answers=answer.mail)
    expect(customer.locator("#thread")).to_contain_text("It hangs again.")
    expect(customer.locator(".request-state")).to_contain_text("In progress")

    quiet()
    first = Ticket.objects.get(number=1)
    assert first.state == State.OPEN
    assert [(said.author.name, said.via) for said in first.messages.order_by("pk")] == [
        ("Ada Aalto", "web"),
        ("Eva Eskola", "web"),
        ("Ada Aalto", "email"),
        ("Ada Aalto", "email"),
    ]
    assert newest().requester.email == "stranger@elsewhere.example"
    assert Delivery.objects.exclude(state="sent").count() == 0
    assert len(live_desk.sink.arrived) == Delivery.objects.count()


def test_E1_all_channels_end_in_one_thread_and_every_change_can_be_traced(
    ada, eva, page_of, post, arrived, quiet, status
):
    ticket = actions.submit("It rings", "<p>She called.</p>", requester=ada.person, by=now(eva).through("phone"))
    actions.assign(ticket, eva.person, by=now(eva))
    post(ada, "Re: it", "By mail now.", answers=arrived(ada, "She called.").mail)
    told = arrived(eva, "By mail now.")
    post(eva, "Re: it", "An agent by mail.", answers=told.mail)
    arrived(ada, "An agent by mail.")
    page = page_of(ada)
    page.goto(f"/hc/en/requests/{ticket.number}")
    page.get_by_label("Your message").fill("On the pages.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#thread")).to_contain_text("On the pages.")
    actions.set_status(ticket, status("done"), by=now(eva))
    quiet()

    said = [(message.excerpt.split(".")[0], message.author.name, message.via) for message in ticket.messages.all()]
    assert said == [
        ("She called", "Eva Eskola", "phone"),
        ("By mail now", "Ada Aalto", "email"),
        ("An agent by mail", "Eva Eskola", "email"),
        ("On the pages", "Ada Aalto", "web"),
    ]
    assert [entry for entry in journal(ticket) if entry[0] != "ticket.status_changed"] == [
        ("ticket.submitted", "Eva Eskola", "phone"),
        ("ticket.assigned", "Eva Eskola", "web"),
        ("ticket.replied", "Ada Aalto", "email"),
        ("ticket.replied", "Eva Eskola", "email"),
        ("ticket.replied", "Ada Aalto", "web"),
        ("ticket.solved", "Eva Eskola", "web"),
    ]
    agent = page_of(eva)
    agent.goto(f"/workspace/tickets/{ticket.number}")
    for words in ("submitted the request", "assigned the request to Eva Eskola", "to Done"):
        expect(agent.locator("#thread")).to_contain_text(words)


@pytest.mark.both
def test_E2_the_same_message_twice_makes_one(ada, eva, page_of, post, arrived, quiet, live_desk):
    first = post(ada, "Once", "Only once.")
    hand_in(first, live_desk.smtp)
    acknowledged = arrived(ada, "Only once.")
    again = post(ada, "Re: Once", "And once more.", answers=acknowledged.mail)
    del again["To"]
    again["To"] = "festum support <support@festum.example>"
    hand_in(again, live_desk.smtp)
    page = page_of(ada)
    page.goto("/hc/en/requests/1")
    page.get_by_label("Your message").fill("By two clicks.")
    page.get_by_role("button", name="Send", exact=True).dblclick()
    expect(page.locator("#thread")).to_contain_text("By two clicks.")
    quiet()

    assert [message.excerpt for message in Message.objects.order_by("pk")] == [
        "Only once.",
        "And once more.",
        "By two clicks.",
    ]
    assert sorted(RawMail.objects.values_list("outcome", flat=True)) == sorted(
        [Outcome.TICKET, Outcome.REPLY, Outcome.IGNORED, Outcome.IGNORED]
    )
    assert len(mails_to(live_desk, "ada@acme.example")) == 1


@pytest.mark.both
def test_E3_an_internal_note_never_leaves(request, acme, globex, page_of, post, arrived, quiet, live_desk):
    cast = {who: request.getfixturevalue(who) for who in CAST}
    ada = cast["ada"]
    named = fill(cast, acme, globex, "en")
    opened = Ticket.objects.get(number=named["open"])
    other = Ticket.objects.get(number=named["solved"])
    # The first act of an agent opens a new ticket, and that its customer may know.
    actions.set_status(opened, Status.objects.filter(state=State.OPEN)[0], by=now(cast["eva"]))
    # What this process put aside, having no mail server, would wait a minute for one.
    Job.objects.filter(kind="mail.unpark").update(run_at=timezone.now())
    quiet()
    time.sleep(RECENT + APART)  # a stream hears what was told just before it opened
    eva = now(cast["eva"])
    stream = _hears_from_now_on(ada, live_desk, opened, other)

    file = store(CANARY.encode(), f"{CANARY}.txt", by=eva)
    note = actions.note(opened, f"<p>{CANARY}</p>", files=[file], by=eva)
    actions.tag(opened, add=[CANARY], by=eva)
    marks.save_draft(eva.person, opened, f"<p>{CANARY}</p>", internal=True, at=eva.at)
    actions.assign(opened, cast["otto"].person, by=eva)
    actions.reply(other, "<p>Something public.</p>", by=eva)
    while (heard := stream.next()) == "again":  # the server could not look for a moment: so it is told once more
        tell(f"ticket-{other.number}")
    assert heard == f"ticket-{other.number}"
    stream.close()
    actions.reply(opened, "<p>Public, too.</p>", by=eva)
    post(ada, "Re: it", "And an answer.", answers=arrived(ada, "Public, too.").mail)
    arrived(cast["otto"], "And an answer.")
    quiet()

    for mail in mails_to(live_desk):
        assert CANARY not in _all_of(mail.mail), mail.subject
    agent = page_of(eva)
    agent.goto(f"/workspace/tickets/{opened.number}")
    assert CANARY in agent.content()
    agent.goto(f"/hc/en/requests/{opened.number}")
    assert CANARY not in agent.content()
    for who in ("none", "ada", "bert", "carol", "dora"):
        reader = page_of(cast.get(who)).request
        for place in places("festum", "en"):
            if place.who != "eva":
                assert CANARY not in reader.get(place.address.format(**named)).text(), (who, place)
        for address in (f"/hc/files/{file.pk}", f"/hc/files/{file.pk}/any.txt", f"/hc/en/requests?q={CANARY[:5]}"):
            assert CANARY not in reader.get(address).text(), (who, address)
        assert reader.get(f"/workspace/messages/{note.pk}/redaction").status in {200, 403}
        assert CANARY not in reader.get("/metrics").text() + reader.get("/healthz").text()


def _hears_from_now_on(customer, live_desk, *tickets):
    """A stream of somebody who asks for all that there is to hear of these; of what happened until now, nothing."""
    port, cookie = int(live_desk.url.rpartition(":")[2]), f"Cookie: {nodes.cookie_of(customer.person)}"
    last = f"ticket-{tickets[-1].number}"
    before = nodes.Stream(port, f"topic={last}", cookie)
    tell(last)
    assert last in iter(before.next, "")
    before.close()
    topics = [f"topic={kind}-{ticket.number}" for ticket in tickets for kind in ("ticket", "desk-ticket")]
    return nodes.Stream(port, "&".join(topics), cookie)


def _all_of(mail) -> str:
    """A mail's header and all its parts, decoded."""
    parts = [str(part.get_payload(decode=True) or b"") + str(part.get_filename()) for part in mail.walk()]
    return "".join([*(f"{name}: {value}" for name, value in mail.items()), *parts])


@pytest.mark.both
def test_E3_nobody_sees_what_is_not_theirs(ada, dora, eva, page_of, quiet, live_desk):
    file = store(b"wages", "wages.txt", by=ada)
    ticket = actions.submit("Wages of all", "<p>Mind the sums.</p>", files=[file], by=ada)
    actions.reply(ticket, "<p>We mind them.</p>", by=now(eva))
    quiet()

    for page in (page_of(dora), page_of()):
        for address in (
            f"/hc/en/requests/{ticket.number}",
            f"/hc/en/requests/{ticket.number}/sent",
            "/hc/en/requests?status=any",
            "/hc/en/requests?tab=copied&status=any",
            "/hc/en/requests?tab=organization&status=any",
            "/hc/en/requests?q=wages",
            f"/hc/en/requests?q={ticket.number}",
            "/hc/en",
            f"/hc/files/{file.pk}",
            f"/hc/files/{file.pk}/wages.txt",
            f"/workspace/tickets/{ticket.number}",
            "/workspace/search?q=wages",
        ):
            page.goto(address)
            assert not re.search("wages of all|mind the", page.content(), re.I), address
    assert {address for mail in mails_to(live_desk) for address in mail.to} == {"ada@acme.example"}
