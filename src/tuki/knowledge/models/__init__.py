"""The help center's rows."""

from tuki.knowledge.models.articles import (
    UNPLACED,
    Article,
    Attachment,
    Draft,
    Label,
    Revision,
    Schedule,
    Status,
    Translation,
)
from tuki.knowledge.models.audience import Audience
from tuki.knowledge.models.places import ANNOUNCING, Category, Fallback, Kind, Section
from tuki.knowledge.models.readers import Following, Offered, Pace, Views, Vote
from tuki.knowledge.models.showing import Redirect, Showing

__all__ = [
    "ANNOUNCING",
    "UNPLACED",
    "Article",
    "Attachment",
    "Audience",
    "Category",
    "Draft",
    "Fallback",
    "Following",
    "Kind",
    "Label",
    "Offered",
    "Pace",
    "Redirect",
    "Revision",
    "Schedule",
    "Section",
    "Showing",
    "Status",
    "Translation",
    "Views",
    "Vote",
]
