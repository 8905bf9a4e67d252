"""Two articles that say the same become one, nothing is lost, and nobody reads what was not for them."""

import pytest

from tests.desks.conftest import PNG
from tests.knowledge.conftest import again, of, told, translated, write
from tuki.files.actions import store
from tuki.knowledge import actions, audience, links
from tuki.knowledge import policy as knowledge
from tuki.knowledge.models import Article, Following, Pace, Schedule, Translation
from tuki.knowledge.queries import editing, lookup, reading
from tuki.knowledge.queries.addresses import addresses
from tuki.knowledge.queries.merging import merging
from tuki.lib.refusal import Denied, Refused
from tuki.people.actor import Actor

NOBODY = Actor(None)


@pytest.fixture
def both(published) -> tuple[Article, Article]:
    return published("Paying"), published("How to pay")


def under(article: Article) -> list[str]:
    return [one.file.name for one in editing.attachments(article)]


def test_its_address_leads_on_and_so_does_what_led_to_it(both, eva):
    kept, duplicate = both
    actions.redirect("old/pay", duplicate, by=eva)
    actions.merge_articles(kept, duplicate, by=eva)

    assert reading.article(NOBODY, duplicate.pk, "en") is None
    for path in (f"articles/{duplicate.pk}", "old/pay"):
        assert reading.redirected(NOBODY, path, "en").article == kept
    assert told(kept)[-1] == "article.merged"
    with pytest.raises(Refused, match="before"):
        actions.merge_articles(duplicate, kept, by=eva)
    with pytest.raises(Refused, match="two"):
        actions.merge_articles(kept, kept, by=eva)


def test_its_texts_are_kept_for_editors_with_what_was_only_drafted(both, eva):
    kept, duplicate = both
    write(duplicate, "<p>Better words.</p>", by=eva)
    actions.merge_articles(kept, duplicate, by=eva)

    text = editing.translations(duplicate)[0]
    assert (text.status, text.body, text.draft.body) == ("archived", text.revision.body, "<p>Better words.</p>")
    assert not Schedule.objects.exists()


def test_a_language_that_the_kept_one_lacks_comes_over_and_counts_as_outdated(both, eva):
    kept, duplicate = both
    picture = store(PNG, "bill.png", by=eva)
    translated(duplicate, "fi", "Maksaminen", by=eva, body=f'<p><img src="/hc/files/{picture.pk}" alt="x"></p>')
    assert [one.language for one in merging(kept, duplicate).translations] == ["fi"]
    actions.merge_articles(kept, duplicate, by=eva)

    assert reading.article(NOBODY, kept.pk, "fi").translation.title == "Maksaminen"
    assert of(kept, "fi").outdated
    assert knowledge.visible_files(NOBODY).filter(pk=picture.pk).exists()
    actions.mark_up_to_date(of(kept, "fi"), by=eva)
    assert not of(kept, "fi").outdated


def test_its_files_labels_and_keywords_come_over(both, eva):
    kept, duplicate = both
    for article, name, words in ((kept, "kept.txt", ["pay"]), (duplicate, "other.txt", ["pay", "due"])):
        actions.attach(article, [store(name.encode(), name, by=eva)], by=eva)
        actions.change_article(article, labels=words, keywords=words, by=eva)
    actions.merge_articles(kept, duplicate, by=eva)

    kept = Article.objects.get(pk=kept.pk)
    assert under(kept) == ["kept.txt", "other.txt"]
    assert [one.name for one in kept.labels.all()] == ["due", "pay"]
    assert kept.keywords == ["pay", "due"]
    assert lookup.by_words(NOBODY, "due", "en")[0].article == kept


def test_what_was_for_fewer_readers_stays_with_it(both, eva):
    kept, duplicate = both
    secret = store(b"secret", "secret.txt", by=eva)
    actions.attach(duplicate, [secret], by=eva)
    translated(duplicate, "fi", "Maksaminen", by=eva)
    duplicate = actions.change_article(duplicate, audience=audience.seats(), labels=["internal"], by=eva)
    assert not merging(kept, duplicate).goes_over
    assert merging(duplicate, kept).goes_over
    actions.merge_articles(kept, duplicate, by=eva)

    assert not knowledge.visible_files(NOBODY).filter(pk=secret.pk).exists()
    assert under(duplicate) == ["secret.txt"]
    assert reading.article(NOBODY, kept.pk, "fi").translation.language == "en"
    assert not kept.labels.exists()


def test_readers_of_the_other_must_find_something(drafted, published, eva):
    kept, duplicate = drafted("Begun"), published("Read")
    assert merging(kept, duplicate).lost == ["en"]
    with pytest.raises(Refused, match="English"):
        actions.merge_articles(kept, duplicate, by=eva)

    assert reading.article(NOBODY, duplicate.pk, "en") is not None
    actions.merge_articles(duplicate, kept, by=eva)


def test_who_follows_either_follows_the_kept_one_once_and_a_confirmed_address_stays_so(both, eva, ada):
    kept, duplicate = both
    for article in both:
        actions.follow(article, by=ada)
        actions.follow_by_address(article, "a@x.example", language="en", pace=Pace.DAILY, by=NOBODY)
    other = Following.objects.get(article=duplicate, person=None)
    actions.confirm(links.token_for(other, links.CONFIRM), by=NOBODY)
    actions.follow_by_address(duplicate, "b@x.example", language="en", by=NOBODY)
    assert [one.address for one in merging(kept, duplicate).followers] == ["b@x.example"]
    actions.merge_articles(kept, duplicate, by=eva)

    found = Following.objects.order_by("address")
    assert [(one.article, one.address, bool(one.confirmed_at)) for one in found] == [
        (kept, "", True),
        (kept, "a@x.example", True),
        (kept, "b@x.example", False),
    ]


def test_its_votes_stay_with_its_text(both, eva, ada):
    kept, duplicate = both
    actions.vote(duplicate, helpful=False, language="en", reason="No picture.", by=ada)
    actions.merge_articles(kept, duplicate, by=eva)

    assert [vote.reason for vote in editing.reasons(duplicate).rows] == ["No picture."]
    assert Article.objects.get(pk=kept.pk).unhelpful == 0


def test_only_who_may_write_both_merges_them(both, eva, ada, hanna, teams):
    kept, duplicate = both
    own = audience.teams([teams["payroll"].pk])
    actions.change_article(duplicate, audience=own, by=hanna)
    for who in (ada, eva):
        with pytest.raises(Denied):
            actions.merge_articles(kept, duplicate, by=again_as(who))


def again_as(who: Actor) -> Actor:
    return Actor(again(who.person))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("/ohjeet/laskut/", "ohjeet/laskut"),
        ("https://old.example/hc/fi/articles/360-Laskut?x=1#y", "articles/360"),
        ("/hc/sv/ohjeet/%C3%A4%C3%A4", "ohjeet/ää"),
        ("hc/en-us/sections/7-Some", "sections/7"),
    ],
)
def test_an_address_is_kept_without_site_language_and_words(published, eva, typed, kept):
    article = published()

    assert actions.redirect(typed, article, by=eva) == kept
    assert reading.redirected(NOBODY, kept, "en").article == article
    assert reading.redirected(NOBODY, "ohjeet/muu", "en") is None


def test_an_address_leads_to_one_article_and_is_told_of_once(both, invoices, eva):
    kept, other = both
    actions.redirect("old/pay", kept, by=eva)
    actions.redirect("old/pay", kept, by=eva)
    assert told(kept).count("article.changed") == 1

    for typed, why in (
        ("old/pay", "elsewhere"),
        (f"articles/{kept.pk}", "has this address"),
        (f"/hc/fi/sections/{invoices.pk}-x", "has this address"),
        ("/hc/fi/", "empty"),
        ("x" * 301, "too long"),
    ):
        with pytest.raises(Refused, match=why):
            actions.redirect(typed, other, by=eva)


def test_an_address_ends_and_that_of_an_article_that_was_merged_does_not(both, eva):
    kept, duplicate = both
    actions.redirect("old/pay", duplicate, by=eva)
    actions.merge_articles(kept, duplicate, by=eva)
    printed, own = addresses(kept)
    assert (printed.path, own.path) == ("old/pay", f"articles/{duplicate.pk}")
    assert (printed.merged, own.merged) == (None, duplicate)

    actions.end_redirect(printed.pk, kept, by=eva)
    assert reading.redirected(NOBODY, "old/pay", "en") is None
    with pytest.raises(Refused, match="for good"):
        actions.end_redirect(own.pk, kept, by=eva)
    assert Translation.objects.filter(article=duplicate).exists()
