"""What the commands of a campaign refuse, each in one line."""

import fake_jobs
import pytest
from campaign_commands import SMALL, compare, refused, run

from enas_tf.command import request
from enas_tf.config.sections import ConfigError


def test_another_setting_than_the_plans_is_refused_by_name(fakes):
    compare(fakes, jobs=0)
    folder = fakes.folder.path
    line = refused(folder, **{**SMALL, "mode": "compare", "num_epochs": 2})
    begins = "--num_epochs was 1 when this campaign was planned, and is 2 now."
    assert line.startswith(begins)
    alone = refused(folder, mode="compare", num_epochs=2)
    assert alone.startswith(begins)  # what was typed, and not what was left out
    idle = refused(folder, mode="compare", evaluate_again=True)
    assert idle.startswith("Beside --evaluate_again more is missing: --")
    more = refused(folder, **SMALL, mode="compare", retrain_epochs=2)
    assert more.startswith("--retrain_epochs was left out when this campaign was")
    assert "is a campaign of --mode=compare" in refused(folder, mode="ablate")
    micro = dict(SMALL, mode="compare", search_for="micro", batch_size=9)
    assert refused(folder, **micro).startswith("--search_for was left out when this")


def test_a_flag_that_asks_for_what_no_campaign_does_is_refused_later_as_well(fakes):
    compare(fakes, jobs=0)
    for given in ({}, SMALL):
        line = refused(
            fakes.folder.path, **given, mode="compare", reset_output_dir=True
        )
        assert line.startswith("--reset_output_dir is of no use with --mode=compare")
        assert "remove the folder yourself" in line


def test_a_flag_of_another_mode_is_told_of_where_a_campaign_goes_on(fakes, caplog):
    compare(fakes, jobs=0)
    run(fakes.folder.path, mode="compare", job=0, jobs=0)
    assert "--job has no effect here: it is of --mode=job." in caplog.text


def test_seeds_beyond_the_last_are_refused_before_a_plan_is_written(fakes):
    last = 2**31 - 1
    given = {**SMALL, "mode": "compare", "jobs": 0, "seed": last - 1}
    line = refused(fakes.folder.path, **{**given, "compare_search_seeds": 3})
    assert line.startswith(f"--seed={last - 1} is not allowed: it must be at most")
    assert f"{last - 2}, so that the 3 seeds of this campaign begin there" in line
    assert not (fakes.folder.path / "plan.json").exists()


def test_a_run_is_no_campaign_and_a_campaign_is_no_run(fakes, tmp_path):
    compare(fakes, jobs=0)
    folder = fakes.folder.path
    with pytest.raises(ConfigError, match="is the folder of a campaign, which has"):
        request.build(dict(output_dir=str(folder)), None, ["python", "-m", "enas_tf"])
    a_run = tmp_path / "run"
    a_run.mkdir()
    (a_run / "run.json").write_text('{"program": "enas_tf"}')
    assert "is the folder of one run" in refused(a_run, **SMALL, mode="compare")
    (tmp_path / "strange").mkdir()
    (tmp_path / "strange" / "file").touch()
    line = refused(tmp_path / "strange", **SMALL, mode="compare")
    assert "holds files that this program did not make (file, ...)" in line


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (dict(mode="status"), "holds no campaign. Begin one with --mode=compare,"),
        (dict(mode="compare", compare_methods="enas,ea"), "--compare_methods=enas,ea"),
        (dict(mode="compare", child_fixed_arc="1"), "finds its arcs by itself"),
        (dict(mode="perturb"), "has no arc: give the one to look around"),
        (dict(mode="perturb", child_fixed_arc="9 9"), "--child_fixed_arc is not an"),
        (dict(mode="compare", reset_output_dir=True), "--reset_output_dir is of no"),
        (
            dict(mode="compare", dry_run_json="x"),
            "is for the numbers of a dry run: add",
        ),
        (dict(mode="status", dry_run=True), "--dry_run is of no use with --mode=stat"),
        (dict(mode="job", job=0, dry_run=True), "--dry_run is of no use with --mode=j"),
        (dict(mode="compare", search_eval_test=True), "no search may look at them"),
        (dict(mode="ablate", controller_training=False), "--nocontroller_training is"),
        (dict(mode="compare", compare_arcs=0), "--compare_arcs=0 is not allowed"),
        (dict(mode="compare", batch_size=0), "--batch_size=0 is not allowed"),
        (dict(mode="compare", data_path="nowhere"), "nowhere"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(given, line, tmp_path):
    assert line in refused(tmp_path / "new", **{"dataset": "digits", **given})
    assert not (tmp_path / "new").exists()


def test_a_campaign_has_no_arc_to_look_around(fakes, tmp_path):
    compare(fakes, jobs=0)
    given = dict(fake_jobs.TINY, mode="perturb", child_fixed_arc=fakes.folder.path)
    line = refused(tmp_path / "other", **given)
    assert "is the folder of a campaign, which has many arcs. Name that of one" in line


def test_flags_without_effect_are_told(fakes, caplog):
    compare(fakes, jobs=0, perturb_sample=3, child_lr=0.5)
    said = "\n".join(caplog.messages)
    assert "--perturb_sample has no effect here: it is of --mode=perturb." in said
    assert "--child_lr has no effect here: --child_lr_cosine is on" in said
    assert said.count("has no effect here") == 2


def test_a_second_command_on_the_folder_is_refused(fakes):
    compare(fakes, jobs=0)
    fakes.folder.claim()
    assert "is in use by another process" in refused(fakes.folder.path, mode="compare")
    fakes.folder.release()
