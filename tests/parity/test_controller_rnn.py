"""The controller on the rnn tape against the authors' sampler and trainer (enas_lm)."""

import controllers
import goldens
import pytest

recordings = pytest.mark.parametrize("paths", goldens.cases("controller_rnn"))


@recordings
def test_the_entropy_is_the_full_one_and_theirs_only_a_part(paths):
    controllers.check_mended_entropy(controllers.rnn_case, paths)


@recordings
def test_reinforce_loss_and_gradients_with_their_baseline(paths):
    controllers.check_reinforce(controllers.rnn_case, paths)
