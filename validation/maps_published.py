"""Every published value of the Wensu study that follows from other published values, recomputed.

    python validation/maps_published.py [REFERENCE]

REFERENCE: folder with sources/tables (default: HALOSINK_REFERENCE). Ends with exit code 1 when a value is missed.
"""

from __future__ import annotations

import os
import sys
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from wensu_tables import everything


def main() -> int:
    reference = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["HALOSINK_REFERENCE"])
    lines = everything(reference)
    for name, part in groupby(lines, key=lambda line: line.table):
        some = list(part)
        good = sum(line.met for line in some)
        widest = max(abs(line.computed - line.printed) for line in some)
        print(f"{'ok   ' if good == len(some) else 'MISS '}{name:12}{good} of {len(some)} values, largest difference "
              f"{widest:.2g}")  # fmt: skip
        for line in some:
            if not line.met:
                print(f"       {line.what}: printed {line.printed:g}, computed {line.computed:g}")
    missed = sum(not line.met for line in lines)
    print(f"\n{len(lines)} values recomputed, {missed} missed")
    return bool(missed)


if __name__ == "__main__":
    raise SystemExit(main())
