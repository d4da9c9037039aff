"""The controller on the micro tape against the authors' sampler and trainer."""

import controllers
import goldens
import pytest

recordings = pytest.mark.parametrize("paths", goldens.cases("controller_micro"))


@recordings
def test_the_entropy_is_the_full_one_as_theirs_is(paths):
    arrays = goldens.load(paths)
    controller, _, tokens = controllers.micro_case(arrays)
    full = controllers.full_entropy(controller.logits(tokens))
    goldens.assert_close(full, arrays["entropy"], "of our logits")
    ours = controller.log_prob(tokens).entropy
    goldens.assert_close(ours, arrays["entropy"], "ours")


@recordings
def test_there_is_no_skip_penalty(paths):
    controller, _, tokens = controllers.micro_case(goldens.load(paths))
    assert not controller.log_prob(tokens).skip_kl.numpy().any()


@recordings
def test_reinforce_loss_and_gradients_with_their_baseline(paths):
    controllers.check_reinforce(controllers.micro_case, paths)
