"""The pictures of a search, drawn for their time."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from enas_tf import plots
from enas_tf.command.request import Request
from enas_tf.run import layout
from enas_tf.run.outlook import Span
from enas_tf.search import policy_watch, sampled_arcs
from enas_tf.stages import assembly, timed
from enas_tf.stages.search_stage import SearchStage
from enas_tf.stages.timed import Timed


class Pictures(NamedTuple):
    """Pictures of an arc, of the ops of the policy, and of the curves."""

    arc: Timed
    ops: Timed
    curves: Timed

    @property
    def share(self) -> float:
        """The part of a search's seconds that it draws: now and then, by the clock."""
        arcs = self.arc.mean / sampled_arcs.PICTURE_SECONDS
        return arcs + self.ops.mean / policy_watch.PICTURE_SECONDS

    def of_derive(self, *, curves: bool) -> Span:
        """The best arc at the end, and the curves if they are drawn then."""
        arc = self.arc.whole(1)
        return arc.plus(self.curves.whole(1)) if curves else arc


def drawn(request: Request, stage: SearchStage) -> Pictures:
    """Draw each of them twice, the first time with what is imported for it."""
    folder, space = request.folder, stage.space
    arc = space.decode(space.random(np.random.default_rng(0), 1)[0])
    place, ops = (folder.arcs / n for n in (layout.SAMPLED_PICTURE, layout.OPS_PICTURE))
    return Pictures(
        _twice(lambda: plots.draw_arc(space, arc, place)),
        _twice(lambda: plots.draw_op_shares(folder.metrics, ops)),
        _twice(lambda: assembly.draw_curves(folder)),
    )


def _twice(draw: Callable[[], object]) -> Timed:
    def some(units: int) -> None:
        del units
        draw()

    return timed.some(some, most=2, seconds=0)
