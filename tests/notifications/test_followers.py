"""Followers hear of a publish, once each, in their language, as far as they may read it. Witnesses are deliveries."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.knowledge.conftest import labels, publish, translated, write
from tuki.desk.models import Product
from tuki.jobs.models import Job, Timer
from tuki.journal.models import Entry
from tuki.knowledge import actions, audience, links
from tuki.knowledge.models import Fallback, Following, Kind, Pace
from tuki.mail.actions import suppressing
from tuki.mail.models import Delivery, State
from tuki.mail.sending.compose import compose
from tuki.notifications import digests, jobs, queries, telling
from tuki.notifications.models import Telling, Waiting
from tuki.notifications.mornings import morning_after
from tuki.people import actions as people
from tuki.people.actor import Actor

NOBODY = Actor(None)


def mails(work, kind="published") -> list[str]:
    """To whom mails of a kind were made."""
    work()
    return sorted(Delivery.objects.filter(kind=kind).values_list("address", flat=True))


def follow_confirmed(thing, address, language="en", pace=Pace.AT_ONCE) -> Following:
    row = actions.follow_by_address(thing, address, language=language, pace=pace, by=NOBODY)
    actions.confirm(links.token_for(row, links.CONFIRM), by=NOBODY)
    return row


def speak(actor, language) -> Actor:
    people.change_profile(actor.person, language=language, by=actor)
    return actor


def test_followers_hear_of_a_publish_once_and_others_do_not_H5(drafted, invoices, news, ada, bert, nils, eva, work):
    actions.follow(invoices, by=ada)
    actions.follow(news, by=bert)
    follow_confirmed(invoices, "reader@nowhere.example")
    actions.follow_by_address(invoices, "silent@nowhere.example", language="en", by=NOBODY)
    article = drafted()
    publish(article, by=eva, tells=True, line="Now in three steps.")

    assert mails(work) == ["ada@acme.example", "reader@nowhere.example"]
    row = Telling.objects.get()
    assert (row.followers, row.walked, row.mails, row.waiting) == (2, 2, 2, 0)
    assert row.ended_at is not None


def test_without_the_editors_wish_nobody_hears(published, invoices, ada, work):
    actions.follow(invoices, by=ada)
    published()

    assert mails(work) == []


def test_the_mail_says_title_line_first_words_and_the_way_out_H5(drafted, invoices, ada, eva, work, settings):
    settings.PUBLIC_URL = "https://help.festum.example"
    row = actions.follow(invoices, by=ada)
    article = drafted()
    publish(article, by=eva, tells=True, line="Now in three steps.")
    work()
    mail = Delivery.objects.get(kind="published")

    assert mail.subject == "Paying an invoice"
    for words in ("Now in three steps.", "Open the invoice.", f"/hc/en/articles/{article.pk}-paying-an-invoice"):
        assert words in mail.text
    leave, token = re.search(r'href="(https://help.festum.example/hc/en/following/leave/([^"]+))"', mail.html).groups()
    assert links.following_of(token, links.LEAVE) == row
    assert "https://help.festum.example/hc/en/following" in mail.text
    raw = compose(mail).decode()
    assert f"<{leave}>" in re.sub(r"\r\n\s", "", raw)
    for header in (
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "List-Id: <following.festum.example>",
        "Precedence: bulk",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
    ):
        assert header in raw


def test_news_go_behind_mail_that_somebody_waits_for_and_the_question_to_an_address_does_not(
    drafted, invoices, ada, bert, eva, work
):
    actions.follow(invoices, by=ada)
    actions.follow(invoices, pace=Pace.DAILY, by=bert)
    actions.follow_by_address(invoices, "reader@nowhere.example", language="en", by=NOBODY)
    publish(drafted(), by=eva, tells=True)
    work()
    it_is_morning()
    work()

    assert dict(Delivery.objects.values_list("kind", "bulk")) == {
        "published": True,
        "digest": True,
        "follow_confirmation": False,
    }


def test_who_follows_in_several_ways_gets_one_mail(drafted, guides, root, ada, eva, work):
    ledger = Product.objects.get(key="ledger")
    releases = actions.make_section(guides, labels("Releases"), kind=Kind.RELEASES, product=ledger, by=root)
    inner = actions.make_section(guides, labels("Inner"), kind=Kind.RELEASES, product=ledger, parent=releases, by=root)
    article = drafted("1.2", section=inner)
    publish(article, by=eva)
    follow_confirmed(inner, "ada@acme.example")
    for thing in (releases, inner, ledger, article):
        actions.follow(thing, by=ada)
    publish(article, by=eva, tells=True)

    assert mails(work) == ["ada@acme.example"]


def test_an_address_hears_where_its_owner_does_not_as_a_person(drafted, guides, root, ada, bert, eva, work):
    hiding = actions.make_section(guides, labels("Hiding"), fallback=Fallback.HIDE, by=root)
    for who in (ada, speak(bert, "fi")):
        actions.follow(hiding, by=who)
        follow_confirmed(hiding, who.person.email)
    publish(drafted(section=hiding), by=eva, tells=True)
    people.close_account(ada.person, by=root)

    assert mails(work) == ["ada@acme.example", "bert@acme.example"]
    assert not Delivery.objects.filter(kind="published", person__isnull=False).exists()


def test_each_reads_their_language_or_the_stated_fallback_H3(drafted, invoices, ada, bert, carol, eva, work):
    for who, language in ((ada, "en"), (bert, "fi"), (carol, "sv")):
        actions.follow(invoices, by=speak(who, language))
    article = drafted()
    publish(article, by=eva)
    translated(article, "fi", "Laskun maksaminen", by=eva)
    publish(article, by=eva, tells=True, line="Look here.")
    work()
    found = {mail.address: mail for mail in Delivery.objects.filter(kind="published")}

    assert {address: mail.subject for address, mail in found.items()} == {
        "ada@acme.example": "Paying an invoice",
        "bert@acme.example": "Laskun maksaminen",
        "carol@acme.example": "Paying an invoice",
    }
    assert "Look here." not in found["bert@acme.example"].text
    assert found["carol@acme.example"].language == "sv"
    assert 'lang="en"' in found["carol@acme.example"].html


def test_where_a_section_hides_what_is_not_translated_its_mail_is_not_made_H3(drafted, guides, root, ada, eva, work):
    hiding = actions.make_section(guides, labels("Hiding"), fallback=Fallback.HIDE, by=root)
    actions.follow(hiding, by=speak(ada, "fi"))
    article = drafted(section=hiding)
    publish(article, by=eva, tells=True)
    assert mails(work) == []

    translation = actions.translate(article, "fi", by=eva)
    translation = actions.save_draft(
        translation, title="Lasku", body="<p>Avaa.</p>", version=translation.version, by=eva
    )
    actions.publish(translation, version=translation.version, tells=True, by=eva)
    assert mails(work) == ["ada@acme.example"]


def test_a_translation_that_was_told_by_itself_is_not_told_again_by_its_source(drafted, invoices, ada, bert, eva, work):
    for who, language in ((ada, "en"), (bert, "fi")):
        actions.follow(invoices, by=speak(who, language))
    article = drafted()
    translation = actions.translate(article, "fi", by=eva)
    translation = actions.save_draft(
        translation, title="Lasku", body="<p>Avaa.</p>", version=translation.version, by=eva
    )
    actions.publish(translation, version=translation.version, tells=True, by=eva)
    publish(article, by=eva, tells=True)

    assert mails(work) == ["ada@acme.example", "bert@acme.example"]


def test_readers_of_a_translation_that_is_behind_wait_for_it(drafted, invoices, ada, bert, eva, work):
    for who, language in ((ada, "en"), (bert, "fi")):
        actions.follow(invoices, by=speak(who, language))
    article = drafted()
    publish(article, by=eva)
    translated(article, "fi", "Lasku", by=eva)
    write(article, "<p>Quite another thing.</p>", by=eva)
    publish(article, by=eva, tells=True)

    assert mails(work) == ["ada@acme.example"]


def test_rights_are_asked_again_when_the_mail_is_made_E3(drafted, guides, root, ada, bert, eva, work):
    ours = actions.make_section(guides, labels("Main users"), audience=audience.seats(), by=root)
    for who in (ada, bert):
        actions.follow(ours, by=who)
    article = drafted(section=ours)
    publish(article, by=eva, tells=True)
    people.take_seat(ada.person.memberships.get(), by=root)

    assert mails(work) == ["bert@acme.example"]


def test_who_may_not_sign_in_any_more_hears_nothing(drafted, invoices, ada, root, eva, work):
    actions.follow(invoices, by=ada)
    publish(drafted(), by=eva, tells=True)
    people.close_account(ada.person, by=root)

    assert mails(work) == []


def test_an_address_reads_what_everyone_may(drafted, invoices, root, eva, work):
    follow_confirmed(invoices, "reader@nowhere.example", "fi")
    article = drafted()
    publish(article, by=eva, tells=True)
    actions.change_article(article, audience=audience.signed_in(), by=eva)

    assert mails(work) == []


def test_an_address_that_mail_comes_back_from_is_held_back(drafted, invoices, root, eva, work):
    follow_confirmed(invoices, "reader@nowhere.example")
    suppressing.suppress("reader@nowhere.example", by=root)
    publish(drafted(), by=eva, tells=True)
    work()

    assert Delivery.objects.get(kind="published").state == State.CANCELLED


def test_a_correction_is_told_again_and_says_so(drafted, news, ada, eva, work):
    actions.follow(news, by=ada)
    article = drafted("Outage tonight", section=news)
    publish(article, by=eva, tells=True)
    assert mails(work) == ["ada@acme.example"]
    write(article, "<p>Tomorrow, not tonight.</p>", by=eva, title="Outage tomorrow")
    publish(article, by=eva, tells=True, line="It is tomorrow.")

    assert mails(work) == ["ada@acme.example"] * 2
    first, second = Delivery.objects.filter(kind="published").order_by("pk")
    assert "Corrected" in second.text
    assert "It is tomorrow." in second.text
    assert "Corrected" not in first.text


def test_who_was_not_told_yet_hears_only_the_correction(drafted, news, ada, eva, work):
    actions.follow(news, by=ada)
    article = drafted("Outage tonight", section=news)
    publish(article, by=eva, tells=True)
    write(article, "<p>Tomorrow.</p>", by=eva, title="Outage tomorrow")
    publish(article, by=eva, tells=True)
    work()

    assert [mail.subject for mail in Delivery.objects.filter(kind="published")] == ["Outage tomorrow"]


def test_progress_is_told_to_who_may_edit(drafted, invoices, ada, bert, eva, work):
    actions.follow(invoices, by=ada)
    actions.follow(invoices, pace=Pace.DAILY, by=bert)
    article = drafted()
    publish(article, by=eva, tells=True)
    assert [(one.followers, one.walked) for one in queries.progress_of(eva, article)] == [(None, 0)]
    work()

    (done,) = queries.progress_of(eva, article)
    assert (done.followers, done.walked, done.mails, done.waiting) == (2, 2, 1, 1)
    assert done.ended_at is not None
    assert queries.progress_of(ada, article) == []


def test_an_editor_hears_of_mails_that_wait_long_or_do_not_arrive(drafted, invoices, ada, bert, carol, nils, eva, work):
    for who in (ada, bert, carol, nils):
        actions.follow(invoices, by=who)
    article = drafted()
    publish(article, by=eva, tells=True)
    work()
    rows = {mail.person_id: mail for mail in Delivery.objects.all()}
    long_ago = timezone.now() - timedelta(hours=2)
    for who, state, made_at in (
        (ada, State.WAITING, long_ago),
        (bert, State.DELAYED, long_ago + timedelta(minutes=30)),
        (carol, State.WAITING, timezone.now()),
        (nils, State.FAILED, long_ago),
    ):
        Delivery.objects.filter(pk=rows[who.person_id].pk).update(state=state, made_at=made_at)

    (told,) = queries.progress_of(eva, article)
    assert (told.late, told.late_since, told.lost) == (2, long_ago, 1)
    Delivery.objects.update(state=State.SENT)
    (told,) = queries.progress_of(eva, article)
    assert (told.late, told.late_since, told.lost) == (0, None, 0)


# The walk.


@pytest.fixture
def many(invoices):
    """Thirty addresses that follow, and helpings of twelve, handed over by five."""

    def follow(number: int = 30) -> list[str]:
        rows = [f"reader{n:02}@nowhere.example" for n in range(number)]
        for address in rows:
            follow_confirmed(invoices, address)
        return rows

    return follow


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(telling, "HELPING", 12)
    monkeypatch.setattr(telling, "TOGETHER", 5)


@pytest.mark.usefixtures("small")
def test_many_followers_are_told_in_helpings(many, drafted, eva, work):
    addresses = many()
    publish(drafted(), by=eva, tells=True)

    assert mails(work) == addresses
    assert Telling.objects.get().walked == 30


@pytest.mark.usefixtures("small")
def test_two_who_walk_at_once_make_no_mail_twice(many, drafted, eva, work):
    addresses = many()
    publish(drafted(), by=eva, tells=True)
    entry = Telling.objects.get().pk
    seen = Telling.objects.get()
    assert telling.tell_some(entry)
    revision = telling.hearing.announced(seen.revision_id)
    rows = telling.hearing.some_followers(revision.translation.article, 0, 10**9, 12)

    assert not telling._hand_over(seen, rows[:5], telling._written(seen, revision, rows))
    assert mails(work) == addresses
    assert Telling.objects.get().mails == 30


def test_what_a_reader_may_see_is_worked_out_once(many, drafted, eva):
    article = drafted()

    def asked() -> int:
        publish(article, by=eva, tells=True)
        with CaptureQueriesContext(connection) as queries:
            telling.tell_some(Telling.objects.latest("pk").pk)
        return sum('FROM "knowledge_audience"' in one["sql"] for one in queries)

    many(2)
    few = asked()
    many(12)
    assert asked() - few == 10


# Digests.

HELSINKI = "Europe/Helsinki"


@pytest.mark.parametrize(
    ("moment", "zone", "weekly", "morning"),
    [
        ("2026-11-25T04:59", HELSINKI, False, "2026-11-25T05:00"),
        ("2026-11-25T05:00", HELSINKI, False, "2026-11-26T05:00"),
        ("2026-11-25T05:00", HELSINKI, True, "2026-11-30T05:00"),
        ("2026-11-30T04:00", HELSINKI, True, "2026-11-30T05:00"),
        ("2026-11-30T06:00", HELSINKI, True, "2026-12-07T05:00"),
        ("2026-11-25T20:00", "Pacific/Auckland", False, "2026-11-26T18:00"),
        ("2026-10-24T08:00", HELSINKI, False, "2026-10-25T05:00"),  # the clocks go back that night
        ("2026-03-28T08:00", HELSINKI, False, "2026-03-29T04:00"),
    ],
)
def test_a_morning_is_at_seven_where_the_reader_is(moment, zone, weekly, morning):
    found = morning_after(datetime.fromisoformat(moment).replace(tzinfo=UTC), zone, weekly=weekly)

    assert found.astimezone(UTC) == datetime.fromisoformat(morning).replace(tzinfo=UTC)


def it_is_morning() -> None:
    """What waits for a morning is due."""
    Waiting.objects.update(due_at=datetime(2026, 1, 5, 5, tzinfo=UTC))
    jobs.enqueue(jobs.send_digests, subject=1, at=datetime(2026, 1, 5, 5, tzinfo=UTC).isoformat())


def test_who_hears_daily_gets_one_mail_of_all_that_was_published(drafted, invoices, news, ada, eva, work):
    actions.follow(invoices, pace=Pace.DAILY, by=ada)
    actions.follow(news, pace=Pace.WEEKLY, by=ada)
    follow_confirmed(invoices, "reader@nowhere.example", pace=Pace.WEEKLY)
    publish(drafted("One"), by=eva, tells=True, line="The first.")
    publish(drafted("Two", section=news), by=eva, tells=True)
    publish(drafted("Quiet"), by=eva)
    assert mails(work, "digest") == []
    it_is_morning()

    assert mails(work, "digest") == ["ada@acme.example", "reader@nowhere.example"]
    assert mails(work) == []
    mail = Delivery.objects.get(kind="digest", person=ada.person)
    assert mail.subject == "One, and 1 more"
    for words in ("The first.", "Two"):
        assert words in mail.text
    assert "Quiet" not in mail.text
    assert "following/leave-digests/" in mail.headers["List-Unsubscribe"]
    assert not Waiting.objects.exists()


def test_where_nothing_was_published_nothing_is_sent(invoices, ada, work):
    actions.follow(invoices, pace=Pace.DAILY, by=ada)
    it_is_morning()

    assert mails(work, "digest") == []


def test_what_was_told_at_once_is_not_told_in_the_morning(drafted, invoices, ada, eva, work):
    article = drafted()
    publish(article, by=eva)
    actions.follow(invoices, pace=Pace.DAILY, by=ada)
    actions.follow(article, by=ada)
    publish(article, by=eva, tells=True)

    assert mails(work) == ["ada@acme.example"]
    assert not Waiting.objects.exists()


def test_in_the_morning_rights_and_wishes_are_asked_again(drafted, invoices, ada, bert, carol, eva, root, work):
    for who in (ada, bert, carol):
        actions.follow(invoices, pace=Pace.DAILY, by=who)
    article = drafted()
    publish(article, by=eva, tells=True)
    work()
    actions.unfollow(invoices, by=ada)
    people.merge_persons(carol.person, bert.person, by=root)
    it_is_morning()

    assert mails(work, "digest") == ["carol@acme.example"]


def test_a_corrected_thing_stands_once_in_the_morning_as_it_is_now(drafted, news, ada, eva, work):
    actions.follow(news, pace=Pace.DAILY, by=ada)
    article = drafted("Outage tonight", section=news)
    publish(article, by=eva, tells=True)
    work()
    write(article, "<p>Tomorrow.</p>", by=eva, title="Outage tomorrow")
    publish(article, by=eva, tells=True)
    work()
    it_is_morning()
    work()

    mail = Delivery.objects.get(kind="digest")
    assert mail.subject == "Outage tomorrow"
    assert mail.text.count("Outage tomorrow") == 1


def where_monday_is_not_next() -> str:
    """A time zone whose next morning is none on which weekly mails are made, whenever a test runs."""
    zones, now = (HELSINKI, "Pacific/Kiritimati", "Pacific/Pago_Pago"), timezone.now()
    return next(one for one in zones if morning_after(now, one, weekly=False) < morning_after(now, one, weekly=True))


@pytest.mark.parametrize("paces", [(Pace.DAILY, Pace.WEEKLY), (Pace.WEEKLY, Pace.DAILY)])
@pytest.mark.parametrize("together", [1, 25])
def test_who_follows_daily_and_weekly_hears_the_next_morning(
    drafted, invoices, ada, eva, work, monkeypatch, paces, together
):
    monkeypatch.setattr(telling, "TOGETHER", together)
    zone = where_monday_is_not_next()
    people.change_profile(ada.person, time_zone=zone, by=ada)
    article = drafted()
    publish(article, by=eva)
    for thing, pace in zip((article, invoices), paces, strict=True):
        actions.follow(thing, pace=pace, by=ada)
    publish(article, by=eva, tells=True)
    work()

    row = Waiting.objects.get()
    assert row.due_at == morning_after(row.telling.begun_at, zone, weekly=False)
    assert Timer.objects.filter(kind=digests.DIGEST, due_at=row.due_at).exists()
    assert Telling.objects.get().waiting == 1


def test_two_mornings_that_are_made_at_once_lose_nothing(drafted, invoices, ada, eva, work):
    monday, tuesday = (datetime(2026, 1, day, 5, tzinfo=UTC) for day in (5, 6))
    actions.follow(invoices, pace=Pace.DAILY, by=ada)
    for title, morning in (("One", monday), ("Two", tuesday)):
        publish(drafted(title), by=eva, tells=True)
        work()
        Waiting.objects.filter(due_at__gt=tuesday).update(due_at=morning)
    seen = digests._mails(tuesday)
    digests.make_some(monday)
    digests._hand_over([(digests._digest(key, rows), rows) for key, rows in seen])

    assert digests.are_due(tuesday)
    digests.make_some(tuesday)
    assert [mail.subject for mail in Delivery.objects.filter(kind="digest").order_by("pk")] == ["One", "Two"]
    assert not Waiting.objects.exists()


def test_a_timer_waits_for_each_morning(drafted, invoices, ada, bert, eva, work):
    people.change_profile(bert.person, time_zone="America/New_York", by=bert)
    for who in (ada, bert):
        actions.follow(invoices, pace=Pace.DAILY, by=who)
    publish(drafted(), by=eva, tells=True)
    work()

    assert Waiting.objects.values("due_at").distinct().count() == 2
    assert set(Timer.objects.filter(kind="notifications.send_digests").values_list("due_at", flat=True)) == set(
        Waiting.objects.values_list("due_at", flat=True)
    )


# An address is asked.


def test_an_address_is_asked_in_its_language_and_told_nothing_else(published, work):
    article = published()
    row = actions.follow_by_address(article, "reader@nowhere.example", language="fi", by=NOBODY)

    assert mails(work, "follow_confirmation") == ["reader@nowhere.example"]
    mail = Delivery.objects.get()
    (token,) = re.findall(r"/following/confirmation/([\w:-]+)", mail.text)
    assert links.following_of(token, links.CONFIRM) == row
    assert "Paying an invoice" in mail.text
    assert mail.language == "fi"


def test_an_address_is_not_asked_often_and_not_once_it_follows(published, work):
    article = published()
    for _ in range(5):
        actions.follow_by_address(article, "reader@nowhere.example", language="en", by=NOBODY)
        work()
    follow_confirmed(article, "other@nowhere.example")
    work()
    actions.follow_by_address(article, "other@nowhere.example", language="en", by=NOBODY)

    assert mails(work, "follow_confirmation") == ["reader@nowhere.example"] * 3


def test_a_person_who_follows_is_asked_nothing(invoices, ada, work):
    actions.follow(invoices, by=ada)

    assert mails(work, "follow_confirmation") == []
    assert Entry.objects.filter(event="following.begun").count() == 1
    assert not Job.objects.exists()
