"""--warm_start before anything is trained: what is taken over, what is refused."""

import pytest
import run_files

from enas_tf.command import request, warm_source
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config, ConfigError
from enas_tf.run import saves, warm_origin
from enas_tf.run.folder import RunFolder

ARC, OTHER = "0 1 0", "0 1 1"
HAS = dict(
    mode="train",
    child_fixed_arc=ARC,
    child_num_layers=2,
    child_out_filters=8,
    child_keep_prob=0.5,
    num_epochs=2,
    dataset="digits",
    seed=7,
    split_seed=5,
)


def training(path, *, tested=2, **values):
    """A folder with what a training leaves behind."""
    folder = RunFolder.claim(path, reset=False)
    folder.bind_settings("train", config_lib.replace(Config(), {**HAS, **values}))
    folder.checkpoints("train").mkdir(parents=True)
    (folder.checkpoints("train") / "ckpt-1.index").write_bytes(saves.INDEX_END)
    if tested:
        folder.record("train", epochs=tested)
    folder.release()


def searched(path, *, epochs=2, arc=ARC, **values):
    """A folder with what a search leaves behind."""
    folder = RunFolder.claim(path, reset=False)
    found = {**HAS, "mode": "search", "child_fixed_arc": "", **values}
    folder.bind_settings("search", config_lib.replace(Config(), found))
    folder.checkpoints("search").mkdir(parents=True)
    (folder.checkpoints("search") / "ckpt-1.index").write_bytes(saves.INDEX_END)
    if epochs:
        folder.record("search", epochs=epochs)
    if arc:
        folder.record("derive", arc=arc)
    folder.release()


@pytest.fixture
def build(tmp_path, monkeypatch):
    """A function: the flags given -> the training's settings, from `old` to `new`."""
    monkeypatch.chdir(tmp_path)

    def run(preset=None, **given):
        values = dict(mode="train", output_dir="new", warm_start="old")
        asked = request.build({**values, **given}, preset, ["main.py"])
        asked.folder.release()
        return asked.configs["search" if asked.mode == "search" else "train"]

    return run


def test_arc_sizes_data_and_their_split_are_taken_over(build, tmp_path):
    training("old")
    config = build(preset="cpu", child_keep_prob=0.9)
    assert (config.child.fixed_arc, config.child.num_layers) == (ARC, 2)
    assert config.child.out_filters == 8
    assert (config.data.dataset, config.data.split_seed) == ("digits", 5)
    assert config.run.seed == 0
    assert (config.child.keep_prob, config.loop.num_epochs) == (0.9, 2)
    assert config.run.warm_start == str(tmp_path / "old")
    assert RunFolder("new").settings("train") == {}


def test_weights_without_a_mode_are_trained(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    training("old")
    given = dict(warm_start="old", output_dir="new")
    asked = request.build(given, None, ["main.py"])
    asked.folder.release()
    assert (asked.mode, asked.arc) == ("train", ARC)


def test_data_that_are_named_stand(build, tmp_path):
    training("old", image_size=16)
    for name in ("cat", "dog"):
        (tmp_path / "photos" / name).mkdir(parents=True)
    config = build(data_path="photos")
    assert config.data == config_lib.DataConfig(data_path="photos", split_seed=5)


def test_before_there_was_a_split_seed_the_seed_split(build, tmp_path):
    training("old")
    run_files.as_before(tmp_path / "old")
    run_files.plain(tmp_path / "old/train/config.json", split_seed=None)
    assert build().data.split_seed == 7


def test_the_same_values_may_be_given(build):
    training("old")
    config = build(child_out_filters=8, child_fixed_arc="0 | 1 0", split_seed=3)
    assert config.data.split_seed == 3


REFUSED = {
    "size": (dict(child_out_filters=4), r"--child_out_filters=4 .* 8, as the network"),
    "arc": (dict(child_fixed_arc=OTHER), r"--child_fixed_arc='0 1 1' .* '?0 1 0"),
    "longer arc": (dict(child_fixed_arc="enas24"), r"--child_fixed_arc=.* '?0 1 0"),
    "space": (dict(search_for="micro"), "training of the macro space"),
    "itself": (dict(output_dir="old"), "is the --output_dir itself"),
    "no folder": (dict(warm_start="nowhere"), "nowhere is no folder"),
    "an endless name": (dict(warm_start="x" * 300), "is no folder"),
    "a file": (dict(warm_start="note.txt"), "note.txt is no folder"),
    "another's": (dict(warm_start="."), "holds no training or search of this"),
    "unfinished": (dict(warm_start="half"), "not finished. Run --mode=train"),
    "lengthened": (dict(warm_start="longer"), "not finished. Run --mode=train"),
    "damaged": (dict(warm_start="broken"), "broken is damaged: nothing is left of its"),
    "a search from none": (dict(mode="search"), "old holds no search of this prog"),
    "all": (dict(mode="all"), "not allowed with --mode=all: it could mean"),
    "a search, unfinished": (
        dict(mode="search", warm_start="begun"),
        "begun holds a search that is not finished. Bring it to its end",
    ),
    "for a training": (dict(warm_start="begun"), "a search that is not finished"),
    "told": (dict(mode="search", warm_start="told"), "it has no shared weights"),
    "no arc": (dict(warm_start="arcless"), "no arc. Give --child_fixed_arc, or run"),
    "a search of another space": (
        dict(mode="search", warm_start="searched", search_for="rnn"),
        "is a search of the macro space, this one is of the rnn space",
    ),
    "a search itself": (
        dict(mode="search", warm_start="searched", output_dir="searched"),
        "is the --output_dir itself",
    ),
    "its search away": (
        dict(warm_start="searched", output_dir="searched", reset_output_dir=True),
        "would remove the search in",
    ),
    "for Python": (dict(warm_start="used"), "used is in use by another process"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_go_together_is_refused_and_leaves_no_trace(
    build, tmp_path, name
):
    training("old")
    training("half", tested=0)
    training("longer", tested=2, num_epochs=3)
    searched("searched")
    searched("begun", epochs=0)
    training("broken")
    for file in ("run.json", "run.copy.json"):
        (tmp_path / "broken" / file).write_text("{")
    searched("told")
    RunFolder("told").record("search", told=True)
    searched("arcless", arc="")
    searched("used")
    held = RunFolder.claim("used", reset=False)
    (tmp_path / "note.txt").touch()
    given, words = REFUSED[name]
    with pytest.raises(ConfigError, match=words) as caught:
        build(**given)
    held.release()
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "new").exists()


def test_a_run_with_a_checkpoint_does_not_ask_for_the_folder_again(build, tmp_path):
    training("old")
    config = build()
    training("new", **config_lib.flat(config))
    (tmp_path / "old").rename(tmp_path / "elsewhere")
    assert build() == config
    given = dict(mode="train", output_dir="new", child_fixed_arc=ARC)
    with pytest.raises(ConfigError, match="--warm_start was .*old.* and is now ''"):
        request.build({**given, "child_out_filters": 8}, "cpu", ["main.py"])


def test_a_reset_begins_with_the_folder_again(build, tmp_path):
    training("old")
    config = build()
    training("new", **config_lib.flat(config))
    assert build(reset_output_dir=True).child.fixed_arc == ARC
    (tmp_path / "old").rename(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="old is no folder"):
        build(reset_output_dir=True)


def test_ops_that_were_chosen_by_name_come_with_the_weights(build):
    training("old", child_ops="maxpool3x3,conv3x3", child_fixed_arc="conv3x3 conv3x3 1")
    assert build().child.op_names == ("maxpool3x3", "conv3x3")
    with pytest.raises(ConfigError, match="left out beside --child_ops=maxpool3x3,con"):
        build(child_num_branches=4)


def test_a_final_child_has_the_arc_the_data_and_the_split_of_its_search(build):
    searched("old", data_pad=3)
    config = build(preset="demo")
    assert config.child.fixed_arc == ARC
    assert (config.data.dataset, config.data.split_seed) == ("digits", 5)
    # Sizes and means of training are as ever.
    assert (config.child.out_filters, config.data.data_pad) == (16, -1)
    assert build(preset="demo", child_fixed_arc=OTHER).child.fixed_arc == OTHER


def test_a_final_child_numbers_words_as_its_search_did(build):
    kept = dict(search_for="rnn", dataset="python_docs", child_num_branches=4)
    searched("old", arc="0 0 0", child_softmax="sampled", **kept)
    assert build(preset="demo", **kept).rnn.softmax == "sampled"
    with pytest.raises(ConfigError, match="--child_softmax=full .* sampled, as the"):
        build(preset="demo", child_softmax="full", **kept)


def test_a_final_child_may_begin_in_the_folder_of_its_search(build):
    searched("old")
    config = build(preset="demo", output_dir="old")
    assert (config.child.fixed_arc, config.run.mode) == (ARC, "train")


def test_of_a_folder_with_both_the_training_is_taken(build):
    searched("old", arc=OTHER)
    training("old")
    assert build(preset="demo").child.out_filters == 8  # the training's
    assert warm_source.stage_of(run("old", "new"), RunFolder("new")) == "train"
    searched("own")
    assert warm_source.stage_of(run("own", "own"), RunFolder("own")) == "search"


def run(source, output_dir):
    given = dict(mode="train", warm_start=source, output_dir=output_dir)
    return request.run_settings(given)


def test_ops_that_a_search_chose_by_name_name_the_arc_of_its_final_child(build):
    searched("old", child_ops="maxpool3x3,conv3x3", arc="1 0 1")
    RunFolder("old").record("search", ops=["maxpool3x3", "conv3x3"])
    config = build(preset="demo")
    assert config.child.op_names == ("maxpool3x3", "conv3x3")
    assert config.child.fixed_arc == "conv3x3 maxpool3x3 1"
    other = build(preset="demo", child_ops="conv3x3,conv5x5,maxpool3x3")
    assert other.child.fixed_arc == "conv3x3 maxpool3x3 1"


def test_a_search_takes_no_setting_over(build, tmp_path):
    searched("old", child_keep_prob=0.5)
    config = build(mode="search", preset="demo")
    assert config.run.warm_start == str(tmp_path / "old")
    without = build(mode="search", preset="demo", output_dir="other", warm_start="old")
    plain = config_lib.replace(without, {"warm_start": "", "output_dir": ""})
    asked = request.build(dict(mode="search", output_dir="third"), "demo", ["main.py"])
    asked.folder.release()
    ours = config_lib.replace(asked.configs["search"], {"output_dir": ""})
    assert plain == ours


def test_a_search_and_its_deriving_need_the_other_folder_no_more(build, tmp_path):
    searched("old")
    config = build(mode="search", preset="demo")
    searched("new", **config_lib.flat(config))
    (tmp_path / "old").rename(tmp_path / "elsewhere")
    assert build(mode="search", preset="demo") == config
    assert build(mode="derive", preset="demo").run.mode == "derive"
    given = dict(mode="search", output_dir="new")
    with pytest.raises(ConfigError, match="--warm_start was .*old.* and is now ''"):
        request.build(given, "demo", ["main.py"])


def test_the_training_behind_a_warm_search_is_told_without_its_source(build):
    searched("old")
    values = dict(mode="search", output_dir="new", warm_start="old")
    asked = request.build(values, "demo", ["python", "main.py", "--warm_start=old"])
    asked.folder.release()
    assert "--mode=train" in asked.retrain_command()
    assert "warm_start" not in asked.retrain_command()


def test_a_folder_that_is_looked_at_is_not_written_in(tmp_path):
    searched(tmp_path / "old")
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "old").rglob("*")}
    assert not warm_origin.is_in_use(tmp_path / "old")
    assert not warm_origin.is_in_use(tmp_path / "nowhere")
    with_lock = RunFolder.claim(tmp_path / "other", reset=False)
    assert warm_origin.is_in_use(tmp_path / "other")
    with_lock.release()
    assert not warm_origin.is_in_use(tmp_path / "other")
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "old").rglob("*")} == before
