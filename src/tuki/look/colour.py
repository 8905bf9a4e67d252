"""Colours as the eye sees them: how far two stand apart, and the nearest one that can be read.

A colour is "#rrggbb". Contrast is WCAG's, 1 to 21; lightness and hue are those of OKLCH, in which a step looks equally
large wherever it is taken.
"""

import math

Rgb = tuple[float, float, float]  # linear light, 0 to 1


def contrast(one: str, other: str) -> float:
    """WCAG's contrast of two colours."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def readable(colour: str, on: str, ratio: float) -> str:
    """The colour of the same hue, nearest in lightness, that stands at least `ratio` from `on`.

    It grows darker on a light ground and lighter on a dark one; where even that is not enough, it is black or white.
    """
    if contrast(colour, on) >= ratio:
        return colour
    lightness, chroma, hue = _oklch(colour)
    step = -0.01 if _luminance(on) > 0.18 else 0.01
    while 0 < lightness + step < 1:
        lightness += step
        found = _hex(lightness, chroma, hue)
        if contrast(found, on) >= ratio:
            return found
    return "#000000" if step < 0 else "#ffffff"


def mixed(colour: str, ground: str, part: float) -> str:
    """The ground with a part (0 to 1) of the colour in it."""
    pairs = zip(_bytes(colour), _bytes(ground), strict=True)
    return "#" + "".join(f"{round(top * part + bottom * (1 - part)):02x}" for top, bottom in pairs)


def _bytes(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(colour: str) -> Rgb:
    red, green, blue = ((v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4) for v in _parts(colour))
    return red, green, blue


def _parts(colour: str) -> Rgb:
    red, green, blue = _bytes(colour)
    return red / 255, green / 255, blue / 255


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklch(colour: str) -> tuple[float, float, float]:
    """Lightness 0 to 1, chroma, and hue in radians."""
    red, green, blue = _linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _hex(lightness: float, chroma: float, hue: float) -> str:
    """The colour, paler where a screen can't show it as vivid."""
    while True:
        a, b = chroma * math.cos(hue), chroma * math.sin(hue)
        long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
        light = (
            4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
        )
        if chroma < 0.002 or all(-0.0005 <= value <= 1.0005 for value in light):
            return "#" + "".join(f"{_byte(value):02x}" for value in light)
        chroma *= 0.95


def _byte(linear: float) -> int:
    value = min(max(linear, 0.0), 1.0)
    return round(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))
