"""What was made from what: results/provenance.json, and the answer to `explain FILE`."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from halosink import vocabulary
from halosink.contracts import Language
from halosink.runner import LIBRARIES, Outcome, code_hash, discover, input_hashes
from halosink.settings import FILE, Settings
from halosink.storage import file_hash, replace_json

RECORD = "provenance.json"


def origin(folder: Path, settings: Settings) -> dict[str, Any]:
    """Whatever the numbers depend on, without time or place: the same for the same study, code and libraries."""
    return {
        "halosink": metadata.version("halosink"),
        "code": code_hash(),
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
        "settings": hashlib.sha256(settings.model_dump_json().encode()).hexdigest(),
        "seed": settings.study.seed,
        "inputs": input_hashes(folder, settings),
    }


def write(folder: Path, settings: Settings, outcomes: Mapping[str, Outcome]) -> None:
    """Record a run. An unchanged rerun leaves the record as it stands."""
    path = folder / "results" / RECORD
    steps = {n: {"key": o.key, "status": _lasting(o), "outputs": dict(o.outputs)} for n, o in outcomes.items()}
    known = _read(path)
    record = {**origin(folder, settings), "study": FILE, "steps": steps}
    if known is None or {k: v for k, v in known.items() if k != "finished"} != record:
        replace_json(path, {**record, "finished": datetime.now(UTC).isoformat(timespec="seconds")})


def explain_file(path: Path, language: Language) -> str | None:
    """How a file of a results folder was made; None if it is not in one."""
    path = path.resolve()
    results = next((p for p in path.parents if (p / RECORD).is_file()), None)
    if results is None:
        return None
    record = _read(results / RECORD) or {}
    name = path.relative_to(results).as_posix()
    if name == RECORD:
        return vocabulary.say("cli.file_provenance", language)
    makers = [step for step, entry in record.get("steps", {}).items() if name in entry["outputs"]]
    if not makers:
        return vocabulary.say("cli.file_unknown", language, file=name)
    step, entry = makers[0], record["steps"][makers[0]]
    declared = discover()[step]
    before = [n for n in (*declared.needs, *declared.after) if record["steps"].get(n, {}).get("outputs")]
    same = file_hash(path) == entry["outputs"][name]
    lines = [
        vocabulary.say("cli.file_made", language, file=name, step=step, label=declared.label.to(language)),
        declared.about.to(language),
        vocabulary.say("cli.file_same" if same else "cli.file_changed", language),
        vocabulary.say("cli.file_steps", language, steps=", ".join(before) or "-"),
        vocabulary.say("cli.file_inputs", language, inputs=", ".join(record["inputs"]) or "-"),
        vocabulary.say(
            "cli.file_code", language, version=record["halosink"], code=record["code"][:12], seed=record["seed"]
        ),
    ]
    if path.suffix == ".parquet":
        lines.append(vocabulary.say("cli.file_columns", language, columns=_columns(path, language)))
    sources = [vocabulary.sources()[key].cite() for key in declared.sources if key in vocabulary.sources()]
    return "\n".join(lines + sources)


def _columns(path: Path, language: Language) -> str:
    """The columns of a table with the unit of those that the vocabulary knows."""
    from pyarrow import parquet

    fields = vocabulary.fields()
    names = parquet.read_schema(path).names
    known = [f"{n} [{fields[n].unit}]" if n in fields and fields[n].unit else str(n) for n in names]
    return ("、" if language == "zh" else ", ").join(known)


def _lasting(outcome: Outcome) -> str:
    return "done" if outcome.status == "cached" else outcome.status


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found
