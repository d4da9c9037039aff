"""What looks at the policy of a search, put together."""

from enas_tf import plots
from enas_tf.children import op_forms
from enas_tf.command.request import Request
from enas_tf.config import rewards
from enas_tf.config.spaces import registry
from enas_tf.run import layout
from enas_tf.run.report import Report
from enas_tf.search.controller import Controller
from enas_tf.search.payer import Payer
from enas_tf.search.policy_watch import PolicyWatch
from enas_tf.spaces.base import SearchSpace
from enas_tf.stages import assembly
from enas_tf.stages.space_builders import Data


def of(
    request: Request,
    space: SearchSpace,
    controller: Controller,
    data: Data,
    report: Report,
    payer: Payer,
) -> PolicyWatch:
    """The watch over the policy of the request's search.

    Args:
      request: of a search.
      space: of the search.
      controller: its policy.
      data: it counts the parameters of arcs by.
      report: of the search.
      payer: of its arcs.
    """
    config, folder = request.configs["search"], request.folder
    measure = registry.SPECS[config.run.search_for].data.measure
    return PolicyWatch(
        space,
        controller,
        report,
        config=config.controller,
        rewards=() if config.objective.expression else rewards.fitting(measure),
        num_epochs=config.loop.num_epochs,
        seed=config.run.seed,
        weightless=op_forms.weightless(space.table, space.ops),
        costs=assembly.SPACES[config.run.search_for].costs(config, data),
        payer=payer,
        picture=folder.arcs / layout.OPS_PICTURE,
        draw=lambda path: plots.draw_op_shares(folder.metrics, path),
    )
