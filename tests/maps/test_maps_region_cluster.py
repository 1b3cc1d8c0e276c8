"""Threads, processes and a cluster give the same bytes as one process; a worker that dies changes nothing."""

import hashlib
import json
import os
import signal
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import region_tasks
from halosink import runner, settings
from halosink.problems import UserError
from halosink.settings_region import Machine
from halosink.study_region import work

for library in ("rasterio", "geopandas", "zarr"):
    pytest.importorskip(library)
distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from halosink.samples.county.generate import generate

    folder = tmp_path_factory.mktemp("county")
    generate(folder, 1)
    text = (folder / "study.toml").read_text("utf-8")
    (folder / "plain.toml").write_text(text.split("[region.plots]")[0], "utf-8")
    return folder


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as found:
        yield found


def study(folder: Path, machine: str, progress=lambda done, total: None) -> runner.Workspace:
    text = (folder / "plain.toml").read_text("utf-8")
    text += f"\n[region.uncertainty]\ndraws = 0\n[region.machine]\n{machine}\n"
    (folder / "study.toml").write_text(text, "utf-8")
    return runner.Workspace(folder, settings.load(folder), progress=progress)


def digests(workspace: runner.Workspace) -> dict[str, str]:
    """Hash of each output."""
    from halosink.study_region.region import outputs

    found = {}
    for name, value in outputs(workspace):
        if isinstance(value, Path):
            data = value.read_bytes()
        elif isinstance(value, (dict, list)):
            data = json.dumps(value, sort_keys=True).encode()
        else:
            data = value.to_csv(float_format="%.17g").encode()
        found[name] = hashlib.sha256(data).hexdigest()
    return found


@pytest.fixture(scope="module")
def alone(county: Path) -> dict[str, str]:
    """One tile, one process."""
    return digests(study(county, "tile = 1024"))


@pytest.mark.parametrize("tile", [64, 101])
def test_tiles_do_not_show(county: Path, alone: dict[str, str], tile: int) -> None:
    assert digests(study(county, f"tile = {tile}")) == alone


def test_two_processes(county: Path, alone: dict[str, str]) -> None:
    assert digests(study(county, "tile = 64\nworkers = 2")) == alone


def test_a_cluster_whose_worker_dies(county: Path, alone: dict[str, str], cluster: Any) -> None:
    died: list[int] = []

    def progress(done: int, total: int) -> None:
        if not died and done > 0:
            died.append(cluster.workers[0].pid)
            os.kill(died[0], signal.SIGKILL)

    found = digests(study(county, f'tile = 64\nscheduler = "{cluster.scheduler_address}"', progress))
    assert died and found == alone


def test_a_task_that_ends_its_worker(tmp_path: Path, cluster: Any) -> None:
    with distributed.Client(cluster) as client:
        found = list(work.Crew(client, 2).each(partial(region_tasks.square, tmp_path), range(12)))
    assert found == [k * k for k in range(12)] and (tmp_path / "died").exists()


def test_what_a_pass_knows_is_sent_once(cluster: Any) -> None:
    with work.crew(Machine(scheduler=cluster.scheduler_address)) as crew:
        begun = region_tasks.Sent.times
        assert list(crew.each(partial(region_tasks.add, region_tasks.Sent()), range(40))) == list(range(1, 41))
    assert 1 <= region_tasks.Sent.times - begun <= 3


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{port}", "nonsense://somewhere"])
def test_no_scheduler(county: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(work, "ANSWER", 1.0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(UserError) as error:
        digests(study(county, f'scheduler = "{address.format(port=port)}"'))
    assert [p.code for p in error.value.problems] == ["E-REGION-SCHEDULER"]


def test_a_scheduler_without_workers(county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "ANSWER", 1.0)
    with distributed.LocalCluster(n_workers=0, dashboard_address="127.0.0.1:0") as empty:  # noqa: SIM117
        with pytest.raises(UserError) as error:
            digests(study(county, f'scheduler = "{empty.scheduler_address}"'))
    assert [p.code for p in error.value.problems] == ["E-REGION-SCHEDULER"]
