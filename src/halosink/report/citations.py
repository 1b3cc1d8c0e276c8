"""Citations of what was really used, and links in running text."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from halosink import vocabulary
from halosink.report.contents import Contents

_ADDRESS = re.compile(r"https?://[^\s<>\"']+")


def used(contents: Contents) -> list[str]:
    """Keys of the sources of this run: those handed in and those of its check rows, in alphabetical order."""
    keys = set(contents.sources)
    for name in contents.frames:
        frame = contents.frame(name) if name.endswith("/checks") else None
        if frame is not None:
            keys |= set(frame["source"].dropna().astype(str))
    return sorted(k for k in keys if k)


def cited(contents: Contents) -> list[tuple[str, Markup]]:
    """Key and full citation, links as links; a key without an entry stands for itself."""
    known = vocabulary.sources()
    return [(k, linked(known[k].cite()) if k in known else escape(k)) for k in used(contents)]


def linked(text: str) -> Markup:
    """The text escaped, its web addresses as links."""
    parts: list[Markup] = []
    end = 0
    for found in _ADDRESS.finditer(text):
        address = found[0].rstrip(".,;)")
        parts += [escape(text[end : found.start()]), Markup('<a href="{0}">{0}</a>').format(address)]
        end = found.start() + len(address)
    return Markup("").join([*parts, escape(text[end:])])
