"""What a user asks of a campaign: its settings, checked before anything is planned."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from enas_tf.arcs import argument as arc_argument
from enas_tf.arcs import forms as arc_forms
from enas_tf.campaign import words
from enas_tf.command import checks, effects, places, refusals, request, typed
from enas_tf.config import modes, presets
from enas_tf.config import sections as config
from enas_tf.config.campaign import CampaignConfig
from enas_tf.spaces.base import SearchSpace


class Asked(NamedTuple):
    """One command of a campaign.

    Attributes:
      mode: of `modes.OF_CAMPAIGNS`.
      given: flag name to value, as the user wrote them, the preset among them.
      command: the command line, ready to be typed again.
      configs: the settings of its searches and of its trainings, by stage.
    """

    mode: str
    given: Mapping[str, object]
    command: list[str]
    configs: dict[str, config.Config]

    @property
    def space_name(self) -> str:
        """The search space."""
        return self.configs["search"].run.search_for

    @property
    def space(self) -> SearchSpace[Any]:
        """The space of its searches."""
        form, child = arc_forms.FORMS[self.space_name], self.configs["search"].child
        size = config.flat(self.configs["search"])[form.sized_by]
        return form.of_size(size, child.op_choice)

    @property
    def sizes(self) -> CampaignConfig:
        """How large it is."""
        return self.configs["search"].campaign

    @property
    def seed(self) -> int:
        """The first of its seeds."""
        return self.configs["search"].run.seed

    @property
    def threads(self) -> int:
        """Threads of each job, fixed so that no figure goes by how many run at once."""
        return self.configs["search"].run.threads or 1

    @property
    def report(self) -> str:
        """When its page is written: yes (at its end), no, or live."""
        return self.configs["search"].run.report

    @property
    def words(self) -> list[str]:
        """The flags of the command, a word each."""
        return typed.parts(self.command).flags

    def search_words(self, seed: int, **more: object) -> tuple[str, ...]:
        """The flags of a search from `seed`; `more` of them stand behind."""
        own = words.written(dict(seed=seed, threads=self.threads, **more))
        return (*words.passed(self.words), *own)

    def train_words(self, seed: int) -> tuple[str, ...]:
        """The flags of a training from `seed`, the same for every arc."""
        # It follows from the arc, as in --mode=all.
        sized_by = arc_argument.sized_by(self.space_name)
        passed = words.passed(self.words, without=[sized_by])
        own = dict(seed=seed, threads=self.threads, **self.length())
        return (*passed, *words.written(own))

    def length(self) -> dict[str, object]:
        """The settings of trainings that follow from --retrain_epochs."""
        epochs = self.sizes.retrain_epochs
        return dict(num_epochs=epochs, child_lr_T_0=epochs) if epochs else {}


def read(given: Mapping[str, object], preset: str | None, command: list[str]) -> Asked:
    """The campaign that the flags `given` ask for.

    Raises:
      ConfigError: a setting is not allowed, whatever the data.
    """
    checks.check_not_empty(given)
    run = request.run_settings(given)
    configs = {}
    for stage in modes.STAGES:
        values = dict(given)
        if stage == "train":
            values.pop(arc_argument.sized_by(run.search_for), None)
        configs[stage] = presets.resolve(
            run.search_for, stage, preset or "paper", values
        )
    named = {} if preset is None else dict(preset=preset)
    asked = Asked(run.mode, {**given, **named}, command, configs)
    configs["train"] = config.replace(configs["train"], asked.length())
    for one in configs.values():
        checks.check(one)
        checks.check_reward(one)
    return asked


def check_flags(asked: Asked) -> None:
    """Refuse a flag that asks for what no campaign does, also of one that goes on.

    Raises:
      ConfigError: as above.
    """
    for flag, reason in _REFUSED.items():
        if asked.given.get(flag):
            raise config.ConfigError(
                f"--{flag} is of no use with --mode={asked.mode}, {reason}. Leave it "
                "out."
            )
    refusals.refuse_numbers_alone(asked.configs["search"].run)


def refuse_dry_run(asked: Asked) -> None:
    """Refuse --dry_run of a job or of a status, which would do its work all the same.

    Raises:
      ConfigError: as above.
    """
    if asked.given.get("dry_run") and asked.mode not in modes.CAMPAIGNS:
        raise config.ConfigError(
            f"--dry_run is of no use with --mode={asked.mode}: of a campaign it tells "
            f"of {', '.join(modes.CAMPAIGNS)}. Leave it out."
        )


def check_runs(asked: Asked) -> None:
    """Refuse what none of its jobs could begin with.

    Raises:
      ConfigError: as above.
    """
    arc_is_asked = asked.mode == "perturb"
    if ("child_fixed_arc" in asked.given) != arc_is_asked:
        raise config.ConfigError(
            f"--mode={asked.mode} "
            + (
                "has no arc: give the one to look around with --child_fixed_arc, for "
                "instance a search's arcs/best.json."
                if arc_is_asked
                else "finds its arcs by itself. Leave --child_fixed_arc out."
            )
        )
    places.check_data(asked.configs["search"])


def notices(asked: Asked) -> list[str]:
    """A line for each flag that has no effect in any of its jobs."""
    theirs = [
        flag
        for flag in asked.given
        if flag not in (*_OF_EVERY_MODE, *_FLAGS_OF_CAMPAIGNS)
    ]
    stages = ["train"] if asked.mode == "perturb" else list(modes.STAGES)
    configs = {stage: asked.configs[stage] for stage in stages}
    return idle(asked) + effects.notices("all", configs, theirs)


def idle(asked: Asked) -> list[str]:
    """A line for each flag of campaigns that has no effect in this one."""
    return [
        f"--{flag} has no effect here: it is of {of_modes}."
        for flag, of_modes in _FLAGS_OF_CAMPAIGNS.items()
        if flag in asked.given and f"--mode={asked.mode}" not in of_modes
    ]


_REFUSED = dict(
    reset_output_dir=(
        "which removes nothing: choose another --output_dir, or remove the folder "
        "yourself"
    ),
    warm_start="whose runs are new ones",
    input="which predicts nothing",
    rerun="whose runs are listed in its plan",
    search_eval_test="which compares by the test data: no search may look at them",
)
_OF_EVERY_MODE = (
    *("mode", "preset", "progress", "verbose", "child_fixed_arc", "jobs"),
    *("retrain_epochs", "output_dir", "report", "executor"),
    *("ray_address", "job_cpus", "job_gpus", "dry_run", "dry_run_json"),
)
_SEARCHING = "--mode=compare and --mode=ablate"
_FLAGS_OF_CAMPAIGNS = dict(
    job="--mode=job",
    compare_methods="--mode=compare",
    compare_search_seeds=_SEARCHING,
    compare_arcs=_SEARCHING,
    compare_retrain_seeds=f"{_SEARCHING} and --mode=perturb",
    perturb_sample="--mode=perturb",
    correlate_arcs="--mode=correlate",
)
