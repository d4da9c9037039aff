"""The parts of a space that stages build, from its spec; no space is known by name."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

import keras

from enas_tf.arcs import forms as arc_forms
from enas_tf.children.contract import SharedChild
from enas_tf.children.inherit import Inherit
from enas_tf.config import sections as config_lib
from enas_tf.config.rnn import RnnChildConfig
from enas_tf.config.sections import ChildConfig, Config, ConfigError
from enas_tf.config.spaces import kinds, references, registry
from enas_tf.config.spaces.spec import SpaceSpec
from enas_tf.data.images.image_data import ImageData
from enas_tf.data.text.text_data import TextData
from enas_tf.spaces.base import SearchSpace
from enas_tf.spaces.costs import CostsOf
from enas_tf.stages import images, texts
from enas_tf.tasks.classification import ImageClassification
from enas_tf.tasks.language_model import LanguageModel

Data = ImageData | TextData
Task = ImageClassification | LanguageModel
_PARTS = ("shared", "final", "costs", "inherit")


class NewShared(Protocol):
    """`SpaceSpec.shared` of a space of images; called once, when a search begins."""

    def __call__(
        self,
        space: SearchSpace,
        config: ChildConfig,
        *,
        image_shape: tuple[int, int, int],
        num_classes: int,
        seed: int,
    ) -> SharedChild:
        """The shared child, new.

        Of a space of texts `config` is a `RnnChildConfig`, and `vocab_size` stands in
        place of the shape [H, W, C] and the number of classes.
        """


class NewFinal(Protocol):
    """`SpaceSpec.final` of a space of images.

    Called twice a training: once for what is trained, and once for what is counted,
    tested and exported. Weights of both that have one path belong together.
    """

    def __call__(
        self,
        arc: Any,
        config: ChildConfig,
        *,
        image_shape: tuple[int, int, int],
        num_classes: int,
        seed: int,
        training: bool = False,
    ) -> keras.Model:
        """Standardised images [B, H, W, C] float32 -> logits [B, num_classes].

        Of stock layers alone, but for what is there for training only. Of a space of
        texts it is called as `final_rnn.final_rnn_child` is, once.
        """


class ArcCosts(Protocol):
    """`SpaceSpec.costs` of a space of images; called once a stage."""

    def __call__(
        self,
        space: SearchSpace,
        config: ChildConfig,
        *,
        image_shape: tuple[int, int, int],
        num_classes: int,
    ) -> CostsOf:
        """What counts the final children of arcs of `space`, given as tokens [N, T].

        It equals what nn/cost.py counts of what `SpaceSpec.final` builds, and is quick:
        thousands of arcs a second. Of a space of texts `config` is a `RnnChildConfig`,
        and `vocab_size` stands in place of the shape and the number of classes.
        """


class SpaceBuilders(NamedTuple):
    """The functions that build the parts of a space.

    Attributes:
      space: config -> the space.
      search_data: (config, space) -> data and task of a search.
      shared: (space, config, data of its kind) -> the shared child.
      final: builds the final child; see `NewFinal`.
      reductions: (space) -> how often a child halves its images.
      costs: (config, data of its kind) -> what counts the final children of that config
        by their arcs' tokens; None where the space does not say.
      inherit: pairs weights of a final child with those of the shared one; None where
        the space does not say.
    """

    space: Callable[[Config], SearchSpace]
    search_data: Callable[[Config, SearchSpace], tuple[Data, Task]]
    shared: Callable[[SearchSpace, Config, Any], SharedChild]
    final: Callable[..., Any]
    reductions: Callable[[SearchSpace], int]
    costs: Callable[[Config, Any], CostsOf | None]
    inherit: Inherit | None


def _of_images(spec: SpaceSpec) -> SpaceBuilders:
    shared, final, costs, inherit = (_loaded(spec, part) for part in _PARTS)
    return SpaceBuilders(
        space=lambda config: _space(spec, config),
        search_data=lambda config, space: images.search_data(
            config, space.num_reductions
        ),
        shared=lambda space, config, data: shared(
            space, config.child, **images.sizes(data, config.run.seed)
        ),
        final=final,
        reductions=lambda space: space.num_reductions,
        costs=lambda config, data: _counting(
            costs,
            *(_space(spec, config), config.child),
            image_shape=data.image_shape,
            num_classes=data.num_classes,
        ),
        inherit=inherit,
    )


def _of_texts(spec: SpaceSpec) -> SpaceBuilders:
    shared, final, costs, inherit = (_loaded(spec, part) for part in _PARTS)
    return SpaceBuilders(
        space=lambda config: _space(spec, config),
        search_data=lambda config, space: texts.search_data(config),
        shared=lambda space, config, data: shared(
            space,
            config.rnn,
            vocab_size=len(data.vocabulary),
            seed=config.run.seed,
        ),
        final=final,
        reductions=lambda space: space.num_reductions,
        costs=lambda config, data: _counting(
            costs,
            *(_space(spec, config), config.rnn),
            vocab_size=len(data.vocabulary),
        ),
        inherit=inherit,
    )


def _counting(
    costs: Callable[..., CostsOf] | None,
    space: SearchSpace,
    config: ChildConfig | RnnChildConfig,
    **sizes: object,
) -> CostsOf | None:
    """`ArcCosts`, called; None where the space has none."""
    return costs(space, config, **sizes) if costs else None


def _loaded(spec: SpaceSpec, field: str) -> Callable[..., Any]:
    """What `field` of the spec names; ConfigError where it cannot be loaded."""
    try:
        return references.load(getattr(spec, field))
    except ConfigError as error:
        raise ConfigError(f"{field} of the space {spec.name}: {error}") from error


def _space(spec: SpaceSpec, config: Config) -> SearchSpace:
    form = arc_forms.FORMS[spec.name]
    size = config_lib.flat(config)[form.sized_by]
    return form.made(size, config.child.op_choice)


_BY_KIND = {kinds.IMAGES: _of_images, kinds.TEXTS: _of_texts}
SPACES: Mapping[str, SpaceBuilders] = registry.table(
    lambda spec: _BY_KIND[spec.data](spec)
)
