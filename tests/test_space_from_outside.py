"""A space that one spec from outside adds goes through all that the built-in ones do.

docs/extending.md, "A space", says what is done here.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys

import chain_space
import keras
import kills
import numpy as np
import pytest
import runs
from absl import flags as absl_flags

from enas_tf.benchmark import subject
from enas_tf.command import effects, flags, help_text, request
from enas_tf.config import presets, register
from enas_tf.config import sections as config
from enas_tf.config.sections import ConfigError
from enas_tf.config.spaces import registry
from enas_tf.run import space as run_space
from enas_tf.stages import run as experiment
from enas_tf.training.driver import Driver

SPEC = chain_space.SPEC
REPOSITORY = pathlib.Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module", autouse=True)
def chain():
    """The space, for as long as the tests of this file."""
    with register.registered(SPEC):
        yield


def parsed(*words):
    """The flags of this program, with those of the space, and `words` read."""
    values = absl_flags.FlagValues()
    flags.define(values)
    flags.parse(["bin/main.py", *words], values)
    return values


def ask(*words):
    """The request that bin/main.py makes of `words`, and the notices."""
    values = parsed("--noprogress", *words)
    space = run_space.with_space(flags.given(values)).get("search_for")
    given = flags.given(values, space=space)
    command = flags.command(["bin/main.py"], values)
    asked = request.build(given, flags.preset(values), command)
    notices = flags.notices(values, space=space)
    return asked, [*notices, *effects.notices(asked.mode, asked.begun, given)]


def run(*words):
    """What bin/main.py does with these words."""
    asked, _ = ask(*words)
    try:
        experiment.run(asked)
    finally:
        asked.folder.release()


def refusal(*words):
    with pytest.raises(ConfigError) as caught:
        asked, _ = ask(*words)
        asked.folder.release()
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture(scope="module")
def whole(chain, tmp_path_factory):
    """The folder of a run of everything."""
    folder = tmp_path_factory.mktemp("chain") / "run"
    run(
        "--search_for=chain", "--mode=all", "--child_kernel=2", f"--output_dir={folder}"
    )
    return folder


def test_it_is_searched_derived_drawn_trained_and_exported(whole):
    best = json.loads((whole / "arcs/best.json").read_text())
    assert best["space"] == "chain" and set(best["widths"]) <= set(
        chain_space.OPS.names
    )
    assert (whole / "arcs/best.png").read_bytes().startswith(b"\x89PNG")
    assert (whole / "curves.png").exists()
    model = keras.models.load_model(whole / "final/model.keras")
    assert model(np.zeros((1, 8, 8, 1), np.uint8)).shape == (1, 10)
    # Its own flag reached both children.
    shapes = {weight.shape for weight in model.weights}
    width = (4, 8)[int(best["arc"].split()[0])]
    assert (2, 2, 8, width) in shapes
    found = json.loads((whole / "run.json").read_text())["stages"]
    assert found["search"]["settings"]["child_kernel"] == 2
    assert found["train"]["test_accuracy"] > 0.3


def test_later_commands_find_the_space_in_the_folder(whole, caplog):
    run("--mode=evaluate", f"--output_dir={whole}")
    run("--mode=derive", f"--output_dir={whole}")
    assert refusal("--mode=predict", f"--output_dir={whole}") == (
        "--input is empty: --mode=predict needs an image or a folder of images, e.g. "
        "--input=picture.png."
    )
    assert "holds a chain run" in refusal("--search_for=macro", f"--output_dir={whole}")


@pytest.mark.parametrize("mode", ["search", "evaluate", "derive", "predict"])
def test_without_the_space_its_folder_is_refused_but_not_called_damaged(
    whole, monkeypatch, mode
):
    monkeypatch.delitem(registry.SPECS, "chain")
    more = ["--input=picture.png"] if mode == "predict" else []
    assert refusal(f"--mode={mode}", *more, f"--output_dir={whole}") == (
        f"--output_dir={whole} holds a run of the space chain, which is none of macro, "
        "micro, rnn. Go on with the program that registers this space, or name "
        "another folder."
    )


@pytest.mark.parametrize("stage", ["search", "train"])
def test_a_killed_run_ends_with_the_same_weights(whole, tmp_path, monkeypatch, stage):
    arc = json.loads((whole / "arcs/best.json").read_text())["arc"]
    words = ["--search_for=chain", "--child_kernel=2", f"--output_dir={tmp_path}"]
    words += [f"--child_fixed_arc={arc}"] if stage == "train" else ["--mode=search"]
    with monkeypatch.context() as patch, pytest.raises(kills.Killed):
        patch.setattr(Driver, "advance", kills.killed_at(8))
        run(*words)
    run(*words)
    ours, theirs = (runs.checkpoint(folder, stage) for folder in (tmp_path, whole))
    runs.assert_equal_to_the_bit(ours, theirs)


def test_ctrl_c_leaves_a_checkpoint_from_which_it_goes_on(tmp_path, monkeypatch):
    words = ["--search_for=chain", "--mode=search", f"--output_dir={tmp_path}"]
    advance = Driver.advance

    def stopping(self, name, last, call, **more):
        def pressed(first, end):
            call(first, end)
            signal.raise_signal(signal.SIGINT)

        return advance(self, name, last, pressed, **more)

    with monkeypatch.context() as patch, pytest.raises(SystemExit) as stop:
        patch.setattr(Driver, "advance", stopping)
        run(*words)
    assert stop.value.code == 130
    run(*words)
    assert json.loads((tmp_path / "run.json").read_text())["stages"]["derive"]["arc"]


def broken(space, arc, title):
    raise RuntimeError("no ink")


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (broken, "RuntimeError: no ink"),
        pytest.param(
            lambda *given: 3,
            "TypeError: it gives 3, not a matplotlib Figure",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_picture_that_cannot_be_drawn_costs_a_warning_not_the_search(
    tmp_path, caplog, picture, reason
):
    with register.registered(chain_space.other(picture=picture)):
        run("--search_for=other", "--num_epochs=1", f"--output_dir={tmp_path}")
    assert json.loads((tmp_path / "arcs/best.json").read_text())["space"] == "other"
    assert (tmp_path / "curves.png").exists()
    for name in ("best.png", "sampled.png"):
        assert not (tmp_path / "arcs" / name).exists()
        line = f"{name} is not drawn: the picture of the other space fails ({reason})."
        assert caplog.messages.count(line) == 1


def test_a_search_without_a_controller_phase_says_so_at_its_end(tmp_path, caplog):
    words = ["--num_epochs=1", "--controller_warmup_epochs=1"]
    run("--search_for=chain", *words, f"--output_dir={tmp_path}")
    found = json.loads((tmp_path / "run.json").read_text())["stages"]["derive"]
    assert found["in_words"][-1].endswith("the controller was never trained.")
    assert "the controller was never" in caplog.messages[-1]


def test_a_part_that_cannot_be_imported_is_refused_in_one_line(tmp_path, monkeypatch):
    (tmp_path / "limping.py").write_text("import nowhere_at_all\nshared = 3\n")
    monkeypatch.syspath_prepend(tmp_path)
    spec = chain_space.other(shared="limping:shared")
    with register.registered(spec), pytest.raises(ConfigError) as caught:
        run("--search_for=other", f"--output_dir={tmp_path / 'run'}")
    assert str(caught.value) == (
        "shared of the space other: limping:shared cannot be loaded: No module named "
        "'nowhere_at_all'."
    )


def test_its_flags_are_those_of_images_and_its_own(tmp_path):
    given = ["--data_pad=1", "--child_keep_prob=0.5", "--child_kernel=5"]
    others = ["--child_num_cells=3", "--vocab_size=9", "--controller_skip_target=0.5"]
    asked, notices = ask(
        "--search_for=chain", *given, *others, f"--output_dir={tmp_path}"
    )
    asked.folder.release()
    found = asked.configs["search"]
    assert (found.data.data_pad, found.child.keep_prob) == (1, 0.5)
    assert found.child.own_section(chain_space.ChainSettings).kernel == 5
    assert notices == [
        f"{word.split('=')[0]} has no effect here: the chain space has no such part."
        for word in ("--vocab_size", "--child_num_cells", "--controller_skip_target")
    ]


def test_its_own_flag_has_no_effect_in_another_space(tmp_path):
    asked, notices = ask("--child_kernel=5", f"--output_dir={tmp_path}")
    asked.folder.release()
    assert notices == [
        "--child_kernel has no effect here: the macro space has no such part."
    ]


def test_what_all_other_spaces_of_images_have_it_has_too():
    others = set(config.IMAGES) - {"chain"}
    shared = [item for item in config.settings() if others <= set(item.spaces)]
    assert {"data_pad", "child_out_filters"} <= {item.flag for item in shared}
    assert all("chain" in item.spaces for item in shared)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--child_kernel=6"],
            "--child_kernel=6 is not allowed: it must be from 1 to 5. Change "
            "--child_kernel, or leave it out for its default.",
        ),
        (
            ["--child_kernel=big"],
            "--child_kernel=big is not allowed: it must be a whole number. Change "
            "--child_kernel, or leave it out for its default.",
        ),
        (
            ["--child_num_branches=3"],
            "--child_num_branches=3 is not allowed: it must be at most 2, the number "
            "of ops of the chain space. Change --child_num_branches, or leave it out "
            "for its default.",
        ),
        (
            ["--child_fixed_arc=0 1 2"],
            "--child_fixed_arc is not an arc of the chain space: integer 3 of the arc "
            "is 2, allowed are 0 to 1. Give integers, a file (arcs/best.json, "
            "arcs/best.txt) or a name (thin).",
        ),
        (
            ["--preset=cpu"],
            "--preset=cpu is not allowed: it must be one of paper, long. Change "
            "--preset, or leave it out for its default.",
        ),
        (
            ["--dataset=python_docs"],
            "--dataset=python_docs is not allowed: it must be `digits` or an image "
            "classification data set of TFDS. python_docs is a text: add "
            "--search_for=rnn, or name images.",
        ),
    ],
)
def test_what_is_wrong_is_refused_in_one_line(words, message, tmp_path):
    assert refusal("--search_for=chain", *words, f"--output_dir={tmp_path}") == message


def test_a_name_that_is_none_is_refused_with_all_that_are():
    assert "one of macro, micro, rnn, chain." in refusal("--search_for=chian")


def test_where_no_arc_has_a_name_none_is_offered(tmp_path):
    form = chain_space.other().arcs._replace(named={})
    with register.registered(chain_space.other(arcs=form)):
        line = refusal("--search_for=other", "--child_fixed_arc=9")
    assert line.endswith("Give integers or a file (arcs/best.json, arcs/best.txt).")


def test_presets_resolve():
    assert presets.resolve("chain", "search", "long", {}).loop.num_epochs == 9


def test_an_arc_of_fewer_integers_says_how_many_layers_there_are(tmp_path):
    words = ["--search_for=chain", f"--output_dir={tmp_path}"]
    asked, _ = ask(*words, "--child_fixed_arc=1 0 1 1")
    asked.folder.release()
    assert asked.configs["train"].child.num_layers == 4


def test_a_script_that_registers_it_has_the_command(tmp_path):
    script = tmp_path / "own.py"
    script.write_text(
        "import runpy\n"
        "import chain_space\n"
        "from enas_tf.config import register\n"
        "register.register(chain_space.SPEC)\n"
        f"runpy.run_path({str(REPOSITORY / 'bin/main.py')!r}, run_name='__main__')\n"
    )
    paths = os.pathsep.join(map(str, (REPOSITORY, REPOSITORY / "tests")))
    words = ["--search_for=chain", "--mode=search", "--num_epochs=1"]
    done = subprocess.run(
        [sys.executable, script, *words, f"--output_dir={tmp_path / 'run'}"],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run/arcs/best.png").exists()
    # What it says to go on with is this script.
    assert f"own.py --search_for=chain --output_dir={tmp_path}" in done.stderr


def test_help_shows_it():
    entries = flags.entries(parsed())
    short = help_text.short(entries)
    line = "  python bin/main.py --search_for=chain         widths of a chain\n"
    assert line in short
    assert "the search space: macro, micro, rnn, chain\n" in short
    assert help_text.explain(entries, "chain") == (
        "chain: What only the chain space has.\n\n  --child_kernel (default: 3)\n"
        "      Side of a chain's kernels. Of the chain space only. From 1 to 5."
    )
    layers = " ".join(help_text.explain(entries, "child_num_layers").split())
    assert "micro: its cells, apart from the two that reduce; " in layers
    assert "; chain: links of the chain." in layers
    images = help_text.explain(entries, "images")
    assert images.startswith(
        "images: The network and its training: the macro, the micro and the chain "
        "space.\n\n  --child_out_filters"
    )
    assert max(map(len, help_text.full(entries).splitlines())) <= 80


def test_the_benchmark_says_that_it_cannot_measure_it():
    with pytest.raises(ConfigError, match="cannot measure this space"):
        subject.of("chain")


def test_another_subject_than_none_is_taken():
    assert subject.of("rnn").batches == (128,)
