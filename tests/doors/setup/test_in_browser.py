"""Setup in a real browser: with axe, on a phone, by keyboard, and without a script."""

import pytest
from playwright.sync_api import expect

from tuki.jobs.models import Job
from tuki.mail import actions
from tuki.mail.models import Delivery, Outcome, RawMail, Source
from tuki.people.actor import Actor
from tuki.people.models import Organization, Team

SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


@pytest.fixture
def troubled(live_desk, ticket, came, root) -> RawMail:
    """A desk on which much went wrong. What came last waits in quarantine."""
    actions.post(kind="answer", address="ada@acme.example", subject="Lost", text="x", html="<p>x</p>", by=Actor(None))
    Delivery.objects.filter(subject="Lost").update(state="failed", last_answer="550 5.1.1 no such user " * 20)
    Job.objects.create(kind="mail.send", state="failed", attempts=12, last_error="OSError: gone")
    actions.suppress("ada@acme.example", by=root)
    actions.suppress("a.rather.long.name.of.somebody@quite-far-away.example", by=root)
    actions.add_source(host="127.0.0.1", port=9, security="none", user="support", secret="x", by=root)
    came("stranger@nowhere.example", "May I?")
    return came(subject="<b>Whose am I?</b>", body="word " * 500 + "x" * 500)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_every_page_of_setup_is_fit_for_everybody(troubled, page_of, root, eva, axe, size, colours):
    page = page_of(root, color_scheme=colours, viewport=SIZES[size])
    stranger, team = RawMail.objects.get(sender="stranger@nowhere.example").pk, Team.objects.first().pk
    company = Organization.objects.get(name="Acme Oy").pk
    lost, source = Delivery.objects.get(subject="Lost").pk, f"mail/sources/{Source.objects.get().pk}"
    for path in (
        *(
            "",
            "mail/in",
            "mail/in?end=lacks_right",
            "mail/in?q=nothing",
            f"mail/in/{troubled.pk}",
            f"mail/in/{stranger}",
        ),
        *("people", "people?q=nothing", "people/new", f"people/{root.person_id}", "teams", f"teams/{team}", "roles"),
        *("companies", f"companies/{company}", "packages", "imports", f"people/{eva.person_id}/departure"),
        *("mail/out", f"mail/out/{lost}", "mail/suppressed", "mail/suppressed?q=nothing"),
        *("mail/boxes", source, "mail/sources/new", "mail/check", "jobs"),
    ):
        page.goto(f"/setup/{path}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_a_mail_is_put_on_a_request_by_keyboard(troubled, page_of, root, ticket, script):
    page = page_of(root, java_script_enabled=script)
    page.goto("/setup/")
    page.get_by_role("link", name="<b>Whose am I?</b>").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Put on a request by hand").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(str(ticket.number))
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator(".flash")).to_contain_text(f"The mail stands on #{ticket.number} now.")
    assert ticket.messages.filter(internal=True, raw_mail=troubled.pk).exists()


def test_the_page_of_a_mail_that_is_being_read_tells_its_end_by_itself(troubled, page_of, root):
    RawMail.objects.filter(pk=troubled.pk).update(outcome=Outcome.WAITING)
    page = page_of(root)
    page.goto(f"/setup/mail/in/{troubled.pk}")
    expect(page.locator("#end").get_by_text("waiting")).to_be_visible()

    RawMail.objects.filter(pk=troubled.pk).update(outcome=Outcome.IGNORED)

    expect(page.locator("#end").get_by_text("ignored", exact=True)).to_be_visible()
