"""Carbonate system of soil water against PHREEQC (phreeqc.dat): pH within 0.01 and Ca within 1 % up to I = 0.5.

    python validation/soil_carbonates.py

For each set of minerals and each background salt: waters asked for, solved, refused, and the largest deviation of pH,
calcium, dissolved carbon and ionic strength among the solved. Ends with exit code 1 when one is beyond its limit, when
a water is refused that PHREEQC gives an ionic strength below 0.5 by more than 1 %, or solved beyond 0.5 by more. Then
analyses (pH, alkalinity and ions given), and what amendments do to carbonate and to the air.
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import soil_carbonates_phreeqc as oracle
from halosink.soil.carbonates.amendment import REACTIONS, amend_soil_water
from halosink.soil.carbonates.balance import calcium_shares, inorganic_carbon_balance
from halosink.soil.carbonates.equilibrium import carbonate_equilibrium
from halosink.soil.carbonates.from_ph import carbonate_from_ph
from halosink.soil.carbonates.solution import Ions

PH, CALCIUM, STRENGTH, EDGE = 0.01, 0.01, 0.5, 0.01


def equilibria() -> bool:
    phreeqc = oracle.start()
    chosen = oracle.cases()
    answers = np.array([oracle.ask(phreeqc, c) for c in chosen]).T
    print(f"{len(chosen)} waters at equilibrium, T 5 to 35 degC, log10 pCO2 -3.4 to -1, each mineral in excess")
    heading = "minerals, background", "waters", "solved", "refused", "max |dpH|", "max dCa %", "max dDIC %", "max dI %"
    print(f"{heading[0]:28}" + "".join(f"{h:>12}" for h in heading[1:]))
    fine = True
    for minerals in oracle.MINERALS:
        use = [i for i, c in enumerate(chosen) if c.minerals == minerals]
        cases, theirs = [chosen[i] for i in use], oracle.Answer(*answers[:, use])
        pressures, temperatures = [10**c.log_pressure for c in cases], [c.temperature for c in cases]
        present = dict.fromkeys(minerals, "present")
        water = carbonate_equilibrium(oracle.ions(cases), pressures, temperatures, **present)
        solved = water.reason == ""
        off = [
            np.abs(water.ph - theirs.ph),
            *(np.abs(a / b - 1) for a, b in ((water.calcium, theirs.calcium), (water.dic, theirs.dic))),
            np.abs(water.ionic_strength / theirs.strength - 1),
        ]
        fine &= bool(np.all(theirs.strength[~solved] > STRENGTH * (1 - EDGE)))
        fine &= bool(np.all(theirs.strength[solved] < STRENGTH * (1 + EDGE)))
        for name in oracle.BACKGROUNDS:
            here = np.array([c.background == name for c in cases])
            most = [float(o[here & solved].max()) for o in off]
            counts = "".join(f"{n:12d}" for n in (here.sum(), (here & solved).sum(), (here & ~solved).sum()))
            print(
                f"{'+'.join(minerals) + ', ' + name:28}{counts}{most[0]:12.5f}"
                + "".join(f"{100 * m:12.4f}" for m in most[1:])
            )
            fine &= most[0] < PH and most[1] < CALCIUM
    return fine


def analyses() -> bool:
    phreeqc = oracle.start()
    waters = (
        {"calcium": 0.002, "sodium": 0.003, "chloride": 0.004, "magnesium": 0.001, "sulfate": 0.001},
        {"calcium": 0.01, "sodium": 0.1, "chloride": 0.09, "magnesium": 0.02, "sulfate": 0.03, "potassium": 0.01},
        {"calcium": 0.001, "sodium": 0.4, "chloride": 0.3, "sulfate": 0.03},
    )
    cases = list(product(waters, (6.5, 7.5, 8.5, 9.5), (0.001, 0.01, 0.05), oracle.TEMPERATURES))
    theirs = []
    for amounts, ph, alkalinity, temperature in cases:
        one = oracle.solution(phreeqc, amounts, temperature, pH=ph, Alkalinity=alkalinity)
        theirs.append((one.si("Calcite"), oracle.saturation(phreeqc, one, "Gypsum"), one.si("CO2(g)")))
        one.forget()
    ions = Ions(**{n: np.array([c[0].get(n, 0.0) for c in cases]) for n in oracle.ELEMENTS})
    found = carbonate_from_ph(ions, *(np.array([c[i] for c in cases]) for i in (1, 2, 3)))
    ours = np.stack([found.si_calcite, found.si_gypsum, np.log10(found.pco2)])
    off = np.nanmax(np.abs(ours - np.array(theirs).T), axis=1)
    print(f"\n{len(cases)} analyses ({(found.reason != '').sum()} refused), largest deviation of an index or log10:")
    print(f"  SI calcite {off[0]:.5f}, SI gypsum {off[1]:.5f}, log10 pCO2 {off[2]:.5f}")
    return bool(np.all(off < PH))


def carbon() -> None:
    print("\nsolid carbonate and the air are two outputs (mol C per mole of reaction: solid, dissolved, air)")
    for one in REACTIONS.values():
        print(f"  {one.equation:62} {one.solid:+.0f} {one.dissolved:+.0f} {one.air:+.0f}")
    print("mmol per kg of water, pCO2 10^-2.5, 25 degC: gypsum into 20 mmol of NaHCO3")
    doses = np.array([0.002, 0.005, 0.01, 0.02])
    found = amend_soil_water(Ions(sodium=0.02), {"gypsum": doses}, 10**-2.5)
    for values in zip(doses, found.solid_change, found.dissolved_change, found.net_uptake, strict=True):
        print(
            "  gypsum {:5.1f}: solid {:+7.3f}, dissolved {:+7.3f}, net uptake from air {:+7.3f}".format(
                *(1e3 * v for v in values)
            )
        )
    layer = inorganic_carbon_balance(50.0, calcium_shares({"carbonate": 0.9, "silicate": 0.1}, 10, 4000, 1)).grams()
    print(
        "a layer that gained 50 mol C m-2 of pedogenic carbonate, 90 % of its calcium from carbonate (worth 10 samples)"
    )
    for name in ("stock_change", "uptake_here", "uptake_with_sources"):
        values = getattr(layer, name)
        low, middle, high = np.quantile(values, [0.025, 0.5, 0.975])
        print(f"  {name}: {middle:.0f} g C m-2 ({low:.0f} to {high:.0f})")


def main() -> int:
    fine = equilibria()
    fine &= analyses()
    carbon()
    print(f"\nwithin pH {PH} and Ca {100 * CALCIUM:g} %, refused beyond {STRENGTH} mol kg-1: {'yes' if fine else 'NO'}")
    return int(not fine)


if __name__ == "__main__":
    raise SystemExit(main())
