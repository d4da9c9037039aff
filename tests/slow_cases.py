"""Cases that run with `-m slow` alone, by file: those that repeat what others show.

Another space, another place in the same space or another value has it as well, and
what is space-independent is shown by the quickest of them; or they are the longest of
those that look at what rarely changes. Graphs of micro take longest to build.
"""

import pytest

BY_FILE = {
    "library/test_asking.py": ("test_on_a_table_of_true_accuracies_it_beats_chance",),
    "training/test_compiled.py": (
        "test_a_killed_training_goes_on_to_the_bit_with_what_is_dropped",
    ),
    "plots/test_confusion.py": (
        "test_the_title_is_on_the_sheet[a title\\nof two lines-100]",
    ),
    "test_damage.py": (
        "test_what_is_told_before_tensorflow[again-empty]",
        "test_what_is_told_before_tensorflow[again-half]",
        "test_what_is_told_before_tensorflow[train-empty]",
        "test_what_is_told_before_tensorflow[train-half]",
        "test_what_is_told_before_tensorflow[train-bit]",
    ),
    "test_determinism.py": (
        "test_a_macro_child_has_the_same_gradients_and_logits_in_every_call[1-4]",
        "test_an_rnn_child_has_the_same_gradients_and_logits_in_every_call[1-4]",
        "test_reductions_and_filters_have_the_same_gradients_in_every_call[0]",
    ),
    "test_end_to_end.py": (
        "test_evaluate_reads_the_test_split_again_only_if_asked[micro]",
        "test_export_can_be_repeated_and_answers_the_same[micro]",
        "test_the_test_data_is_looked_at_once[micro]",
    ),
    "stages/test_final_images.py": (
        "test_a_search_and_its_training_measure_what_each_trains_on",
    ),
    "test_house_figures.py": ("test_this_checkout_is_read",),
    "search/test_interval.py": (
        "test_it_covers_the_truth_in_90_to_97_of_100_cases[1-0.1]",
        "test_it_covers_the_truth_in_90_to_97_of_100_cases[5-0.1]",
    ),
    "children/test_macro_agreement.py": (
        "test_logits_and_gradients_of_random_arcs[6-2]",
    ),
    "children/test_micro_agreement.py": (
        "test_logits_and_gradients_of_random_arcs[3-3-5-4]",
    ),
    "children/test_micro_final.py": (
        "test_the_published_arc_at_48_filters_has_the_published_size",
    ),
    "nn/test_graph_passes.py": (
        "test_it_leaves_whole_sums_and_remapping_as_they_were_set[whole once]",
    ),
    "test_more_epochs.py": (
        "test_a_warm_start_goes_on_to_the_bit_without_the_folder_it_began_with[macro]",
    ),
    "test_old_runs.py": (
        "test_a_run_that_was_killed_then_ends_with_the_bits_of_then[search-0.3.0-micro]",
        "test_a_run_that_was_killed_then_ends_with_the_bits_of_then[train-0.1.0-macro]",
        "test_a_run_that_was_killed_then_ends_with_the_bits_of_then[train-0.3.0-micro]",
        "test_an_old_export_answers_and_is_written_anew[0.3.0-micro]",
    ),
    "benchmark/test_plain.py": (
        "test_both_have_the_same_losses_as_they_are_trained[macro-2]",
        "test_both_have_the_same_losses_as_they_are_trained[micro-1]",
        "test_both_have_the_same_losses_as_they_are_trained[micro-2]",
        "test_ratios_come_with_the_spread_of_equals[macro]",
        "test_ratios_come_with_the_spread_of_equals[micro]",
    ),
    "test_pool_order.py": ("test_without_its_gate_some_orders_put_it_behind",),
    "campaigns/test_ray.py": ("test_a_signal_saves_and_ends_the_jobs_on_all_nodes",),
    "machine/test_record.py": ("test_tensorflow_holds_what_it_was_told[3---1-1]",),
    "test_remapping.py": ("test_normalisation_and_relu_are_two_kernels[micro]",),
    "test_resume.py": (
        "test_a_kill_in_the_first_save_leaves_a_run_that_goes_on[rnn-100]",
        "test_a_killed_run_ends_with_the_same_weights[macro-search-child_step-25]",
        "test_a_killed_run_ends_with_the_same_weights[macro-search-child_step-5]",
        "test_a_killed_run_ends_with_the_same_weights[micro-search-child_step-25]",
        "test_a_killed_run_ends_with_the_same_weights[micro-search-child_step-5]",
        "test_a_killed_run_ends_with_the_same_weights[micro-train-child_step-22]",
        "test_a_killed_run_ends_with_the_same_weights[rnn-search-child_step-5]",
        "test_a_killed_run_ends_with_the_same_weights[rnn-search-controller_step-5]",
        "test_a_signal_saves_and_says_how_to_go_on[macro-15-143]",
        "test_a_signal_saves_and_says_how_to_go_on[macro-2-130]",
        "test_a_signal_saves_and_says_how_to_go_on[micro-15-143]",
        "test_a_signal_saves_and_says_how_to_go_on[micro-2-130]",
        "test_a_signal_saves_and_says_how_to_go_on[rnn-15-143]",
        "test_a_stop_beside_the_steps_says_how_to_go_on_and_goes_on[macro-derive]",
        "test_a_stop_beside_the_steps_says_how_to_go_on_and_goes_on[macro-export]",
        "test_a_stop_beside_the_steps_says_how_to_go_on_and_goes_on[macro-test]",
        "test_a_stop_beside_the_steps_says_how_to_go_on_and_goes_on[micro-derive]",
        "test_a_stop_beside_the_steps_says_how_to_go_on_and_goes_on[micro-export]",
        "test_a_stop_beside_the_steps_says_how_to_go_on_and_goes_on[micro-test]",
        "test_a_stop_beside_the_steps_says_how_to_go_on_and_goes_on[rnn-test]",
        "test_a_training_whose_last_checkpoint_is_damaged_ends_as_it_was[micro]",
        "test_a_training_whose_last_checkpoint_is_damaged_ends_as_it_was[rnn]",
        "test_logs_of_a_killed_run_in_calls_of_one_step_are_those_of_the_whole[macro]",
        "test_logs_of_a_killed_run_in_calls_of_one_step_are_those_of_the_whole[micro]",
    ),
    "training/test_shared.py": (
        "test_a_run_that_was_cut_ends_with_the_same_bits[uniform]",
        "test_arcs_of_a_step_learn_the_mean_of_what_each_learns[micro]",
    ),
    "stages/test_softmax.py": (
        "test_a_killed_sampled_run_ends_with_the_same_weights[train-sampled]",
    ),
    "test_space_from_outside.py": (
        "test_a_killed_run_ends_with_the_same_weights[train]",
        "test_a_script_that_registers_it_has_the_command",
        "test_ctrl_c_leaves_a_checkpoint_from_which_it_goes_on",
    ),
    "benchmark/test_startup.py": ("test_a_wait_is_asked_of_a_process_of_its_own",),
    "test_terminal.py": ("test_a_run_writes_its_own_lines_alone[1]",),
    "export/test_text.py": ("test_a_long_text_is_scored_in_little_memory",),
    "data/images/test_tfds_source.py": ("test_cifar10_has_45000_5000_10000_images",),
    "test_traces.py": ("test_a_whole_search_traces_each_function_once[micro]",),
}


def mark(items: list[pytest.Item], *, whole: bool) -> None:
    """Marks them among `items`.

    Args:
      items: of which each has its file's place in `tests` and its name.
      whole: whether these are all tests there are.

    Raises:
      pytest.UsageError: a name here is of no test, though all are there.
    """
    left = {(file, name) for file, names in BY_FILE.items() for name in names}
    for item in items:
        file, _, name = item.nodeid.removeprefix("tests/").partition("::")
        if (file, name) in left:
            left.remove((file, name))
            item.add_marker(pytest.mark.slow)
    if whole and left:
        raise pytest.UsageError(f"tests/slow_cases.py names no test by {sorted(left)}.")
