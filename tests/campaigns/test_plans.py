"""The plan of each campaign: which jobs, with which flags, by which recipe."""

import fake_jobs
import pytest

from enas_tf.campaign import jobs, perturbing, plan
from enas_tf.campaign.jobs import Job, Pick
from enas_tf.config.sections import ConfigError
from enas_tf.spaces.macro import MacroSpace

SHARED = ("--dataset=digits", "--num_epochs=1")
BEHIND = ("--seed=5", "--threads=1")


def test_a_small_comparison_is_a_search_and_the_trainings_of_arcs():
    sizes = ("--child_num_layers=2", "--derive_num_samples=4")
    trained = (*SHARED, "--derive_num_samples=4", *BEHIND)
    found = plan.made(fake_jobs.small()).jobs
    random = found[2].arc
    assert found == [
        Job("enas_s5", "search", (*SHARED, *sizes, *BEHIND), "enas", 5),
        Job(
            *("enas_s5_arc0_r5", "train", trained, "enas", 5, 5),
            pick=Pick(0, jobs.POLICY, 0),
        ),
        Job("random_arc0_r5", "train", trained, "random", -1, 5, arc=random),
    ]
    assert len(random.split()) == 3
    assert plan.made(fake_jobs.small()).jobs[2].arc == random
    assert plan.made(fake_jobs.small(seed=6)).jobs[2].arc != random


def test_the_default_comparison_has_searches_first_and_all_methods():
    found = plan.made(fake_jobs.read()).jobs
    assert [job.mode for job in found] == ["search"] * 9 + ["train"] * 72
    assert {job.search for job in found if job.method == "random_shared"} == {5, 6, 7}
    assert {job.search for job in found if job.method == "random"} == {jobs.NO_SEED}
    assert found[0].flags[-1] == "--derive_size_control=True"
    assert {"--controller_training=False", "--child_sampling=uniform"} <= set(
        found[3].flags
    )
    assert found[6].flags[-1] == "--derive_evolution=200"
    picked = [job.pick for job in found if job.method == "largest" and job.search == 7]
    assert picked == [Pick(2, jobs.LARGEST, place) for place in range(4)]


def test_methods_that_need_no_search_make_none():
    found = plan.made(fake_jobs.small(compare_methods="random"))
    assert [job.mode for job in found.jobs] == ["train"]


def test_a_search_scores_at_least_as_many_arcs_as_are_trained():
    flags = plan.made(fake_jobs.small(compare_arcs=9)).jobs[0].flags
    assert flags[-1] == "--derive_num_samples=9"


def test_trainings_of_one_arc_differ_in_their_seed_alone():
    found = plan.made(fake_jobs.small(compare_retrain_seeds=2)).jobs
    first, second = found[1], found[2]
    assert (first.pick, first.retrain, second.retrain) == (second.pick, 5, 6)
    assert set(first.flags) ^ set(second.flags) == {"--seed=5", "--seed=6"}


def test_retrain_epochs_are_those_of_the_trainings_and_part_of_the_recipe():
    longer = plan.made(fake_jobs.small(retrain_epochs=3))
    assert longer.jobs[1].flags[-2:] == ("--num_epochs=3", "--child_lr_T_0=3")
    assert "--num_epochs=3" not in longer.jobs[0].flags
    recipes = [longer.recipe, plan.made(fake_jobs.small()).recipe]
    assert recipes[0] != recipes[1]
    assert plan.made(fake_jobs.small(seed=9)).recipe == recipes[1]


@pytest.mark.parametrize("space", ["macro", "micro", "rnn"])
def test_every_space_has_every_campaign(space):
    given = dict(search_for=space, child_num_layers=3)
    given |= dict(dataset="python_docs") if space == "rnn" else {}
    found = [plan.made(fake_jobs.read(**given)).jobs]
    found += [plan.made(fake_jobs.read("ablate", **given)).jobs]
    found += [plan.made(fake_jobs.read("correlate", correlate_arcs=2, **given)).jobs]
    # A method more for each of matched sizes and the largest.
    of_compare = 57 if space == "rnn" else 81
    assert [len(one) for one in found][::2] == [of_compare, 5]
    assert ("no_skip_penalty" in {job.method for job in found[1]}) == (space == "macro")


def test_methods_that_go_by_size_are_refused_where_all_arcs_have_one():
    given = dict(search_for="rnn", dataset="python_docs", child_num_layers=3)
    with pytest.raises(ConfigError, match="all arcs of the rnn space are of one size"):
        plan.made(fake_jobs.read(compare_methods="enas,largest", **given))


def test_ablations_differ_from_the_search_in_one_thing():
    found = plan.made(fake_jobs.read("ablate", compare_search_seeds=1)).jobs
    plain, more = set(found[0].flags), {}
    for job in found:
        if job.mode == "search":
            more[job.method] = set(job.flags) - plain
    uniform = {"--controller_training=False", "--child_sampling=uniform"}
    assert more == {
        "trained": set(),
        "frozen": {"--controller_training=False"},
        "uniform": uniform,
        "no_skip_penalty": {"--controller_skip_weight=0.0"},
        "no_entropy_bonus": {"--controller_entropy_weight=0.0"},
        "common_batches": {
            "--controller_reward_batch=common",
            "--controller_baseline=leave_one_out",
        },
        "unshared": {
            *uniform,
            "--derive_retrain_top=4",
            "--derive_retrain_epochs=1",
        },
    }


def test_neighbours_differ_in_one_decision_which_is_named():
    found = list(perturbing.neighbours(MacroSpace(2, num_ops=3), "0 1 1"))
    assert [one.arc for one in found] == ["1 1 1", "2 1 1", "0 0 1", "0 2 1", "0 1 0"]
    assert found[0].note == "the op of layer 0: conv3x3 -> sepconv3x3"
    assert found[-1].note == "skip 0 of layer 1: yes -> no"


def test_a_sample_of_neighbours_is_the_same_each_time_and_without_repeats():
    arc = dict(child_fixed_arc="0 1 1")
    first = plan.made(fake_jobs.read("perturb", perturb_sample=4, **arc)).jobs
    assert first == plan.made(fake_jobs.read("perturb", perturb_sample=4, **arc)).jobs
    assert len({job.arc for job in first}) == 5
    every = plan.made(fake_jobs.read("perturb", **arc)).jobs
    assert len(every) == 1 + 5 + 5 + 1
    assert {job.arc for job in first} < {job.arc for job in every}


def test_a_plan_is_read_as_it_was_written_and_from_its_copy(tmp_path):
    made = plan.made(fake_jobs.small())
    plan.write(tmp_path, made)
    assert plan.read(tmp_path) == made
    (tmp_path / "plan.json").write_text("{")
    assert plan.read(tmp_path) == made
    (tmp_path / "plan.copy.json").write_text("")
    with pytest.raises(ConfigError, match="is damaged, and so is its copy"):
        plan.read(tmp_path)
    assert plan.read(tmp_path / "elsewhere") is None
