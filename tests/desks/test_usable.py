"""E5: whoever has no mouse, no script, a phone, or other eyes, uses a desk all the same."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import PASSWORD, later
from tests.desks.conftest import PNG, newest
from tests.desks.pages import CAST, fill, places
from tuki.people.models import Person
from tuki.tickets import actions
from tuki.tickets.models import Draft, Message, State


@pytest.fixture
def blueprint(request) -> str:
    """Heeros, unless the test's parameter says otherwise."""
    given = getattr(request.node, "callspec", None)
    return given.params.get("name", "heeros") if given else "heeros"


def tab_to(page: Page, name: str, *, most: int = 60) -> None:
    """Press Tab until what is called so has the focus, and see on the way that each stop shows it."""
    for _stop in range(most):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        shown = focused.evaluate("it => getComputedStyle(it).outlineStyle + getComputedStyle(it).boxShadow")
        assert shown != "nonenone", f"no focus to be seen on {focused.evaluate('it => it.outerHTML')[:200]}"
        said = focused.evaluate("it => it.ariaLabel || it.labels?.[0]?.innerText || it.innerText || it.value || ''")
        if name in " ".join(said.split()):
            return
    raise AssertionError(f"Tab does not lead to {name}")


@pytest.mark.both
def test_E5_a_customer_submits_and_replies_by_keyboard_alone(ada, page_of):
    page = page_of(ada)
    page.goto("/hc/en")
    tab_to(page, "Submit a request")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Submit a request")
    tab_to(page, "Subject")
    page.keyboard.type("Without a mouse")
    tab_to(page, "Work has stopped")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Description")
    page.keyboard.type("It broke yesterday.")
    tab_to(page, "Send the request")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Request #1 has come in")
    tab_to(page, "Open the request")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Without a mouse")
    tab_to(page, "Your message")
    page.keyboard.type("And again today.")
    tab_to(page, "Send")
    page.keyboard.press("Enter")
    expect(page.locator("#thread")).to_contain_text("And again today.")
    assert newest().severity == "hinders"


@pytest.mark.both
def test_E5_an_agent_triages_replies_and_takes_it_back_by_keyboard_alone(ada, eva, page_of):
    for number in range(3):
        actions.submit(f"Number {number}", "<p>Help.</p>", by=later(ada, seconds=number))
    page = page_of(eva)
    page.goto("/workspace/views/unassigned/")
    for key in ("j", "x", "i"):
        page.keyboard.press(key)
    expect(page.get_by_text("1 of 1 done.")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/views/mine/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Number 2")).to_be_visible()
    page.wait_for_load_state()  # with what hears the keys
    page.keyboard.press("r")
    expect(page.get_by_role("textbox", name="Public reply")).to_be_focused()
    page.keyboard.type("Too hasty")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread .leaving")).to_contain_text("Too hasty")
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(page.locator("#thread .leaving")).to_have_count(0)
    expect(page.get_by_role("textbox", name="Public reply")).to_contain_text("Too hasty")
    assert Draft.objects.get().sends_at is None
    assert not Message.objects.filter(by_support=True).exists()


@pytest.mark.both
def test_E5_a_customer_needs_no_script(ada, page_of):
    page = page_of(ada, java_script_enabled=False)
    page.goto("/hc/en/requests/new")
    page.get_by_label("Subject").fill("No script here")
    page.get_by_label("Question").check()
    page.get_by_label("Description").fill("Does it go?")
    page.get_by_label("Files (optional)").set_input_files(
        [{"name": "screen.png", "mimeType": "image/png", "buffer": PNG}]
    )
    page.get_by_role("button", name="Send the request").click()
    page.get_by_role("link", name="Open the request").click()
    expect(page.get_by_role("link", name="screen.png").first).to_be_visible()
    page.get_by_label("Your message").fill("It does.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#thread")).to_contain_text("It does.")
    page.get_by_text("Edit subject and severity").click()
    page.locator("#edit").get_by_label("Subject").fill("It goes")
    page.locator("#edit").get_by_label("How badly does it get in the way?").select_option("Minor trouble")
    page.locator("#edit").get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("It goes")
    page.get_by_role("button", name="Mark as solved", exact=True).click()
    ticket = newest()
    assert (ticket.state, ticket.severity, ticket.subject) == (State.SOLVED, "minor", "It goes")

    page.goto("/hc/en/account")
    page.get_by_role("combobox", name="Language").select_option("Nederlands")
    page.get_by_role("button", name="Save").click()
    assert page.locator("html").get_attribute("lang") == "nl"
    assert Person.objects.get(pk=ada.person_id).language == "nl"


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "language", "scheme", "width", "half"),
    [
        # Between them these two look at every page once; with --all each look is taken of all pages.
        ("heeros", "fi", "light", 390, 0),
        ("festum", "en", "dark", 1280, 1),
        *(
            pytest.param(*look, None, marks=pytest.mark.full)
            for look in [
                ("heeros", "fi", "light", 390),
                ("festum", "en", "dark", 1280),
                ("haiilo", "en", "light", 390),
                ("admicom", "fi", "light", 1280),
                ("heeros", "en", "dark", 1280),
                ("festum", "fi", "light", 390),
                ("heeros", "fi", "dark", 390),
                ("festum", "en", "light", 1280),
            ]
        ),
    ],
)
def test_E5_axe_finds_nothing_on_any_page_and_nothing_is_cut_off(
    request, name, language, scheme, width, half, acme, globex, page_of, axe
):
    cast = {who: request.getfixturevalue(who) for who in CAST}
    look = {"color_scheme": scheme, "viewport": {"width": width, "height": 844}, "locale": language}
    # Some of her pages want a password that was just given; and her passkey, once there is one, is asked for with it.
    adas = page_of(**look)
    adas.goto("/account/login/")
    adas.locator("#id_login").fill("ada@acme.example")
    adas.locator("#id_password").fill(PASSWORD)
    adas.keyboard.press("Enter")
    adas.wait_for_url(re.compile("/hc/"))
    named = fill(cast, acme, globex, language)
    pages = {who: page_of(cast.get(who), **look) for who in ("none", "bert", "carol", "dora", "nils", "eva", "root")}
    pages["ada"] = adas
    found = []
    for place in places(name, language):
        if half not in {None, place.half}:
            continue
        page = pages[place.who]
        page.goto(place.address.format(**named))
        try:
            axe(page, status=place.status)
        except AssertionError as violations:
            found.append(f"{place.who} at {place.address}: {violations}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append(f"{place.who} at {place.address}: {wide} px too wide")
    assert not found, "\n".join(found)
