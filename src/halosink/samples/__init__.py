"""Complete small studies: synthetic, published numbers, and real sites.

`prepare` makes a study folder. The synthetic studies are generated, the evidence is written from the package; the data
of real sites are not part of the package: they are copied from HALOSINK_REFERENCE/data when that is set, else
downloaded where upstream offers the plain file, and always compared with the SHA-256 of the published bytes
(samples.toml).
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import import_module, resources
from pathlib import Path
from typing import Any

from halosink.problems import Problem, UserError, did_you_mean

__all__ = ["names", "prepare"]
GENERATED = ("twin", "chambers", "tower", "county")


def names() -> tuple[str, ...]:
    """All samples, those that need nothing from outside first."""
    return ("evidence", *GENERATED, *_real())


def prepare(name: str, folder: Path, seed: int = 1) -> None:
    """Make folder a complete study of that name; running it again on the same folder changes nothing.

    seed: of a synthetic study. UserError: E-SAMPLE-UNKNOWN, E-SAMPLE-FOLDER, E-SAMPLE-ABSENT, E-SAMPLE-DOWNLOAD,
    E-SAMPLE-CHANGED; then study.toml was not written.
    """
    if name not in names():
        meant = did_you_mean(name, names()) or "-"
        raise UserError(
            [Problem("E-SAMPLE-UNKNOWN", values={"name": name, "known": ", ".join(names()), "meant": meant})]
        )
    form = _form(name, seed)
    present = folder / "study.toml"
    if present.is_file() and present.read_bytes() != form:
        raise UserError([Problem("E-SAMPLE-FOLDER", file=str(folder), values={"folder": str(folder)})])
    if name in GENERATED:
        import_module(f"halosink.samples.{name}.generate").generate(folder, seed)
        return
    data = folder / "data"
    if name == "evidence":
        from halosink import evidence

        content = {f"data/{f}": (resources.files("halosink.evidence") / f).read_bytes() for f in evidence.files}
    else:
        content = _fetched(name)
    data.mkdir(parents=True, exist_ok=True)
    for file, raw in content.items():
        _write(folder / file, raw)
    _write(present, form)


def _form(name: str, seed: int) -> bytes:
    raw = (resources.files("halosink.samples") / name / "study.toml").read_bytes()
    return raw.replace(b"seed = 1\n", f"seed = {seed}\n".encode()) if name in GENERATED else raw


@cache
def _real() -> Mapping[str, Any]:
    found: dict[str, Any] = tomllib.loads((resources.files("halosink.samples") / "samples.toml").read_text("utf-8"))
    return found


def _fetched(name: str) -> dict[str, bytes]:
    """All files of a real sample, or UserError with every file that cannot be had."""
    entry = _real()[name]
    content: dict[str, bytes] = {}
    problems: list[Problem] = []
    for one in entry["files"]:
        try:
            content[one["file"]] = _one(name, entry, one)
        except UserError as error:
            problems += error.problems
    if problems:
        raise UserError(problems)
    return content


def _one(name: str, entry: Mapping[str, Any], one: Mapping[str, str]) -> bytes:
    said = {"name": name, "file": one["file"], "local": one["local"], "origin": entry["repository"]}
    raw = _local(one["local"])
    if raw is None and "path" not in one:
        raise UserError([Problem("E-SAMPLE-ABSENT", file=one["file"], values=said)])
    if raw is None:
        url = f"{entry['download']}/{entry['commit']}/{one['path']}"
        raw = _downloaded(url, one["sha256"], said)
    found = hashlib.sha256(raw).hexdigest()
    if found != one["sha256"]:
        values = {**said, "found": found, "expected": one["sha256"]}
        raise UserError([Problem("E-SAMPLE-CHANGED", file=one["file"], values=values)])
    return raw


def _local(path: str) -> bytes | None:
    """The file under HALOSINK_REFERENCE/data, unpacked; None if it is not there."""
    reference = os.environ.get("HALOSINK_REFERENCE")
    source = Path(reference) / "data" / path if reference else None
    if source is None or not source.is_file():
        return None
    raw = source.read_bytes()
    return gzip.decompress(raw) if source.suffix == ".gz" else raw


def _downloaded(url: str, sha256: str, said: Mapping[str, str]) -> bytes:
    try:
        import pooch

        path = pooch.retrieve(url, known_hash=f"sha256:{sha256}", path=pooch.os_cache("halosink"), progressbar=False)
        return Path(path).read_bytes()
    except (ImportError, OSError, ValueError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        values = {**said, "url": url, "reason": reason}
        raise UserError([Problem("E-SAMPLE-DOWNLOAD", file=said["file"], values=values)]) from None


def _write(path: Path, raw: bytes) -> None:
    """Write unless the same bytes are there; a reader never sees half a file."""
    if path.is_file() and path.read_bytes() == raw:
        return
    part = path.with_name(path.name + ".part")
    part.write_bytes(raw)
    part.replace(path)
