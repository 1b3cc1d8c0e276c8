"""Burial in the dated marsh cores of Georgia beside what their authors published (loomis2010).

Published, caesium-137: organic carbon 124, 93 and 40 g m-2 yr-1 and accretion 4.78, 4.41 and 1.91 mm yr-1 in fresh,
brackish and salt marsh. The authors could date more cores than show a clear peak in the published activities.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import halosink as hs
from halosink import samples

PUBLISHED = {"fresh": (124.0, 4.78), "brackish": (93.0, 4.41), "saline": (40.0, 1.91)}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        samples.prepare("marsh", Path(folder))
        study = hs.open(folder)
        study.run(only=["soil_stocks"])
        rates = study["soil/burial"]
    caesium = rates[(rates["model"] == "caesium_137") & rates["carbon_burial_rate"].notna()]
    print("class      cores  burial (published)  accretion (published)")
    for name, (burial, accretion) in PUBLISHED.items():
        part = caesium[caesium["salinity_class"] == name]
        mean, error = part["carbon_burial_rate"].mean(), part["carbon_burial_rate"].sem()
        print(f"{name:9s} {len(part):6d}  {mean:5.0f} +- {error:3.0f} ({burial:.0f})"
              f"     {part['accretion_rate'].mean():5.2f} ({accretion:.2f})")  # fmt: skip


if __name__ == "__main__":
    main()
