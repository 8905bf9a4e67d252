import pytest
from allauth.usersessions.models import UserSession

from tuki.journal.models import Entry
from tuki.people.models import Person


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """In life they are slow to make, on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def told_of(db):
    """What the journal says of a person from here on, oldest first."""
    start = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def names(person: Person) -> list[str]:
        entries = Entry.objects.filter(on_kind="person", on_id=person.pk, pk__gt=start)
        return list(entries.order_by("pk").values_list("event", flat=True))

    return names


@pytest.fixture
def signed_in_at():
    """Note where a browser is signed in, as arriving by a page would."""

    def note(client, actor) -> None:
        key = client.session.session_key
        UserSession.objects.create(user=actor.person, session_key=key, ip="192.0.2.1", user_agent="-")

    return note
