"""The table of runs: what is found below a folder, and its forms."""

import csv
import io
import json

import page_runs
import pytest

from enas_tf.config.sections import ConfigError
from enas_tf.page import reading, runs, runs_forms
from enas_tf.run import disk

MEAN = (0.4 + 0.5) / 2


@pytest.fixture
def outputs(tmp_path):
    """Two seeds of one search, one of another, and what is no run."""
    derive = dict(page_runs.DERIVED, accuracy_above_random=0.5)
    page_runs.make(tmp_path / "a" / "seed1", seed=1, derive=derive)
    page_runs.make(tmp_path / "seed0", seed=0)
    page_runs.make(tmp_path / "longer_&", seed=0, num_epochs=99, train=None)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "run.json").write_text('{"program": "another"}')
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{")
    return tmp_path


def test_runs_are_sorted_and_what_is_no_run_is_passed_over(outputs):
    found = runs.below(outputs)
    assert [(row.folder, row.seed) for row in found.rows] == [
        ("longer_&", 0),
        ("seed0", 0),
        ("a/seed1", 1),
    ]
    (one,) = found.unread
    assert one[0] == "broken"


def test_a_row_has_the_figures_of_its_run(outputs):
    row = runs.below(outputs).rows[1]
    assert (row.space, row.preset, row.data) == ("macro", "demo", "digits")
    assert (row.arc, row.policy, row.test) == (page_runs.ARC, 0.9, 0.9875)
    assert row.contrast.value == 0.4
    assert (row.seconds, row.state) == (61.5, "finished")


def test_the_text_has_a_line_a_run_and_the_unread_at_the_end(outputs):
    head, *lines = runs_forms.as_text(runs.below(outputs)).splitlines()
    assert head.split()[:5] == ["folder", "space", "preset", "seed", "data"]
    assert len(lines) == 4
    words = (
        "+0.4000 (+0.3000 to +0.5000) accuracy 0.9875 1 min 2 s finished 0 1 0 2 1 1"
    )
    assert lines[1].split() == ["seed0", "macro", "demo", "0", "digits", *words.split()]
    assert lines[-1].startswith(f"broken cannot be read: {outputs}/broken/run.json is ")


def test_the_csv_is_read_back_as_it_was(outputs):
    text = runs_forms.as_csv(runs.below(outputs))
    found = list(csv.DictReader(io.StringIO(text)))
    assert [row["folder"] for row in found][0] == "longer_&"
    assert float(found[1]["difference or ratio"]) == 0.4
    assert found[0]["test"] == ""
    assert found[-1]["state"].startswith("cannot be read: ")


def test_latex_has_mean_and_deviation_over_the_seeds_of_equal_settings(outputs):
    text = runs_forms.as_latex(runs.below(outputs))
    rows = [line for line in text.splitlines() if line.startswith("macro")]
    assert rows == [
        r"macro & digits & demo, num\_epochs 99 & 1 & $0.4000$ & -- \\",
        r"macro & digits & demo, num\_epochs 40 & 2 & $0.4500 \pm 0.0707$ & "
        r"$0.9875 \pm 0.0000$ \\",
    ]
    assert f"{MEAN:.4f}" == "0.4500"


def test_a_seed_that_was_run_twice_counts_once(outputs):
    page_runs.make(outputs / "again", seed=0)
    text = runs_forms.as_latex(runs.below(outputs))
    assert "demo, num\\_epochs 40 & 2 &" in text


def test_the_page_leads_to_the_pages_of_runs_and_escapes_names(outputs):
    (outputs / "longer_&" / "report.html").write_text("")
    text = runs_forms.as_html(runs.below(outputs))
    assert '<a href="longer_%26/report.html">longer_&amp;</a>' in text
    assert text.count("<a ") == 1
    assert "broken cannot be read" in text


def test_a_folder_without_runs_says_so(tmp_path):
    text = runs_forms.as_text(runs.below(tmp_path))
    assert text.splitlines()[-1] == f"There is no run below {tmp_path}."


def test_reading_changes_nothing(outputs):
    before = {p: p.stat().st_mtime_ns for p in outputs.rglob("*")}
    for form in runs_forms.FORMS:
        reading.carry_out(dict(mode="runs", output_dir=str(outputs), runs_format=form))
    assert {p: p.stat().st_mtime_ns for p in outputs.rglob("*")} == before


def test_a_run_whose_command_has_no_end_is_unfinished(tmp_path):
    folder = page_runs.make(tmp_path / "run")
    run = json.loads((folder / "run.json").read_text())
    for entry in run["commands"]:
        del entry["status"], entry["end"]
    del run["checksum"]
    for name in ("run.json", "run.copy.json"):
        (folder / name).write_text(json.dumps(run))
    (row,) = runs.below(tmp_path).rows
    assert row.state == "unfinished"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (dict(mode="runs", output_dir="nowhere"), "does not exist: --mode=runs needs"),
        (dict(mode="runs", output_dir="file"), "is a file: --mode=runs needs"),
        (dict(mode="runs", output_dir=""), "--output_dir is empty"),
        (dict(mode="runs", runs_format="pdf"), "one of text, csv, latex, html"),
        (dict(mode="report", output_dir="nowhere"), "holds no run of this program"),
    ],
)
def test_a_wrong_folder_or_form_is_refused(tmp_path, monkeypatch, given, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=says):
        reading.carry_out(given)


def test_flags_that_are_of_no_use_are_told(outputs, caplog):
    with caplog.at_level("WARNING", "absl"):
        reading.carry_out(
            dict(mode="report", output_dir=str(outputs / "seed0"), num_epochs=3)
        )
    assert caplog.messages == [
        "--num_epochs has no effect here: --mode=report reads a run."
    ]
    assert (outputs / "seed0" / "report.html").exists()


def latex_rows(top):
    text = runs_forms.as_latex(runs.below(top))
    return [line for line in text.splitlines() if line.startswith("macro")]


def test_trainings_of_other_arcs_of_one_seed_all_count(tmp_path):
    for arc, test in (("0 0 0", 0.5), ("1 0 0", 0.7)):
        trained = dict(page_runs.TRAINED, arc=arc, test_accuracy=test)
        changes = dict(child_fixed_arc=arc, derive=None, train=trained)
        page_runs.make(tmp_path / arc.replace(" ", ""), seed=0, **changes)
    assert latex_rows(tmp_path) == [
        r"macro & digits & demo & 2 & -- & $0.6000 \pm 0.1414$ \\"
    ]


def test_searches_that_derived_with_other_settings_are_two_rows(tmp_path):
    for count in (10, 20):
        name = f"derived{count}"
        page_runs.make(tmp_path / name, seed=0, derive_num_samples=count, train=None)
    assert [line.split(" & ")[2:4] for line in latex_rows(tmp_path)] == [
        [r"demo, derive\_num\_samples 10", "1"],
        [r"demo, derive\_num\_samples 20", "1"],
    ]


def test_a_run_without_a_result_is_not_counted_and_odd_widths_are_named(tmp_path):
    page_runs.make(tmp_path / "a", seed=0, child_out_filters=99, train=None)
    nothing = dict(derive=None, train=None)
    page_runs.make(tmp_path / "b", seed=1, child_out_filters=99, **nothing)
    (row,) = latex_rows(tmp_path)
    assert row.startswith(r"macro & digits & demo, child\_out\_filters 99 & 1 & ")


def test_jobs_of_a_campaign_stand_by_their_numbers_and_not_by_seeds(tmp_path):
    (tmp_path / "plan.json").write_text("{}")
    for number, seed in ((1000, 0), (2, 1), (10, 0)):
        page_runs.make(tmp_path / "jobs" / f"{number:03d}_enas", seed=seed)
    begun = page_runs.make(tmp_path / "jobs" / "005_enas", seed=0)
    facts = json.loads((begun / "run.json").read_text())
    (begun / "run.json").write_text(json.dumps({**facts, "stages": {}}))
    for top in (tmp_path, tmp_path / "jobs"):
        found = [row.folder.split("/")[-1] for row in runs.below(top).rows]
        assert found == ["002_enas", "005_enas", "010_enas", "1000_enas"]


def test_jobs_of_a_campaign_are_averaged_by_method_and_not_over_methods(tmp_path):
    (tmp_path / "plan.json").write_text("{}")
    tests = {"1_enas_s0_arc0_r0": 0.5, "2_enas_s0_arc1_r0": 0.7}
    tests["3_random_matched_s0_arc0_r0"] = 0.9
    for name, test in tests.items():
        found = dict(page_runs.TRAINED, test_accuracy=test, arc=name)
        page_runs.make(tmp_path / "jobs" / name, seed=0, derive=None, train=found)
    assert [line.split(" & ")[2:] for line in latex_rows(tmp_path)] == [
        ["demo, enas", "2", "--", r"$0.6000 \pm 0.1414$ \\"],
        [r"demo, random\_matched", "1", "--", r"$0.9000$ \\"],
    ]


def test_the_report_of_a_campaign_warns_of_a_result_that_was_altered(tmp_path, caplog):
    (tmp_path / "plan.json").write_text("{}")
    disk.write_json(tmp_path / "scores.json", {"arcs": ["0 1"]})
    text = (tmp_path / "scores.json").read_text()
    (tmp_path / "scores.json").write_text(text.replace("0 1", "0 2"))
    reading.carry_out({"mode": "report", "output_dir": str(tmp_path)})
    assert "scores.json is damaged. The campaign's command" in caplog.text
