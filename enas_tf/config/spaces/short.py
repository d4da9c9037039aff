"""Settings that the presets of several spaces share."""

# For a short search (docs/design.md, "Short searches"): the published controller does
# not move within a few hundred updates. Rewards on one batch, compared with each other,
# and a bias for each decision are what makes it learn.
CONTROLLER = dict(
    controller_normalize_advantage=True,
    controller_lr=5e-3,
    controller_num_aggregate=10,
    controller_reward_batch="common",
    controller_baseline="leave_one_out",
    controller_decision_bias=10.0,
)
IMAGES = dict(
    CONTROLLER,
    controller_reward="log_likelihood",
    derive_rank_by="log_likelihood",
    derive_size_control=True,
)
