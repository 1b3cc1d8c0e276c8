"""Automatic checks of eddy tables: does each find its fault, and is each silent where there is none?

    HALOSINK_REFERENCE=... python validation/eddy_checks.py

Every fault is put into a copy of the year 1998 of Tharandt (faults of columns that the record does not have are left
out there) and into a synthetic grassland year. Asked: at least 15 checks; every fault raises its problem; the clean
records raise none but for what is really in them: the friction velocity of Tharandt was filled from other days on 51
days, most of them 1 to 20 August (its values recur to the last digit). Also shown: which other problems a fault
raises, what the filters set aside, what the spike filter finds of spikes put in, and the time of all checks. Exit
code 1 when something asked is missed.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from eddy_faults import FAULTS, PLACE, tower
from eddy_towers import de_tha
from halosink.eddy import checks
from halosink.eddy.filters.clean import daylight, keep
from halosink.eddy.filters.spikes import Z, spikes
from halosink.eddy.options import Options

ASKED = 15
THARANDT = Options(latitude=51.0, longitude=13.6, utc_offset=1.0)
REAL = ("W-EDDY-COPIED", "eddy_copied_values")
FLUXES = ("nee", "latent_heat_flux", "sensible_heat_flux")


def faults(label: str, table: pd.DataFrame, place: Options, real: tuple[str, ...]) -> tuple[int, int]:
    """Faults put in and found; prints one line for each that was missed or raised other problems too."""
    clean = checks.run(table, options=place)
    said = [p.code for p in clean.problems] + [r.check for r in clean.rows if r.passed is False]
    wrong = [code for code in said if code not in real]
    judged = len({r.check for r in clean.rows if r.passed is not None})
    print(f"\n{label}: clean record, {judged} checks judged, problems {', '.join(said) or 'none'}")
    put, found = 0, 0
    for fault in FAULTS:
        if not set(fault.needs) <= set(table.columns):
            print(f"  {fault.name:32s} not put in: the record has no {', '.join(fault.needs)}")
            continue
        put += 1
        shown = checks.run(fault.change(table), options=fault.place(place), **fault.results())
        codes = [p.code for p in shown.problems]
        found += fault.code in codes
        others = ", ".join(c for c in dict.fromkeys(codes) if c != fault.code and c not in real)
        state = "found" if fault.code in codes else "MISSED"
        print(f"  {fault.name:32s} {state} {fault.code}" + (f"; also {others}" if others else ""))
    print(f"{label}: {found} of {put} faults found")
    return put - found, len(wrong)


def set_aside(table: pd.DataFrame) -> None:
    print("\nfilters, Tharandt 1998: records set aside")
    for flux in FLUXES:
        for z in Z:
            _, reason = keep(table, flux, THARANDT, spike_z=z)
            count = Counter(reason[reason != ""].tolist())
            print(f"  {flux:20s} z {z:3g}: " + ", ".join(f"{k} {v}" for k, v in sorted(count.items())))


def spikes_put_in(table: pd.DataFrame) -> None:
    """Share of spikes found by size, in multiples of the scatter between neighbours by day and by night."""
    rng = np.random.default_rng(11)
    nee, day = table["nee"].to_numpy(float), daylight(table)
    whole = np.isfinite(nee) & np.isfinite(np.roll(nee, 1)) & np.isfinite(np.roll(nee, -1))
    print("\nspikes put into NEE of Tharandt, share found (and of the other records taken beside those of the record)")
    before = {z: spikes(nee, day, 48, z) for z in Z}
    for size in (5.0, 10.0, 20.0):
        at = rng.choice(np.flatnonzero(whole), 200, replace=False)
        scatter = np.where(day, np.nanstd(np.diff(nee[day])), np.nanstd(np.diff(nee[~day]))) / np.sqrt(2)
        changed = nee.copy()
        changed[at] += size * scatter[at] * rng.choice([-1, 1], at.size)
        shares = []
        for z in Z:
            hit = spikes(changed, day, 48, z)
            rest = np.ones(nee.size, bool)
            rest[np.concatenate([at - 1, at, at + 1])] = False
            shares.append(f"z {z:g}: {hit[at].mean():.3f} ({(hit & rest & ~before[z]).sum() / nee.size:.4f})")
        print(f"  {size:4g} standard deviations: " + ", ".join(shares))


def main() -> int:
    table = de_tha(Path(os.environ["HALOSINK_REFERENCE"]))
    count = len(checks.checks())
    print(f"checks: {count} (asked {ASKED}); problems they raise: {len({f.code for f in FAULTS})}")
    grass = tower()
    lost = faults("Tharandt 1998", table, THARANDT, REAL)
    extra = [c for c in grass if c not in table]
    rest = faults("grassland, synthetic", grass, PLACE, ())
    print("columns only in the synthetic year: " + ", ".join(extra))
    set_aside(table)
    spikes_put_in(table)
    times = []
    for _ in range(5):
        begin = time.process_time()
        checks.run(table, options=THARANDT)
        times.append(time.process_time() - begin)
    print(f"\nall checks over 17,520 half-hours: {min(times):.3f} s CPU")
    return int(count < ASKED or sum(lost) + sum(rest) > 0)


if __name__ == "__main__":
    sys.exit(main())
