"""Waters at equilibrium with calcite and CO2 per second of processor time, beside PHREEQC through phreeqpython.

python benchmarks/soil_carbonates.py [WATERS]
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import soil_carbonates_phreeqc as oracle
from halosink.soil.carbonates.equilibrium import carbonate_equilibrium

PEER, ROUNDS = 300, 3
SALTS = {
    "NaCl": {"sodium": 1.0, "chloride": 1.0},
    "mixed, with sulfate": {"sodium": 0.5, "magnesium": 0.1, "chloride": 0.5, "sulfate": 0.1},
}


def waters(salt: dict[str, float], minerals: tuple[str, ...], number: int) -> list[oracle.Case]:
    rng = np.random.default_rng(8)
    rows = zip(rng.uniform(0.001, 0.35, number), rng.uniform(5, 35, number), rng.uniform(-3.4, -1, number), strict=True)
    return [oracle.Case("", {n: x * i for n, x in salt.items()}, minerals, float(t), float(p)) for i, t, p in rows]


def seconds(work: Callable[[], object]) -> float:
    found = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return statistics.median(found)


def main(number: int = 20_000) -> int:
    phreeqc = oracle.start()
    for name, salt in SALTS.items():
        for minerals in oracle.MINERALS:
            cases = waters(salt, minerals, number)
            ions = oracle.ions(cases)
            pressure, temperature = (np.array([getattr(c, n) for c in cases]) for n in ("log_pressure", "temperature"))
            present = dict.fromkeys(minerals, "present")

            def ours(ions=ions, pressure=pressure, temperature=temperature, present=present) -> None:  # type: ignore[no-untyped-def]
                carbonate_equilibrium(ions, 10**pressure, temperature, **present)

            def theirs(cases=cases) -> None:  # type: ignore[no-untyped-def]
                for one in cases[:PEER]:
                    oracle.ask(phreeqc, one)

            ours()
            us, them = number / seconds(ours), PEER / seconds(theirs)
            print(f"{name}, {'+'.join(minerals)}: {us:,.0f} per s; PHREEQC {them:,.0f} per s; ratio {us / them:.0f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*(int(a) for a in sys.argv[1:])))
