"""TensorBoard itself, on finished runs: that its tabs have what the runs wrote.

It listens on this machine's own address only, and is ended with the test.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import time
import urllib.request

import numpy as np
import pytest
import runs
from PIL import Image

from enas_tf.config import sections as config
from enas_tf.run import trials

TABS = ("timeseries", "scalars", "images", "text", "hparams")
ANY_STATUS = [f"STATUS_{name}" for name in ("UNKNOWN", "SUCCESS", "FAILURE", "RUNNING")]


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    """(address of TensorBoard, folder of a finished run of each space)."""
    outputs = tmp_path_factory.mktemp("outputs")
    for space in config.SPACES:
        runs.run(space, outputs / space, mode="all")
    command = [sys.executable, "-m", "tensorboard.main", f"--logdir={outputs}"]
    command += ["--host=127.0.0.1", "--port=0", "--load_fast=false"]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        lines = iter(process.stderr.readline, "")
        (address,) = next(filter(None, (re.findall(r"http://\S+/", s) for s in lines)))
        assert address.startswith("http://127.0.0.1:")
        wait_until_it_has_read(address, 2 * len(config.SPACES))
        yield address, outputs
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def ask(address: str, path: str, **question) -> dict:
    """What TensorBoard answers to its own pages."""
    request = urllib.request.Request(
        f"{address}data/plugin/{path}",
        data=json.dumps(question).encode() if question else None,
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def wait_until_it_has_read(address: str, count: int) -> None:
    for _ in range(120):
        groups = sessions(address)
        ended = [g for g in groups if g["sessions"][0]["status"] == "STATUS_SUCCESS"]
        if len(ended) == count:
            return
        time.sleep(0.5)
    pytest.fail("TensorBoard has not read the runs within a minute")


def sessions(address: str) -> list[dict]:
    question = dict(
        experimentName="",
        allowedStatuses=ANY_STATUS,
        colParams=[],
        startIndex=0,
        sliceSize=100,
    )
    return ask(address, "hparams/session_groups", **question).get("sessionGroups", [])


def all_runs(*stages):
    return {
        f"{space}/tensorboard/{stage}" for space in config.SPACES for stage in stages
    }


@pytest.mark.slow
def test_every_run_has_scalars_pictures_and_texts(board):
    address, _ = board
    scalars = ask(address, "scalars/tags")
    assert set(scalars) == all_runs("search", "train")
    for run, tags in scalars.items():
        measure = runs.MEASURES[run.split("/")[0]].name
        assert f"child/{measure}" in tags and "child/loss" in tags
    pictures, texts = ask(address, "images/tags"), ask(address, "text/tags")
    assert set(pictures) == set(texts) == all_runs("search")
    for run in pictures:
        arcs = {"arc/sampled/picture", "arc/derived/picture"}
        assert set(pictures[run]) == {*arcs, "policy/ops/picture"}
        assert set(texts[run]) == {"arc/sampled/text", "arc/derived/text"}


@pytest.mark.slow
def test_there_is_a_column_for_each_setting_and_figure(board):
    address, _ = board
    found = ask(address, "hparams/experiment", experimentName="")
    columns = {info["name"]: info for info in found["hparamInfos"]}
    assert set(columns) == {trials.STAGE, *trials.SETTINGS}
    assert all(info["type"] != "DATA_TYPE_UNSET" for info in columns.values())
    assert columns["child_num_layers"]["domainInterval"] == dict(
        minValue=1.0, maxValue=200.0
    )
    figures = {info["displayName"] for info in found["metricInfos"]}
    assert figures == set(trials.METRICS.values())


@pytest.mark.slow
def test_there_is_a_trial_for_each_stage_with_its_figures_and_end(board):
    address, outputs = board
    found = {group["name"]: group for group in sessions(address)}
    stages = ("search", "train")
    names = {
        trials.name(outputs / space, stage): (space, stage)
        for space in config.SPACES
        for stage in stages
    }
    assert set(found) == set(names)
    for name, (space, stage) in names.items():
        (session,) = found[name]["sessions"]
        assert session["status"] == "STATUS_SUCCESS"
        values = {v["name"]["tag"]: v["value"] for v in session["metricValues"]}
        measure = runs.MEASURES[space]
        figures = [f"test_{measure.name}"]
        if stage == "search":
            figures = [f"best_{measure.name}_on_others", measure.over_random]
        assert set(values) == set(map(trials.tag, figures))
        kept = json.loads((outputs / space / "run.json").read_text())["stages"]
        if stage == "train":
            (value,) = values.values()
            assert value == pytest.approx(kept["train"][figures[0]])


@pytest.mark.slow
@pytest.mark.parametrize("tab", TABS)
def test_a_tab_is_drawn(board, tmp_path, tab):
    """Looked at by eye when it was made; here, that it is not an empty page."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium: apt-get install chromium")
    address, _ = board
    seen, empty = (
        screenshot(browser, f"{address}#{name}", tmp_path / f"{name}.png")
        for name in (tab, "no_such_tab")
    )
    assert np.mean(seen != empty) > 0.02


def screenshot(browser: str, page: str, path: pathlib.Path) -> np.ndarray:
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu"]
    command += ["--window-size=1500,1100", "--virtual-time-budget=20000"]
    subprocess.run(
        [
            *command,
            f"--user-data-dir={path.parent}/profile",
            f"--screenshot={path}",
            page,
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return np.asarray(Image.open(path).convert("L"))
