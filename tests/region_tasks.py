"""Work for the processes of a cluster, which have to import it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def square(folder: Path, k: int) -> int:
    """k squared. The first process that comes to 5 ends without a word."""
    if k == 5 and not (folder / "died").exists():
        (folder / "died").touch()
        os._exit(1)
    return k * k


class Sent:
    """Knows how often it was made ready to be sent."""

    times = 0

    def __reduce__(self) -> tuple[Any, ...]:
        Sent.times += 1
        return Sent, ()


def add(sent: Sent, k: int) -> int:
    return k + 1
