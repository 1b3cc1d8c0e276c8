"""Runs steps in order, leaves out what is up to date, survives a kill.

A step's key is a hash of the package's own source, the library versions, the sections of study.toml it depends on,
the bytes of the study's input files, and the outputs of the steps before it. Outputs are written under a temporary
name and moved into place; the manifest, written last, vouches for them with their hashes. So whatever moment a run
is killed at, the next one sees either a finished step or one to be done again.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import pkgutil
import shutil
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from graphlib import TopologicalSorter
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from halosink import storage
from halosink.contracts import Skip, Step, Text
from halosink.problems import Problem, UserError
from halosink.settings import Settings
from halosink.storage import file_hash, replace_json

if TYPE_CHECKING:
    import pandas as pd

# Arrow then takes memory from the system and gives it back at once, while its own pools keep much for later.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")

LIBRARIES = (
    *("altair", "jax", "numba", "numpy", "pandas", "pyarrow", "pyproj", "rasterio", "scikit-learn", "scipy"),
    "vl-convert-python",
)
SOURCE_SUFFIXES = {".py", ".toml", ".bib", ".html", ".css", ".js", ".csv"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one step ended: done, cached (already up to date), skipped (its data are not there) or failed."""

    step: str
    status: str
    key: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    reason: Text = Text("", "")
    add: Text = Text("", "")
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        return self.status in ("done", "cached")


@dataclass(frozen=True, slots=True)
class Workspace:
    """What a step sees of a study: its settings, its input files and the outputs of earlier steps.

    `fresh` holds the table written last, so that a large one need not be unpacked again at once. A long step calls
    `progress` with what is done of how much.
    """

    folder: Path
    settings: Settings
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    fresh: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)
    progress: Callable[[int, int], None] = field(default=lambda done, total: None, repr=False, compare=False)

    @property
    def results(self) -> Path:
        return self.folder / "results"

    def outputs(self, prefix: str = "") -> list[str]:
        """Names of outputs that are there, e.g. "tables/soil.parquet", in order."""
        return sorted(p for o in self.outcomes.values() for p in o.outputs if p.startswith(prefix))

    def frame(self, name: str, categories: bool = False) -> pd.DataFrame:
        """An output table by its name, with or without .parquet; see storage.frame."""
        name = name.removesuffix(".parquet") + ".parquet"
        if categories and name in self.fresh:
            return self.fresh.pop(name)
        return storage.frame(self.results / name, categories)

    def frames(self, prefix: str = "") -> dict[str, pd.DataFrame]:
        """Every output table below a prefix, keyed by name without .parquet."""
        return {p[: -len(".parquet")]: self.frame(p) for p in self.outputs(prefix) if p.endswith(".parquet")}

    def data(self, name: str) -> Any:
        """An output .json"""
        return json.loads((self.results / name).read_text("utf-8"))


@cache
def discover() -> Mapping[str, Step]:
    """Every step, from the files of halosink/steps."""
    package = importlib.import_module("halosink.steps")
    modules = (importlib.import_module(f"halosink.steps.{m.name}") for m in pkgutil.iter_modules(package.__path__))
    return {m.STEP.name: m.STEP for m in modules}


@cache
def code_hash() -> str:
    """Hash of the package's own source and of the versions of the libraries that make numbers."""
    digest = hashlib.sha256()
    root = Path(str(resources.files("halosink")))
    for path in sorted(p for p in root.rglob("*") if p.suffix in SOURCE_SUFFIXES):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    digest.update(repr([(name, _version(name)) for name in LIBRARIES]).encode())
    return digest.hexdigest()


def _version(library: str) -> str:
    """ "" for one that is optional and not installed."""
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return ""


def input_hashes(folder: Path, settings: Settings) -> dict[str, str]:
    """Hash of every file that the study names, by its path in the study folder."""
    names = [t.file for t in settings.tables.values()] + ([settings.truth] if settings.truth else [])
    names += settings.region.files()
    found = {p for name in names for p in (folder.glob(name) if any(c in name for c in "*?[") else [folder / name])}
    whole = {p for f in found for p in (f.rglob("*") if f.is_dir() else [f])}
    return {p.relative_to(folder).as_posix(): file_hash(p) for p in sorted(whole) if p.is_file()}


def order(steps: Mapping[str, Step]) -> list[str]:
    """Names so that each stands behind what it needs; ties in alphabetical order."""
    graph = {s.name: {n for n in (*s.needs, *s.after) if n in steps} for s in steps.values()}
    sorter = TopologicalSorter(dict(sorted(graph.items())))
    sorter.prepare()
    found: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        found += ready
        sorter.done(*ready)
    return found


def run(
    workspace: Workspace,
    steps: Mapping[str, Step] | None = None,
    only: Iterable[str] = (),
    tell: Callable[[Outcome], None] = lambda outcome: None,
    progress: Callable[[str, int, int], None] = lambda step, done, total: None,
) -> dict[str, Outcome]:
    """Bring the steps up to date. With `only`, just those and the steps before them.

    `progress` is told the name of a long step, how much of it is done and of how much.
    Raises UserError for wrong input (nothing of the step is written) and for a study that another run holds.
    """
    steps = steps or discover()
    wanted = _with_needs(only, steps) if only else set(steps)
    results = workspace.results
    storage.folder(results)
    inputs = input_hashes(workspace.folder, workspace.settings)
    outcomes: dict[str, Outcome] = {}
    fresh: dict[str, pd.DataFrame] = {}
    with storage.locked(results):
        shutil.rmtree(results / ".tmp", ignore_errors=True)
        for name in order(steps):
            step = steps[name]
            key = _key(step, workspace.settings, inputs, outcomes)
            kept = _kept(results, step, key if name in wanted else "")
            if kept is None and name not in wanted:
                continue
            seen = Workspace(workspace.folder, workspace.settings, dict(outcomes), fresh, partial(progress, name))
            outcome = kept or _perform(step, key, seen)
            outcomes[name] = outcome
            tell(outcome)
    return outcomes


def _with_needs(only: Iterable[str], steps: Mapping[str, Step]) -> set[str]:
    wanted: set[str] = set()
    stack = list(only)
    while stack:
        name = stack.pop()
        if name not in steps:
            raise UserError([Problem("E-STEP-UNKNOWN", values={"name": name, "known": ", ".join(order(steps))})])
        if name not in wanted:
            wanted.add(name)
            stack += [n for n in (*steps[name].needs, *steps[name].after) if n in steps]
    return wanted


def _key(step: Step, settings: Settings, inputs: Mapping[str, str], outcomes: Mapping[str, Outcome]) -> str:
    before = {
        n: [o.good, dict(o.outputs), o.reason, o.add]
        for n in (*step.needs, *step.after)
        if (o := outcomes.get(n)) is not None
    }
    whole = {name.partition(".")[0] for name in step.settings}
    parts = settings.model_dump(mode="json", include=whole)
    sections = {n: parts[n.partition(".")[0]] if "." not in n else parts[n.partition(".")[0]][n.partition(".")[2]]
                for n in step.settings}  # fmt: skip
    reads = inputs if step.reads_files else {}
    return hashlib.sha256(
        json.dumps([step.name, code_hash(), sections, reads, before], sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()


def _kept(results: Path, step: Step, key: str) -> Outcome | None:
    """The outcome of an earlier run that still holds; with no key, whatever stands whole."""
    try:
        record = json.loads((results / ".steps" / f"{step.name}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if key and record["key"] != key:
        return None
    for path, digest in record["outputs"].items():
        if not (results / path).is_file() or file_hash(results / path) != digest:
            return None
    status = "skipped" if record["status"] == "skipped" else "cached"
    return Outcome(
        step.name, status, record["key"], record["outputs"], Text(*record["reason"]), Text(*record["add"]), 0.0
    )


def _perform(step: Step, key: str, workspace: Workspace) -> Outcome:
    started = time.perf_counter()
    results = workspace.results
    missing = [n for n in step.needs if n not in workspace.outcomes or not workspace.outcomes[n].good]
    if missing:
        reason = Text(f"needs {', '.join(missing)}, which gave nothing", f"需要 {'、'.join(missing)}，而该步骤没有结果")
        answer: Mapping[str, str] | Skip = Skip(reason, Text("", ""))
    else:
        try:
            with _single_threaded():
                given = step.run(workspace)
                answer = given if isinstance(given, Skip) else _written(given, results / ".tmp", workspace.fresh)
        except UserError:
            shutil.rmtree(results / ".tmp", ignore_errors=True)
            raise
        except Exception as error:
            shutil.rmtree(results / ".tmp", ignore_errors=True)
            storage.raise_if_disk(error, results)
            return _failed(step, key, workspace, error, time.perf_counter() - started)
    if isinstance(answer, Skip):
        outcome = Outcome(step.name, "skipped", key, {}, answer.reason, answer.add)
    else:
        for path in answer:
            (results / path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(results / ".tmp" / path, results / path)
        outcome = Outcome(step.name, "done", key, dict(answer), seconds=time.perf_counter() - started)
    _discard_stale(results, step, outcome.outputs)
    (results / "log" / f"{step.name}.txt").unlink(missing_ok=True)
    record = {"status": outcome.status, "key": key, "outputs": outcome.outputs, "reason": outcome.reason}
    replace_json(results / ".steps" / f"{step.name}.json", {**record, "add": outcome.add, "seconds": outcome.seconds})
    return outcome


def _written(
    given: Mapping[str, Any] | Iterable[tuple[str, Any]], folder: Path, fresh: dict[str, pd.DataFrame]
) -> dict[str, str]:
    """Write outputs as they come, the last table kept in `fresh`, the others let go; their hashes."""
    found: dict[str, str] = {}
    for path, value in given.items() if isinstance(given, Mapping) else given:
        found[path] = storage.write(folder / path, value)
        if path.endswith(".parquet"):
            fresh.clear()
            fresh[path] = value
        del value
    return found


@contextmanager
def _single_threaded() -> Iterator[None]:
    """One thread for linear algebra: the same bytes on any number of cores, and faster on our small matrices."""
    import numpy  # noqa: F401 (loads the library that is to be limited)
    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        yield


def _failed(step: Step, key: str, workspace: Workspace, error: Exception, seconds: float) -> Outcome:
    log = workspace.results / "log" / f"{step.name}.txt"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("".join(traceback.format_exception(error)), "utf-8")
    _discard_stale(workspace.results, step, {})
    (workspace.results / ".steps" / f"{step.name}.json").unlink(missing_ok=True)
    short = f"{type(error).__name__}: {error}"
    return Outcome(
        step.name,
        "failed",
        key,
        reason=Text(
            f"a fault of halosink, not of your data ({short})", f"这是 halosink 的缺陷，并非您的数据有误（{short}）"
        ),
        add=Text(f"please report it with results/log/{step.name}.txt", f"请附上 results/log/{step.name}.txt 反馈"),
        seconds=seconds,
    )


def _discard_stale(results: Path, step: Step, outputs: Mapping[str, str]) -> None:
    """Remove outputs of the step's earlier run that it no longer gives."""
    try:
        old = json.loads((results / ".steps" / f"{step.name}.json").read_text("utf-8"))["outputs"]
    except (OSError, ValueError, KeyError):
        return
    for path in set(old) - set(outputs):
        (results / path).unlink(missing_ok=True)
