"""The settings of a campaign, many runs that answer one question: a section.

No TensorFlow, as in config/sections.py. None of them is of a single run.
"""

import dataclasses

from enas_tf.config import fields

METHODS = (
    *("enas", "random_shared", "random", "random_matched", "largest"),
    "evolution",
)

EXECUTORS = LOCAL, RAY = ("local", "ray")

field = fields.field


@dataclasses.dataclass(frozen=True)
class CampaignConfig:
    """How a campaign is worked off, and how large it is."""

    jobs: int = field(
        1,
        "Jobs of a campaign that run at once, each a process of this machine; 0: only "
        "write the plan. With --executor=ray by default as many as Ray places.",
        low=0,
        high=1024,
        shapes_result=False,
    )
    executor: str = field(
        LOCAL,
        "Where the jobs of a campaign run: local, as processes of this machine; ray, "
        "where Ray places them on a cluster's CPUs and GPUs.",
        choices=EXECUTORS,
        shapes_result=False,
    )
    ray_address: str = field(
        "",
        "For --executor=ray: a cluster, HOST:PORT, or auto for the one that this "
        "machine is part of; by default a Ray of this machine alone is started, and "
        "stopped at the end.",
        shapes_result=False,
    )
    job_cpus: int = field(
        0,
        "For --executor=ray: CPUs of a job; 0: as many as it has threads.",
        low=0,
        high=4096,
        shapes_result=False,
    )
    job_gpus: float = field(
        0.0,
        "For --executor=ray: GPUs of a job, a whole number or a part of one; 0: it "
        "computes on CPUs alone.",
        low=0.0,
        high=1024.0,
        shapes_result=False,
    )
    job: int = field(
        -1,
        "For --mode=job: the job of the plan in --output_dir, by the number that "
        "--mode=status shows.",
        low=-1,
        shapes_result=False,
    )
    compare_methods: str = field(
        ",".join(METHODS),
        "What --mode=compare compares, with commas between them.",
        shapes_result=False,
    )
    compare_search_seeds: int = field(
        3,
        "Searches of each method that searches, each from a seed of its own, from "
        "--seed on; of --mode=ablate as well.",
        low=1,
        high=1000,
        shapes_result=False,
    )
    compare_arcs: int = field(
        4,
        "Arcs of each search that are trained from scratch; of --mode=ablate as well.",
        low=1,
        high=1000,
        shapes_result=False,
    )
    compare_retrain_seeds: int = field(
        1,
        "Trainings of each arc, from --seed on; of --mode=ablate and perturb as well.",
        low=1,
        high=1000,
        shapes_result=False,
    )
    retrain_epochs: int = field(
        0,
        "Epochs of every training from scratch of a campaign, and of its first cosine "
        "cycle; 0: as --mode=train has it.",
        low=0,
        high=10_000,
        shapes_result=False,
    )
    perturb_sample: int = field(
        0,
        "Neighbours of the arc that --mode=perturb trains, drawn at random; 0: all.",
        low=0,
        high=10**6,
        shapes_result=False,
    )
    correlate_arcs: int = field(
        20,
        "Random arcs that --mode=correlate trains from scratch, each from two seeds.",
        low=2,
        high=10_000,
        shapes_result=False,
    )
