"""Merging two articles, as a form without a script sends it."""

import pytest

from tuki.knowledge import actions
from tuki.knowledge.models import Article


def path(article: Article, what: str) -> str:
    return f"/workspace/guide/articles/{article.pk}/{what}"


@pytest.mark.parametrize("words", ["SCANN", "#{number}", "{number}"])
def test_the_other_is_found_by_title_or_number_and_never_itself(desk_of, published, words):
    article, other = published("Scanning"), published("Scanning a bill")
    page = desk_of.get(path(article, "merge"), {"q": words.format(number=other.pk)})

    assert [row.number for row in page.context["found"]] == [other.pk]


def test_what_becomes_of_each_thing_is_said_before_and_done_after(desk_of, published, eva, ada):
    article, other = published("Paying"), published("How to pay")
    actions.follow(other, by=ada)
    actions.change_article(other, keywords=["due"], by=eva)

    page = desk_of.get(path(article, "merge"), {"other": other.pk}).content.decode()
    assert "1 follower comes over" in page
    assert "Its labels and keywords come over: due." in page
    answer = desk_of.post(path(article, "merge"), {"other": other.pk, "keep": article.pk})

    assert answer.headers["Location"] == path(article, "").rstrip("/")
    assert Article.objects.get(pk=other.pk).merged_into == article


def test_the_other_way_round_is_chosen_too(desk_of, published):
    article, other = published("Paying"), published("How to pay")
    desk_of.post(path(article, "merge"), {"other": other.pk, "keep": other.pk})

    assert Article.objects.get(pk=article.pk).merged_into == other


def test_what_can_not_be_merged_is_told_and_stays(desk_of, drafted, published):
    begun, read = drafted("Begun"), published("Read")
    answer = desk_of.post(path(begun, "merge"), {"other": read.pk, "keep": begun.pk})

    assert answer.status_code == 409
    assert "Publish the one that is kept first" in answer.content.decode()
    assert Article.objects.get(pk=read.pk).merged_into is None


def test_what_was_merged_says_where_it_went_and_what_it_said(desk_of, published, eva):
    article, other = published("Paying"), published("How to pay", "<p>Another way.</p>")
    actions.merge_articles(article, other, by=eva)

    for what in ("en", "fi", ""):
        assert desk_of.get(path(other, what).rstrip("/"), follow=True).redirect_chain[-1][0] == path(other, "merged")
    page = desk_of.get(path(other, "merged")).content.decode()
    assert "Another way." in page
    assert path(article, "").rstrip("/") in page
    assert path(other, "merged") in desk_of.get(path(article, "settings")).content.decode()
    assert desk_of.get(path(other, "report")).status_code == 200
