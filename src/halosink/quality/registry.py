"""All checks: every module of this folder that declares CHECK."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from halosink.problems import did_you_mean
from halosink.quality.check import Check


@cache
def checks() -> Mapping[str, Check]:
    """The checks by name, in the order of their bits."""
    package = importlib.import_module("halosink.quality")
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    modules = [importlib.import_module(f"halosink.quality.{name}") for name in names]
    found = sorted((m.CHECK for m in modules if hasattr(m, "CHECK")), key=lambda c: c.bit)
    if len({c.bit for c in found}) < len(found) or len({c.name for c in found}) < len(found):
        raise ValueError("two checks have the same bit or name: " + ", ".join(f"{c.bit} {c.name}" for c in found))
    return MappingProxyType({check.name: check for check in found})


def check(name: str) -> Check:
    """The check of that name; KeyError with the nearest name if there is none."""
    try:
        return checks()[name]
    except KeyError:
        near = did_you_mean(name, checks())
        raise KeyError(f"no check {name!r}" + (f"; did you mean {near!r}?" if near else "")) from None


def bits() -> Mapping[str, int]:
    """Check name -> its value in a flag column (a power of two)."""
    return MappingProxyType({name: 1 << found.bit for name, found in checks().items()})


def names(flag: int) -> tuple[str, ...]:
    """The checks that a flag value stands for; empty for 0."""
    return tuple(name for name, bit in bits().items() if int(flag) & bit)


def excluding() -> tuple[str, ...]:
    """The checks whose flagged values analyses leave out by default."""
    return tuple(name for name, found in checks().items() if found.excludes)
