"""Whether a search is in trouble, in a sentence that names the cure.

Pure functions from figures of a policy (`policy_figures`) to words; "" where all is
well, or where a figure is missing.
"""

from collections.abc import Collection, Mapping

from enas_tf.config.sections import ControllerConfig

# Nats a token of an arc, by half of a search. Macro demo, 21 tokens, at update 150 of
# 300: .0005 with the published learning rate and advantage, where ops are as random as
# at the beginning; .17 with the demo's own settings (micro demo .05, rnn demo .13).
STILL = 0.01
MOST_WEIGHTLESS = 0.8  # of the ops; a cell or a network of pools learns next to nothing
FEWEST_ARCS = 5  # of `policy_watch.NUM_ARCS`; fewer leave little to compare

_SPREAD = (
    "A larger --controller_entropy_weight, a smaller --controller_decision_bias or "
    "--controller_lr, or more --controller_warmup_epochs keep it broad."
)


def cures(config: ControllerConfig, rewards: Collection[str]) -> str:
    """The settings that would let a policy move, without those that it has.

    Args:
      config: of the controller.
      rewards: the values of --controller_reward that the space takes.
    """
    found = ["more --controller_train_steps", "a larger --controller_lr"]
    if config.reward != "log_likelihood" and "log_likelihood" in rewards:
        found.insert(0, "--controller_reward=log_likelihood")
    if not config.decision_bias:
        found.insert(0, "--controller_decision_bias=10")
    if config.reward_batch == "own":
        found.insert(
            0,
            "--controller_reward_batch=common with --controller_baseline=leave_one_out",
        )
    if not config.normalize_advantage:
        found.insert(0, "--controller_normalize_advantage")
    return f"It may learn more with {', '.join(found[:-1])} or {found[-1]}."


def not_moved(
    figures: Mapping[str, float],
    *,
    updates: int,
    total: int,
    num_tokens: int,
    cures: str,
) -> str:
    """Words on a policy that is where it began, once half of the updates are made.

    Args:
      figures: of the policy after `updates`.
      updates: made so far.
      total: of the whole search.
      num_tokens: of an arc.
      cures: what would let it move, in a sentence.
    """
    moved = figures.get("moved")
    if moved is None or 2 * updates < total or moved >= STILL * num_tokens:
        return ""
    return (
        f"The controller has hardly moved: after {updates} of {total} updates its arcs "
        f"are nearly random ones ({moved:.2f} nats from where it began). {cures}"
    )


def collapsed(figures: Mapping[str, float], *, arcs: int, size: int) -> str:
    """Words on a policy that has narrowed too far.

    Args:
      figures: of the policy.
      arcs: how many `unique_arcs` is out of.
      size: of the space; one of few arcs can have no more.
    """
    weightless, unique = figures.get("weightless_share"), figures.get("unique_arcs")
    if weightless is not None and weightless > MOST_WEIGHTLESS:
        what = f"{weightless:.0%} of its ops have no weights (pools, identity)"
    elif unique is not None and unique < min(FEWEST_ARCS, size):
        what = f"the number of different arcs among {arcs} is {unique:.0f}"
    else:
        return ""
    return f"The controller has collapsed: {what}. {_SPREAD}"
