"""What a text said before, and what its source says now."""

import pytest

from tests.knowledge.conftest import of, publish, translated, write
from tuki.knowledge.models import Revision


@pytest.fixture
def changed(published, eva):
    """An article that was published twice."""
    article = published(body="<p>Open the old invoice.</p>")
    write(article, "<p>Open the new invoice.</p>", by=eva)
    publish(article, by=eva, note="The new one")
    return article


def path(article, what: str = "", language: str = "en") -> str:
    return f"/workspace/guide/articles/{article.pk}/{language}/{what}"


def test_revisions_say_who_published_what_when_and_why(desk_of, changed, eva):
    page = desk_of.get(path(changed, "revisions")).content.decode()

    assert "The new one" in page
    assert eva.person.name in page
    assert "From revision 1 to 2" in page


def test_two_revisions_are_compared_in_words(desk_of, changed):
    page = desk_of.get(path(changed, "revisions?old=1&new=2")).content.decode()

    assert "</span>old</del>" in page
    assert "</span>new</ins>" in page


def test_restoring_is_a_new_revision(desk_of, changed):
    desk_of.post(path(changed, "revisions/1/restoration"))

    assert of(changed).body == "<p>Open the old invoice.</p>"
    assert Revision.objects.first().restores.number == 1
    assert "restores revision 1" in desk_of.get(path(changed, "revisions")).content.decode()


def test_there_is_no_other_revision_to_restore(desk_of, changed):
    assert desk_of.post(path(changed, "revisions/9/restoration")).status_code == 404


def test_a_translation_stands_beside_its_source_with_what_changed_there_since(desk_of, published, eva):
    article = published(body="<p>Open the old invoice.</p>")
    translated(article, "fi", "Maksaminen", by=eva)
    assert "Source: English" in desk_of.get(path(article, language="fi").rstrip("/")).content.decode()

    write(article, "<p>Open the new invoice.</p>", by=eva)
    publish(article, by=eva)
    page = desk_of.get(path(article, language="fi").rstrip("/")).content.decode()
    assert "The source has changed" in page
    assert "</span>new</ins>" in page

    desk_of.post(path(article, "up-to-date", "fi"))
    assert not of(article, "fi").outdated
    assert "The source has changed" not in desk_of.get(path(article, language="fi").rstrip("/")).content.decode()
