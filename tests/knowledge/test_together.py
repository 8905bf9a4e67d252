"""Two who work on one thing at the same moment."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from tests.knowledge.conftest import labels
from tuki.knowledge import actions
from tuki.knowledge.models import Article
from tuki.knowledge.queries import reading

pytestmark = pytest.mark.django_db(transaction=True)


def meanwhile(act: Callable[[], object]) -> threading.Thread:
    """Somebody does this, and holds what it changed for a moment more."""
    done = threading.Event()

    def work() -> None:
        with transaction.atomic():
            act()
            done.set()
            time.sleep(0.5)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert done.wait(20)
    return thread


def test_who_waits_for_an_article_that_is_moved_meanwhile_changes_it_where_it_is_now(published, news, eva):
    article = published()
    other = meanwhile(lambda: actions.change_article(article, section=news, by=eva))
    actions.change_article(article, promoted=True, by=eva)
    other.join()

    article = Article.objects.get(pk=article.pk)
    assert (article.section, article.promoted) == (news, True)


def test_articles_of_a_section_that_is_moved_meanwhile_are_ordered_where_it_is_now(published, invoices, root, eva):
    made = [published(name) for name in "ab"]
    elsewhere = actions.make_category(labels("Elsewhere"), by=root)
    other = meanwhile(lambda: actions.move_section(invoices, elsewhere, by=root))
    actions.place_article(made[1], made[0], by=eva)
    other.join()

    assert [row.translation.title for row in reading.articles_of(eva, invoices, "en").rows] == ["b", "a"]
