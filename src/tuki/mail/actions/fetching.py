"""What a worker writes down while it fetches mail from a source. Each needs the source in its hands.

A source is one worker's at a time: a lease in its row, which `renew` prolongs. Whoever was taken for dead, or works by
settings that have changed, holds an old `turn`, and whatever it still wants to write is rolled back.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from tuki.mail import queries
from tuki.mail.actions._taking import Arrival, Coming, prepare, write_down
from tuki.mail.addresses import without_tag
from tuki.mail.fetching.sealed import seal
from tuki.mail.models import Afterwards, Outcome, RawMail, Source, Trouble
from tuki.mail.reading.envelope import envelope_of
from tuki.mail.reasons import written
from tuki.mail.storable import storable
from tuki.people.actor import Actor

LEASE = timedelta(seconds=30)


class Overtaken(Exception):
    """The source is another worker's by now, or was changed, or removed."""


@dataclass(frozen=True)
class Fetched:
    """A mail as its server gave it.

    aside, about: why it goes into quarantine unread (`mail.reasons`), such as being too large; then `raw` is what of it
    could be had.
    """

    uid: int
    raw: bytes
    size: int
    aside: str = ""
    about: Mapping[str, object] = field(default_factory=dict)


def claim(pk: int, worker: str, *, by: Actor) -> Source | None:
    """Take a source that nobody has in hand. by: the machine, now."""
    free = Source.objects.filter(Q(lease_until=None) | Q(lease_until__lt=by.at), pk=pk, enabled=True, retired=False)
    if not free.update(worker=worker, turn=F("turn") + 1, lease_until=by.at + LEASE):
        return None
    return Source.objects.filter(pk=pk, worker=worker).first()


def renew(pks: Collection[int], worker: str, *, by: Actor) -> None:
    """Keep sources in hand for another while."""
    Source.objects.filter(pk__in=pks, worker=worker).update(lease_until=by.at + LEASE)


def let_go(source: Source, *, by: Actor) -> None:
    """Leave a source to whoever comes next."""
    _held(source).update(worker="", lease_until=None)


def begin_anew(source: Source, uid_validity: int, *, old_below: int, by: Actor) -> None:
    """UIDs mean other mails from now on, or mean something for the first time: the folder is walked from its start.

    old_below: the first UID that is not there yet. Of those below it, some may be older than is asked for; whatever
    comes to lie there later is meant for us, however old it is.
    """
    era = source.era if source.uid_validity is None else source.era + 1
    _require(_held(source).update(uid_validity=uid_validity, era=era, old_below=old_below, last_uid=0))
    source.uid_validity, source.era, source.old_below, source.last_uid = uid_validity, era, old_below, 0


def take(source: Source, fetched: Sequence[Fetched], *, up_to: int, by: Actor) -> list[RawMail]:
    """Take mails into the ledger together with the fact that the source was read up to a UID: both or neither.

    One that the ledger has from an earlier era is no second mail, but the same in another place.
    """
    coming = _coming(source, fetched, by)
    with transaction.atomic():
        _require(_held(source).update(last_uid=up_to))
        mails = write_down(_not_known(source, coming))
    source.last_uid = up_to
    return mails


def _coming(source: Source, fetched: Sequence[Fetched], by: Actor) -> list[Coming]:
    ours = queries.our_addresses() if fetched else set()
    coming = prepare([_arrival(source, one, ours) for one in fetched], by.at)
    for one, mail in zip(fetched, (each.mail for each in coming), strict=True):
        mail.source, mail.era, mail.uid = source, source.era, one.uid
        mail.to_put_away = not one.aside and source.afterwards != Afterwards.LEAVE
        if one.aside:
            mail.outcome, mail.reason, mail.reason_about = Outcome.QUARANTINED, one.aside, written(one.about)
            mail.size = max(one.size, len(one.raw) + 1)  # more than is here, also where its server did not say
    return coming


def _arrival(source: Source, one: Fetched, ours: Collection[str]) -> Arrival:
    sender, named = envelope_of(one.raw)
    to = [address for address in named if without_tag(address) in ours]
    if not to and source.mailbox:
        to = [source.mailbox.address]
    return Arrival(one.raw, sender, to)


def _not_known(source: Source, coming: Sequence[Coming]) -> list[Coming]:
    """Those that are new. The others' rows get to know under which UID they are found now."""
    if not source.era:
        return list(coming)
    hashes = [one.mail.sha256 for one in coming if one.mail.outcome == Outcome.WAITING]
    rows = RawMail.objects.filter(source=source, era__lt=source.era, sha256__in=hashes).order_by("-pk")
    known: dict[str, list[int]] = {}
    for pk, sha256 in rows.values_list("pk", "sha256"):
        known.setdefault(sha256, []).append(pk)
    new = []
    for one in coming:
        mail = one.mail
        if mail.outcome == Outcome.WAITING and known.get(mail.sha256):
            pk = known[mail.sha256].pop()
            RawMail.objects.filter(pk=pk).update(era=mail.era, uid=mail.uid, to_put_away=mail.to_put_away)
        else:
            new.append(one)
    return new


def was_put_away(source: Source, uids: Collection[int], *, by: Actor) -> None:
    """The server has marked or moved these."""
    RawMail.objects.filter(source=source, era=source.era, uid__in=uids).update(to_put_away=False)


def went_well(source: Source, *, by: Actor) -> None:
    """All that is there is here."""
    _require(_held(source).update(fetched_at=by.at, trouble="", last_error="", failing_since=None))


def went_wrong(source: Source, trouble: Trouble, words: str, *, by: Actor) -> None:
    """Mail can't be fetched, or only not put away; say why, and since when."""
    since = Coalesce(F("failing_since"), Value(by.at))
    _require(_held(source).update(trouble=trouble, last_error=storable(words)[:2000], failing_since=since))


def keep_secret(source: Source, secret: str, *, by: Actor) -> None:
    """Sign in with another refresh token from now on: the server has made the old one void."""
    sealed = seal(secret)
    _require(_held(source).update(secret=sealed))
    source.secret = sealed


def _held(source: Source) -> QuerySet[Source]:
    return Source.objects.filter(pk=source.pk, worker=source.worker, turn=source.turn)


def _require(rows: int) -> None:
    if not rows:
        raise Overtaken
