"""The laws of the house that no other tool holds. See docs/architecture.md."""

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

import tuki
from tuki.journal.events import EVENTS, Event

SOURCE = Path(tuki.__file__).parent
OURS = [config for config in apps.get_app_configs() if config.name.startswith("tuki.")]


def sources(*parts: str) -> list[Path]:
    return [path for path in SOURCE.joinpath(*parts).rglob("*.py") if "migrations" not in path.parts]


def public_functions_of_actions() -> list[tuple[str, object]]:
    found = []
    for config in OURS:
        name = f"{config.name}.actions"
        if importlib.util.find_spec(name) is None:
            continue
        room = importlib.import_module(name)
        modules = [room]
        if hasattr(room, "__path__"):
            modules += [
                importlib.import_module(f"{name}.{info.name}")
                for info in pkgutil.iter_modules(room.__path__)
                if not info.name.startswith("_")
            ]
        for module in modules:
            for verb, function in inspect.getmembers(module, inspect.isfunction):
                if function.__module__ == module.__name__ and not verb.startswith("_"):
                    found.append((f"{module.__name__}.{verb}", function))
    return found


# What an actions room offers beside its verbs: pure helpers, and the making of rows inside another verb's transaction.
NO_VERBS = {"tuki.files.actions.clean_name", "tuki.files.actions.sniff"}


_VERBS = public_functions_of_actions()


@pytest.mark.parametrize(("name", "function"), _VERBS, ids=[name for name, _function in _VERBS])
def test_every_verb_says_by_whom(name, function):
    if name in NO_VERBS:
        return
    by = inspect.signature(function).parameters.get("by")
    assert by is not None, f"{name} has no `by`"
    assert by.kind is inspect.Parameter.KEYWORD_ONLY, f"{name}: `by` is not keyword-only"
    assert by.default is inspect.Parameter.empty, f"{name}: `by` has a default"


@pytest.mark.parametrize("path", sources("doors"), ids=lambda path: str(path.relative_to(SOURCE)))
def test_doors_write_nothing(path):
    """A door calls actions. Django's own forms are checked by hand: none of ours is a ModelForm."""
    forbidden = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create"}
    forbidden |= {"update_or_create"}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in forbidden:
            receiver = ast.unparse(node.func.value)
            on_rows = receiver.endswith((".objects", ")")) or node.func.attr in {"save", "delete"}
            plain = receiver in {"context", "headers", "initial", "session", "request.session", "data"}
            assert not on_rows or plain, f"{path.name}:{node.lineno} writes: {ast.unparse(node)[:80]}"


def test_reverse_names_do_not_climb():
    """A row of a lower app has no attribute that leads up: relations between apps have no reverse name."""
    climbing = []
    for config in OURS:
        for model in config.get_models():
            for field in model._meta.get_fields(include_hidden=False):
                if not isinstance(field, models.ForeignKey | models.ManyToManyField):
                    continue
                elsewhere = field.related_model._meta.app_label != model._meta.app_label
                if elsewhere and not (field.remote_field.related_name or "").endswith("+"):
                    climbing.append(f"{model.__name__}.{field.name}")
    assert climbing == []


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
def test_every_event_says_what_it_is_how_it_reads_and_what_it_forgets(event: type[Event]):
    assert event.__doc__
    assert not event.__doc__.startswith(f"{event.__name__}("), f"{event.__name__} has no docstring of its own"
    assert str(event.line)
    assert event.forgets


def test_an_event_carries_only_what_json_holds():
    plain = {
        "int",
        "str",
        "bool",
        "int | None",
        "str | None",
        "list[int]",
        "list[str]",
        "list[int | None]",
        "bool | None",
    }
    for event in EVENTS.values():
        for field, kind in inspect.get_annotations(event).items():
            if "ClassVar" not in str(kind):
                said = kind if isinstance(kind, str) else getattr(kind, "__name__", str(kind))
                assert str(kind) in plain or said in plain, f"{event.__name__}.{field} is {kind}"


def test_no_room_is_called_utils():
    assert [path for path in sources() if path.stem in {"utils", "helpers", "misc", "common"}] == []
