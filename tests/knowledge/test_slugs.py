"""The words in an address."""

import pytest

from tuki.knowledge.slugs import numbered


@pytest.mark.parametrize(
    ("called", "address"),
    [
        ("Laskun hyväksyminen", "12-laskun-hyvaksyminen"),
        ("  What’s new? ", "12-whats-new"),
        ("请求", "12"),
        ("", "12"),
        (f"{'a' * 79} b", f"12-{'a' * 79}"),
    ],
)
def test_behind_the_number_of_a_thing_stands_what_it_is_called(called, address):
    assert numbered(12, called) == address
