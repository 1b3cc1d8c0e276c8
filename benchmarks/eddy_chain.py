"""The chain of eddy covariance: seconds of processor time per site-year, and memory at ten years.

    python benchmarks/eddy_chain.py [ROUNDS]

With HALOSINK_REFERENCE the year is that of DE-Tha 1998 (17,520 half-hours), else a simulated one. Threshold with 100
bootstraps, filters, sampling at every record with standard deviations, both partitionings, energy balance, footprint,
checks and the table of half-hours; then the same with draws of sums, and with the forest. Seconds of peers are those
recorded beside their reference values on a machine of two cores.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "validation")]
# s per site-year, chain with a single threshold
PEERS = {"REddyProc 1.3.3": 50.0, "hesseflux 5.0": 8.0, "diive 0.92": 5.5}
ASKED = 3.0
MEASURE = """
import resource, sys, time
sys.path[:0] = {folders!r}
from eddy_simulated import tower
from halosink.eddy.chain import STEPS, process
from halosink.eddy.options import Options
made = tower(1, years={years})
options = Options(latitude=made.latitude, longitude=0.0, utc_offset=0.0, filler={filler!r}, draws={draws})
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
start = time.process_time()
found = process(made.table, options, only=[s for s in STEPS if s != "scores"])
import json
size = found["half_hours"].memory_usage(deep=True).sum() / 2**20
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([time.process_time() - start, before, peak, size]))
"""


def year() -> tuple[object, dict[str, float]]:
    folder = os.environ.get("HALOSINK_REFERENCE")
    if folder:
        from eddy_towers import de_tha

        return de_tha(Path(folder)), {"latitude": 51.0, "longitude": 13.6, "utc_offset": 1.0}
    from eddy_simulated import tower

    made = tower(1)
    return made.table, {"latitude": made.latitude, "longitude": 0.0, "utc_offset": 0.0}


def seconds(rounds: int, filler: str, draws: int) -> tuple[float, dict[str, float]]:
    """Best processor seconds of the chain, and of its steps in that round."""
    from halosink.eddy.chain import STEPS, process
    from halosink.eddy.options import Options

    table, place = year()
    best, parts = float("inf"), {}
    for _ in range(rounds):
        begun: dict[str, float] = {}
        spent: dict[str, float] = {}

        def told(step, done, of, begun=begun, spent=spent):
            begun.setdefault(step, time.process_time())
            spent[step] = time.process_time() - begun[step]

        start = time.process_time()
        process(
            table, Options(**place, filler=filler, draws=draws), progress=told,
            only=[s for s in STEPS if s != "scores"],
        )  # fmt: skip
        took = time.process_time() - start
        if took < best:
            best, parts = took, spent
    return best, parts


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    seconds(1, "mds", 4)
    for what, filler, draws in (
        ("deterministic, sampling", "mds", 0),
        ("with 400 draws, sampling", "mds", 400),
        ("with 400 draws, forest for gaps of 3 days", "auto", 400),
    ):
        best, parts = seconds(rounds if filler == "mds" else 1, filler, draws)
        steps = ", ".join(f"{name} {value:.2f}" for name, value in parts.items())
        print(f"{what}: {best:.2f} s ({steps})")
        if draws == 0:
            print(f"  asked at most {ASKED} s: {'ok' if best <= ASKED else 'MISS'}")
            print("  " + ", ".join(f"{peer} {took:.0f} s = {took / best:.0f} times" for peer, took in PEERS.items()))
    folders = [str(HERE.parent / "validation")]
    for filler, draws in (("mds", 400), ("auto", 400)):
        for years in (1, 10):
            code = MEASURE.format(folders=folders, years=years, filler=filler, draws=draws)
            run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
            took, before, peak, size = json.loads(run.stdout.splitlines()[-1])
            print(
                f"{years} years, {filler}, {draws} draws: {took:.1f} s, peak {peak:.0f} MiB "
                f"({before:.0f} before; table of half-hours {size:.0f})"
            )


if __name__ == "__main__":
    main()
