"""No text that a person reads lacks a translation, in any language that a shipped desk speaks."""

import re
import shutil
from pathlib import Path

import pytest

import tuki
from bin.texts import LANGUAGES, gather, missing

SOURCE = Path(tuki.__file__).parent
_HOLES = re.compile(r"%\((\w+)\)[sd]|%[sd]|</?\w+")


def catalog(language: str, source: Path = SOURCE) -> str:
    return (source / "locale" / language / "LC_MESSAGES" / "django.po").read_text()


@pytest.fixture(scope="module")
def gathered(tmp_path_factory) -> Path:
    """The catalogs as the code of this moment would have them."""
    if shutil.which("xgettext") is None:
        pytest.fail("no gettext on this machine: `bin/test` installs it as root, or apt install gettext")
    copy = tmp_path_factory.mktemp("texts") / "tuki"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.mo", "content", "static"))
    gather(copy)
    return copy


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_in_the_code_is_in_the_catalog(language, gathered):
    assert catalog(language) == catalog(language, gathered), "run bin/texts"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language):
    assert missing(catalog(language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_holes_and_tags_of_its_text(language):
    for entry in catalog(language).split("\n\n")[1:]:
        text = "".join(re.findall(r'^msgid "(.*)"$', entry, re.M))
        plural = "".join(re.findall(r'^msgid_plural "(.*)"$', entry, re.M))
        for form, translated in re.findall(r'^msgstr(\[\d\])? "(.*)"$', entry, re.M):
            of = plural if form == "[1]" else text
            wanted, found = sorted(set(_HOLES.findall(of))), sorted(set(_HOLES.findall(translated)))
            # "one day" may do without its number.
            assert found == wanted or (form == "[0]" and set(found) <= set(wanted)), entry
