"""What a campaign says first while jobs of it are to be done, and what stands next."""

import pytest

from enas_tf.campaign import answers, beside, ending, state, unfinished
from enas_tf.campaign.state import State


@pytest.fixture
def standing(fakes, monkeypatch):
    """Sets how its three jobs stand: a search, its arc's training, a random one's."""

    def put(*states):
        def of(folder, plan, number):
            return states[number]

        monkeypatch.setattr(state, "of", of)
        return fakes.folder, fakes.plan

    return put


def test_it_says_how_far_it_is_and_lists_its_methods(standing):
    sentence, *table = unfinished.words(*standing(State.DONE, State.FAILED, State.DONE))
    assert sentence == "Not finished: 2 of 3 jobs done, 1 failed."
    assert [line.split() for line in table] == [
        ["method", "searches", "trainings", "not", "done"],
        ["enas", "1", "of", "1", "0", "of", "1", "1", "failed"],
        ["random", "-", "1", "of", "1", "-"],
        [],
    ]


def test_one_whose_jobs_have_all_ended_has_no_such_words(standing):
    asked = standing(State.DONE, State.DONE, State.ABSENT)
    assert unfinished.words(*asked) == []
    assert beside.absent(*asked) == ["random: 0 of 1 training done; 1 no such arc."]


def test_before_the_first_training_the_page_says_how_far_it_is(standing):
    folder, plan = standing(State.RUNNING, State.WAITING, State.WAITING)
    folder.path.mkdir()
    ending.keep(folder, plan, live=True)
    told = (folder.path / "results.txt").read_text()
    assert told.startswith("Not finished: 0 of 3 jobs done.\n  method")


def test_what_changes_the_meaning_of_a_verdict_stands_right_behind_it(
    standing, monkeypatch
):
    folder, plan = standing(State.DONE, State.DONE, State.DONE)
    folder.path.mkdir()
    monkeypatch.setattr(ending.collect, "rows", lambda *given: [ROW])
    monkeypatch.setattr(answers, "words", lambda *given, live: ["Better.", "By 1."])
    told = ending.keep(folder, plan, live=False)
    assert told[0] == "Better." and told[2] == "By 1."
    assert told[1].startswith("With one search nothing can be concluded")


ROW = ending.collect.Retrained("enas", 0, "0 1", 0, 0.5, 10, 5, 3, 1.0)
