"""halosink: from the field data of saline-alkali land to defensible carbon answers."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from halosink.study import open as open

_MODULES = (
    *(
        "budget",
        "chamber",
        "drivers",
        "eddy",
        "evidence",
        "maps",
        "microbe",
        "model",
        "plant",
        "quality",
        "read",
        "soil",
    ),
    "vocabulary",
)
__all__ = ["open", *_MODULES]


def __getattr__(name: str) -> Any:
    if name == "open":
        return import_module("halosink.study").open
    if name in _MODULES:
        return import_module(f"halosink.{name}")
    raise AttributeError(f"module 'halosink' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
