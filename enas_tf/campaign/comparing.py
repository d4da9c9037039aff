"""--mode=compare: arcs of several methods, trained from scratch by one recipe."""

from enas_tf.campaign import draws, jobs
from enas_tf.campaign.asked import Asked
from enas_tf.campaign.building import Building
from enas_tf.campaign.jobs import Job, Pick
from enas_tf.config import campaign as campaign_config
from enas_tf.config import errors
from enas_tf.config import sections as config
from enas_tf.config.spaces import registry

# Random search with weight sharing: the child learns from uniform arcs.
UNIFORM = dict(controller_training=False, child_sampling="uniform")
_BY_SIZE = ("random_matched", "largest")
EVOLVED = 200  # arcs, under the same weights as those of random search


def plan(asked: Asked) -> list[Job]:
    """The jobs.

    Raises:
      ConfigError: a method is not known.
    """
    wanted = methods(asked)
    building = Building(asked)
    if {"enas", "random_matched", "largest"} & set(wanted):
        _found_by_enas(asked, building, wanted)
    if "random_shared" in wanted:
        _found_by_search(asked, building, "random_shared", jobs.BEST_RANDOM, **UNIFORM)
    if "evolution" in wanted:
        bred = asked.configs["search"].derive.evolution or EVOLVED
        settings = dict(UNIFORM, derive_evolution=bred)
        _found_by_search(asked, building, "evolution", jobs.EVOLUTION, **settings)
    if "random" in wanted:
        count = asked.sizes.compare_arcs * asked.sizes.compare_search_seeds
        building.trainings("random", random_arcs(asked, count))
    return building.jobs()


def methods(asked: Asked) -> list[str]:
    """Those of --compare_methods; where arcs are of one size, none that goes by size.

    Raises:
      ConfigError: one is none, or twice, or goes by sizes that there are not.
    """
    text = asked.sizes.compare_methods
    names = [name.strip() for name in text.split(",")]
    if set(names) - set(campaign_config.METHODS) or len(set(names)) < len(names):
        known = f"some of {', '.join(campaign_config.METHODS)}, each once"
        refusal = errors.refusal("compare_methods", text, known)
        raise config.ConfigError(refusal)
    if not has_sizes(asked):
        if "compare_methods" in asked.given and set(names) & set(_BY_SIZE):
            raise config.ConfigError(
                f"--compare_methods={text} is not allowed: all arcs of the "
                f"{asked.space_name} space are of one size, as far as is known. Leave "
                f"{' and '.join(_BY_SIZE)} out."
            )
        names = [name for name in names if name not in _BY_SIZE]
    return names


def has_sizes(asked: Asked) -> bool:
    """Whether the final children of arcs may differ in size, and it is counted."""
    spec = registry.SPECS[asked.space_name]
    return asked.space_name in config.IMAGES and spec.costs is not None


def samples(asked: Asked, count: int) -> dict[str, object]:
    """The setting by which a search scores at least `count` arcs of each kind."""
    scored = asked.configs["search"].derive.num_samples
    return {} if scored >= count else dict(derive_num_samples=count)


def random_arcs(asked: Asked, count: int) -> list[str]:
    """Uniformly random arcs, as they are printed."""
    space = asked.space
    tokens = space.random(draws.generator(asked.seed, "arcs"), count)
    return [space.text(space.decode(row.tolist())) for row in tokens]


def picks(asked: Asked, search: int, group: str) -> list[Pick]:
    """As many arcs of a search as are trained."""
    return [Pick(search, group, place) for place in range(asked.sizes.compare_arcs)]


def _found_by_enas(asked: Asked, building: Building, wanted: list[str]) -> None:
    """Its arcs, and those that are as large as they, or larger."""
    more = samples(asked, asked.sizes.compare_arcs)
    groups = dict(enas=jobs.POLICY, random_matched=jobs.MATCHED, largest=jobs.LARGEST)
    if "random_matched" in wanted:
        more["derive_size_control"] = True
    found = [(building.search("enas", s, **more), s) for s in building.search_seeds]
    for method in wanted:
        for search, seed in found:
            if method in groups:
                arcs = picks(asked, search, groups[method])
                building.trainings(method, arcs, search=seed)


def _found_by_search(
    asked: Asked, building: Building, method: str, group: str, **settings: object
) -> None:
    """The arcs of searches with these settings."""
    more = {**settings, **samples(asked, asked.sizes.compare_arcs)}
    for seed in building.search_seeds:
        search = building.search(method, seed, **more)
        building.trainings(method, picks(asked, search, group), search=seed)
