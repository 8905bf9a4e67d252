"""Drafts, publishing, scheduling, translating, and taking back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.conftest import later
from tests.knowledge.conftest import of, plan, publish, told, translated, write
from tuki.files import actions as files
from tuki.files.models import File
from tuki.jobs.models import Timer
from tuki.knowledge import actions, policy
from tuki.knowledge.models import Attachment, Draft, Revision, Status
from tuki.knowledge.queries import editing, reading
from tuki.lib.article import Piece, linked_files
from tuki.lib.refusal import Denied, Refused
from tuki.people.actor import Actor

NOBODY = Actor(None)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0"


def reads(article, who=NOBODY, language="en"):
    """The title and body that somebody gets."""
    showing = reading.article(who, article.pk, language)
    return showing and (showing.translation.title, showing.translation.body)


def test_a_draft_is_no_readers(drafted, ada):
    article = drafted()

    assert reads(article) is None
    assert reads(article, ada) is None
    assert told(article) == ["article.made"]


def test_what_is_published_is_read_with_its_headings_and_words_counted(published):
    article = published(body="<h2>Begin</h2><p>One two.</p><h3>More</h3>")
    translation = of(article)

    assert reads(article) == (
        "Paying an invoice",
        '<h2 id="begin">Begin</h2><p>One two.</p><h3 id="more">More</h3>',
    )
    assert [heading["id"] for heading in translation.contents] == ["begin", "more"]
    assert (translation.words, translation.excerpt, translation.slug) == (4, "Begin One two. More", "paying-an-invoice")
    assert told(article) == ["article.made", "article.published"]


def test_editing_what_is_published_changes_nothing_until_it_is_published(published, eva):
    article = published()
    before = reads(article)
    write(article, "<p>New.</p>", by=eva)
    assert reads(article) == before

    publish(article, note="Shorter", by=eva)
    assert reads(article) == ("Paying an invoice", "<p>New.</p>")
    assert not Draft.objects.exists()
    assert [(one.number, one.note, one.by) for one in editing.revisions(of(article))] == [
        (2, "Shorter", eva.person),
        (1, "", eva.person),
    ]
    assert told(article) == ["article.made", "article.published", "article.draft_begun", "article.published"]


def test_saving_again_and_again_is_one_event(published, eva):
    article = published()
    for n in range(3):
        write(article, f"<p>{n}</p>", by=eva)

    assert told(article).count("article.draft_begun") == 1


def test_nobody_overwrites_silently(published, eva, otto):
    article = published()
    seen = of(article)
    write(article, "<p>Otto's.</p>", by=otto)

    with pytest.raises(Refused, match="Otto Ojala"):
        actions.save_draft(seen, title="x", body="<p>Eva's.</p>", version=seen.version, by=eva)
    with pytest.raises(Refused, match="Otto Ojala"):
        actions.publish(seen, version=seen.version, by=eva)
    for moment in (eva.at + timedelta(days=1), None):
        with pytest.raises(Refused, match="Otto Ojala"):
            actions.schedule(seen, version=seen.version, publish_at=moment, by=eva)
    assert of(article).draft.body == "<p>Otto's.</p>"


def test_what_was_published_meanwhile_is_not_overwritten_either(published, eva, otto):
    article = published()
    seen = of(article)
    write(article, "<p>Otto's.</p>", by=otto)
    publish(article, by=otto)

    with pytest.raises(Refused, match="Otto Ojala"):
        actions.save_draft(seen, title="x", body="<p>Eva's.</p>", version=seen.version, by=eva)


def test_what_is_thrown_away_leaves_what_is_published(published, eva):
    article = published()
    translation = write(article, "<p>New.</p>", by=eva)
    actions.discard_draft(translation, version=translation.version, by=eva)

    assert not Draft.objects.exists()
    assert reads(article)
    assert told(article)[-1] == "article.draft_discarded"


@pytest.mark.parametrize(("title", "body", "field"), [("", "<p>x</p>", "title"), ("x", "<p> </p>", "body")])
def test_an_article_without_title_or_text_is_not_published(drafted, eva, title, body, field):
    article = drafted(title, body)

    with pytest.raises(Refused) as refused:
        publish(article, by=eva)
    assert refused.value.field == field


def test_what_is_published_may_be_told_of_again_but_is_not_published_for_nothing(published, eva):
    article = published()
    with pytest.raises(Refused, match="nothing new"):
        publish(article, by=eva)

    again = publish(article, tells=True, line="The time was wrong", by=eva)
    assert (again.number, again.line) == (2, "The time was wrong")


def test_customers_write_nothing(published, ada):
    article = published()

    with pytest.raises(Denied):
        write(article, "<p>Mine.</p>", by=ada)
    with pytest.raises(Denied):
        publish(article, by=ada)
    with pytest.raises(Denied):
        actions.archive(of(article), by=ada)
    with pytest.raises(Denied):
        actions.restore(Revision.objects.get(), by=ada)
    with pytest.raises(Denied):
        plan(article, unpublish_at=timezone.now() + timedelta(days=1), by=ada)
    with pytest.raises(Denied):
        actions.translate(article, "fi", by=ada)
    assert told(article) == ["article.made", "article.published"]


def test_an_archived_article_is_gone_and_comes_back_as_a_new_revision(published, eva):
    article = published()
    actions.archive(of(article), by=eva)
    assert reads(article) is None
    assert of(article).status == Status.ARCHIVED

    actions.restore(of(article).revision, note="Needed after all", by=eva)
    assert reads(article)
    assert [(one.number, one.restores and one.restores.number) for one in editing.revisions(of(article))] == [
        (2, 1),
        (1, None),
    ]


def test_restoring_keeps_what_is_drafted(published, eva):
    article = published()
    write(article, "<p>Second.</p>", by=eva)
    publish(article, by=eva)
    write(article, "<p>Third, begun.</p>", by=eva)
    first = Revision.objects.get(number=1)
    actions.restore(first, by=eva)

    assert "Open the invoice" in reads(article)[1]
    assert of(article).draft.body == "<p>Third, begun.</p>"
    with pytest.raises(Refused, match="already"):
        actions.restore(of(article).revision, by=eva)


def test_two_revisions_are_compared_in_words(published, eva):
    article = published(body="<p>Open the old menu.</p>")
    write(article, "<p>Open the new menu.</p>", by=eva)
    publish(article, by=eva)
    new, old = editing.revisions(of(article))

    assert editing.compared(old, new) == [
        [Piece("same", "Open the"), Piece("removed", "old"), Piece("added", "new"), Piece("same", "menu.")]
    ]


# Schedules.


def test_what_is_scheduled_is_published_by_itself_as_of_its_moment(drafted, eva, work):
    article = drafted()
    moment = eva.at + timedelta(hours=1)
    plan(article, publish_at=moment, note="For Monday", by=eva)
    assert of(article).status == Status.SCHEDULED
    assert reads(article) is None

    Timer.objects.update(due_at=moment)
    actions.settle_due(of(article).pk, by=eva.when(moment))
    assert reads(article)
    assert of(article).published_at == moment
    assert (of(article).revision.note, of(article).revision.by) == ("For Monday", eva.person)
    assert not Timer.objects.filter(kind="knowledge.publish").exists()


def test_the_worker_publishes_what_is_due(drafted, eva, work):
    article = drafted()
    earlier = eva.when(eva.at - timedelta(hours=2))
    moment = eva.at - timedelta(hours=1)
    plan(article, publish_at=moment, unpublish_at=eva.at + timedelta(days=1), by=earlier)
    work()

    assert of(article).published_at == moment
    assert Timer.objects.get(kind="knowledge.unpublish").due_at == eva.at + timedelta(days=1)


@pytest.mark.parametrize("source", ["en", "fi"])
def test_what_is_planned_in_two_languages_for_one_moment_is_as_if_done_one_by_one(invoices, eva, source):
    """The source publishes first, which marks the other outdated; that one's own turn must not undo it."""
    other = {"en": "fi", "fi": "en"}[source]
    article = actions.make_article(invoices, "First", "<p>First.</p>", language=source, by=eva)
    publish(article, language=source, by=eva)
    translated(article, other, "The same", by=eva)
    moment = eva.at + timedelta(hours=1)
    for language in (other, source):
        planned = write(article, f"<p>Changed, {language}.</p>", language=language, by=eva)
        actions.schedule(planned, version=planned.version, publish_at=moment, by=eva)
    actions.settle_due(of(article, source).pk, by=eva.when(moment))

    assert "Changed" in of(article, other).body
    assert of(article, other).outdated


def test_what_is_translated_before_the_source_goes_out_says_the_same_though_both_go_out_at_once(drafted, eva):
    article = drafted()
    planned = actions.translate(article, "fi", with_source=True, by=eva)
    moment = eva.at + timedelta(hours=1)
    for language in ("fi", "en"):
        plan(article, language=language, publish_at=moment, by=eva)
    actions.settle_due(planned.pk, by=eva.when(moment))

    assert of(article, "fi").based_on == of(article).revision
    assert not of(article, "fi").outdated


def test_the_moment_decides_and_not_when_a_worker_came_by(drafted, eva, otto):
    article = drafted()
    moment = eva.at + timedelta(hours=1)
    plan(article, publish_at=moment, unpublish_at=moment + timedelta(hours=1), by=eva)
    actions.change_article(article, promoted=True, by=later(otto, hours=3))

    assert of(article).status == Status.ARCHIVED
    assert of(article).published_at == moment
    assert told(article)[-3:] == ["article.published", "article.archived", "article.changed"]
    assert not Timer.objects.filter(kind__startswith="knowledge").exists()


def test_nobody_reads_on_after_the_end_though_no_worker_came_by(published, eva):
    article = published()
    end = eva.at + timedelta(hours=1)
    plan(article, unpublish_at=end, by=eva)

    assert reads(article, NOBODY.when(end - timedelta(seconds=1)))
    assert reads(article, NOBODY.when(end)) is None
    assert not policy.visible_articles(NOBODY.when(end)).exists()


def test_a_schedule_is_taken_back(drafted, eva):
    article = drafted()
    plan(article, publish_at=eva.at + timedelta(hours=1), by=eva)
    plan(article, by=eva)

    assert of(article).status == Status.DRAFT
    assert not Timer.objects.filter(kind__startswith="knowledge").exists()


@pytest.mark.parametrize("status", [Status.PUBLISHED, Status.ARCHIVED])
def test_a_draft_that_is_thrown_away_takes_its_plan_along(published, eva, status):
    """Else what is written later would be published at that moment, and told with the old line."""
    article = published()
    if status == Status.ARCHIVED:
        actions.archive(of(article), by=eva)
    moment, end = eva.at + timedelta(hours=1), eva.at + timedelta(days=1)
    write(article, "<p>Planned.</p>", by=eva)
    plan(article, publish_at=moment, unpublish_at=end, tells=True, line="Read this.", by=eva)
    actions.discard_draft(of(article), version=of(article).version, by=eva)
    write(article, "<p>Of something else.</p>", by=eva)
    actions.settle_due(of(article).pk, by=eva.when(moment))

    assert of(article).status == status
    assert "Of something else" in of(article).draft.body
    kept = [("knowledge.unpublish", end)] if status == Status.PUBLISHED else []
    assert list(Timer.objects.filter(kind__startswith="knowledge").values_list("kind", "due_at")) == kept


def test_what_is_published_early_still_ends_when_it_should(drafted, eva):
    article = drafted()
    end = eva.at + timedelta(days=2)
    plan(article, publish_at=eva.at + timedelta(days=1), unpublish_at=end, by=eva)
    publish(article, by=eva)

    assert [(timer.kind, timer.due_at) for timer in Timer.objects.filter(kind__startswith="knowledge")] == [
        ("knowledge.unpublish", end)
    ]
    assert reading.article(NOBODY.when(end), article.pk, "en") is None


@pytest.mark.parametrize(
    ("publish_in", "unpublish_in", "words"),
    [(-1, None, "passed"), (None, -1, "passed"), (2, 1, "before"), (None, 1, "can't be taken away")],
)
def test_moments_must_make_sense(drafted, eva, publish_in, unpublish_in, words):
    article = drafted()

    with pytest.raises(Refused, match=words):
        plan(
            article,
            publish_at=eva.at + timedelta(hours=publish_in) if publish_in else None,
            unpublish_at=eva.at + timedelta(hours=unpublish_in) if unpublish_in else None,
            by=eva,
        )


# Translations.


def test_a_translation_is_outdated_when_its_source_changed_and_says_what_did(published, eva):
    article = published(body="<p>Choose the old menu.</p>")
    finnish = translated(article, "fi", "Laskun maksaminen", by=eva)
    assert not finnish.outdated

    write(article, "<p>Choose the new menu.</p>", by=eva)
    publish(article, by=eva)
    finnish = of(article, "fi")
    assert finnish.outdated
    assert editing.changed_in_source(finnish) == [
        [Piece("same", "Choose the"), Piece("removed", "old"), Piece("added", "new"), Piece("same", "menu.")]
    ]
    assert [row.pk for row in editing.outdated(eva, "fi").rows] == [finnish.pk]

    actions.mark_up_to_date(finnish, by=eva)
    assert not of(article, "fi").outdated
    assert editing.changed_in_source(of(article, "fi")) == []
    assert told(article)[-2:] == ["article.published", "article.marked_up_to_date"]


def test_a_small_correction_outdates_nothing(published, eva):
    article = published()
    translated(article, "fi", "Laskun maksaminen", by=eva)
    write(article, "<p>Spelt right.</p>", by=eva)
    publish(article, outdates=False, by=eva)

    assert not of(article, "fi").outdated
    assert editing.changed_in_source(of(article, "fi")) == []


def test_what_was_translated_before_the_source_was_published_is_not_outdated_by_that(drafted, eva):
    article = drafted()
    translation = actions.translate(article, "fi", by=eva)
    publish(article, by=eva)

    assert not of(article, "fi").outdated
    assert of(article, "fi").based_on == of(article).revision
    assert actions.translate(article, "fi", by=eva).pk == translation.pk


def test_the_source_itself_is_never_outdated(published, eva):
    with pytest.raises(Refused, match="no published source"):
        actions.mark_up_to_date(of(published()), by=eva)


def test_a_language_that_the_desk_does_not_speak_is_refused(published, eva, invoices):
    article = published()

    with pytest.raises(Refused):
        actions.translate(article, "de", by=eva)
    with pytest.raises(Refused):
        actions.make_article(invoices, "Rechnung", language="de", by=eva)


# Pictures and files.


def test_a_picture_is_readers_once_the_text_that_shows_it_is_published(published, ada, eva):
    article = published()
    picture = files.store(PNG, "menu.png", by=eva)
    write(article, f'<p>See</p><img src="/hc/files/{picture.pk}/menu.png" alt="The menu">', by=eva)
    assert f'src="/hc/files/{picture.pk}/menu.png" alt="The menu" width="640" height="480"' in of(article).draft.body
    assert not policy.visible_files(ada).exists()
    assert picture in policy.visible_files(eva)

    publish(article, by=eva)
    assert picture in policy.visible_files(NOBODY)
    write(article, "<p>Without.</p>", by=eva)
    publish(article, by=eva)
    assert not policy.visible_files(NOBODY).exists()
    actions.restore(Revision.objects.get(number=2), by=eva)
    assert picture in policy.visible_files(NOBODY)


def test_nobody_publishes_anothers_file_by_naming_its_number(published, ada, eva):
    article = published()
    hers = files.store(PNG, "payslip.png", by=ada)
    write(article, f'<p>See</p><img src="/hc/files/{hers.pk}" alt="x">', by=eva)
    publish(article, by=eva)

    assert not Attachment.objects.exists()
    assert hers not in policy.visible_files(NOBODY)
    assert "width" not in of(article).body


def test_files_under_an_article_are_its_readers(published, eva, ada):
    article = published()
    file = files.store(b"a,b", "template.csv", by=eva)
    actions.attach(article, [file], by=eva)
    assert file in policy.visible_files(NOBODY)
    assert [one.file for one in reading.attachments(reading.article(NOBODY, article.pk, "en"))] == [file]

    actions.archive(of(article), by=eva)
    assert file not in policy.visible_files(ada)
    actions.detach(article, file, by=eva)
    assert not Attachment.objects.exists()
    assert told(article).count("article.changed") == 2


def test_an_article_is_made_of_an_answer_with_copies_of_its_pictures(invoices, ada, eva):
    original = files.store(PNG, "menu.png", by=ada)
    html = f'<p>Like this:</p><img src="/hc/files/{original.pk}/menu.png" alt="The menu">'
    article = actions.article_from_message(invoices, "How to", html, message=7, files=[original], by=eva)

    copy = File.objects.exclude(pk=original.pk).get()
    assert f"/hc/files/{copy.pk}/menu.png" in of(article).draft.body
    assert [one.file for one in article.attachments.all()] == [copy]
    assert reads(article) is None
    assert told(article) == ["article.made"]


def test_a_picture_of_an_answer_becomes_a_copy_and_one_whose_number_only_begins_so_does_not(invoices, ada, eva):
    first, second = (files.store(PNG, f"{name}.png", by=ada) for name in ("first", "second"))
    html = "".join(f'<img src="/hc/files/{pk}" alt="x">' for pk in (first.pk, second.pk, f"{first.pk}0"))
    article = actions.article_from_message(invoices, "How to", html, message=7, files=[first, second], by=eva)

    copies = File.objects.exclude(pk__in=[first.pk, second.pk]).order_by("pk").values_list("pk", flat=True)
    assert linked_files(of(article).draft.body) == [*copies, first.pk * 10]


def test_an_article_begins_in_the_desks_own_language(drafted, rules):
    assert drafted().source_language == "en"
    rules(languages=["fi", "en"])

    assert drafted().source_language == "fi"
