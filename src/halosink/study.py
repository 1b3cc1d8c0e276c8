"""A study: a folder with study.toml. The one place that knows its paths."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from halosink.contracts import Language
from halosink.problems import Problem, UserError
from halosink.settings import FILE, Settings, load

if TYPE_CHECKING:
    import pandas as pd

    from halosink.runner import Outcome


@dataclass(frozen=True, slots=True)
class Study:
    """A study folder whose study.toml was found good."""

    folder: Path
    settings: Settings

    def check(self) -> list[Problem]:
        """Read every table and layer, compute nothing: all problems, doubts and assumptions at once."""
        from halosink.steps.tables import readings

        if not self.settings.tables and not self.settings.region.layers:
            return [Problem("N-TABLES-NONE", file=FILE)]
        found = [p for _, reading in readings(self.folder, self.settings, thorough=True) for p in reading.problems]
        if self.settings.region.layers:
            from halosink.study_region.region import doubts

            found += doubts(self.folder, self.settings.region)
        return found

    def run(
        self,
        only: Iterable[str] = (),
        tell: Callable[[Outcome], None] = lambda outcome: None,
        progress: Callable[[str, int, int], None] = lambda step, done, total: None,
    ) -> Mapping[str, Outcome]:
        """Bring results/ up to date; gives how each step ended.

        Raises UserError when the tables have errors (nothing is written then) or another run holds the study.
        """
        from halosink import provenance, runner

        outcomes = runner.run(runner.Workspace(self.folder, self.settings), only=only, tell=tell, progress=progress)
        provenance.write(self.folder, self.settings, outcomes)
        return outcomes

    def doubts(self) -> list[Problem]:
        """Warnings and assumptions of the last run, as its steps left them."""
        import json

        from halosink.steps.report import told_in

        results = self.folder / "results"
        found = (p.relative_to(results) for p in results.rglob("*.json"))
        names = told_in(p.as_posix() for p in found if p.parts[0] != ".tmp")
        known = [p for name in names for p in json.loads((results / name).read_text("utf-8"))["problems"]]
        return [Problem.from_record(p) for p in known]

    def report(self, language: Language = "en") -> Path:
        """Path of the report in one language, written if it is not up to date."""
        self.run(only=["report"])
        return self.folder / "results" / f"report.{language}.html"

    def __getitem__(self, name: str) -> pd.DataFrame:
        """A table of the results by its name, e.g. study["effects/response_ratios"].

        The part behind the last slash is enough where it is unique. Raises UserError for an unknown name.
        """
        from halosink import storage

        results = self.folder / "results"
        known = {
            p.relative_to(results).with_suffix("").as_posix(): p
            for p in sorted(results.rglob("*.parquet"))
            if ".tmp" not in p.parts
        }
        found = [n for n in known if n == name] or [n for n in known if n.rsplit("/", 1)[-1] == name]
        if len(found) != 1:
            values = {"name": name, "known": ", ".join(known) or "-"}
            raise UserError([Problem("E-RESULT-UNKNOWN", file=str(results), values=values)])
        return storage.frame(known[found[0]])


def open(folder: str | Path) -> Study:
    """Open the study in a folder. Raises UserError with everything wrong in its study.toml."""
    folder = Path(folder)
    return Study(folder, load(folder))
