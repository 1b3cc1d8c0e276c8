"""All eddy checks: every module of this folder that declares CHECK."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from halosink.eddy.checks.check import Check


@cache
def checks() -> Mapping[str, Check]:
    """The checks by name, in alphabetical order."""
    package = importlib.import_module("halosink.eddy.checks")
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    modules = [importlib.import_module(f"halosink.eddy.checks.{name}") for name in names]
    found = [m.CHECK for m in modules if hasattr(m, "CHECK")]
    if len({c.name for c in found}) < len(found):
        raise ValueError("two eddy checks have the same name: " + ", ".join(c.name for c in found))
    return MappingProxyType({check.name: check for check in found})
