"""What tests of several files are given by name."""

import gc
import importlib
import os
import pathlib
import sys

import pytest

from enas_tf.command import flags

# Before TensorFlow is imported: oneDNN chooses its kernels by the processor, and on one
# of the kinds that were tried its rounding decides the sign of a ReLU's input in one of
# the recorded arcs. TensorFlow's own kernels round alike everywhere.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")  # it defines the flags, which can be done once
def main():
    return importlib.import_module("enas_tf.__main__")


@pytest.fixture
def refused(main, tmp_path, monkeypatch, capsys):
    """A function: arguments -> the one line; nothing gets as far as the experiment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "enas_tf.stages.run", None)  # importing it fails

    def run(*args):
        flags.FLAGS.unparse_flags()
        with pytest.raises(SystemExit) as stop:
            main.main(main.parse(["bin/main.py", *args]))
        captured = capsys.readouterr()
        assert stop.value.code == 2
        assert captured.out == ""
        line, end = captured.err[:-1], captured.err[-1:]
        assert end == "\n" and "\n" not in line
        assert line.startswith("enas_tf: error: ")
        return line

    yield run
    flags.FLAGS.unparse_flags()


@pytest.fixture(scope="module", autouse=True)
def kernels_as_before():
    """A run in this process makes kernels deterministic; other files' tests are not.

    Nor have they the form of words' losses that a new run has.
    """
    yield
    if "tensorflow" in sys.modules:
        state = importlib.import_module("enas_tf.machine.tensorflow_state")
        state.set_deterministic(False)
        importlib.import_module("enas_tf.nn.cross_entropy").take_by_softmax(False)


@pytest.fixture(scope="module", autouse=True)
def garbage_of_one_file():
    """Graphs of other files are not looked through again, whenever there is garbage."""
    yield
    gc.collect()
    gc.freeze()


# Whole runs of the program: minutes each. What test_resume begins with others read,
# too (tests/whole_runs.py), so they come later.
LONG_FILES = ("test_resume", "test_devices", "test_tutorial", "test_more_epochs")
# Cases that another space, or another place in the same space, has as well, and the
# longest of those that look at what rarely changes. Graphs of micro take longest to
# build. They run with `-m slow`.
_RESUME, _WHOLE = "test_resume.py::test", "test_end_to_end.py::test"
_KILLED = f"{_RESUME}_a_killed_run_ends_with_the_same_weights"
_SIGNAL = f"{_RESUME}_a_signal_saves_and_says_how_to_go_on"
_OLD = "test_old_runs.py::test_a_run_that_was_killed_then_ends_with_the_bits_of_then"
_BESIDE = f"{_RESUME}_a_stop_beside_the_steps_says_how_to_go_on_and_goes_on"
_SAME_STEPS = "test_determinism.py::test_reductions_and_filters_have_the_same"
_OUTSIDE = "test_space_from_outside.py::test"
SLOW_CASES = (
    f"{_KILLED}[macro-search-child_step-5]",
    f"{_KILLED}[micro-search-child_step-5]",
    f"{_KILLED}[micro-search-child_step-25]",
    f"{_SIGNAL}[macro-15-143]",
    f"{_KILLED}[micro-train-child_step-22]",
    f"{_KILLED}[rnn-search-child_step-5]",
    f"{_KILLED}[rnn-search-controller_step-5]",
    f"{_SIGNAL}[micro-2-130]",
    f"{_SIGNAL}[micro-15-143]",
    f"{_SIGNAL}[rnn-2-130]",
    f"{_SIGNAL}[rnn-15-143]",
    f"{_BESIDE}[micro-derive]",
    f"{_BESIDE}[micro-export]",
    f"{_BESIDE}[micro-test]",
    f"{_BESIDE}[rnn-derive]",
    f"{_BESIDE}[rnn-test]",
    f"{_RESUME}_logs_of_a_killed_run_in_calls_of_one_step_are_those_of_the_whole[micro]",
    f"{_RESUME}_logs_of_a_killed_run_in_calls_of_one_step_are_those_of_the_whole[rnn]",
    f"{_RESUME}_a_training_whose_last_checkpoint_is_damaged_ends_as_it_was[micro]",
    f"{_RESUME}_a_kill_in_the_first_save_leaves_a_run_that_goes_on[macro-100]",
    f"{_WHOLE}_export_can_be_repeated_and_answers_the_same[micro]",
    f"{_WHOLE}_the_test_data_is_looked_at_once[micro]",
    f"{_BESIDE}[macro-test]",
    f"{_BESIDE}[rnn-export]",
    f"{_WHOLE}_evaluate_reads_the_test_split_again_only_if_asked[micro]",
    f"{_OUTSIDE}_a_killed_run_ends_with_the_same_weights[train]",
    f"{_OLD}[train-0.1.0-macro]",
    f"{_OLD}[train-0.3.0-micro]",
    f"{_OLD}[search-0.3.0-micro]",
    "test_old_runs.py::test_an_old_export_answers_and_is_written_anew[0.3.0-micro]",
    "test_terminal.py::test_a_run_writes_its_own_lines_alone[1]",
    "test_traces.py::test_a_whole_search_traces_each_function_once[micro]",
    "test_remapping.py::test_normalisation_and_relu_are_two_kernels[micro]",
    f"{_SAME_STEPS}_gradients_in_every_call[0]",
    "test_startup.py::test_a_wait_is_asked_of_a_process_of_its_own",
    "test_house_figures.py::test_this_checkout_is_read",
    f"{_OUTSIDE}_ctrl_c_leaves_a_checkpoint_from_which_it_goes_on",
    "test_plain.py::test_ratios_come_with_the_spread_of_equals[micro]",
    "test_plain.py::test_both_have_the_same_losses_as_they_are_trained[micro-2]",
    "test_confusion.py::test_the_title_is_on_the_sheet[a title\\nof two lines-100]",
    "test_interval.py::test_it_covers_the_truth_in_90_to_97_of_100_cases[1-0.1]",
    "test_interval.py::test_it_covers_the_truth_in_90_to_97_of_100_cases[5-0.1]",
    "test_text.py::test_a_long_text_is_scored_in_little_memory",
    "test_ray.py::test_a_signal_saves_and_ends_the_jobs_on_all_nodes",
    "test_tfds_source.py::test_cifar10_has_45000_5000_10000_images",
    "test_plain.py::test_ratios_come_with_the_spread_of_equals[macro]",
    "test_pool_order.py::test_without_its_gate_some_orders_put_it_behind",
    "test_micro_final.py::test_the_published_arc_at_48_filters_has_the_published_size",
    "test_final_images.py::test_a_search_and_its_training_measure_what_each_trains_on",
    "test_compiled.py::test_a_killed_training_goes_on_to_the_bit_with_what_is_dropped",
    f"{_RESUME}_a_training_whose_last_checkpoint_is_damaged_ends_as_it_was[rnn]",
    "test_plain.py::test_both_have_the_same_losses_as_they_are_trained[macro-2]",
)


def pytest_collection_modifyitems(items):
    """Begin with the long files, lest one process end with one of them alone."""
    items.sort(key=lambda item: item.path.stem not in LONG_FILES)
    for item in items:
        if item.nodeid.endswith(SLOW_CASES):
            item.add_marker(pytest.mark.slow)
