from collections.abc import Generator

import pytest
from django.db import transaction

from tests.sight.world import World, made


@pytest.fixture(scope="module")
def _world(django_db_setup, django_db_blocker) -> Generator[World]:
    """Made once for all tests of a module, and gone with it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield made()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _static_files_as_they_are(settings):
    """Nothing is collected for a test that asks Django itself and no server."""
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture
def world(_world, db) -> World:
    """What a test changes of it is changed back."""
    return _world
