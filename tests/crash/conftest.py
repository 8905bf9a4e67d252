"""A whole desk for the tests of this folder, on a fresh database of the kind that is tested."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import nodes
from tests.crash.batch import Batch
from tests.crash.house import House
from tests.crash.scene import AGENT, CUSTOMERS


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One that runs; whoever dies in it is started again, so that all tests may have the same."""
    folder = tmp_path_factory.mktemp("house")
    with nodes.fresh_environment(folder / "data") as env, standing(env, folder) as house:
        batch = Batch(house)  # a morning without a crash; it tells how many steps each work has
        batch.come_about()
        batch.check()
        yield house


@pytest.fixture(autouse=True)
def _quiet(house: House) -> None:
    """What a test before broke off is over: one that fails takes no other with it."""
    house.take_order_back()
    house.mail_server.be_well()
    house.ask("DELETE FROM jobs_job WHERE state = 'failed'")
    nodes.until(house.has_nothing_to_do)


@contextmanager
def standing(env: Mapping[str, str], folder: Path, program: str = "mortal") -> Iterator[House]:
    """A house in which everybody is signed in and nothing is left to do."""
    house = House(env, folder, program)
    house.furnish()
    house.mail_server.start()
    try:
        house.start()
        for address in (*CUSTOMERS, AGENT):
            house.sign_in(address)
        nodes.until(house.has_nothing_to_do)
        yield house
    finally:
        house.stop()
        house.mail_server.stop()
