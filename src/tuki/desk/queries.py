"""The desk as everything else asks for it."""

import time
from dataclasses import dataclass

from django.db.models import QuerySet

from tuki.desk.models import Desk, Module, Product
from tuki.lib.questions import Question

# Rules change when a blueprint is applied, from another process: pages may lag behind by this much.
_FRESH = 2.0  # seconds


@dataclass
class _Known:
    desk: Desk | None = None
    read_at: float = 0.0


_known = _Known()


def the_desk() -> Desk:
    """The desk's own settings. Don't change what you get: it is shared."""
    now = time.monotonic()
    if _known.desk is None or now - _known.read_at > _FRESH:
        _known.desk, _known.read_at = Desk.objects.order_by("pk").first() or _unnamed(), now
    return _known.desk


def forget() -> None:
    """Read the settings anew at the next question."""
    _known.desk = None


def _unnamed() -> Desk:
    """What stands in until a blueprint is applied."""
    return Desk(key="tuki", name="Tuki", languages=["en", "fi", "sv", "nl"], address="support@tuki.example")


def products() -> QuerySet[Product]:
    """What a customer may name as the product, in the desk's order, modules at hand."""
    return Product.objects.filter(retired=False).prefetch_related("modules")


_OFFERED = Question(lambda: Product.objects.filter(retired=False))
_MODULES = Question(lambda: Module.objects.filter(retired=False))


def catalog() -> list[tuple[Product, list[Module]]]:
    """What is offered to choose from: as `products`, each with its modules, for pages that are asked for often."""
    of_product: dict[int, list[Module]] = {}
    for module in _MODULES.ask():
        of_product.setdefault(module.product_id, []).append(module)
    return [(product, of_product.get(product.pk, [])) for product in _OFFERED.ask()]


def modules() -> QuerySet[Module]:
    return Module.objects.filter(retired=False, product__retired=False).select_related("product")
