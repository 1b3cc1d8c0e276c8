"""What is wrong with a line of study.toml that cannot be read, as far as the line itself shows."""

from __future__ import annotations

import re

from halosink.problems import Problem

FILE = "study.toml"
STRANGE = {
    **dict.fromkeys("“”„‟＂", '"'),
    **dict.fromkeys("‘’＇", "'"),
    "＝": "=",
    "［": "[",
    "］": "]",
    "【": "[",
    "】": "]",
    "，": ",",
    "｛": "{",
    "｝": "}",
    "＃": "#",
}
"""Signs that word processors and Chinese input methods write, and what TOML wants in their place."""
STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')
BARE = re.compile(r"[A-Za-z0-9_-]+")


def mistake(text: str, error: str) -> Problem:
    """E-STUDY-TOML-QUOTES, -BACKSLASH or -KEY by the line that the parser stopped at, else E-STUDY-TOML."""
    found = re.search(r"line (\d+)", error)
    number = int(found[1]) if found else 0
    lines = text.splitlines()
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    rows = (number,) if number else ()
    outside = STRINGS.sub('""', line)
    if signs := [c for c in outside.split("#")[0] if c in STRANGE]:
        meant = " ".join(dict.fromkeys(STRANGE[c] for c in signs))
        values = {"found": " ".join(dict.fromkeys(signs)), "plain": meant}
        return Problem("E-STUDY-TOML-QUOTES", file=FILE, rows=rows, values=values)
    if "\\" in line and re.search(r"(?i)escape|hex|\\\\", error):
        return _backslash(line.split("=", 1)[-1].strip().strip("\"'"), rows)
    keys = [part for key in _keys(outside) for part in _parts(key)]
    if name := next((k for k in keys if not BARE.fullmatch(k)), ""):
        return Problem("E-STUDY-TOML-KEY", file=FILE, rows=rows, values={"key": name, "quoted": f'"{name}"'})
    return Problem("E-STUDY-TOML", file=FILE, rows=rows, values={"error": error})


def backslash(path: str, line: int = 0) -> Problem | None:
    """The problem of a path with backslashes, or with what TOML makes of them: \\n, \\t; None if there are none."""
    plain = path.translate({8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 27: "\\e"})
    if "\\" not in plain or re.match(r"[A-Za-z]:|\\\\", plain):
        return None
    return _backslash(plain, (line,) if line else ())


def _backslash(path: str, rows: tuple[int, ...]) -> Problem:
    values = {"path": path, "slashed": re.sub(r"\\+", "/", path)}
    return Problem("E-STUDY-TOML-BACKSLASH", file=FILE, rows=rows, values=values)


def _keys(line: str) -> list[str]:
    """What stands as a key in a line whose strings are emptied: a heading, before =, and inside { }."""
    plain = line.split("#")[0].strip()
    if header := re.fullmatch(r"\[{1,2}(.*?)\]{1,2}", plain):
        return [header[1]]
    return [plain.split("=", 1)[0], *re.findall(r"[{,]\s*([^={},]+?)\s*=", plain)] if "=" in plain else []


def _parts(key: str) -> list[str]:
    """The parts of a dotted key that are not in quotes; one with brackets or a colon is taken whole."""
    whole = key.strip()
    parts = [p.strip() for p in whole.split(".")] if re.fullmatch(r"[\w\s.\"-]*", whole) else [whole]
    return [p for p in parts if p and p != '""']
