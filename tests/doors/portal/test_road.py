"""The portal in a real browser: what a script adds, and that all goes without one."""

import gzip
import re
import urllib.request

import pytest
from django.db import connection
from django.test import Client

from tuki.tickets import actions
from tuki.tickets.models import State, Ticket

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001"
    "e221bc330000000049454e44ae426082"
)


@pytest.fixture
def open_as(live_desk, new_context):
    """Somebody's own browser, signed in; options as of a browser context."""

    def open_one(actor=None, **options):
        context = new_context(**options)
        if actor:
            client = Client()
            client.force_login(actor.person)
            context.add_cookies(
                [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_desk.url}]
            )
        return context.new_page()

    return open_one


def fill_in(page) -> None:
    page.goto("/hc/en/requests/new")
    page.get_by_label("Subject").fill("The printer is on fire")
    page.get_by_label("Stops work").check()
    page.get_by_label("Description").fill("Flames.")


def newest() -> Ticket:
    connection.close()  # the server wrote it
    return Ticket.objects.latest("pk")


def test_A11_files_go_up_while_one_writes_and_the_request_carries_them(ada, open_as, axe):
    page = open_as(ada)
    fill_in(page)
    page.get_by_label("Choose files").set_input_files(
        [
            {"name": "first.txt", "mimeType": "text/plain", "buffer": b"one"},
            {"name": "second.txt", "mimeType": "text/plain", "buffer": b"two"},
        ]
    )
    page.evaluate(
        """() => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([new Uint8Array(25 * 1024 * 1024 + 1)], "huge.bin"));
            const form = document.querySelector("main form");
            form.dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true }));
        }"""
    )
    page.locator(".uploads .error", has_text="“huge.bin” is too large.").wait_for()
    page.get_by_role("button", name="Remove huge.bin").click()
    page.get_by_role("button", name="Remove second.txt").click()
    axe(page)
    page.get_by_role("button", name="Send the request").click()

    page.get_by_role("heading", name=re.compile("Request #1 has come in")).wait_for()
    axe(page)
    assert [row.file.name for row in newest().messages.get().attachments.all()] == ["first.txt"]


def test_a_picture_is_pasted_and_a_file_dropped(ada, open_as):
    page = open_as(ada)
    fill_in(page)
    page.evaluate(
        """async (bytes) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(bytes)], "image.png", { type: "image/png" }));
            const area = document.querySelector("textarea");
            const how = { bubbles: true, cancelable: true };
            area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, ...how }));
            const dropped = new DataTransfer();
            dropped.items.add(new File(["a log"], "app.log", { type: "text/plain" }));
            area.dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, ...how }));
        }""",
        list(PNG),
    )
    page.get_by_role("button", name=re.compile("Remove Screenshot .*png")).wait_for()
    page.get_by_role("button", name="Remove app.log").wait_for()
    page.get_by_role("button", name="Send the request").click()
    page.get_by_role("heading", name=re.compile("has come in")).wait_for()

    names = sorted(row.file.name for row in newest().messages.get().attachments.all())
    assert names[1] == "app.log"
    assert names[0].startswith("Screenshot 20")


def test_a_form_waits_for_files_on_their_way_and_says_so(ada, open_as):
    page = open_as(ada)
    fill_in(page)
    held = []

    def hold(route) -> None:
        held.append(route)

    page.route("**/hc/uploads", hold)
    page.get_by_label("Choose files").set_input_files(
        [{"name": "slow.txt", "mimeType": "text/plain", "buffer": b"one"}]
    )
    page.get_by_role("button", name="Cancel slow.txt").wait_for()
    page.get_by_role("progressbar", name="Sending slow.txt").wait_for()
    page.get_by_role("button", name="Send the request").click()
    page.get_by_text("Files are still on their way.").wait_for(state="attached")
    assert "/new" in page.url

    held[0].continue_()
    page.get_by_role("heading", name=re.compile("has come in")).wait_for()
    assert newest().messages.get().attachments.get().file.name == "slow.txt"


def test_the_list_of_modules_follows_the_product(ada, open_as):
    from tuki.desk.models import Product

    Product.objects.create(key="bare", labels={"en": "Bare"})
    page = open_as(ada)
    page.goto("/hc/en/requests/new")

    page.get_by_label("Product").select_option("Bare")
    assert not page.get_by_label("Module").is_visible()
    page.get_by_label("Product").select_option("Ledger")
    page.get_by_label("Module").select_option("Invoices")


def test_an_open_page_shows_an_answer_by_itself_and_leaves_a_half_written_one_alone(ada, eva, ticket, open_as, axe):
    page = open_as(ada)
    page.goto(f"/hc/en/requests/{ticket.number}")
    page.get_by_label("Your message").fill("I was just about to say")
    page.locator("#edit summary").click()
    page.get_by_label("Subject", exact=True).first.fill("Half a subj")
    page.wait_for_timeout(1500)  # until the stream is open
    page.evaluate("window.stayed = true")

    actions.reply(ticket, "<p>Have you tried turning it off?</p>", by=eva)

    page.get_by_text("Have you tried turning it off?").wait_for()
    page.locator("#announcer", has_text="New message from Eva Eskola").wait_for(state="attached")
    assert page.locator(".request-state").get_by_text("Waiting for information").is_visible()
    assert page.get_by_label("Your message").input_value() == "I was just about to say"
    assert page.get_by_label("Subject", exact=True).first.input_value() == "Half a subj"
    assert page.evaluate("window.stayed") is True
    axe(page)


def test_the_open_page_of_who_was_taken_out_of_the_copies_shows_nothing_that_came_later(
    ada, bert, eva, ticket, open_as
):
    actions.add_copy(ticket, bert.person.email, by=ada)
    page = open_as(bert)
    page.goto(f"/hc/en/requests/{ticket.number}")
    page.wait_for_timeout(1500)  # until the stream is open

    actions.remove_copy(ticket, bert.person, by=ada)
    actions.reply(ticket, "<p>Between us</p>", by=eva)

    page.get_by_role("heading", name="There is no such page").wait_for()
    assert page.get_by_text("Between us").count() == 0


def test_an_open_list_shows_what_is_new_by_itself(ada, eva, ticket, open_as):
    page = open_as(ada)
    page.goto("/hc/en/requests")
    page.wait_for_timeout(1500)  # until the stream is open

    actions.reply(ticket, "<p>Which invoice?</p>", by=eva)

    row = page.get_by_role("row").filter(has_text="The invoice is stuck")
    row.get_by_text("new", exact=True).wait_for()


def test_two_open_tabs_hear_by_one_stream(ada, eva, ticket, open_as):
    first = open_as(ada)
    first.goto(f"/hc/en/requests/{ticket.number}")
    second = first.context.new_page()
    second.goto(f"/hc/en/requests/{ticket.number}")
    second.wait_for_timeout(1500)

    actions.reply(ticket, "<p>To both of you</p>", by=eva)

    for page in (first, second):
        page.bring_to_front()
        page.get_by_text("To both of you").wait_for()
        opened = page.evaluate("performance.getEntriesByType('resource').filter(e => e.name.includes('/live')).length")
        assert opened == 0, "the page opened a stream of its own"


def test_what_was_begun_is_there_again_until_it_is_sent(ada, ticket, open_as):
    page = open_as(ada)
    page.goto(f"/hc/en/requests/{ticket.number}")
    page.get_by_label("Your message").fill("Begun before lunch")
    page.wait_for_timeout(500)
    page.goto("/hc/en")
    page.goto(f"/hc/en/requests/{ticket.number}")
    assert page.get_by_label("Your message").input_value() == "Begun before lunch"

    page.get_by_role("button", name="Send", exact=True).click()
    page.locator(".flash", has_text="Your message has been sent.").wait_for()
    page.reload()
    assert page.get_by_label("Your message").input_value() == ""


def test_a_double_click_sends_one_request(ada, open_as):
    page = open_as(ada)
    fill_in(page)
    page.get_by_role("button", name="Send the request").dblclick()
    page.get_by_role("heading", name=re.compile("has come in")).wait_for()

    assert newest().number == 1
    assert Ticket.objects.count() == 1


@pytest.mark.both
def test_all_goes_without_a_script(ada, bert, open_as, axe):
    page = open_as(ada, java_script_enabled=False)
    page.goto("/hc/en")
    page.get_by_role("link", name="Submit a request").first.click()
    page.get_by_label("Description").fill("Flames.")
    page.get_by_label("Files (optional)").set_input_files(
        [{"name": "a.txt", "mimeType": "text/plain", "buffer": b"one"}]
    )
    page.get_by_role("button", name="Send the request").click()
    assert page.locator("#mistakes:focus").count() == 1
    page.get_by_role("link", name="Please write what it is about.").click()
    page.get_by_label("Subject").fill("The printer is on fire")
    page.get_by_label("Stops work").check()
    page.get_by_label("Copies to").fill("bert@acme.example")
    page.get_by_role("button", name="Send the request").click()
    page.get_by_role("link", name="Open the request").click()
    assert page.get_by_role("link", name="a.txt").first.is_visible()

    page.get_by_label("Your message").fill("It is out.")
    page.get_by_role("button", name="Send and mark as solved").click()
    assert page.get_by_text("It is out.").is_visible()
    assert newest().state == State.SOLVED
    page.get_by_label("Your message").fill("It burns again.")
    page.get_by_role("button", name="Send", exact=True).click()
    assert newest().state == State.OPEN

    page.get_by_text("Edit subject and severity").click()
    page.get_by_label("Subject", exact=True).first.fill("The printer burns")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Remove Bert Berg from the copies").click()
    page.get_by_role("link", name="My requests").first.click()
    assert page.get_by_role("link", name="The printer burns").is_visible()
    page.get_by_role("button", name="Language: English").focus()
    page.get_by_role("button", name="Suomi").click()
    assert page.url.endswith("/hc/fi/requests")
    assert page.locator("html").get_attribute("lang") == "fi"


def test_the_menu_of_a_phone_opens_and_escape_gives_the_focus_back(ada, open_as, axe):
    page = open_as(ada, viewport={"width": 390, "height": 844})
    page.goto("/hc/en")
    menu = page.get_by_role("button", name="Menu")
    assert menu.get_attribute("aria-expanded") == "false"
    assert not page.get_by_role("link", name="Account").is_visible()

    menu.click()
    assert menu.get_attribute("aria-expanded") == "true"
    assert page.locator(f"#{menu.get_attribute('aria-controls')}").is_visible()
    assert page.get_by_role("link", name="Account").is_visible()
    axe(page)
    page.keyboard.press("Escape")
    assert not page.get_by_role("link", name="Account").is_visible()
    assert menu.evaluate("button => button === document.activeElement")


def test_by_keyboard_the_first_stop_leads_past_the_head(ada, open_as):
    page = open_as(ada)
    page.goto("/hc/en/requests")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").evaluate("element => document.querySelector('main').contains(element)")


@pytest.mark.parametrize(
    ("width", "color_scheme"),
    [
        *((320, "dark"), (1280, "light")),
        *(pytest.param(*look, marks=pytest.mark.full) for look in [(320, "light"), (1280, "dark")]),
    ],
)
def test_E5_axe_finds_nothing_and_nothing_is_cut_off(ada, nils, eva, ticket, open_as, axe, color_scheme, width):
    actions.reply(ticket, "<p>Which one?</p>", quoted="<p>It won't move.</p>", by=eva)
    look = {"color_scheme": color_scheme, "viewport": {"width": width, "height": 800}}
    pages = {
        ada: [
            ("/hc/en", 200),
            ("/hc/en/requests", 200),
            ("/hc/en/requests?tab=copied", 200),
            ("/hc/en/requests/new", 200),
            (f"/hc/en/requests/{ticket.number}", 200),
            (f"/hc/en/requests/{ticket.number}/sent", 200),
            ("/hc/en/nowhere", 404),
        ],
        nils: [("/hc/en/requests/new", 403)],
        None: [("/hc/en", 200), ("/hc/en/privacy", 200), ("/hc/en/accessibility", 200)],
    }
    for actor, addresses in pages.items():
        page = open_as(actor, **look)
        for address, status in addresses:
            page.goto(address)
            axe(page, status=status)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{address} is {wide} px too wide"


def test_a_form_with_mistakes_is_read_out_and_axe_finds_nothing(ada, open_as, axe):
    page = open_as(ada)
    page.goto("/hc/en/requests/new")
    page.get_by_role("button", name="Send the request").click()
    page.get_by_role("heading", name="3 things need your attention").wait_for()

    assert page.locator("#mistakes").evaluate("box => box === document.activeElement")
    assert page.title().startswith("Error:")
    axe(page, status=422)


def test_pages_are_as_light_as_was_promised(ada, ticket, open_as, live_desk):
    """Compressed: css 15 kB; script 15 kB where one reads, 40 kB where one writes."""

    def weight(address: str, kind: str) -> float:
        page = open_as(ada)
        page.goto(address)
        names = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
        names = [name for name in names if name.split("?")[0].endswith(kind)]
        return sum(len(gzip.compress(urllib.request.urlopen(name).read())) for name in names) / 1000

    for address in ("/hc/en", "/hc/en/privacy"):
        assert weight(address, ".js") <= 15
    for address in ("/hc/en/requests", "/hc/en/requests/new", f"/hc/en/requests/{ticket.number}"):
        assert weight(address, ".js") <= 40
        assert weight(address, ".css") <= 15
