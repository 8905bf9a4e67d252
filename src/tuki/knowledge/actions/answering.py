"""What readers do: say whether an article helped, and follow what is published."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from tuki.desk.models import Product
from tuki.desk.queries import the_desk
from tuki.journal.record import record
from tuki.knowledge import events, links, policy
from tuki.knowledge.actions._locking import locked
from tuki.knowledge.models import Article, Following, Pace, Section, Vote
from tuki.knowledge.queries import following
from tuki.lib.refusal import Denied, Refused, require
from tuki.people.actor import Actor

_REASON = 2000  # characters


def vote(
    article: Article, *, helpful: bool, language: str, browser: str = "", reason: str | None = None, by: Actor
) -> Vote:
    """Say whether an article helped; who said so before changes their mind (A18).

    browser: of somebody who is not signed in, the token that theirs keeps (`links.browser_token`). reason: what was
    missing; None leaves what was said.
    """
    mine = {"person_id": by.person_id} if by.person_id else {"browser": links.browser_of(browser)}
    if mine.get("browser") == "":
        raise Refused(_("Your browser keeps no cookies, so we could not tell your vote from another."))
    with transaction.atomic():
        article = locked(article, by=by)
        require(policy.may_read(by, article))
        found = Vote.objects.filter(article=article, **mine).first()
        before = found.helpful if found else None
        row = found or Vote(article=article, **mine)
        row.helpful, row.language, row.at = helpful, language, by.at
        if helpful:
            row.reason = ""
        elif reason is not None:
            row.reason = reason.strip()[:_REASON]
        row.save()
        if before != helpful:
            _count(article, before, helpful)
            record(events.Voted(row.pk, helpful), on=article, by=by)
    return row


def _count(article: Article, before: bool | None, now: bool) -> None:
    article.helpful += int(now) - int(before is True)
    article.unhelpful += int(not now) - int(before is False)
    article.save(update_fields=["helpful", "unhelpful"])


Thing = Article | Section | Product


def follow(thing: Thing, *, pace: Pace = Pace.AT_ONCE, by: Actor) -> Following:
    """Hear of what is published: of an article, in a section, or in the release notes of a product (H5).

    Who follows it already hears as soon as they say now.
    """
    if by.person is None or by.is_system:
        raise Denied
    require(_may_follow(by, thing))
    with transaction.atomic():
        of = {_field(thing): thing}
        row, new = Following.objects.select_for_update().get_or_create(
            person=by.person, **of, defaults={"pace": pace, "made_at": by.at, "confirmed_at": by.at}
        )
        if new:
            record(events.Followed(row.pk), on=thing, by=by)
        else:
            _set_pace(row, pace, by=by)
    return row


def unfollow(thing: Thing, *, by: Actor) -> None:
    """Not hear of it any more."""
    with transaction.atomic():
        row = Following.objects.filter(person=by.person, **{_field(thing): thing}).first() if by.person else None
        if row is not None:
            _end(row, by=by)


def follow_by_address(thing: Thing, address: str, *, language: str, pace: Pace = Pace.AT_ONCE, by: Actor) -> Following:
    """Ask to hear of it at an address, without an account. Nothing is sent there until the link in a mail is used.

    What comes back tells nothing of whether the address followed it before.
    """
    address = address.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(_("This is not an e-mail address."), field="address") from None
    if language not in the_desk().languages:
        raise Refused(_("The desk does not speak this language."), field="language")
    require(_may_follow(by, thing))
    with transaction.atomic():
        row, _new = Following.objects.select_for_update().get_or_create(
            address=address,
            **{_field(thing): thing},
            defaults={"language": language, "pace": pace, "made_at": by.at},
        )
        if row.confirmed_at is None:
            row.language, row.pace = language, pace
            row.save(update_fields=["language", "pace"])
            record(events.Followed(row.pk), on=thing, by=by)
    return row


def confirm(token: str, *, by: Actor) -> Following:
    """Show that an address is one's own, by the link that was sent there."""
    with transaction.atomic():
        row = _of_link(token, links.CONFIRM)
        if row.confirmed_at is None:
            row.confirmed_at = by.at
            row.save(update_fields=["confirmed_at"])
            record(events.FollowConfirmed(row.pk), on=row.thing, by=by)
    return row


def leave(token: str, *, by: Actor) -> None:
    """Not hear of it any more, by the link in a mail. Who has left already has left."""
    with transaction.atomic():
        found = links.following_of(token, links.LEAVE)
        row = found and Following.objects.select_for_update().filter(pk=found.pk).first()
        if row:
            _end(row, by=by)


def leave_digests(token: str, *, by: Actor) -> None:
    """Get no daily and weekly mails any more, by the link in one: what they tell of is followed no more."""
    with transaction.atomic():
        for row in following.in_digests(token).select_for_update():
            _end(row, by=by)


def set_pace(token: str, pace: Pace, *, by: Actor) -> Following:
    """Hear sooner or later, by the link in a mail."""
    with transaction.atomic():
        row = _of_link(token, links.LEAVE)
        _set_pace(row, pace, by=by)
    return row


def _of_link(token: str, what: str) -> Following:
    found = links.following_of(token, what)
    row = found and Following.objects.select_for_update().filter(pk=found.pk).first()
    if not row:
        raise Refused(_("This link leads nowhere any more. Please begin to follow again."))
    return row


def _set_pace(row: Following, pace: Pace, *, by: Actor) -> None:
    if row.pace != pace:
        old, row.pace = row.pace, pace
        row.save(update_fields=["pace"])
        record(events.PaceChanged(row.pk, old, pace.value), on=row.thing, by=by)


def _end(row: Following, *, by: Actor) -> None:
    thing, pk = row.thing, row.pk
    row.delete()
    record(events.Unfollowed(pk), on=thing, by=by)


def _may_follow(by: Actor, thing: Thing) -> bool:
    match thing:
        case Article():
            return policy.may_read(by, thing)
        case Section():
            return policy.visible_sections(by).filter(pk=thing.pk).exists()
    return not thing.retired


def _field(thing: Thing) -> str:
    return {Article: "article", Section: "section", Product: "product"}[type(thing)]
