"""H5 in a real browser: following with an address alone or with a reader's account, hearing, leaving; by keyboard."""

import re
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import PASSWORD
from tests.desks.conftest import Arrived
from tests.desks.test_usable import tab_to
from tuki.doors.portal.guide.addresses import to_section
from tuki.knowledge import actions
from tuki.knowledge.models import Following, Pace, Section, Translation
from tuki.people.models import Person

READER = "lukija@muualla.example"


@pytest.fixture
def blueprint() -> str:
    return "heeros"


@pytest.fixture
def service(desk) -> Section:
    """Outages and maintenance, which everyone may read of."""
    return Section.objects.filter(kind="service", parent=None, audience=None, category__audience=None).earliest("pk")


@pytest.fixture
def announce(service, eva) -> Callable[..., None]:
    """Publish something there, and tell followers."""

    def publish(title: str, line: str) -> None:
        article = actions.make_article(service, title, "<p>We work at night.</p>", language="en", by=eva)
        translation = Translation.objects.get(article=article)
        actions.publish(translation, version=translation.version, tells=True, line=line, by=eva)

    return publish


def link(mail: Arrived, what: str) -> str:
    """Where the link of a mail leads that does this."""
    (found,) = set(re.findall(rf"https?://\S+/following/{what}/[^\s)>]+", mail.text))
    return found


def press(page: Page, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Enter")


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


@pytest.mark.both
def test_H5_a_visitor_follows_with_an_address_hears_and_leaves_by_keyboard_alone(service, announce, page_of, arrived):
    page = page_of()
    page.goto(to_section(service, "en"))
    press(page, "Follow")
    heading(page, "Follow: Outages and maintenance")
    tab_to(page, "E-mail address")
    page.keyboard.type(READER)
    press(page, "Follow by e-mail")
    heading(page, "Look in your mail")
    page.goto(link(arrived(READER), "confirmation"))
    press(page, "Yes, I want to follow")
    heading(page, "You follow it now")

    announce("Maintenance on Sunday", "From 2 to 4.")
    mail = arrived(READER, "From 2 to 4.")
    assert mail.subject == "Maintenance on Sunday"
    page.goto(link(mail, "of"))
    heading(page, "What I follow")
    tab_to(page, "How soon you hear of")
    page.keyboard.press("ArrowDown")
    press(page, "Save")
    expect(page.get_by_role("combobox", name="How soon you hear of")).to_have_value("daily")
    assert Following.objects.get().pace == Pace.DAILY

    page.goto(link(mail, "leave"))
    heading(page, "Stop following?")
    press(page, "Stop following")
    heading(page, "You do not follow it any more")
    page.goto(link(mail, "of"))
    expect(page.get_by_role("main")).to_contain_text("You follow nothing.")
    assert not Following.objects.exists()


def test_H5_a_mail_programs_own_button_leaves_with_one_click_RFC_8058(service, announce, ada, arrived):
    actions.follow(service, by=ada)
    announce("Maintenance on Sunday", "From 2 to 4.")
    mail = arrived(ada, "From 2 to 4.").mail
    address = str(mail["List-Unsubscribe"]).strip("<>")
    # As a mail program does it: without cookies, without having looked at the page, following no redirection.
    asked = urllib.request.Request(address, data=b"List-Unsubscribe=One-Click", method="POST")
    with urllib.request.urlopen(asked) as answer:
        assert answer.status == 200
        assert answer.url == address

    assert not Following.objects.exists()


def test_H5_a_reader_signs_up_and_follows_by_keyboard_alone(service, page_of, arrived):
    page = page_of()
    page.goto("/account/signup/")
    tab_to(page, "E-mail address")
    page.keyboard.type(READER)
    press(page, "Create an account")
    heading(page, "Look in your mail")
    page.goto(arrived(READER).link)
    for name in ("New password", "The same password again"):
        tab_to(page, name)
        page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/welcome/" not in url)

    page.goto(to_section(service, "en"))
    press(page, "Follow")
    expect(page.get_by_role("button", name=re.compile("Follow.*Outages"), pressed=True)).to_be_visible(timeout=20_000)
    reader = Person.objects.get(email=READER)
    assert Following.objects.get(person=reader).section == service
    assert not reader.memberships.exists()

    page.goto("/hc/en/following")
    press(page, "Stop following")
    expect(page.get_by_role("main")).to_contain_text("You follow nothing.")
