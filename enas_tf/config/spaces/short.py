"""Settings that the presets of several spaces share."""

# For a short search (docs/design.md, "Short searches"): the published controller does
# not move within a few hundred updates.
CONTROLLER = dict(
    controller_normalize_advantage=True,
    controller_lr=5e-3,
    controller_num_aggregate=10,
)
