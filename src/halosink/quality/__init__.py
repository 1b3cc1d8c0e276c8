"""Quality control: checks that flag and never change a value. One file per check; `checks()` lists them."""

from __future__ import annotations

from halosink.quality.check import Channel, Check, Clock, Parameter
from halosink.quality.registry import bits, check, checks, excluding, names
from halosink.quality.table import SERIES_KEY, Flags, flag_table, masked

__all__ = [
    "SERIES_KEY",
    "Channel",
    "Check",
    "Clock",
    "Flags",
    "Parameter",
    "bits",
    "check",
    "checks",
    "excluding",
    "flag_table",
    "masked",
    "names",
]
