import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuki.look.colour import contrast, mixed, readable

colours = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#336699", "#336699") == 1


@given(colours, colours, st.floats(1, 7))
def test_a_colour_made_readable_stands_as_far_off_as_was_asked_or_is_black_or_white(colour, ground, ratio):
    made = readable(colour, ground, ratio)

    assert contrast(made, ground) >= ratio or made in {"#000000", "#ffffff"}


@given(colours)
def test_what_can_be_read_already_stays_as_it_is(colour):
    assert readable(colour, colour, 1) == colour


def test_a_colour_made_readable_keeps_its_hue():
    red, green, blue = (int(readable("#ffc20a", "#ffffff", 4.5)[at : at + 2], 16) for at in (1, 3, 5))

    assert red > green > blue


def test_a_mixture_lies_between():
    assert mixed("#ffffff", "#000000", 0.5) == "#808080"
    assert mixed("#ff0000", "#0000ff", 0) == "#0000ff"
