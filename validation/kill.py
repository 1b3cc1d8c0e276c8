"""Kill a run at ten random moments; every rerun must end with the same bytes and a readable provenance."""

import hashlib
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from halosink import samples

COMMAND = [sys.executable, "-m", "halosink", "run"]


def digest(study: Path) -> dict[str, str]:
    """Hash of every result; provenance without the hour it was written at."""
    results = study / "results"
    found = {}
    for path in sorted(p for p in results.rglob("*") if p.is_file()):
        name = path.relative_to(results).as_posix()
        if name.startswith((".", "log/")):
            continue
        content = path.read_bytes()
        if name == "provenance.json":
            record = json.loads(content)
            record.pop("finished")
            content = json.dumps(record, sort_keys=True).encode()
        found[name] = hashlib.sha256(content).hexdigest()
    return found


def main(sample: str = "twin", kills: int = 10, seed: int = 20261120) -> int:
    moments = random.Random(seed)
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder) / sample
        samples.prepare(sample, study)
        start = time.perf_counter()
        subprocess.run([*COMMAND, str(study)], check=True, stdout=subprocess.DEVNULL)
        whole = time.perf_counter() - start
        expected = digest(study)
        print(f"whole run: {whole:.1f} s, {len(expected)} results")
        for n in range(kills):
            shutil.rmtree(study / "results")
            process = subprocess.Popen([*COMMAND, str(study)], stdout=subprocess.DEVNULL)
            moment = moments.uniform(0.2, whole)
            time.sleep(moment)
            process.send_signal(signal.SIGKILL)
            process.wait()
            left = sum(1 for p in (study / "results").rglob("*") if p.is_file()) if (study / "results").exists() else 0
            subprocess.run([*COMMAND, str(study)], check=True, stdout=subprocess.DEVNULL)
            same = digest(study) == expected
            wrong += not same
            print(
                f"kill {n + 1} after {moment:5.2f} s ({left:3d} files there): {'same bytes' if same else 'DIFFERENT'}"
            )
    print(f"{kills - wrong} passed, {wrong} failed")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
