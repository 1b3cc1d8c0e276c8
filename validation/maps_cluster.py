"""A region on a two-worker cluster: the bytes of one process, also where a worker is killed half-way.

    python validation/maps_cluster.py [CELLS] [FOLDER]

CELLS (default 1e7) of the maps; synthetic layers are written to FOLDER (default: a temporary one), see
benchmarks/maps_county.py. Each run is a process of its own. A limit missed ends with exit code 1.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import maps_county

KILL_AT = 3 / 8
"""Share of the passes after which a worker is killed: at source patches, the fourth of eight."""


def once(folder: Path, kind: str) -> None:
    """All outputs of the region; says their hashes, seconds and peaks of memory."""
    from halosink import runner, settings, storage
    from halosink.study_region.region import outputs

    begun = time.perf_counter()
    died: list[int] = []
    cluster = None
    if kind == "killed":
        from distributed import LocalCluster

        cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0")
        study = folder / "study.toml"
        study.write_text(study.read_text() + f'\n[region.machine]\nscheduler = "{cluster.scheduler_address}"\n')

    def kill() -> None:
        os.kill(died[0], signal.SIGKILL)

    def progress(done: int, total: int) -> None:
        if cluster is not None and not died and done / total >= KILL_AT:
            died.append(cluster.workers[0].pid)
            threading.Timer(0.5, kill).start()

    workspace = runner.Workspace(folder, settings.load(folder), progress=progress)
    hashes = {name: storage.write(workspace.results / name, value) for name, value in outputs(workspace)}
    if cluster is not None:
        cluster.close()
    peaks = [resource.getrusage(who).ru_maxrss * 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({"hashes": hashes, "wall": time.perf_counter() - begun, "cpu": cpu, "peaks": peaks, "died": died}))


def measured(folder: Path, kind: str, more: str = "") -> dict:
    maps_county.study(folder, 30, 0, more)
    load = os.getloadavg()[0]
    command = [sys.executable, __file__, "--once", str(folder), kind]
    found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()[-1])
    own, worker = (p / 1e9 for p in found["peaks"])
    times = f"{found['wall']:7.1f} s wall {found['cpu']:7.1f} s CPU"
    print(f"{kind:12} {times}, peak {own:.2f} GB, of a worker {worker:.2f} GB, load before {load:.1f}", flush=True)
    return found


def main(cells: float, folder: Path) -> int:
    side = round(cells**0.5 + 0.5)
    if not (folder / "data" / "boundary.geojson").exists():
        maps_county.write(folder, side)
    alone = measured(folder, "alone")
    together = hashlib.sha256(repr(sorted(alone["hashes"].items())).encode()).hexdigest()
    print(f"{len(alone['hashes'])} outputs, hash of their hashes {together}")
    fine = True
    for kind, more in (("two workers", "[region.machine]\nworkers = 2"), ("killed", "")):
        found = measured(folder, kind, more)
        differ = [name for name, value in alone["hashes"].items() if found["hashes"].get(name) != value]
        good = not differ and set(found["hashes"]) == set(alone["hashes"]) and (kind != "killed" or bool(found["died"]))
        print(f"  the bytes of one process{', a worker killed half-way' if kind == 'killed' else ''}:"
              f" {'ok' if good else f'MISSED {differ}'}", flush=True)  # fmt: skip
        fine &= good
    return 0 if fine else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--once"]:
        once(Path(sys.argv[2]), sys.argv[3])
        sys.exit()
    number = float(sys.argv[1]) if len(sys.argv) > 1 else 1e7
    if len(sys.argv) > 2:
        Path(sys.argv[2]).mkdir(parents=True, exist_ok=True)
        sys.exit(main(number, Path(sys.argv[2])))
    with tempfile.TemporaryDirectory() as scratch:
        sys.exit(main(number, Path(scratch)))
