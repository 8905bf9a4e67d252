"""Addresses that lead to an article beside its own, so that what is printed or linked from elsewhere keeps working."""

from django.db import transaction
from django.utils.translation import gettext as _

from tuki.journal.record import record
from tuki.knowledge import events
from tuki.knowledge.actions._locking import editable
from tuki.knowledge.actions._redirects import PATHS, path_of
from tuki.knowledge.models import Article, Category, Redirect, Section
from tuki.knowledge.queries.addresses import merged_at
from tuki.lib.refusal import Refused
from tuki.people.actor import Actor

_LONGEST = 300


def redirect(address: str, article: Article, *, by: Actor) -> str:
    """Let an address that there was before lead to an article; what is kept of it. Whichever language is asked for."""
    try:
        path = path_of(address)
    except ValueError:
        raise Refused(_("No page can have this address."), field="address") from None
    with transaction.atomic():
        article = editable(article, by=by)
        if not path:
            raise Refused(_("An address must not be empty."), field="address")
        if len(path) > _LONGEST:
            raise Refused(_("This address is too long."), field="address")
        if _is_in_use(path):
            raise Refused(_("Something of this help center has this address."), field="address")
        found = Redirect.objects.filter(path=path).first()
        if found is not None and (found.kind, found.target) != ("article", article.pk):
            raise Refused(_("This address leads elsewhere already."), field="address")
        if found is None:
            Redirect.objects.create(path=path, kind="article", target=article.pk)
            record(events.ArticleChanged(["addresses"]), on=article, by=by)
    return path


def _is_in_use(path: str) -> bool:
    kind, _slash, number = path.partition("/")
    models: dict[str, type[Category | Section | Article]] = {
        PATHS["category"]: Category,
        PATHS["section"]: Section,
        PATHS["article"]: Article,
    }
    rows = models[kind]._default_manager if kind in models and number.isdecimal() else None
    return rows is not None and rows.filter(pk=int(number), merged_into=None).exists()


def end_redirect(redirect: int, article: Article, *, by: Actor) -> None:
    """Let an address lead nowhere again. Those of articles that were merged lead on for good."""
    with transaction.atomic():
        article = editable(article, by=by)
        found = Redirect.objects.filter(pk=redirect, kind="article", target=article.pk).first()
        if found is None:
            return
        if merged_at([found.path]):
            raise Refused(_("This is the address of an article that was merged into this one: it leads here for good."))
        found.delete()
        record(events.ArticleChanged(["addresses"]), on=article, by=by)
