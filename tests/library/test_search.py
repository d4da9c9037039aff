"""`enas_tf.Search` on real digits in memory: one small run for all tests."""

import logging
import pathlib
import signal

import keras
import numpy as np
import pytest
import runs
from absl import logging as absl_logging
from sklearn import datasets

import enas_tf
from enas_tf.export import latency
from enas_tf.library import callbacks_given, listening
from enas_tf.machine import free_memory, tensorflow_state
from enas_tf.run import measures, report
from enas_tf.run.folder import RunFolder
from enas_tf.stages import trials
from enas_tf.stages.trials import Trials
from enas_tf.training import retracing

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
TINY = dict(
    child_num_layers=2,
    child_out_filters=2,
    child_num_branches=2,
    batch_size=64,
    num_epochs=2,
    log_every=7,
    data_flip="no",
    controller_train_steps=2,
    controller_num_aggregate=3,
    derive_num_samples=4,
)


def digits():
    found = datasets.load_digits()
    return (found.images * (255 / 16)).astype(np.uint8), found.target


def search(folder: pathlib.Path, **settings) -> enas_tf.Search:
    return enas_tf.Search(
        "macro", output_dir=folder, **{"progress": None, **TINY, **settings}
    )


def figures(folder: pathlib.Path) -> list[dict]:
    """The rows of a run without their times."""
    found = report.read_rows(folder / "metrics.jsonl")
    return [
        {k: v for k, v in row.items() if k not in ("time", "check")} for row in found
    ]


def data():
    images, labels = digits()
    return dict(
        data=(images[:900], labels[:900]),
        validation_data=(images[900:1200], labels[900:1200]),
    )


AT_FIRST = signal.getsignal(signal.SIGINT)


class Heard(keras.callbacks.Callback):
    """Notes what it is told, and does `then` at the beginning of epoch 1."""

    def __init__(self, then=lambda: None):
        super().__init__()
        self.calls, self.logs, self.then = [], [], then

    def on_train_begin(self, logs=None):
        self.calls.append("begin")

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append(f"epoch {epoch}")
        if epoch == 1:
            self.then()

    def on_epoch_end(self, epoch, logs=None):
        self.logs.append(logs)

    def on_train_end(self, logs=None):
        self.calls.append("end")


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A finished search: its folder, its result, and what a callback heard."""
    folder = tmp_path_factory.mktemp("search") / "run"
    heard, told = Heard(), []
    names = dict(folder=folder, heard=heard, settings={**TINY, "progress": told.append})
    (names["x_train"], names["y_train"]), (names["x_valid"], names["y_valid"]) = (
        data().values()
    )
    # Of this process other tests may have made what a fresh one is not.
    pytests, logging.root.handlers = logging.root.handlers, []
    deterministic = tensorflow_state.is_deterministic()
    tensorflow_state.set_deterministic(False)
    exec(documented(), names)
    heard.root_handlers, logging.root.handlers = logging.root.handlers, pytests
    heard.deterministic = tensorflow_state.is_deterministic()
    tensorflow_state.set_deterministic(deterministic)
    return folder, names["result"], heard, told


def documented() -> str:
    """The first example of docs/python.md, of a small search that is listened to."""
    text = (REPOSITORY / "docs" / "python.md").read_text(encoding="utf-8")
    code = text.partition("```python\n")[2].partition("```")[0]
    assert "print(result.arcs)" in code
    for ours, theirs in {
        'preset="demo"': "**settings",
        '"runs/a"': "folder",
        "(x_valid, y_valid))": "(x_valid, y_valid), callbacks=heard)",
    }.items():
        assert code.count(ours) == 1
        code = code.replace(ours, theirs)
    return code


def test_a_result_has_values_that_print_and_show(done):
    folder, result, *_ = done
    arc = result.best_arc
    assert isinstance(arc.arc, enas_tf.MacroArc) and len(arc.arc.ops) == 2
    assert arc.text == (folder / "arcs" / "best.txt").read_text().strip()
    assert arc._repr_png_()[:8] == b"\x89PNG\r\n\x1a\n"
    assert result.comparison.low <= result.comparison.high
    assert "of the policy" in str(result.comparison)
    assert len(result.arcs) == 8 and result.arcs[0]["source"] == "policy"
    assert "<table>" in result.arcs._repr_html_()
    assert arc.text in repr(result)
    assert "--" not in str(result.comparison)


def test_callbacks_hear_of_each_epoch_and_its_figures(done):
    _, _, heard, _ = done
    assert heard.calls == ["begin", "epoch 0", "epoch 1", "end"]
    assert len(heard.logs) == 2
    wanted = {"loss", "accuracy", "lr", "reward", "entropy", "val_accuracy"}
    assert all(wanted <= set(logs) for logs in heard.logs)
    assert 0 < heard.logs[0]["loss"] < 10


def test_other_arrays_are_refused_in_one_line(done):
    folder, *_ = done
    images, labels = digits()
    changed = images[:900].copy()
    changed[0, 0, 0] ^= 255
    given = {**data(), "data": (changed, labels[:900])}
    with pytest.raises(ValueError, match="not those that this search began with") as no:
        search(folder).run(**given)
    assert "\n" not in str(no.value) and "--" not in str(no.value)


def test_interrupted_and_called_again_it_has_the_bits_of_an_uninterrupted_run(
    done, tmp_path
):
    folder, result, whole, _ = done
    stopping = Heard(then=lambda: signal.raise_signal(signal.SIGINT))
    one = search(tmp_path / "run")
    with pytest.raises(KeyboardInterrupt):
        one.run(**data(), callbacks=[stopping])
    assert stopping.calls[-1] == "epoch 1" and len(stopping.logs) == 1
    heard = Heard()
    two = search(tmp_path / "run").run(**data(), callbacks=[heard])
    assert two.best_arc == result.best_arc
    assert two.comparison == result.comparison
    assert figures(tmp_path / "run") == figures(folder)
    runs.assert_equal_to_the_bit(
        runs.checkpoint(tmp_path / "run", "search"), runs.checkpoint(folder, "search")
    )
    assert heard.calls == ["begin", "epoch 0", "epoch 1", "end"]  # of both once
    assert len(heard.logs) == 2
    assert heard.logs[1]["val_accuracy"] == whole.logs[1]["val_accuracy"]


def test_early_stopping_ends_the_search_and_an_arc_is_derived(tmp_path):
    class Falling(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs):
            logs["val_accuracy"] = 1.0 - epoch / 10

    stopping = keras.callbacks.EarlyStopping(monitor="val_accuracy", patience=1)
    given = dict(data=digits(), callbacks=[Falling(), stopping])
    longer = search(tmp_path / "run", num_epochs=5, controller_train_every=9)
    result = longer.run(**given)
    assert stopping.stopped_epoch == 1
    rows = figures(tmp_path / "run")
    assert [r["step"] for r in rows if r["kind"] == "valid"] == [1, 2]
    assert len(result.arcs) == 8
    longer.run(**given)  # hears of the two epochs, and stops there once more
    rows = figures(tmp_path / "run")
    assert [r["step"] for r in rows if r["kind"] == "valid"] == [1, 2]


def test_a_callback_cannot_have_the_weights_back(tmp_path):
    stopping = keras.callbacks.EarlyStopping("loss", restore_best_weights=True)
    told = listening.Callbacks(
        [stopping], tmp_path / "metrics.jsonl", measure=measures.ACCURACY, num_epochs=2
    )
    (tmp_path / "metrics.jsonl").write_text(
        '{"stage": "search", "kind": "child", "step": 4, "time": 0.0, "loss": 2.5}\n'
    )
    told.search_begins()
    with pytest.raises(enas_tf.ConfigError, match="without restore_best_weights"):
        told.epoch_ends(0, steps=4, updates=0)


@pytest.mark.parametrize(
    ("callbacks", "words"),
    [
        (keras.callbacks.TensorBoard("x"), "The callback TensorBoard is not allowed"),
        ([keras.callbacks.ReduceLROnPlateau()], "it needs a network, and a search is"),
        ([keras.callbacks.ModelCheckpoint("x.keras")], "Use EarlyStopping, CSVLogger"),
        ([print], "callbacks has a builtin_function_or_method: it must be a list"),
    ],
)
def test_callbacks_that_need_a_network_are_refused_at_the_start(
    tmp_path, callbacks, words
):
    with pytest.raises(enas_tf.ConfigError) as no:
        search(tmp_path / "run").run(callbacks=callbacks)
    assert words in str(no.value) and "\n" not in str(no.value)
    assert not (tmp_path / "run").exists()


def test_a_callback_by_itself_is_one_and_none_are_none():
    one = keras.callbacks.EarlyStopping("loss")
    assert callbacks_given.checked(one) == callbacks_given.checked((one,)) == [one]
    assert callbacks_given.checked(None) == callbacks_given.checked([]) == []


def test_the_model_of_a_callback_says_that_it_is_no_network():
    model = listening.SearchModel()
    assert not hasattr(model, "optimizer")
    with pytest.raises(enas_tf.ConfigError, match="it has no optimizer, for which"):
        model.optimizer  # noqa: B018


def test_training_gives_a_compiled_model_that_keeps_its_test_figure(
    done, tmp_path, monkeypatch
):
    folder, result, *_ = done
    model = result.train(num_epochs=1)
    images, labels = digits()
    found = model.evaluate(images[810:900, ..., None], labels[810:900], verbose=0)
    assert found[1] == pytest.approx(result.figures["test_accuracy"], abs=1e-6)
    again = result.train()  # of as many epochs, though the search's command has two
    assert all(map(np.array_equal, again.get_weights(), model.get_weights()))
    model.fit(images[:64, ..., None], labels[:64], epochs=1, verbose=0)
    model.save(tmp_path / "more.keras")
    assert (folder / "final" / "model.keras").exists()
    # Times want a process of their own.
    monkeypatch.setattr(latency, "measured", lambda folder, names: {})
    assert result.export(["keras"]) == dict(
        keras=folder / "final" / "model.keras",
        saved_model=folder / "final" / "saved_model",
    )
    assert (folder / "final" / "export.json").exists()
    with pytest.raises(ValueError, match="export_format=onxx is not allowed"):
        result.export("onxx")
    with pytest.raises(ValueError, match=r"^format=\[\] names no format"):
        result.export([])
    loaded = enas_tf.load_result(folder)
    assert loaded.best_arc == result.best_arc
    with pytest.raises(ValueError, match="handed over as arrays"):
        loaded.train(num_epochs=1)


def test_a_loss_that_is_no_number_is_an_error_of_ours(tmp_path):
    wild = dict(child_lr_max=1e9, child_clip_mode="none", num_epochs=1)
    with pytest.raises(enas_tf.NotFinite, match="Try a lower child_lr_max") as no:
        search(tmp_path / "run", **wild).run(digits())
    assert "--" not in str(no.value)
    RunFolder.claim(tmp_path / "run", reset=False).release()  # it is free again


def test_the_process_is_as_it_was(done):
    _, _, heard, _ = done
    assert heard.root_handlers == []
    logger = absl_logging.get_absl_logger()
    assert logger.propagate
    assert not [h for h in logger.handlers if type(h) is not logging.NullHandler]
    assert signal.getsignal(signal.SIGINT) is AT_FIRST  # in the background: ignored
    assert not heard.deterministic


def test_advice_on_retracing_is_not_shown(done):
    logger = logging.getLogger("tensorflow")
    advice = f"5 out of the last 5 calls {retracing.ADVICE}. Tracing is expensive"
    for text, shown in {advice: False, "Another warning": True}.items():
        record = logger.makeRecord("tensorflow", 30, "x.py", 1, text, (), None)
        assert bool(logger.filter(record)) == shown


def test_lines_go_to_a_function_without_flags(done):
    *_, told = done
    assert "arrays: 8 x 8 grey; not mirrored in training." in told
    assert not [line for line in told if "--" in line]


def test_a_forecast_is_that_of_the_shell_and_leaves_the_folder_alone(
    tmp_path, monkeypatch
):
    asked = []

    def made(request):
        asked.append(request)
        return Trials(None, {})

    monkeypatch.setattr(trials, "made", made)
    monkeypatch.setattr(trials, "seconds", lambda *given: {})
    monkeypatch.setattr(free_memory, "available", lambda: -(10**12))
    lines: list[str] = []
    given = dict(progress=lines.append, warm_start=tmp_path / "earlier")
    found = search(tmp_path / "run", **given).forecast(**data())
    assert (asked[0].mode, asked[0].configs["search"].data.dataset) == ("all", "arrays")
    assert str(found).startswith("Dry run (all)\n  space ")
    assert found.shortage.startswith("Memory will not do: ")
    assert " batch_size, eval_batch_size, child_out_filters" in found.shortage
    assert lines[-1].startswith("Trying out a few steps of each kind; ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["reward", "controller_reward"])
def test_a_function_as_a_reward_is_told_to_be_a_plugin_s(name, tmp_path):
    with pytest.raises(enas_tf.ConfigError, match=f"^{name} is a function.*plugin"):
        search(tmp_path / "run", **{name: lambda inputs: 1.0})


@pytest.mark.parametrize("name", ["dry_run", "dry_run_json"])
def test_a_dry_run_is_a_method_and_no_setting(name, tmp_path):
    with pytest.raises(enas_tf.ConfigError, match=f"^{name} is not allowed here"):
        search(tmp_path / "run", **{name: True})


def test_a_search_begins_with_an_earlier_one_and_its_training_does_not(done, tmp_path):
    folder, *_ = done
    given = dict(warm_start=folder, num_epochs=1, child_num_branches=3)
    result = search(tmp_path / "run", **given).run(**data())
    begun = RunFolder(tmp_path / "run").facts("search")["warm_start"]
    assert begun["folder"] == str(folder / "checkpoints" / "search")
    assert begun["not_whole"]["layer_0/in/kernel"] == "without conv5x5"
    assert "warm_start" not in result._of_training({})
    assert result._of_training(dict(warm_start="x"))["warm_start"] == "x"


def test_what_cannot_begin_with_an_earlier_search_is_refused(done, tmp_path):
    folder, *_ = done
    with pytest.raises(ValueError, match="^warm_start=.* is no folder") as no:
        search(tmp_path / "run", warm_start=tmp_path / "nowhere").run(**data())
    assert "--" not in str(no.value)
    told = search(tmp_path / "told", warm_start=folder)
    with pytest.raises(
        ValueError, match="^warm_start is not allowed here: a search th"
    ):
        next(told.sample(1))
