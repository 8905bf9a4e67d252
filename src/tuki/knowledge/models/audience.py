"""Who may know that a thing exists."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache

from django.db import models

from tuki.conditions.tree import Condition, Data, read
from tuki.knowledge import audience as whom


class Audience(models.Model):
    """A condition on who reads. There is one row for each condition in use, and things that say the same share it.

    So a desk has some tens of them however many articles there are, and whom a page is for is decided by asking those.
    A thing without one is for everyone.
    """

    rule: models.Field[Data, Data] = models.JSONField()
    digest = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"audience {self.pk}"

    @property
    def condition(self) -> Condition:
        return _condition(json.dumps(self.rule))

    @property
    def is_internal(self) -> bool:
        """Whether no customer is meant, whoever they are."""
        return bool({whom.AGENT, whom.TEAMS} & self.condition.fields())


@lru_cache(maxsize=1000)
def _condition(rule: str) -> Condition:
    return read(json.loads(rule))


def digest(rule: Data) -> str:
    """What a rule is found by."""
    return hashlib.sha256(json.dumps(rule, sort_keys=True).encode()).hexdigest()
