"""The commands of a campaign: what they say, write and refuse."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import fake_jobs
import pytest
from campaign_commands import SMALL, compare, refused, run
from PIL import Image

from enas_tf.campaign import ending, plan
from enas_tf.config import sections as config
from enas_tf.config.sections import ConfigError
from enas_tf.run import disk

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def of(fakes, **given):
    """The same stubs, for another campaign in the same folder."""
    fakes.plan = plan.made(fake_jobs.small(**given))
    return fakes


def test_a_comparison_ends_with_its_rows_and_its_table(fakes, caplog):
    compare(fakes)
    said = "\n".join(caplog.messages)
    assert "3 jobs in all, 0 done. To do: 1 search and 2 trainings; 1 at once" in said
    assert "Job 0 (enas_s5) done in 2 s; 2 left" in said
    assert "Job 1 (enas_s5_arc0_r5) done in 2 s; 1 left, about 2 s to go" in said
    folder = fakes.folder.path
    rows = [json.loads(r) for r in (folder / "results.jsonl").read_text().splitlines()]
    assert [row["method"] for row in rows] == ["enas", "random"]
    assert rows[0] == dict(
        method="enas",
        search=5,
        arc="0 0 0",
        retrain=5,
        score=0.05,
        parameters=9,
        flops=8,
        steps=7,
        seconds=2.0,
    )
    told = (folder / "results.txt").read_text().splitlines()
    verdict = (folder / "verdict.txt").read_text().splitlines()
    caveat = told.pop(1)
    assert told[: len(verdict)] == verdict
    assert caveat.startswith("With one search nothing can be concluded")
    table = told[len(verdict) :]
    assert table[4] == (
        "Mean and deviation are of the test accuracy, higher is better; parameters are "
        "the geometric mean; steps and seconds are sums over the n trainings."
    )
    assert table[1].split() == ["enas", "1", "1", "0.0500", "-", "9", "7", "2"]
    assert table[3] == "  searches of enas: 2 s"
    assert verdict[0] == "ENAS is not comparable at this budget with random arcs."
    assert verdict[-1].startswith("A search scored 10 arcs in 2 s.")
    kept = json.loads((folder / "verdict.json").read_text())
    assert (kept["sentence"], kept["economy"]["scored"]) == (verdict[0], 10)


def test_the_page_is_written_after_every_job_and_at_the_end(fakes, caplog, monkeypatch):
    written = []
    page = ending.page

    def counted(folder, *, live):
        page(folder, live=live)
        text = (folder.path / "report.html").read_text()
        written.append((live, "random_arc0_r5" in text))

    monkeypatch.setattr(ending, "page", counted)
    compare(fakes, report="live")
    # The table of runs has a job as soon as it is done; results come with trainings.
    assert [live for live, _ in written] == [True, True, True, False]
    assert [there for _, there in written] == [False, False, True, True]
    assert "The page: " in caplog.messages[-1]


def test_the_same_command_or_its_folder_alone_goes_on(fakes):
    fakes.make("fail", 2).touch()
    with pytest.raises(SystemExit) as ended:
        compare(fakes)
    assert ended.value.code == 1
    fakes.make("fail", 2).unlink()
    compare(fakes, jobs=2)
    run(fakes.folder.path, mode="compare")
    assert len(fakes.begun) == 4


def test_results_say_what_is_missing_and_which_controller_was_not_trained(fakes):
    fakes.make("fail", 2)
    with pytest.raises(SystemExit):
        compare(fakes)
    path = fakes.folder.run(fakes.plan, 0).path / "run.json"
    value = json.loads(path.read_text())
    said = "Policy 0.1, random 0.1: the controller was never trained."
    value["stages"]["derive"]["in_words"] = ["Best of 2.", said]
    path.write_text(json.dumps(value))
    with pytest.raises(SystemExit):
        compare(fakes)
    told = (fakes.folder.path / "results.txt").read_text().splitlines()
    assert told[0] == "Not finished: 2 of 3 jobs done, 1 failed."
    assert told[3].split() == ["random", "-", "0", "of", "1", "1", "failed"]
    assert told[4:6] == [
        "",
        "In 000_enas_s5 the controller was never trained: its arcs are drawn by "
        "chance. See --controller_warmup_epochs and --num_epochs.",
    ]


def test_without_any_result_the_failures_are_still_written(fakes):
    for number in (0, 2):
        fakes.make("fail", number)
    with pytest.raises(SystemExit):
        compare(fakes)
    told = (fakes.folder.path / "results.txt").read_text().splitlines()
    assert told == [
        "Not finished: 0 of 3 jobs done, 2 failed.",
        "  method  searches  trainings             not done",
        "  enas      0 of 1     0 of 1  1 failed, 1 waiting",
        "  random         -     0 of 1             1 failed",
        "",
        "With one search nothing can be concluded about a method: give "
        "--compare_search_seeds, and another --output_dir.",
    ]
    assert not (fakes.folder.path / "results.jsonl").exists()


def test_a_failed_job_is_told_with_its_last_line(fakes, caplog):
    fakes.make("fail", 0)
    with pytest.raises(SystemExit):
        compare(fakes)
    said = "\n".join(caplog.messages)
    assert "Job 0 failed: enas_tf: error: it broke. (all of it: " in said
    assert "1 job failed. The same command tries again, and keeps what is done." in said


def test_three_failures_that_say_the_same_end_the_command(fakes, caplog):
    fakes = of(fakes, compare_methods="random", compare_arcs=5)
    for number in range(5):
        fakes.make("fail", number)
    with pytest.raises(SystemExit):
        compare(fakes, compare_methods="random", compare_arcs=5)
    assert len(fakes.begun) == 3
    assert (
        "3 jobs failed. The last 3 said the same, so 2 more wait and none of them was "
        "begun: enas_tf: error: it broke. The same command"
    ) in caplog.messages[-1]


def test_failures_with_a_job_that_is_done_between_them_end_nothing(fakes):
    fakes = of(fakes, compare_methods="random", compare_arcs=5)
    for number in (0, 1, 3, 4):
        fakes.make("fail", number)
    with pytest.raises(SystemExit):
        compare(fakes, compare_methods="random", compare_arcs=5)
    assert len(fakes.begun) == 5


def test_a_plan_alone_is_written_and_its_jobs_are_done_one_by_one(
    fakes, capsys, caplog
):
    folder = fakes.folder.path
    compare(fakes, jobs=0)
    assert fakes.begun == []
    said = caplog.messages[-1]
    assert "Those from 1 on wait for the searches before them. The first:\n" in said
    assert said.endswith(" --job=0")
    with pytest.raises(ConfigError, match="--job=1 waits for job 0, which is not done"):
        run(folder, mode="job", job=1)
    for number in (2, 0, 1):
        run(folder, mode="job", job=number)
    run(folder, mode="status")
    table = capsys.readouterr().out.splitlines()
    assert table[0].endswith(": 3 done.")
    assert table[2].split() == ["0", "enas_s5", "done", "2.0", "0.7500"]
    assert table[4].split()[:4] == ["2", "random_arc0_r5", "done", "2.0"]
    run(folder, mode="compare")
    assert len(fakes.begun) == 3
    assert (folder / "results.txt").exists()


def test_a_job_that_is_held_done_or_not_named_is_told_in_a_line(fakes, caplog):
    folder = fakes.folder.path
    compare(fakes, jobs=0)
    assert refused(folder, mode="job").startswith("--mode=job needs --job, one of 0 to")
    lock = fakes.folder.job_lock(fakes.plan, 2)
    lock.acquire()
    line = refused(folder, mode="job", job=2)
    assert line.startswith(
        "--job=2 (random_arc0_r5) is in the hands of another process"
    )
    lock.release()
    for _ in range(2):
        run(folder, mode="job", job=2)
    assert caplog.messages[-1] == "Nothing is left of job 2 (random_arc0_r5): done."
    assert len(fakes.begun) == 1


def test_perturb_tells_how_many_neighbours_are_better(fakes, tmp_path, caplog):
    arc = dict(fake_jobs.TINY, mode="perturb", child_fixed_arc="3 0 1", report="no")
    run(tmp_path / "other", **arc, perturb_sample=3)
    told = (tmp_path / "other" / "results.txt").read_text().splitlines()
    # The stub's score is the sum of an arc's integers, in hundredths.
    assert told[:6] == [
        "Not distinguishable at this budget from the 3 neighbours that were trained, "
        "of 11.",
        "Each was trained from one seed, so differences may be noise of the trainings; "
        "--compare_retrain_seeds=3, in another --output_dir, gives intervals.",
        "Of 3 neighbours, each trained once, 1 (by 0.0100 on average) did better and 2 "
        "(by 0.0250 on average) worse than the arc.",
        "  +0.0100  the op of layer 0: sepconv5x5 -> avgpool3x3",
        "  -0.0200  the op of layer 0: sepconv5x5 -> sepconv3x3",
        "  -0.0300  the op of layer 0: sepconv5x5 -> conv3x3",
    ]
    kept = json.loads((tmp_path / "other" / "perturbation.json").read_text())
    (one,) = kept["decisions"]
    assert (one["place"], one["neighbours"]) == (0, 3)
    assert one["gain"] == pytest.approx(-0.04 / 3)
    with Image.open(tmp_path / "other" / "perturbation.png") as picture:
        assert min(picture.size) > 300


def test_trainings_by_another_recipe_are_told_all_at_once_before_any_job(fakes, capsys):
    compare(fakes)
    names = [fakes.folder.run(fakes.plan, number).path.name for number in (1, 2)]
    for name in names:
        path = fakes.folder.path / "jobs" / name / "run.json"
        text = path.read_text().replace('"batch_size": 100', '"batch_size": 50')
        path.write_text(text)
    line = refused(fakes.folder.path, mode="compare")
    assert f"--batch_size was 50, and is 100 here, in {', '.join(names)}. Move" in line
    run(fakes.folder.path, mode="status")
    assert capsys.readouterr().out.splitlines()[-1] == line
    assert len(fakes.begun) == 3


def test_trainings_on_different_data_are_told_before_any_job(fakes):
    compare(fakes)
    for number in (1, 2):
        path = fakes.folder.run(fakes.plan, number).path / "run.json"
        value = json.loads(path.read_text())
        value["stages"]["train"]["data"] = dict(checksum=str(number))
        path.write_text(json.dumps(value))
    (fakes.folder.run(fakes.plan, 0).path / "run.json").unlink()
    line = refused(fakes.folder.path, mode="compare")
    assert "were trained on different data" in line
    assert len(fakes.begun) == 3


def test_a_recipe_that_no_flag_tells_apart_is_told_as_well(fakes):
    compare(fakes)
    for name in ("plan.json", "plan.copy.json"):
        path = fakes.folder.path / name
        value = {**disk.read_json(path), "recipe": "0123456789abcdef"}
        disk.write_json(path, value)
    line = refused(fakes.folder.path, mode="compare")
    assert (
        ": the recipe was another in 001_enas_s5_arc0_r5, 002_random_arc0_r5." in line
    )


def test_a_job_that_had_saved_nothing_begins_anew_by_the_plan(fakes):
    a_search_with_settings(fakes)
    path = fakes.folder.run(fakes.plan, 0).path / "run.json"
    path.write_text(path.read_text().replace('"finished"', '"failed"'))
    compare(fakes, derive_batches="9")
    assert len(fakes.begun) == 4


def a_search_with_settings(fakes):
    compare(fakes)
    path = fakes.folder.run(fakes.plan, 0).path / "run.json"
    value = json.loads(path.read_text())
    value["stages"]["search"] |= {
        "settings": config.flat(fakes.asked.configs["search"])
    }
    path.write_text(json.dumps(value))
    for name in ("plan.json", "plan.copy.json"):
        (fakes.folder.path / name).unlink()


@pytest.mark.parametrize(
    ("given", "flag"),
    [
        (dict(num_epochs=2), "--num_epochs was 1, and is 2 here, in 000_enas_s5"),
        (dict(derive_batches="9"), "--derive_batches was"),
        (dict(data_path="{here}"), "--data_path was left out, and is"),
    ],
)
def test_a_search_of_another_command_is_not_taken_as_done(fakes, tmp_path, given, flag):
    a_search_with_settings(fakes)
    (tmp_path / "class").mkdir()
    given = {
        k: v.format(here=tmp_path) if v == "{here}" else v for k, v in given.items()
    }
    line = refused(fakes.folder.path, **{**SMALL, "mode": "compare", **given})
    assert line.startswith("Jobs in ")
    assert flag in line, line
    assert not (fakes.folder.path / "plan.json").exists()


def test_jobs_without_a_plan_need_the_whole_command_and_results_stay(fakes):
    a_search_with_settings(fakes)
    results = (fakes.folder.path / "results.jsonl").read_text()
    line = refused(fakes.folder.path, mode="compare")
    assert "jobs/ is there but no plan.json. Give the whole command" in line
    for job in (fakes.folder.path / "jobs").iterdir():
        job.rename(fakes.folder.path.parent / job.name)
    for number in range(3):
        fakes.make("fail", number)
    with pytest.raises(SystemExit):
        compare(fakes)
    assert (fakes.folder.path / "results.jsonl").read_text() == results


def test_the_same_whole_command_takes_its_jobs_over(fakes):
    a_search_with_settings(fakes)
    compare(fakes)
    assert len(fakes.begun) == 3


def test_a_training_of_another_arc_than_its_search_found_is_not_compared(fakes):
    compare(fakes)
    listed = fakes.folder.run(fakes.plan, 0).arcs / "derived.jsonl"
    listed.write_text(listed.read_text().replace("0 0 0", "2 0 0"))
    line = refused(fakes.folder.path, mode="compare")
    assert "--child_fixed_arc was 0 0 0, and is 2 0 0 here, in 001_enas_s5_arc0" in line


@pytest.mark.slow  # two comparisons of real runs
def test_a_killed_comparison_ends_with_the_figures_of_a_whole_one(tmp_path):
    flags = dict(SMALL, batch_size=64, child_out_filters=4, controller_train_steps=2)
    flags |= dict(mode="compare", checkpoint_every_steps=3)
    found = []
    for name, kill in dict(whole=False, killed=True).items():
        words = [f"--{n}={v}" for n, v in flags.items()]
        words += [f"--output_dir={tmp_path / name}", f"--jobs={2 if kill else 1}"]
        started = [sys.executable, "-m", "enas_tf", *words]
        if kill:
            _kill_in_the_middle(started, tmp_path / name)
        subprocess.run(started, cwd=REPOSITORY, check=True, capture_output=True)
        lines = (tmp_path / name / "results.jsonl").read_text().splitlines()
        found.append([{**json.loads(line), "seconds": 0} for line in lines])
    assert found[0] == found[1]
    assert len(found[0]) == 2


def _kill_in_the_middle(started, folder):
    """Kill the campaign, and with it one of its jobs; the other one lives on."""
    with subprocess.Popen(started, cwd=REPOSITORY, stderr=subprocess.DEVNULL) as one:
        run = folder / "jobs" / "000_enas_s5" / "run.json"
        while not (run.exists() and '"saved": true' in run.read_text()):
            assert one.poll() is None
            time.sleep(0.1)
        one.kill()
    os.kill(json.loads(run.read_text())["commands"][-1]["pid"], signal.SIGKILL)
