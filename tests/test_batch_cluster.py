"""The same work on a Dask cluster of two workers, one of them killed midway, and on files of an S3 store."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pyarrow.dataset
import pytest
from click.testing import CliRunner, Result
from distributed import LocalCluster
from moto.server import ThreadedMotoServer

from perfeval_xl.batch import Limits, remote, run
from perfeval_xl.batch.cluster import parts_of
from perfeval_xl.batch.forms import FormsWork
from perfeval_xl.cli import perfeval
from perfeval_xl.messages import in_language
from perfeval_xl.model import dump_document
from tests.check_cases import clean_forms
from tests.hostile_work import HostileWork
from tests.test_batch_engine import files

#: Libraries of the cluster leave sockets to the collector when a worker is killed.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.xdist_group("cluster"),
]


def two_workers() -> Any:
    started: Any = LocalCluster
    return started(n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with two_workers() as started:
        yield started


def command(*arguments: object) -> Result:
    with in_language("zh"):
        return CliRunner().invoke(perfeval, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inbox")
    document = dump_document([clean_forms()["mof"]])
    for number in range(30):
        (folder / f"{number:02d}.json").write_bytes(document)
    (folder / "30.xlsx").write_bytes(b"PK\x03\x04 broken")
    return folder


def ledger(folder: str) -> Counter[tuple[str, bool]]:
    """Sources of a ledger, whether they failed, and how often they stand there."""
    system, path = fsspec.core.url_to_fs(folder)
    system.invalidate_cache()
    table = pyarrow.dataset.dataset(path, filesystem=system, format="parquet").to_table(columns=["source", "error"])
    return Counter((row["source"].rsplit("/", 1)[-1], row["error"] is not None) for row in table.to_pylist())


# --- the same outcomes --------------------------------------------------------------------------------------------


def test_a_cluster_gives_what_one_machine_gives(cluster: Any, tmp_path: Path) -> None:
    """Files that abort or trip us up included: they cost no Dask worker."""
    paths = files(tmp_path / "in", 60, {5: "abort", 17: "mistake", 59: "exit"})
    before = {worker.pid for worker in cluster.workers.values()}
    here, there = (
        [(one.path, one.product, str(one.error)) for one in run(paths, HostileWork(), jobs=1, cluster=address)]
        for address in (None, cluster.scheduler_address)
    )
    assert here == there
    assert {worker.pid for worker in cluster.workers.values()} == before


def test_every_command_takes_a_cluster(cluster: Any, inbox: Path) -> None:
    for words in (("check", "--format", "json"), ("score", "--json"), ("to-json", "--jsonl")):
        here = command(words[0], inbox, *words[1:])
        there = command(words[0], inbox, *words[1:], "--cluster", cluster.scheduler_address)
        assert (here.stdout, here.exit_code) == (there.stdout, there.exit_code)
        assert here.exit_code == 2


def test_where_no_cluster_is(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perfeval_xl.batch.cluster._CONNECT_SECONDS", 1)
    result = command("check", inbox, "--cluster", "tcp://127.0.0.1:1")
    assert result.exit_code != 0
    assert "127.0.0.1:1" in str(result.exception)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_killed_worker_costs_nothing(cluster: Any, tmp_path: Path) -> None:
    """One of two Dask workers is killed by its pid when a third of the files is done."""
    paths = files(tmp_path / "in", 400, dict.fromkeys(range(0, 400, 20), "slow"))
    outcomes = []
    for outcome in run(paths, HostileWork(), limits=Limits(seconds=60), cluster=cluster.scheduler_address):
        outcomes.append(outcome)
        if len(outcomes) == 120:
            os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
    assert [outcome.path for outcome in outcomes] == paths
    assert [str(outcome.error) for outcome in outcomes if outcome.error] == []


# --- the ledger in parts ------------------------------------------------------------------------------------------


def test_finished_parts_are_skipped(cluster: Any, inbox: Path, tmp_path: Path) -> None:
    folder, target = shutil.copytree(inbox, tmp_path / "in"), tmp_path / "ledger.parquet"
    words = ("to-json", folder, "-o", f"{target}/", "--cluster", cluster.scheduler_address)
    first = command(*words)
    assert (first.exit_code, first.stderr.count("30.xlsx")) == (2, 1)
    wanted = {(f"{number:02d}.json", False): 1 for number in range(30)} | {("30.xlsx", True): 1}
    assert ledger(str(target)) == wanted
    before = {path.name: path.stat().st_mtime_ns for path in target.iterdir()}
    again = command(*words)
    assert (again.exit_code, again.stderr) == (2, first.stderr)
    assert {path.name: path.stat().st_mtime_ns for path in target.iterdir()} == before
    (folder / "30.xlsx").write_bytes(dump_document([clean_forms()["mof"]]))  # no workbook, but read by its content
    (folder / "29.json").unlink()
    command(*words)
    assert [name for name, _ in ledger(str(target))] == [f"{number:02d}.json" for number in range(29)] + ["30.xlsx"]
    assert all(path.suffix == ".parquet" for path in target.iterdir())


def test_parts_are_named_by_what_they_are_made_of() -> None:
    found = [remote.RemoteFile(f"s3://in/{number}.xlsx", 1, "a") for number in range(5)]
    parts = parts_of(found, FormsWork(), "1", size=2)
    assert [len(part.paths) for part in parts] == [2, 2, 1]
    assert parts == parts_of(found, FormsWork(), "1", size=2)
    changed = [*found[:4], remote.RemoteFile("s3://in/4.xlsx", 1, "b")]
    assert [p == q for p, q in zip(parts, parts_of(changed, FormsWork(), "1", size=2), strict=True)] == [
        True,
        True,
        False,
    ]
    assert not {p.name for p in parts} & {p.name for p in parts_of(found, FormsWork(), "2", size=2)}
    assert not {p.name for p in parts} & {p.name for p in parts_of(found, FormsWork(where=True), "1", size=2)}


# --- a store ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """An S3 server of this test, and a bucket in it. Set for this process and all that it starts."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    fsspec.filesystem("s3").mkdir("perfeval")
    yield "s3://perfeval"
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)
    server.stop()


@pytest.fixture(scope="module")
def stored(bucket: str, inbox: Path) -> str:
    system = fsspec.filesystem("s3")
    for path in sorted(inbox.iterdir()):
        system.pipe_file(f"perfeval/in/{path.name}", path.read_bytes())
    system.pipe_file("perfeval/in/readme.pages", b"?")
    return f"{bucket}/in"


def test_sources_and_results_in_a_store(stored: str, bucket: str, inbox: Path) -> None:
    result = command("check", stored, "--format", "jsonl", "-o", f"{bucket}/out/findings.jsonl")
    assert result.exit_code == 2
    assert "30.xlsx" in result.stderr
    assert "readme.pages" in result.stderr
    wanted = command("check", inbox, "--format", "jsonl").stdout.replace(str(inbox), stored)
    written = fsspec.filesystem("s3").cat_file("perfeval/out/findings.jsonl").decode()
    assert [json.loads(line) for line in written.splitlines()] == [json.loads(line) for line in wanted.splitlines()]
    assert fsspec.filesystem("s3").ls("perfeval/out", detail=False) == ["perfeval/out/findings.jsonl"]


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize("name", ["s3://perfeval/nowhere.xlsx", "s3://nowhere/a.xlsx", "nothing://a/b.xlsx"])
def test_what_is_not_there_is_one_sentence(name: str) -> None:
    result = command("check", name)
    assert result.exit_code == 2
    assert name in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_ledger_in_a_store_by_a_cluster_that_loses_a_worker(
    stored: str, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts of three sources each; a worker is killed when the first parts stand there."""
    monkeypatch.setattr("perfeval_xl.batch.cluster.parts_of.__defaults__", (3,))
    target = f"{bucket}/ledger.parquet"
    with two_workers() as started:
        victim = next(iter(started.workers.values())).pid

        def kill() -> None:
            deadline = time.monotonic() + 60
            while len(remote.names_in(target)) < 2 and time.monotonic() < deadline:
                time.sleep(0.02)
            os.kill(victim, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        result = command("to-json", stored, "-o", target, "--cluster", started.scheduler_address)
        killer.join()
    assert result.exit_code == 2
    assert ledger(target) == {(f"{number:02d}.json", False): 1 for number in range(30)} | {("30.xlsx", True): 1}
    assert len(remote.names_in(target)) == 11
