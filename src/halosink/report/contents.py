"""What a report is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from halosink.problems import Problem
from halosink.settings import Settings

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Contents:
    """All a report can show; every frame is optional.

    `frames` are keyed by their path below results/ without suffix ("effects/response_ratios"). `steps` are mappings
    with name, label (Text), status (done, cached, skipped, failed), reason, add (Text) and seconds. `provenance` is
    plain data: inputs {file: sha256}, settings, code, python ... `sources` are the keys of the sources really used.
    """

    settings: Settings
    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    steps: Sequence[Mapping[str, Any]] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    sources: Sequence[str] = ()
    version: str = ""

    def frame(self, name: str) -> pd.DataFrame | None:
        """A frame that is there and holds rows, else None."""
        found = self.frames.get(name)
        return None if found is None or found.empty else found
