import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuki.look import theme
from tuki.look.colour import contrast


def read(accent: str) -> list[dict[str, str]]:
    """The variables in light and in dark."""
    light, dark = theme.variables(accent).split("@media")
    return [dict(re.findall(r"--([\w-]+):(#\w+)", part)) for part in (light, dark)]


@given(st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}"))
def test_whatever_the_desks_colour_everything_can_be_read_in_light_and_dark(accent):
    for colours, grounds in zip(read(accent), (theme.LIGHT, theme.DARK), strict=True):
        assert contrast(colours["on-accent"], colours["accent"]) >= 4.5
        assert contrast(colours["on-accent"], colours["accent-hover"]) >= 4.5
        for ground in (*grounds, colours["accent-soft"]):
            assert contrast(colours["link"], ground) >= 4.5


def test_the_grounds_are_those_of_the_stylesheet():
    from pathlib import Path

    tokens = (Path(theme.__file__).parent / "static/look/tokens.css").read_text()
    for name, (light, dark) in {"paper": (0, 0), "sheet": (1, 1)}.items():
        assert re.findall(rf"--{name}: (#\w+)", tokens) == [theme.LIGHT[light], theme.DARK[dark]]


def test_what_is_no_colour_counts_as_our_own():
    assert theme.variables("red; } body { display: none") == theme.variables("#2f5d50")


@pytest.mark.django_db
def test_a_changed_colour_is_a_new_address_and_the_old_one_is_kept_for_good(client, rules):
    first = re.search(rb'href="(/hc/theme.css\?v=\w+)"', client.get("/hc/en").content)[1]
    rules(accent="#aa2200")
    second = re.search(rb'href="(/hc/theme.css\?v=\w+)"', client.get("/hc/en").content)[1]

    assert first != second
    assert "immutable" in client.get(second.decode())["Cache-Control"]
    assert "#aa2200" in client.get(second.decode()).content.decode()


@pytest.mark.django_db
def test_the_icon_carries_the_desks_first_letter_and_no_markup_of_its_name(client, rules):
    rules(name="<Äiti>")

    assert ">Ä</text>" in client.get("/hc/icon.svg").content.decode()
