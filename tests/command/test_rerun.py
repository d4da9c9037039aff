"""--rerun: which commands make a run again, and what is refused."""

import contextlib
import json

import page_runs
import pytest

from enas_tf import __main__ as program
from enas_tf.command import rerun, same_run
from enas_tf.config.sections import ConfigError
from enas_tf.run import disk
from enas_tf.run.folder import RunFolder

HEAD = ["python", "bin/main.py"]


def old_run(folder, *commands, **changes):
    """A run made by `commands`: (flags, status)."""
    page_runs.make(folder, **changes)
    run = disk.read_json(folder / "run.json")
    run["commands"] = [
        dict(command=[*HEAD, *words.split()], status=status)
        for words, status in commands
    ]
    disk.write_json(folder / "run.json", run)
    return folder / "run.json"


def planned(path, **more):
    return rerun.plan(
        dict(rerun=str(path), output_dir=str(path.parent.parent / "new"), **more)
    )


def test_a_command_that_was_given_again_is_repeated_once(tmp_path):
    search = "--preset=demo --search_for=macro --seed=3 --output_dir=old --threads=9"
    path = old_run(
        tmp_path / "old",
        (search, "stopped"),
        (f"{search} --reset_output_dir", "finished"),
        ("--mode=evaluate --output_dir=old", "finished"),
        ("--mode=train --num_epochs=2 --output_dir=old", "finished"),
        ("--mode=train --num_epochs=4 --output_dir=old", None),
    )
    found = planned(path)
    where = dict(search_for="macro", threads=2, output_dir=str(tmp_path / "new"))
    assert found.commands == [
        dict(preset="demo", seed=3, **where),
        dict(mode="train", num_epochs=2, **where),
        dict(mode="train", num_epochs=4, **where),
    ]


def test_a_training_that_began_with_its_own_search_begins_with_the_new_one(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    warm = "--mode=train --warm_start="
    path = old_run(
        old,
        (f"--mode=search --warm_start={tmp_path / 'other'}", "finished"),
        (f"{warm}{old}", "finished"),
    )
    sources = [command["warm_start"] for command in planned(path).commands]
    assert sources == [str(tmp_path / "other"), str(new)]


def test_a_command_that_failed_is_left_out_unless_there_is_no_other(tmp_path):
    bad, good = ("--dataset=digit", "failed"), ("--dataset=digits", "finished")
    (only,) = planned(old_run(tmp_path / "a" / "old", bad, good)).commands
    assert only["dataset"] == "digits"
    (only,) = planned(old_run(tmp_path / "b" / "old", bad)).commands
    assert only["dataset"] == "digit"


def test_places_may_be_others_and_the_folder_will_do_for_its_run_json(tmp_path):
    path = old_run(tmp_path / "old", ("--data_path=there", "finished"))
    (only,) = planned(path, data_path="here", progress=False).commands
    assert (only["data_path"], only["progress"]) == ("here", False)
    given = dict(rerun=str(path.parent), output_dir=str(tmp_path / "new"))
    assert rerun.plan(given).folder == tmp_path / "old"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (dict(num_epochs=3), "--num_epochs is not allowed with --rerun"),
        (dict(threads=3), "--threads is not allowed with --rerun"),
        (dict(mode="train"), "--mode is not allowed with --rerun"),
        (dict(output_dir=""), "--rerun needs --output_dir"),
        (dict(output_dir="old"), "is the folder of the old run"),
        (dict(rerun="nowhere"), "--rerun=nowhere does not exist"),
        (dict(rerun="other.json"), "is no run.json of this program"),
        (dict(rerun="half.json"), "half.json is damaged"),
    ],
)
def test_what_would_be_another_run_is_refused(tmp_path, monkeypatch, more, says):
    monkeypatch.chdir(tmp_path)
    old_run(tmp_path / "old", ("--preset=demo", "finished"))
    (tmp_path / "other.json").write_text("{}")
    (tmp_path / "half.json").write_text("{")
    with pytest.raises(ConfigError, match=says):
        rerun.plan(dict(rerun="old/run.json", output_dir="new") | more)


def test_a_run_on_arrays_is_refused(tmp_path):
    path = old_run(tmp_path / "old", ("--dataset=arrays", "finished"))
    with pytest.raises(ConfigError, match="arrays of a Python program"):
        planned(path)


def test_equal_runs_are_equal_whatever_the_time(tmp_path):
    for name, moment in (("old", 1.5), ("new", 2.5)):
        page_runs.make(tmp_path / name)
        path = tmp_path / name / "metrics.jsonl"
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        rows = [{**row, "time": moment} for row in lines]
        for row in rows:
            del row["check"]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found, old, new = compared(tmp_path)
    assert found.differ == []
    (line,) = same_run.sentences(found, old, new)
    assert line.startswith("The run was repeated: all ")
    assert line.endswith(
        " figures of 124 rows of metrics.jsonl and of run.json are equal."
    )


def compared(top):
    folders = top / "old", top / "new"
    old, new = (disk.read_json(folder / "run.json") for folder in folders)
    return same_run.compare(folders[0], old, folders[1], new), old, new


def test_each_figure_that_differs_is_told_with_the_point_on_which_machines_do(tmp_path):
    page_runs.make(tmp_path / "old")
    page_runs.make(
        tmp_path / "new", derive=dict(page_runs.DERIVED, policy_accuracy=0.8)
    )
    path = tmp_path / "new" / "metrics.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[:-1]))  # the last row is not there
    run = disk.read_json(tmp_path / "new" / "run.json")
    run["stages"]["search"]["machine"]["threads"] = 4
    disk.write_json(tmp_path / "new" / "run.json", run)
    found, old, new = compared(tmp_path)
    assert found.differ == [
        "search valid 2: accuracy was 0.5, is not there",
        "run.json, derive: policy_accuracy was 0.9, is 0.8",
    ]
    first, *between, last = same_run.sentences(found, old, new)
    assert first.startswith("The run was repeated, and 2 of ")
    assert between == [*found.differ, "What is not the same:"]
    assert last == "threads: 2 then, 4 here"


def test_where_all_conditions_are_equal_that_is_said(tmp_path):
    page_runs.make(tmp_path / "old")
    page_runs.make(tmp_path / "new", train=dict(page_runs.TRAINED, test_accuracy=0.1))
    found, old, new = compared(tmp_path)
    assert same_run.sentences(found, old, new)[1:] == [
        "run.json, train: test_accuracy was 0.9875, is 0.1",
        "Machine, versions, data and settings are the same.",
    ]


@pytest.mark.parametrize(("test", "status"), [(0.9875, 0), (0.5, 1)])
def test_the_program_ends_with_1_if_a_figure_differs(
    tmp_path, monkeypatch, caplog, test, status
):
    path = old_run(tmp_path / "old", ("--preset=demo", None), ("--mode=train", None))
    told = []

    def carry_out(asked, began):
        told.append(asked.command[1:])
        if not (tmp_path / "new").exists():
            trained = dict(page_runs.TRAINED, test_accuracy=test)
            page_runs.make(tmp_path / "new", train=trained)
        return RunFolder(tmp_path / "new")

    monkeypatch.setattr(program, "_carry_out", carry_out)
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    ends = pytest.raises(SystemExit) if status else contextlib.nullcontext()
    with caplog.at_level("INFO", "absl"), ends as ended:
        program._run_again(planned(path), ["bin/main.py"])
    assert not status or ended.value.code == 1
    assert caplog.messages[0].startswith("The run was repeated")
    where = ["--output_dir=" + str(tmp_path / "new"), "--threads=2"]
    assert [sorted(words) for words in told] == [
        sorted(["bin/main.py", "--search_for=macro", *where, last])
        for last in ("--preset=demo", "--mode=train")
    ]


def test_without_rows_the_figures_of_run_json_are_compared(tmp_path):
    page_runs.make(tmp_path / "old")
    page_runs.make(tmp_path / "new")
    (tmp_path / "old" / "metrics.jsonl").unlink()
    found, _, _ = compared(tmp_path)
    assert found.rows == 0 and found.figures > 10 and found.differ == []


def test_a_search_and_a_training_of_rnn_are_repeated_and_compared(tmp_path):
    derived = dict(arc="0 1 1 2", policy_perplexity=90.5, random_perplexity=120.25)
    trained = dict(arc="0 1 1 2", test_perplexity=75.5)
    search = "--preset=demo --search_for=rnn --data_path=texts --output_dir=old"
    path = old_run(
        tmp_path / "old",
        (f"{search} --mode=search", "finished"),
        ("--mode=train --num_epochs=2 --output_dir=old", "finished"),
        search_for="rnn",
        derive=derived,
        train=trained,
    )
    where = dict(search_for="rnn", threads=2, output_dir=str(tmp_path / "new"))
    assert planned(path).commands == [
        dict(preset="demo", mode="search", data_path="texts", **where),
        dict(mode="train", num_epochs=2, **where),
    ]
    other = dict(trained, test_perplexity=76.5)
    page_runs.make(tmp_path / "new", search_for="rnn", derive=derived, train=other)
    found, _, _ = compared(tmp_path)
    assert found.differ == ["run.json, train: test_perplexity was 75.5, is 76.5"]
