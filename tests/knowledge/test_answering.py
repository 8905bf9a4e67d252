"""Readers vote, are counted, and follow."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.conftest import later
from tests.knowledge.conftest import again, labels, told
from tuki.desk.models import Product
from tuki.knowledge import actions, audience, links
from tuki.knowledge.marks import Tally
from tuki.knowledge.models import Article, Following, Kind, Pace, Views, Vote
from tuki.knowledge.queries import editing, following, hearing
from tuki.lib.refusal import Denied, Refused
from tuki.people import actions as people
from tuki.people.actor import Actor

NOBODY = Actor(None)


def counted(article) -> tuple[int, int]:
    article.refresh_from_db()
    return article.helpful, article.unhelpful


def vote(article, helpful, by=NOBODY, browser="", **more):
    return actions.vote(article, helpful=helpful, language="en", browser=browser, by=by, **more)


def test_a_vote_is_one_a_person_and_can_be_changed_A18(published, ada):
    article = published()
    vote(article, True, ada)
    vote(article, True, ada)
    assert counted(article) == (1, 0)

    vote(article, False, later(ada, minutes=1), reason="  No picture. ")
    assert counted(article) == (0, 1)
    assert [one.reason for one in editing.reasons(article).rows] == ["No picture."]
    assert told(article).count("article.voted") == 2

    vote(article, True, ada)
    assert Vote.objects.get().reason == ""


def test_a_browser_votes_once_and_another_again(published):
    article = published()
    one, two = links.browser_token(), links.browser_token()
    vote(article, True, browser=one)
    vote(article, False, browser=one)
    vote(article, True, browser=two)

    assert counted(article) == (1, 1)
    assert {row.person for row in Vote.objects.all()} == {None}


@pytest.mark.parametrize("token", ["", "made-up", "made:up:token"])
def test_a_token_that_we_did_not_make_votes_not(published, token):
    article = published()

    with pytest.raises(Refused):
        vote(article, True, browser=token)
    assert counted(article) == (0, 0)


def test_a_duplicates_vote_counts_no_more(published, ada, bert, root):
    article = published()
    vote(article, True, ada)
    vote(article, False, bert)
    people.merge_persons(ada.person, bert.person, by=root)

    assert counted(article) == (1, 0)


def test_reading_is_counted_in_one_go(published):
    one, two = published("one"), published("two")
    now = [0.0]
    tally = Tally(most=5, seconds=20, clock=lambda: now[0])
    day = date(2026, 11, 25)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for _ in range(4):
            tally.add(one.pk, "en", day)
    assert len(queries) == 0
    tally.add(two.pk, "fi", day)
    assert set(Views.objects.values_list("article", "language", "count")) == {(one.pk, "en", 4), (two.pk, "fi", 1)}

    now[0] = 21.0
    tally.add(one.pk, "en", day)
    assert editing.views(one, day) == 5
    assert editing.views(one, day + timedelta(days=1)) == 0


def test_what_was_read_of_an_article_that_is_gone_is_forgotten(published):
    tally = Tally(most=1)
    tally.add(12345, "en", date(2026, 11, 25))

    assert not Views.objects.exists()


def test_most_read_counts_days(published, eva):
    one, two = published("one"), published("two")
    tally = Tally(most=1)
    for article, day in ((one, 1), (two, 2), (two, 3), (one, 9), (one, 9)):
        tally.add(article.pk, "en", date(2026, 11, day))

    assert editing.most_read(eva, date(2026, 11, 1), date(2026, 11, 3)) == [(two, 2), (one, 1)]


# Following.


@pytest.fixture
def ledger(desk) -> Product:
    return Product.objects.get(key="ledger")


@pytest.fixture
def releases(guides, ledger, root):
    return actions.make_section(guides, labels("Releases"), kind=Kind.RELEASES, product=ledger, by=root)


def told_of(article: Article) -> set[object]:
    return {row.person or row.address for row in hearing.followers_of(article)}


def test_followers_are_those_of_article_section_and_product_H5(
    guides, releases, published, ledger, root, ada, bert, nils, dora
):
    inner = actions.make_section(guides, labels("Inner"), kind=Kind.RELEASES, product=ledger, parent=releases, by=root)
    article, other = published("1.2", section=inner), published("other")
    for who, what in ((ada, article), (bert, inner), (nils, releases), (dora, ledger)):
        actions.follow(what, by=who)

    assert told_of(article) == {ada.person, bert.person, nils.person, dora.person}
    assert told_of(other) == set()


def test_who_follows_a_product_hears_of_what_lies_within_its_release_notes(
    guides, releases, published, ledger, root, ada
):
    actions.follow(following.to_follow(releases), by=ada)
    inner = actions.make_section(guides, labels("2026"), parent=releases, by=root)

    assert told_of(published("1.2", section=inner)) == {ada.person}
    assert following.to_follow(inner) == ledger


def test_following_again_changes_the_pace_and_unfollowing_ends_it(invoices, ada):
    actions.follow(invoices, by=ada)
    actions.follow(invoices, pace=Pace.WEEKLY, by=ada)
    assert following.following(ada, invoices).pace == Pace.WEEKLY

    actions.unfollow(invoices, by=ada)
    assert not following.followed(ada).exists()
    actions.unfollow(invoices, by=ada)
    assert told(invoices) == [
        "section.made",
        "following.begun",
        "following.pace_changed",
        "following.ended",
    ]


def test_nobody_follows_what_they_may_not_know(guides, published, root, ada):
    ours = actions.make_section(guides, labels("Ours"), audience=audience.agents(), by=root)
    article = published(section=ours)
    for thing in (ours, article):
        with pytest.raises(Denied):
            actions.follow(thing, by=ada)
        with pytest.raises(Denied):
            actions.follow_by_address(thing, "x@nowhere.example", language="en", by=NOBODY)
    with pytest.raises(Denied):
        actions.follow(published(), by=NOBODY)


def test_an_address_follows_once_it_is_confirmed_and_leaves_by_a_link(published):
    article = published()
    row = actions.follow_by_address(article, " Reader@Nowhere.example", language="fi", pace=Pace.DAILY, by=NOBODY)
    assert told_of(article) == set()

    actions.confirm(links.token_for(row, links.CONFIRM), by=NOBODY)
    assert told_of(article) == {"reader@nowhere.example"}
    leave = links.token_for(row, links.LEAVE)
    actions.set_pace(leave, Pace.WEEKLY, by=NOBODY)
    assert Following.objects.get().pace == Pace.WEEKLY

    actions.leave(leave, by=NOBODY)
    actions.leave(leave, by=NOBODY)
    assert not Following.objects.exists()


def test_asking_again_for_an_address_tells_and_changes_nothing(published):
    article = published()
    row = actions.follow_by_address(article, "r@nowhere.example", language="fi", by=NOBODY)
    actions.confirm(links.token_for(row, links.CONFIRM), by=NOBODY)
    again_asked = actions.follow_by_address(article, "r@nowhere.example", language="en", pace=Pace.WEEKLY, by=NOBODY)

    assert (again_asked.pk, again_asked.language, again_asked.pace) == (row.pk, "fi", Pace.AT_ONCE)
    assert told(article).count("following.begun") == 1


def test_a_link_does_only_what_it_was_made_for(published):
    row = actions.follow_by_address(published(), "r@nowhere.example", language="fi", by=NOBODY)
    asked, leave = links.token_for(row, links.CONFIRM), links.token_for(row, links.LEAVE)
    with pytest.raises(Refused):
        actions.confirm(leave, by=NOBODY)
    actions.leave(asked, by=NOBODY)
    assert Following.objects.exists()

    actions.leave(leave, by=NOBODY)
    actions.follow_by_address(Article.objects.get(), "other@nowhere.example", language="fi", by=NOBODY)
    with pytest.raises(Refused):
        actions.confirm(asked, by=NOBODY)


@pytest.mark.parametrize("both", [False, True])
def test_a_link_in_a_mail_works_after_its_reader_and_its_thing_were_merged(
    published, guides, invoices, ada, bert, carol, eva, root, both
):
    """both: who and what is kept was followed, and following, before."""
    kept, duplicate = published("Kept"), published("Duplicate")
    other = actions.make_section(guides, labels("Other"), by=root)
    rows = [actions.follow(thing, pace=Pace.DAILY, by=bert) for thing in (duplicate, other)]
    leave, digests = [links.token_for(row, links.LEAVE) for row in rows], links.token_of_reader(rows[0])
    if both:
        for thing in (kept, invoices):
            actions.follow(thing, by=ada)
    people.merge_persons(ada.person, bert.person, by=root)
    people.merge_persons(carol.person, ada.person, by=root)
    actions.merge_articles(kept, duplicate, by=eva)
    actions.merge_sections(invoices, other, by=root)
    assert links.reader_of(digests) == (carol.person_id, "")
    assert set(following.in_digests(digests)) == set(Following.objects.filter(pace=Pace.DAILY))

    for token in leave:
        actions.leave(token, by=NOBODY)
    assert not Following.objects.exists()


@pytest.mark.parametrize(("address", "language"), [("no address", "en"), ("a@b.example", "de")])
def test_what_is_no_address_or_no_language_is_refused(published, address, language):
    with pytest.raises(Refused):
        actions.follow_by_address(published(), address, language=language, by=NOBODY)


def test_merged_persons_follow_as_one(published, invoices, ada, bert, root):
    article = published()
    for who, what in ((ada, article), (bert, article), (bert, invoices)):
        actions.follow(what, by=who)
    people.merge_persons(ada.person, bert.person, by=root)

    mine = following.followed(Actor(again(ada.person)))
    assert {row.thing for row in mine} == {article, invoices}
    assert Following.objects.count() == 2
