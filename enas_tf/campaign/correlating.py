"""--mode=correlate: random arcs that a search scored, each trained from two seeds.

So what its shared weights say of an arc can be held against its accuracy from scratch,
and that against itself.
"""

from enas_tf.campaign import comparing, jobs
from enas_tf.campaign.asked import Asked
from enas_tf.campaign.building import Building
from enas_tf.campaign.jobs import Job, Pick

METHOD = "random"
TRAININGS = 2  # of each arc, for the ceiling that noise sets


def plan(asked: Asked) -> list[Job]:
    """The jobs: one search, and the trainings of the arcs that it drew at random."""
    count = asked.sizes.correlate_arcs
    building = Building(asked)
    # By it arcs are listed with their log-likelihood beside the measure.
    more = dict(comparing.samples(asked, count), derive_rank_by="log_likelihood")
    search = building.search("enas", asked.seed, **more)
    arcs = [Pick(search, jobs.RANDOM, place) for place in range(count)]
    seeds = range(asked.seed, asked.seed + TRAININGS)
    building.trainings(METHOD, arcs, search=asked.seed, seeds=seeds)
    return building.jobs()
