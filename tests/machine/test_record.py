"""On which threads, oneDNN and remapping a command works, and what is said of them."""

import os
import subprocess
import sys

import pytest

from enas_tf.command import request
from enas_tf.config import modes
from enas_tf.config import sections as config_lib
from enas_tf.config.sections import Config, ConfigError
from enas_tf.machine import notes as machine_notes
from enas_tf.machine import processor, tensorflow_state
from enas_tf.machine import record as machine
from enas_tf.machine.record import Machine, Wanted
from enas_tf.run import saves
from enas_tf.run.folder import RunFolder

HELD = Machine(2, True, False, "Xeon; 6 1; avx avx2", "2.21.0", "3.15.1")
NEW = Wanted(threads=2)
FORMS = ("filters_in_parts", "norms_in_pairs", "losses_by_softmax")
OLD_FORMS = dict.fromkeys(FORMS, False)


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    """Of four that are seen."""
    monkeypatch.setattr(processor, "cores", lambda: 2)
    monkeypatch.setattr(processor, "seen", lambda: 4)
    for name in (machine.ONEDNN, *machine.THREADS):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path):
    claimed = RunFolder.claim(tmp_path / "out", reset=False)
    yield claimed
    claimed.release()


def save(folder, stage):
    folder.checkpoints(stage).mkdir(parents=True, exist_ok=True)
    (folder.checkpoints(stage) / "ckpt-1.index").write_bytes(saves.INDEX_END)


def begun(folder, stage="search", held=HELD):
    machine.record_conditions(folder, stage, NEW, held)
    save(folder, stage)


def test_a_new_run_has_the_cores_tensorflows_onednn_and_no_remapping(folder):
    assert machine.wanted(0, (), folder) == Wanted(2, None, False)
    assert machine.wanted(7, (), folder) == Wanted(7, None, False, asked=7)


def test_what_goes_on_takes_over_what_it_began_with(folder, monkeypatch):
    began = HELD._replace(threads=3, onednn=False, remapping=True)
    begun(folder, held=began)
    monkeypatch.setenv(machine.ONEDNN, "1")
    expected = Wanted(3, False, True, "search", began, onednn_asked=True, **OLD_FORMS)
    assert machine.wanted(0, ("search",), folder) == expected
    assert machine.wanted(3, ("search",), folder) == expected._replace(asked=3)


def test_another_number_of_threads_is_refused_with_both(folder):
    begun(folder)
    with pytest.raises(ConfigError) as refusal:
        machine.wanted(4, ("search",), folder)
    assert str(refusal.value) == (
        f"--threads was 2 when the search in --output_dir={folder.path} began, and is "
        "now 4. Leave --threads out: it goes on with 2. Only a new run can have "
        "another number."
    )


def test_until_something_is_saved_the_last_begin_counts(folder):
    machine.record_conditions(folder, "search", NEW, HELD)
    machine.record_conditions(folder, "search", NEW, HELD._replace(threads=5))
    save(folder, "search")
    machine.record_conditions(folder, "search", NEW, HELD._replace(threads=6))
    assert machine.recorded(folder, "search") == HELD._replace(threads=5)


def test_a_run_of_an_earlier_version_keeps_remapping_and_has_the_cores_seen(folder):
    save(folder, "search")
    wanted = machine.wanted(0, ("search",), folder)
    assert wanted == Wanted(4, None, True, "search", **OLD_FORMS)
    machine.record_conditions(folder, "search", wanted, HELD)
    assert machine.recorded(folder, "search") is None  # nobody knows


def test_what_the_user_says_of_a_run_of_an_earlier_version_binds(folder):
    save(folder, "search")
    wanted = machine.wanted(8, ("search",), folder)
    expected = Wanted(8, None, True, "search", asked=8, **OLD_FORMS)
    assert wanted == expected
    machine.record_conditions(
        folder, "search", wanted, HELD._replace(threads=8, remapping=True)
    )
    with pytest.raises(ConfigError, match="--threads was 8 .* and is now 4"):
        machine.wanted(4, ("search",), folder)
    assert machine.wanted(0, ("search",), folder).remapping


@pytest.mark.parametrize("form", OLD_FORMS)
def test_a_faster_form_stays_where_a_run_began_so(folder, form):
    assert getattr(machine.wanted(0, (), folder), form)
    begun(folder, held=HELD._replace(**{form: True}))
    assert getattr(machine.wanted(0, ("search",), folder), form)


@pytest.mark.parametrize("form", OLD_FORMS)
def test_a_faster_form_is_not_taken_where_a_run_goes_on_that_did_not_know_it(
    folder, form
):
    save(folder, "search")
    kept = HELD._asdict()
    del kept[form]  # it had no such record
    folder.record("search", machine=kept)
    assert machine.recorded(folder, "search") == HELD
    assert not getattr(machine.wanted(0, ("search",), folder), form)


@pytest.mark.parametrize(
    "damage",
    [
        None,
        "two",
        {},
        HELD._replace(threads="2")._asdict(),
        HELD._replace(threads=True)._asdict(),
        HELD._replace(threads=0)._asdict(),
        HELD._replace(onednn=1)._asdict(),
        HELD._replace(filters_in_parts=1)._asdict(),
        HELD._replace(norms_in_pairs=None)._asdict(),
        HELD._replace(losses_by_softmax=None)._asdict(),
        {**HELD._asdict(), "more": 1},
    ],
)
def test_a_damaged_record_is_none_and_the_settings_still_know_the_threads(
    folder, damage
):
    begun(folder)
    folder.record("search", machine=damage)
    settings = config_lib.flat(config_lib.replace(Config(), {"threads": 3}))
    folder.record("search", settings=settings)
    assert machine.recorded(folder, "search") is None
    assert machine.wanted(0, ("search",), folder) == Wanted(3, stage="search")
    with pytest.raises(ConfigError, match="--threads was 3 "):
        machine.wanted(2, ("search",), folder)


@pytest.mark.parametrize(
    ("mode", "saved", "stage"),
    [
        ("search", (), ""),
        ("search", ("search", "train"), "search"),
        ("derive", ("search", "train"), "search"),
        ("train", ("search",), ""),
        ("train", ("search", "train"), "train"),
        ("evaluate", ("search", "train"), "train"),
        ("export", ("train",), "train"),
        ("all", (), ""),
        ("all", ("search",), "search"),
        ("all", ("search", "train"), "train"),
    ],
)
def test_a_mode_goes_by_its_last_stage_that_has_begun(folder, mode, saved, stage):
    for one in saved:
        save(folder, one)
    assert machine.wanted(0, modes.MODES[mode].stages, folder).stage == stage


def test_a_request_says_its_threads_in_the_settings(tmp_path):
    given = dict(mode="search", output_dir=str(tmp_path / "out"))
    asked = request.build(given, "demo", ["main.py"])
    asked.folder.release()
    assert asked.machine == Wanted(2)
    assert asked.configs["search"].run.threads == 2
    assert Config().run.threads == 0


def notes(wanted, held=HELD):
    return machine_notes.notes(wanted, held)


GOES_ON = Wanted(2, True, False, "search", HELD)


def test_where_all_is_as_it_was_nothing_is_said(monkeypatch):
    monkeypatch.setenv(machine.THREADS[0], "2")
    assert notes(NEW) == notes(GOES_ON) == notes(GOES_ON._replace(stage="train")) == []


@pytest.mark.parametrize(
    ("began", "words"),
    [
        (
            HELD._replace(processor="Zen; 7; avx"),
            ["this search began on Zen; here it is Xeon.", "It goes on, but its last"],
        ),
        (HELD._replace(tensorflow="2.20.0"), ["TensorFlow 2.20.0; here", "2.21.0"]),
        (
            HELD._replace(keras="3.14.0", processor="Xeon; 6 1; avx"),
            ["Xeon with less, Keras 3.14.0; here it is Xeon with avx2, Keras 3.15.1."],
        ),
        (HELD._replace(gpu="H100"), ["this search began on H100; here it is no GPU."]),
    ],
)
def test_another_processor_or_version_is_one_notice_with_both(began, words):
    (note,) = notes(GOES_ON._replace(begun=began))
    assert all(word in note for word in words)


def test_what_the_environment_says_in_vain_is_told(monkeypatch):
    (note,) = notes(GOES_ON._replace(onednn_asked=False))
    assert note == (
        "TF_ENABLE_ONEDNN_OPTS=0 has no effect here: this search began with oneDNN on, "
        "and goes on so."
    )
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "9")
    assert notes(NEW) == [
        "TF_NUM_INTRAOP_THREADS=9 has no effect here: --threads counts."
    ]


def test_other_cores_than_threads_are_told(monkeypatch):
    monkeypatch.setattr(processor, "cores", lambda: 1)
    (note,) = notes(GOES_ON)
    assert "began with 2 threads and goes on with as many" in note
    assert "1 core can be used here" in note


def test_what_cannot_be_had_in_a_running_process_is_told():
    threads, onednn = notes(GOES_ON, HELD._replace(threads=1, onednn=False))
    assert "has 1 thread in this process already; this search began with 2." in threads
    assert "oneDNN is off in this process; this search began with it on." in onednn
    (threads,) = notes(NEW, HELD._replace(threads=1))
    assert "asked for: 2." in threads


def test_what_is_not_known_of_a_run_is_told():
    old = Wanted(4, None, True, "train")
    (note,) = notes(old, HELD._replace(threads=4))
    assert "This training was begun by a version that did not keep its number" in note
    assert "It goes on with 4 threads and oneDNN on. Give --threads if" in note
    (note,) = notes(old._replace(asked=4), HELD._replace(threads=4))
    assert "set TF_ENABLE_ONEDNN_OPTS=0" in note and "Give --threads" not in note
    (note,) = notes(Wanted(2, stage="search"))
    assert "run.json no longer says on which machine this search began" in note
    assert "2 threads in search/config.json" in note
    (note,) = notes(Wanted(2, stage="train"))
    assert "on which machine this training began" in note


def test_a_run_that_keeps_remapping_with_onednn_is_told_of_its_last_digits():
    begun = HELD._replace(remapping=True)
    wanted = GOES_ON._replace(begun=begun, remapping=True)
    (note,) = notes(wanted, begun)
    assert "this search goes on with TensorFlow's remapping" in note
    without = begun._replace(onednn=False)
    assert notes(wanted._replace(begun=without, onednn=False), without) == []


def test_a_stage_whose_threads_are_not_the_commands_is_told():
    assert machine_notes.beside("search", HELD, HELD._replace(processor="Zen")) == []
    (note,) = machine_notes.beside("search", HELD, HELD._replace(threads=4))
    assert "this search began with threads 2 (here 4)" in note
    assert "Give --mode=search" in note


# Begins TensorFlow as the program does, and tells what then holds.
START = """
import sys
from enas_tf.machine import record as machine

onednn = {"-": None, "0": False, "1": True}[sys.argv[2]]
wanted = machine.Wanted(int(sys.argv[1]), onednn)
machine.prepare(wanted)
from enas_tf.machine import tensorflow_state

tensorflow_state.start(wanted)
held = tensorflow_state.held()
told = held.threads, int(held.onednn), int(held.filters_in_parts)
forms = int(held.norms_in_pairs), int(held.losses_by_softmax), held.remapping
print(*told, *forms, held.tensorflow)
"""


@pytest.mark.parametrize(
    ("threads", "wanted", "environment", "onednn"),
    [(3, "-", "1", "1"), (1, "0", "1", "0")],
)
def test_tensorflow_holds_what_it_was_told(threads, wanted, environment, onednn):
    answer = subprocess.run(
        [sys.executable, "-c", START, str(threads), wanted],
        env=os.environ
        | {machine.ONEDNN: environment, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    told = answer.stdout.split()
    version = machine.versions()["tensorflow"]
    # Filters' gradients are taken in parts where oneDNN is on, which makes that fast,
    # and maps are normalised in pairs where the processor has AVX512 as well.
    pairs = onednn if processor.has_avx512() else "0"
    # The losses of words are taken from a softmax without a GPU, with oneDNN or not.
    losses = "0" if tensorflow_state.gpu() else "1"
    expected = [str(threads), onednn, onednn, pairs, losses, "False", version]
    assert told == expected, answer.stderr


def test_in_a_process_that_runs_already_threads_stay_and_remapping_goes():
    tf = pytest.importorskip("tensorflow")
    tf.constant(0)  # the threads begin
    before = tensorflow_state.held()
    form = before.losses_by_softmax
    for remapping in (True, False):
        threads = before.threads + 1
        wanted = Wanted(threads, remapping=remapping, losses_by_softmax=form)
        tensorflow_state.start(wanted)
        held = tensorflow_state.held()
        assert held == before._replace(remapping=remapping)
    tensorflow_state.remap(before.remapping)


def test_a_record_of_a_version_that_knew_no_gpu_is_of_a_machine_without(folder):
    kept = HELD._asdict()
    del kept["gpu"]
    folder.record("search", **{machine.KEY: kept})
    assert machine.recorded(folder, "search") == HELD


def test_devices_that_are_in_use_already_are_taken_as_they_are(monkeypatch):
    tf = pytest.importorskip("tensorflow")
    gpu = tf.config.PhysicalDevice("/physical_device:GPU:0", "GPU")
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [gpu])

    def in_use(device, enable):
        raise RuntimeError(
            "Physical devices cannot be modified after being initialized"
        )

    monkeypatch.setattr(tf.config.experimental, "set_memory_growth", in_use)
    before = tensorflow_state.held()
    forms = dict(remapping=before.remapping, losses_by_softmax=False)
    tensorflow_state.start(Wanted(before.threads, **forms))
    assert tensorflow_state.held() == before


def test_losses_of_words_are_taken_from_a_softmax_where_there_is_no_gpu(monkeypatch):
    pytest.importorskip("tensorflow")
    before = tensorflow_state.held()
    wanted = Wanted(before.threads, remapping=before.remapping)
    for gpu, expected in [("H100", False), ("", True)]:
        monkeypatch.setattr(tensorflow_state, "gpu", lambda name=gpu: name)
        tensorflow_state.start(wanted)
        assert tensorflow_state.held().losses_by_softmax is expected
    tensorflow_state.start(wanted._replace(losses_by_softmax=False))
    assert not tensorflow_state.held().losses_by_softmax


def test_the_gpu_that_computes_is_held_by_its_name(monkeypatch):
    tf = pytest.importorskip("tensorflow")
    assert tensorflow_state.gpu() == "" or tf.config.list_physical_devices("GPU")
    gpu = tf.config.PhysicalDevice("/physical_device:GPU:0", "GPU")
    monkeypatch.setattr(tf.config, "get_visible_devices", lambda kind: [gpu])
    details = {"device_name": "NVIDIA H100 80GB HBM3", "compute_capability": (9, 0)}
    monkeypatch.setattr(
        tf.config.experimental, "get_device_details", lambda device: details
    )
    assert tensorflow_state.held().gpu == "NVIDIA H100 80GB HBM3"
