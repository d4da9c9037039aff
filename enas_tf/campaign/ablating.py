"""--mode=ablate: the same search with one thing less, or otherwise, in each row."""

from collections.abc import Iterator
from typing import NamedTuple

from absl import logging

from enas_tf.campaign import comparing, jobs
from enas_tf.campaign.asked import Asked
from enas_tf.campaign.building import Building
from enas_tf.campaign.jobs import Job
from enas_tf.config import sections as config
from enas_tf.config.spaces import registry

TRAINED = "trained"
_MOST_UNSHARED = 10  # arcs that share a search's budget of epochs


class Row(NamedTuple):
    """A row of the table.

    Attributes:
      name: of it.
      settings: by flag name, in which its searches differ from the command's.
    """

    name: str
    settings: dict[str, object]


def plan(asked: Asked) -> list[Job]:
    """The jobs.

    Raises:
      ConfigError: the search has no controller to train.
    """
    if not asked.configs["search"].controller.training:
        raise config.ConfigError(
            "--nocontroller_training is of no use with --mode=ablate, which asks what "
            "the training of the controller is worth. Leave it out."
        )
    building = Building(asked)
    for row in rows(asked):
        more = {**comparing.samples(asked, asked.sizes.compare_arcs), **row.settings}
        for seed in building.search_seeds:
            search = building.search(row.name, seed, **more)
            arcs = comparing.picks(asked, search, jobs.POLICY)
            building.trainings(row.name, arcs, search=seed)
    return building.jobs()


def rows(asked: Asked) -> list[Row]:
    """The search as it is asked for, and what is taken from it."""
    return [
        Row(TRAINED, {}),
        Row("frozen", dict(controller_training=False)),
        Row("uniform", dict(comparing.UNIFORM)),
        *_without_terms(asked),
        _other_batches(asked),
        _unshared(asked),
    ]


def _without_terms(asked: Asked) -> Iterator[Row]:
    """Without the skip penalty, without the entropy bonus, where there are such."""
    controller = asked.configs["search"].controller
    has_skips = registry.SPECS[asked.space_name].has("skips")
    if has_skips and controller.skip_weight:
        yield Row("no_skip_penalty", dict(controller_skip_weight=0.0))
    if controller.entropy_weight:
        yield Row("no_entropy_bonus", dict(controller_entropy_weight=0.0))
    else:
        logging.info("There is no entropy bonus (--controller_entropy_weight=0).")


def _other_batches(asked: Asked) -> Row:
    """Rewards on a common batch where each had its own, or the other way round.

    Each kind with the baseline that it needs: of a common batch, the others' mean takes
    the batch's effect out.
    """
    if asked.configs["search"].controller.reward_batch == "common":
        own = dict(controller_reward_batch="own", controller_baseline="moving")
        return Row("own_batches", dict(own))
    common = dict(controller_reward_batch="common")
    return Row("common_batches", {**common, "controller_baseline": "leave_one_out"})


def _unshared(asked: Asked) -> Row:
    """Without shared weights: the epochs of a search are divided among some arcs.

    Each is trained from scratch for its share, and the best by validation are taken. A
    search of one epoch hands the arcs on; it has no part in the choice, for all of its
    arcs are trained.
    """
    epochs = asked.configs["search"].loop.num_epochs
    arcs = max(asked.sizes.compare_arcs, min(_MOST_UNSHARED, epochs), 2)
    settings = dict(
        comparing.UNIFORM,
        num_epochs=1,
        derive_num_samples=arcs,
        derive_retrain_top=arcs,
        derive_retrain_epochs=max(1, epochs // arcs),
    )
    return Row("unshared", settings)
