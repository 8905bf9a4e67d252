"""Writing and publishing, as a form without a script sends it."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.utils import timezone
from django.utils.html import strip_tags

from tests.conftest import later
from tests.knowledge.conftest import BODY, of, plan, told, write
from tuki.doors.workspace.guide import writing
from tuki.jobs.worker import run_ready
from tuki.knowledge import actions
from tuki.knowledge.models import Article, Draft, Pace, Revision, Schedule, Status, Translation
from tuki.knowledge.queries import reading
from tuki.mail.models import Delivery
from tuki.people.actor import Actor

NOW = {"when": "now", "zone": "Europe/Helsinki", "outdates": "on"}


def path(article: Article, what: str = "", language: str = "en") -> str:
    return f"/workspace/guide/articles/{article.pk}/{language}{what}"


def text(article: Article, body: str = "<p>New words.</p>", *, title: str = "Paying", **more: object):
    """What the form sends."""
    return {"title": title, "body": body, "version": of(article).version, **more}


def words(page: HttpResponse) -> str:
    return " ".join(strip_tags(page.content.decode()).split())


def shown(article: Article) -> str | None:
    found = reading.article(Actor(None), article.pk, "en")
    return found.translation.body if found else None


def test_an_article_is_begun_with_a_title_and_a_place(desk_of, invoices, eva):
    answer = desk_of.post(
        "/workspace/guide/articles/new", {"title": "Paying", "section": invoices.pk, "language": "fi"}
    )

    article = Article.objects.get()
    assert answer.url == path(article, language="fi")
    assert (article.owner, article.source_language) == (eva.person, "fi")
    assert ">Paying</textarea>" in desk_of.get(answer.url).content.decode()


def test_a_form_that_comes_twice_begins_one_article(desk_of, invoices):
    form = {"title": "Paying", "section": invoices.pk, "language": "en", "once": "7-abc"}
    first, second = (desk_of.post("/workspace/guide/articles/new", form) for _ in range(2))

    assert first.url == second.url == path(Article.objects.get())


def test_an_editor_sees_how_far_followers_have_been_told(desk_of, published, invoices, ada, bert):
    actions.follow(invoices, by=ada)
    actions.follow(invoices, pace=Pace.DAILY, by=bert)
    article = published()
    desk_of.post(path(article, "/publication"), text(article, **NOW, tells="on", line="Now faster."))
    begun = desk_of.get(path(article))
    run_ready()
    done = desk_of.get(path(article))

    assert "It begins in a moment." in words(begun)
    assert 'hx-select="#told"' in begun.content.decode()
    assert "2 of 2 followers: 1 mail, 1 hears by a daily or weekly mail" in words(done)
    assert 'hx-select="#told"' not in done.content.decode()
    Delivery.objects.update(state="waiting", made_at=timezone.now() - timedelta(days=1))
    assert "1 mail has waited to leave since" in words(desk_of.get(path(article)))
    Delivery.objects.update(state="failed")
    assert "Mail that did not arrive: 1." in words(desk_of.get(path(article)))


def test_an_article_that_nobody_was_told_of_says_nothing_of_it(desk_of, published):
    assert "What followers were told" not in words(desk_of.get(path(published())))


def test_a_draft_is_kept_and_readers_see_nothing_of_it(desk_of, published, eva):
    article = published()

    assert desk_of.post(path(article, "/draft"), text(article)).status_code == 302

    assert Draft.objects.get().body == "<p>New words.</p>"
    assert shown(article) != "<p>New words.</p>"
    page = desk_of.get(path(article)).content.decode()
    assert "&lt;p&gt;New words.&lt;/p&gt;" in page
    assert "changes not published" in page


def test_the_pages_script_gets_the_version_that_comes_next(browser_of, published, eva):
    article = published()

    answer = browser_of(eva, htmx=True).post(path(article, "/draft"), text(article))

    assert f'data-version="{of(article).version}"' in answer.content.decode()
    assert eva.person.name in answer.content.decode()


@pytest.mark.parametrize("htmx", [False, True], ids=["without a script", "by the page's script"])
def test_the_second_editor_reads_who_was_faster_and_gets_both_texts(browser_of, published, eva, otto, htmx):
    article = published()
    sent = text(article, "<p>Of Eva alone.</p>")
    browser_of(otto).post(path(article, "/draft"), text(article, "<p>Of Otto alone.</p>"))

    answer = browser_of(eva, htmx=htmx).post(path(article, "/draft"), sent)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert f"{otto.person.name} changed this meanwhile" in page
    assert "Of Otto alone." in page
    assert "Eva" in page
    assert Draft.objects.get().body == "<p>Of Otto alone.</p>"


def test_who_has_read_both_texts_may_save_theirs(browser_of, published, eva, otto):
    article = published()
    sent = text(article, "<p>Of Eva alone.</p>")
    browser_of(otto).post(path(article, "/draft"), text(article, "<p>Of Otto alone.</p>"))
    asked = browser_of(eva).post(path(article, "/draft"), sent)

    sent["version"] = asked.context["text"].version
    browser_of(eva).post(path(article, "/draft"), sent)

    assert Draft.objects.get().body == "<p>Of Eva alone.</p>"


def test_a_draft_is_thrown_away(desk_of, published, eva):
    article = published()
    desk_of.post(path(article, "/draft"), text(article))

    desk_of.post(path(article, "/draft"), {"version": of(article).version, "discard": "yes"})

    assert not Draft.objects.exists()


def test_what_is_typed_is_published_with_its_note_and_followers_are_told(desk_of, published):
    article = published()

    desk_of.post(
        path(article, "/publication"), text(article, **NOW, note="Clearer", tells="on", line="Read this anew.")
    )

    assert shown(article) == "<p>New words.</p>"
    revision = Revision.objects.first()
    assert (revision.number, revision.note, revision.line) == (2, "Clearer", "Read this anew.")
    assert told(article)[-1] == "article.published"


def test_a_form_that_comes_twice_publishes_once_and_says_so_again(desk_of, published):
    article = published()
    form = text(article, "<p>Corrected.</p>", tells="on", once="7-abc", **NOW)
    for _ in range(2):
        answer = desk_of.post(path(article, "/publication"), form, follow=True)
        assert "followers are being told" in words(answer)

    assert Revision.objects.filter(translation__article=article).count() == 2


def test_what_can_not_be_published_is_kept_as_a_draft(desk_of, drafted):
    article = drafted()

    answer = desk_of.post(path(article, "/publication"), text(article, title="", **NOW))

    assert answer.status_code == 422
    assert "A title is missing." in answer.content.decode()
    assert Draft.objects.get().body == "<p>New words.</p>"
    assert shown(article) is None


def test_a_moment_is_meant_in_the_zone_that_stands_beside_it(desk_of, drafted, eva):
    article = drafted()
    soon = (eva.at + timedelta(days=400)).astimezone(ZoneInfo("UTC")).replace(second=0, microsecond=0)
    sent = {**NOW, "when": "later", "publish_at": soon.strftime("%Y-%m-%dT%H:%M"), "zone": "UTC"}

    desk_of.post(path(article, "/publication"), text(article, **sent))

    assert Schedule.objects.get().publish_at == soon
    assert of(article).status == Status.SCHEDULED
    page = desk_of.get(path(article)).content.decode()
    assert "Will be published" in page

    desk_of.post(path(article, "/schedule"), text(article, "<p>Typed meanwhile.</p>"))
    assert not Schedule.objects.exists()
    assert Draft.objects.get().body == "<p>Typed meanwhile.</p>"


@pytest.mark.parametrize("when", ["now", "later"])
def test_what_another_wrote_since_is_not_published_unread(desk_of, published, otto, monkeypatch, when):
    """Between what Eva typed is saved and is published, Otto saves his."""
    article, keep = published(), writing.keep

    def and_then_otto(*kept: Any) -> Translation:
        translation = keep(*kept)
        write(article, "<p>Of Otto alone.</p>", by=otto)
        return translation

    monkeypatch.setattr(writing, "keep", and_then_otto)
    sent = text(article, "<p>Of Eva alone.</p>", **NOW | {"when": when, "publish_at": "2099-01-02T10:00"})
    answer = desk_of.post(path(article, "/publication"), sent)

    assert answer.status_code == 409
    assert f"{otto.person.name} changed this meanwhile" in words(answer)
    assert shown(article) == of(article).revision.body
    assert Revision.objects.count() == 1
    assert not Schedule.objects.exists()


def test_what_another_planned_since_is_not_taken_back_unread(desk_of, published, eva, otto):
    article = published()
    seen = text(article)
    plan(article, unpublish_at=eva.at + timedelta(days=1), by=otto)

    answer = desk_of.post(path(article, "/schedule"), seen)

    assert answer.status_code == 409
    assert Schedule.objects.exists()


def test_later_without_a_moment_is_asked_for(desk_of, drafted):
    article = drafted()

    answer = desk_of.post(path(article, "/publication"), text(article, **NOW | {"when": "later"}))

    assert answer.status_code == 422
    assert "When is it to be published?" in answer.content.decode()


def test_what_is_published_now_may_end_by_itself(desk_of, drafted, eva):
    article = drafted()
    end = (eva.at + timedelta(days=2)).replace(second=0, microsecond=0)

    desk_of.post(
        path(article, "/publication"),
        text(article, **NOW | {"zone": "UTC", "unpublish_at": end.strftime("%Y-%m-%dT%H:%M")}),
    )

    assert shown(article) == "<p>New words.</p>"
    assert Schedule.objects.get().unpublish_at == end
    assert reading.article(Actor(None, at=later(eva, days=3).at), article.pk, "en") is None


def test_what_is_published_is_taken_away_at_once(desk_of, published):
    article = published()

    desk_of.post(path(article, "/archive"))

    assert of(article).status == Status.ARCHIVED
    assert shown(article) is None


def test_a_translation_begins_with_the_sources_structure(desk_of, published, eva):
    article = published()
    assert "Not translated yet" in desk_of.get(path(article, language="fi")).content.decode()

    desk_of.post(path(article, "/beginning", "fi"), {"with": "source"})

    assert Draft.objects.get().body == of(article).body
    assert actions.translate(article, "fi", by=eva).based_on == of(article).revision


def test_a_translation_may_begin_empty(desk_of, published):
    article = published()

    desk_of.post(path(article, "/beginning", "sv"), {"with": "nothing"})

    assert not Draft.objects.exists()
    assert of(article, "sv").status == Status.DRAFT


def test_a_picture_without_words_is_remarked_beside_the_text(desk_of, published):
    article = published()

    desk_of.post(path(article, "/draft"), text(article, f'{BODY}<h4>Deep</h4><p><img src="/hc/files/1"></p>'))

    page = desk_of.get(path(article)).content.decode()
    assert "A picture has no text" in page
    assert "a level is left out" in page


def test_the_editor_costs_the_same_however_long_an_article_has_been_edited(desk_of, published, queries_of):
    article = published()
    few = queries_of(desk_of, path(article))
    for n in range(5):
        desk_of.post(path(article, "/publication"), text(article, f"<p>{n}</p>", **NOW))

    assert queries_of(desk_of, path(article)) <= few <= 25


def test_nobody_but_agents_writes(browser_of, published, ada):
    article = published()

    assert browser_of(ada).post(path(article, "/draft"), text(article)).status_code == 403
    assert browser_of().get(path(article)).status_code == 302
