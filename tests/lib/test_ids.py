"""An id is what somebody sent, and nothing that they send breaks a page."""

import pytest

from tuki.doors.workspace.forms import about
from tuki.lib.ids import sent_id
from tuki.lib.refusal import Refused


@pytest.mark.parametrize("words", ["", "x", "-1", "1.0", "²", "١٢", " 7", "9" * 5000])
def test_what_is_no_id_is_nobodys(words):
    assert sent_id(words) == 0


def test_an_id_is_itself():
    assert sent_id("42") == 42


@pytest.mark.parametrize("chosen", ["9" * 5000, f"1.{'9' * 5000}", "²"])
def test_a_product_that_nobody_could_choose_is_refused(desk, chosen):
    with pytest.raises(Refused):
        about(chosen)
