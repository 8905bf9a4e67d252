"""All that is done to the help center. One verb, one function; every door calls it.

Each locks what it changes, settles what was due on it, asks may you and can it, does it, and records it.
"""

from tuki.knowledge.actions.addressing import end_redirect, redirect
from tuki.knowledge.actions.answering import (
    confirm,
    follow,
    follow_by_address,
    leave,
    leave_digests,
    set_pace,
    unfollow,
    vote,
)
from tuki.knowledge.actions.arranging import (
    change_category,
    change_section,
    make_category,
    make_section,
    move_section,
    place_category,
    place_section,
)
from tuki.knowledge.actions.ending import merge_categories, merge_sections, remove_category, remove_section
from tuki.knowledge.actions.keeping import (
    article_from_message,
    attach,
    change_article,
    detach,
    make_article,
    move_articles,
    place_article,
    review,
)
from tuki.knowledge.actions.merging import merge_articles
from tuki.knowledge.actions.writing import (
    archive,
    discard_draft,
    mark_up_to_date,
    publish,
    restore,
    save_draft,
    schedule,
    settle_due,
    translate,
)

__all__ = [
    "archive",
    "article_from_message",
    "attach",
    "change_article",
    "change_category",
    "change_section",
    "confirm",
    "detach",
    "discard_draft",
    "end_redirect",
    "follow",
    "follow_by_address",
    "leave",
    "leave_digests",
    "make_article",
    "make_category",
    "make_section",
    "mark_up_to_date",
    "merge_articles",
    "merge_categories",
    "merge_sections",
    "move_articles",
    "move_section",
    "place_article",
    "place_category",
    "place_section",
    "publish",
    "redirect",
    "remove_category",
    "remove_section",
    "restore",
    "review",
    "save_draft",
    "schedule",
    "set_pace",
    "settle_due",
    "translate",
    "unfollow",
    "vote",
]
