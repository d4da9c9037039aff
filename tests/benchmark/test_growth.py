"""Growth: points by name, a model, forecasts with worked numbers, the picture."""

import json
import math
import pathlib

import pytest

from enas_tf.benchmark import probe, subject
from enas_tf.benchmark.growth import (
    campaign,
    forecast,
    measure,
    model,
    picture,
    points,
    tables,
)
from enas_tf.benchmark.growth.forecast import Host, Jobs, Link, Search
from enas_tf.benchmark.growth.points import Point
from enas_tf.campaign.folder import CampaignFolder
from enas_tf.config import sections as config

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
B, L, F = model.BATCH, model.LAYERS, model.FILTERS


def sizes(batch, layers, filters):
    return {L: layers, F: filters, B: batch}


def step(own):
    """Seconds of an invented child: 2 ms, and some for maps and for products."""
    maps = own[B] * own[L] * own[F]
    return 2e-3 + 1e-6 * maps + 1e-8 * maps * own[F]


def invented():
    smallest = sizes(8, 6, 36)
    grown = [{**smallest, L: 12}, {**smallest, F: 72}, {**smallest, F: 144}]
    both = {**smallest, L: 12, F: 72}
    rows = [smallest, *grown, {**smallest, B: 32}, both, sizes(16, 9, 72)]
    return [
        Point("macro", own, dict(step_s=step(own), reward_s=1.0, peak_mb=9.0))
        for own in rows
    ]


def test_a_point_is_read_as_it_was_named():
    point = Point("micro", sizes(8, 3, 20), dict(step_s=0.5, peak_mb=100.0))
    found = points.named(point)
    start = "growth.micro.batch_size=8,child_num_layers=3,child_out_filters=20"
    assert found == {f"{start}.step_s": 0.5, f"{start}.peak_mb": 100.0}
    others = {"micro.growth_step_s_median_error": 0.1, "micro.step_over_fixed": 1.0}
    assert points.read({**others, **found}) == [point]


def test_a_line_of_points_differs_in_one_size_alone():
    found = points.along(invented()[:-1], F)
    assert [point.sizes[F] for point in found] == [36, 72, 144]
    assert {(point.sizes[B], point.sizes[L]) for point in found} == {(8, 6)}


def test_a_fit_finds_the_weights_that_points_were_made_of():
    found = model.fit(invented()[:-1], "step_s").weights
    assert found[()] == pytest.approx(2e-3)
    assert found[(B, L, F)] == pytest.approx(1e-6)
    assert found[(B, L, F, F)] == pytest.approx(1e-8)
    assert found[(L,)] == pytest.approx(0, abs=1e-9)


def test_a_fit_foresees_a_point_that_it_has_not_seen():
    found = model.told(invented(), "step_s")
    assert all(error < 1e-6 for error in found.values())
    *seen, last = invented()
    off = last._replace(values=dict(step_s=2 * last.values["step_s"]))
    assert model.told([*seen, off], "step_s")["foreseen_error"] == pytest.approx(0.5)


def test_the_square_is_of_relative_errors():
    # One weight for 1 and 100 where 2 and 100 were measured: 1.2, not 1.0001.
    rows = [Point("macro", {L: n}, dict(step_s=s)) for n, s in ((1, 2.0), (100, 100.0))]
    found = model.fit(rows, "step_s", [(L,)])
    assert found.weights[(L,)] == pytest.approx(1.2)
    errors = model.errors(found, rows, "step_s")
    assert errors == pytest.approx((0.3, 0.4))


def test_a_ring_sends_each_number_nearly_twice():
    # 8 devices: 14 rounds of an eighth of 4 MB, at 1 GB/s; and 14 latencies.
    link = Link(bytes_per_s=1e9, latency_s=0.001)
    assert forecast.all_reduce_s(1_000_000, 8, link) == pytest.approx(0.007 + 0.014)
    assert forecast.all_reduce_s(1_000_000, 1, link) == 0


def test_the_slowest_of_several():
    # Of two normal numbers: 1 / sqrt(pi).
    assert forecast.slowest(2) == pytest.approx(1 / math.sqrt(math.pi))
    assert forecast.slowest(1) == pytest.approx(0, abs=1e-9)
    assert forecast.slowest(8) == pytest.approx(1.4236, abs=1e-4)


ONE = Search(
    start_s=10.0,
    steps=801,
    step_s=0.1,
    spread_s=0.0,
    input_s=0.01,
    updates=10,
    rewards=20,
    update_s=2.0,
    parameters=1_000_000,
)
LINK = Link(bytes_per_s=1e9, latency_s=0.0)


def test_devices_share_steps_and_rewards_but_not_the_start():
    found = forecast.search(ONE, 8, LINK, Host(cores=16, busy=1.0, serial=0.0))
    # 101 steps of a device; 3 of the 20 rewards of an update on the busiest.
    assert found.start == 80
    assert found.step == pytest.approx(10.1)
    assert found.input == pytest.approx(1.01)
    assert found.all_reduce == pytest.approx(101 * 0.007)
    assert found.reward == pytest.approx(10 * 2 * 3 / 20)
    assert (found.slowest, found.host) == (0, 0)


@pytest.mark.parametrize(
    ("host", "seconds"),
    [
        (Host(cores=4, busy=1.0, serial=0.0), 0.1),  # 8 x 0.1 / 4, a step of it hidden
        (Host(cores=16, busy=1.0, serial=0.25), 0.1),
        (Host(cores=16, busy=0.5, serial=0.25), 0.0),
    ],
)
def test_a_host_that_cannot_keep_up_costs_the_rest(host, seconds):
    found = forecast.search(ONE, 8, LINK, host)
    assert found.host == pytest.approx(101 * seconds)


def test_a_campaign_waits_for_its_command_where_jobs_end_too_fast():
    one = Jobs(jobs=2_500, run_s=90, start_s=10, end_s=1, collect_s=5)
    assert forecast.campaign(one, 1_000) == (270, 30, 2_200, 5)
    assert forecast.campaign(one, 10) == (22_500, 2_500, 0, 5)
    assert forecast.most_workers(one) == 100


@pytest.mark.parametrize("space", config.SPACES)
def test_each_size_grows_alone_and_no_fit_sees_the_last_point(space):
    first, *grown, both, last = measure.planned(space)
    assert sum(both[size] != first[size] for size in both) == 2
    assert all(sum(own[size] != first[size] for size in own) == 1 for own in grown)
    everywhere = [first, *grown]
    values = {size: sorted({own[size] for own in everywhere}) for size in first}
    assert all(len(found) == 3 for found in values.values())
    assert last == {size: found[1] for size, found in values.items()}


def test_points_are_asked_of_a_process_each(monkeypatch):
    asked = []

    def ask(space, what, **given):
        asked.append(what)
        if what == "growth_images":
            return {"2000": 7.0}
        return dict(step_s=step(given), reward_s=0.5, peak_mb=10.0)

    monkeypatch.setattr(probe, "ask", ask)
    found = measure.growth("macro")
    assert asked == ["growth"] * 9 + ["growth_images"]
    assert found["macro.growth_step_s_foreseen_error"] < 1e-6
    assert found["growth.macro.images=2000.peak_mb"] == 7.0


def test_a_campaign_of_many_jobs_is_half_done(tmp_path, monkeypatch):
    monkeypatch.setattr(campaign, "_job_s", lambda folder: 1.5)
    folder = CampaignFolder(tmp_path / "campaign")
    plan = campaign.made(folder, "macro", 100)
    found = campaign.measured(folder, plan)
    assert found["job_s"] == 1.5 and min(found.values()) > 0
    assert len(campaign.collect.rows(folder, plan)) == 50
    assert "50 done, 50 waiting" in campaign.status.text(folder, plan)


def test_the_measured_points_make_tables_and_a_picture():
    path = REPOSITORY / "docs" / "growth.json"
    found = points.read(json.loads(path.read_text(encoding="utf-8")))
    searches = {space: subject.of(space).on_gpu for space in config.SPACES}
    text = (REPOSITORY / "docs" / "scaling.md").read_text(encoding="utf-8")
    missing = [x for x in tables.markdown(found, searches) if x not in text]
    assert not missing, "python docs/draw_growth.py prints other lines"
    drawn = picture.draw(found, searches)
    words = [label.get_text() for axes in drawn.axes for label in axes.texts]
    assert "layers: 6, 9, 12" in words and "rnn" in words


def test_labels_are_apart_and_none_is_above_its_panel():
    apart = picture.APART
    assert picture.places([0.1, 0.5]) == [0.1, 0.5]
    assert picture.places([0.5, 0.5]) == pytest.approx([0.5, 0.5 + apart])
    near_the_top = [1 - 2 * apart, 1 - apart, 1.0]
    assert picture.places([0.93, 0.95, 0.95]) == pytest.approx(near_the_top)
