"""--rerun refuses what is not the run that was: each in a line."""

import page_runs
import plugin_files
import pytest

from enas_tf.command import plugins, rerun
from enas_tf.config.sections import ConfigError
from enas_tf.run import disk
from enas_tf.run import plugins as run_plugins


def refused(old, new, **more):
    with pytest.raises(ConfigError) as caught:
        rerun.plan(dict(rerun=str(old), output_dir=str(new), **more))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_plugin_whose_text_changed_is_named(tmp_path):
    with plugin_files.forgotten():
        path = tmp_path / "mine.py"
        path.write_text(plugin_files.REWARD)
        loaded = plugins.load(str(path))
    page_runs.make(tmp_path / "old")
    run = disk.read_json(tmp_path / "old" / "run.json")
    rows = [dict(name=p.name, sha256=p.digest, file=p.file, adds=[]) for p in loaded]
    run["stages"]["search"][run_plugins.KEY] = rows
    run["commands"][0]["command"].append(f"--plugin={path}")
    disk.write_json(tmp_path / "old" / "run.json", run)
    with plugin_files.forgotten():
        rerun.plan(dict(rerun=str(tmp_path / "old"), output_dir=str(tmp_path / "new")))
    path.write_text(plugin_files.REWARD.replace("** 2", "** 3"))
    with plugin_files.forgotten():
        line = refused(tmp_path / "old", tmp_path / "new")
    assert f"--plugin={path} has another text than when the run" in line


def test_a_campaign_is_called_one(tmp_path):
    (tmp_path / "plan.json").write_text("{}")
    for name in (tmp_path, tmp_path / "plan.json"):
        assert "is a campaign, and --rerun repeats one run" in refused(name, "new")


def test_damage_names_the_copy(tmp_path):
    folder = page_runs.make(tmp_path / "old")
    (folder / "run.json").write_text("{")
    assert f"Name its copy: --rerun={folder / 'run.copy.json'}." in refused(folder, "n")
    (folder / "run.copy.json").unlink()
    assert "Restore it, or give the command of the run" in refused(folder, "n")


def test_a_rerun_that_is_finished_is_not_run_over(tmp_path):
    old, new = (page_runs.make(tmp_path / name) for name in ("old", "new"))
    assert "holds a finished run already" in refused(old, new)
    run = disk.read_json(new / "run.json")
    run["commands"][0]["status"] = "stopped"
    disk.write_json(new / "run.json", run)
    rerun.plan(dict(rerun=str(old), output_dir=str(new)))
