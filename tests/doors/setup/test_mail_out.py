"""Mails to others: where each stands, what it says, and what is done with it by hand."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tuki.journal.via import Via
from tuki.mail import actions
from tuki.mail.models import Delivery, State
from tuki.notifications.actions import sign_in_mail
from tuki.people.actor import Actor
from tuki.upkeep.queries import failed_jobs


def shown(page) -> list[int]:
    return [int(pk) for pk in re.findall(r'<tr id="delivery-(\d+)"', page.content.decode())]


@pytest.fixture
def post(desk):
    def make(address: str = "ada@acme.example", subject: str = "The invoice", **fields) -> Delivery:
        state = fields.pop("state", "")
        made = actions.post(
            kind="answer", address=address, subject=subject, text="It moves now.\n", by=Actor(None, Via.RULE), **fields
        )
        if state:
            Delivery.objects.filter(pk=made.pk).update(state=state, last_answer="550 5.1.1 no such user")
        return made

    return make


def test_every_mail_is_listed_by_its_state_and_found_by_its_address(setup_of, post):
    waits, failed = post(), post("bert@acme.example", state=State.FAILED)

    assert shown(setup_of.get("/setup/mail/out")) == [failed.pk, waits.pk]
    assert shown(setup_of.get("/setup/mail/out?state=failed")) == [failed.pk]
    assert shown(setup_of.get("/setup/mail/out", {"q": "ada@acme.example"})) == [waits.pk]
    assert shown(setup_of.get("/setup/mail/out", {"q": waits.message_id})) == [waits.pk]
    assert shown(setup_of.get("/setup/mail/out", {"q": "invoice bert"})) == [failed.pk]


def test_a_mail_is_shown_as_its_reader_gets_it_with_what_the_server_said(setup_of, post):
    failed = post(state=State.FAILED, html="<p>It moves <b>now</b>.</p>")
    page = setup_of.get(f"/setup/mail/out/{failed.pk}").content.decode()
    frame = setup_of.get(f"/setup/mail/out/{failed.pk}/html")

    assert "550 5.1.1 no such user" in page
    assert "It moves now." in page
    assert "<b>now</b>" in frame.content.decode()
    assert frame.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in frame.headers["Content-Security-Policy"]


def test_nobody_but_its_reader_sees_what_lets_them_in(setup_of, ticket, ada, post):
    sign_in_mail(
        "ada@acme.example", "login_code", "Code", "Your code is 1234-5678", "<p>1234-5678</p>",
        person_id=ada.person_id, language="en", by=ada,
    )  # fmt: skip
    code = Delivery.objects.get(kind="login_code")
    welcome = post(thread=ticket.pk, html="<a href='https://desk.example/hc/en/welcome/secret-token'>Welcome</a>")

    assert "1234" not in setup_of.get(f"/setup/mail/out/{code.pk}").content.decode()
    assert setup_of.get(f"/setup/mail/out/{code.pk}/html").status_code == 404
    assert "secret-token" not in setup_of.get(f"/setup/mail/out/{welcome.pk}/html").content.decode()


def test_news_are_shown_as_their_reader_gets_them_but_for_what_lets_leave(setup_of, ada, post):
    leave = "https://desk.example/hc/en/following/leave/secret"
    html = (
        f"<p>Now faster.</p> <a href='{leave}'>Leave</a> <a href='https://desk.example/hc/en/following/of/key'>All</a>"
    )
    news = post(
        html=html, person_id=ada.person_id, automatic=True, bulk=True, headers={"List-Unsubscribe": f"<{leave}>"}
    )
    page = setup_of.get(f"/setup/mail/out/{news.pk}").content.decode()
    framed = setup_of.get(f"/setup/mail/out/{news.pk}/html").content.decode()

    assert "It moves now." in page
    assert "Now faster." in framed
    assert "secret" not in page + framed
    assert "key" not in framed


def test_news_to_another_agent_are_not_shown_since_they_may_be_of_what_is_a_teams_own(setup_of, eva, root, post):
    theirs = post(subject="Payroll plans", html="<p>Plan</p>", person_id=eva.person_id, automatic=True, bulk=True)
    own = post(subject="Own news", html="<p>Mine</p>", person_id=root.person_id, automatic=True, bulk=True)
    listed = setup_of.get("/setup/mail/out").content.decode()
    page = setup_of.get(f"/setup/mail/out/{theirs.pk}").content.decode()

    assert "Payroll plans" not in listed + page
    assert "It moves now." not in page
    assert "Own news" in listed
    assert setup_of.get(f"/setup/mail/out/{theirs.pk}/html").status_code == 404
    assert shown(setup_of.get("/setup/mail/out", {"q": "payroll"})) == []
    assert setup_of.get(f"/setup/mail/out/{own.pk}/html").status_code == 200


def test_a_failed_mail_is_sent_again_and_that_is_written_down(setup_of, post, done_to):
    failed = post(state=State.FAILED)
    setup_of.post(f"/setup/mail/out/{failed.pk}/sending")
    failed.refresh_from_db()

    assert failed.state == State.WAITING
    assert done_to(failed) == ["mail.sent_again"]


def test_a_mail_that_waits_is_stopped_and_that_is_written_down(setup_of, post, done_to):
    waits = post()
    setup_of.post(f"/setup/mail/out/{waits.pk}/cancellation")
    waits.refresh_from_db()

    assert waits.state == State.CANCELLED
    assert done_to(waits) == ["mail.cancelled"]
    assert setup_of.post(f"/setup/mail/out/{waits.pk}/cancellation").status_code == 409


def test_a_failure_raises_an_alarm_until_somebody_has_seen_it(setup_of, browser_of, eva, post):
    failed = post(state=State.FAILED)
    desk = setup_of.get("/workspace/views/open/").content.decode()
    assert "Mail that did not arrive: 1." in desk
    assert "did not arrive: 1" not in browser_of(eva).get("/workspace/views/open/").content.decode()

    assert shown(setup_of.get("/setup/")) == [failed.pk]
    setup_of.post("/setup/mail/out/failures")

    assert shown(setup_of.get("/setup/")) == []
    assert "did not arrive" not in setup_of.get("/workspace/views/open/").content.decode()


@pytest.mark.parametrize(("minutes", "alarms"), [(59, False), (61, True)])
def test_mail_that_waits_for_an_hour_to_leave_raises_an_alarm(setup_of, browser_of, eva, post, minutes, alarms):
    waits = post()
    Delivery.objects.filter(pk=waits.pk).update(due_at=timezone.now() - timedelta(minutes=minutes))

    assert ("Mail waits to leave." in setup_of.get("/workspace/views/open/").content.decode()) is alarms
    assert ("Mail is late at the moment." in browser_of(eva).get("/workspace/views/open/").content.decode()) is alarms


@pytest.mark.parametrize(("minutes", "alarms"), [(4, False), (6, True)])
def test_mail_that_waits_for_five_minutes_to_be_read_raises_an_alarm(setup_of, came, minutes, alarms):
    mail = came("a@b.example")
    at = timezone.now() - timedelta(minutes=minutes)
    type(mail).objects.filter(pk=mail.pk).update(outcome="waiting", received_at=at)

    assert ("Mail waits to be read." in setup_of.get("/workspace/views/open/").content.decode()) is alarms


def test_all_is_well_where_nothing_needs_anybody(setup_of, settings, desk):
    settings.DEMO = True

    assert "All is well" in setup_of.get("/setup/").content.decode()


def test_without_a_mail_server_setup_says_so(setup_of, desk):
    assert "No mail server is set" in setup_of.get("/setup/").content.decode()


def test_work_that_failed_is_run_again_and_that_is_written_down(setup_of, desk, done_to):
    from tuki.jobs.models import Job
    from tuki.jobs.models import State as JobState

    job = Job.objects.create(kind="mail.send", state=JobState.FAILED, last_error="OSError: gone", attempts=12)
    assert "OSError: gone" in setup_of.get("/setup/jobs").content.decode()

    setup_of.post(f"/setup/jobs/{job.pk}/run")

    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.READY, 0)
    assert not failed_jobs().exists()
    assert done_to(job) == ["job.run_again"]


def test_the_address_that_proves_its_writer_is_not_shown(setup_of, post, ticket, ada):
    told = post(thread=ticket.pk, person_id=ada.person_id)
    page = setup_of.get(f"/setup/mail/out/{told.pk}").content.decode()

    assert f"+{ticket.pk}.{ada.person_id}.…@" in page
    assert told.reply_to not in page


@pytest.mark.parametrize(("minutes", "told"), [(59, False), (61, True)])
def test_news_that_wait_for_an_hour_raise_no_alarm_and_are_told(setup_of, post, minutes, told):
    news = post(bulk=True, automatic=True)
    Delivery.objects.filter(pk=news.pk).update(due_at=timezone.now() - timedelta(minutes=minutes))

    assert ("News to followers waits to leave" in setup_of.get("/setup/").content.decode()) is told
    assert "Mail waits to leave" not in setup_of.get("/workspace/views/open/").content.decode()
