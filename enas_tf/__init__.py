"""Efficient Neural Architecture Search in TensorFlow 2 and Keras 3.

The public names, loaded when they are first used: importing this package imports no
TensorFlow, so that flags and arcs are checked before seconds are spent on that.
"""

import importlib
import os
from typing import Any

__version__ = "0.8.6"

# Keras reads this once, when it is imported.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

# Public name -> the module it lives in and its name there.
_HOMES = {
    "Search": ("enas_tf.library.search", "Search"),
    "train": ("enas_tf.library.train", "train"),
    "run_campaign": ("enas_tf.library.campaigns", "run_campaign"),
    "load_result": ("enas_tf.library.result", "load_result"),
    "JobsFailed": ("enas_tf.campaign.working", "JobsFailed"),
    "NotFinite": ("enas_tf.run.finite", "NotFinite"),
    "Config": ("enas_tf.config.sections", "Config"),
    "ConfigError": ("enas_tf.config.sections", "ConfigError"),
    "PRESETS": ("enas_tf.config.presets", "PRESETS"),
    "resolve": ("enas_tf.config.presets", "resolve"),
    "MacroSpace": ("enas_tf.spaces.macro", "MacroSpace"),
    "MacroArc": ("enas_tf.spaces.macro", "MacroArc"),
    "MicroSpace": ("enas_tf.spaces.micro", "MicroSpace"),
    "MicroArc": ("enas_tf.spaces.micro", "MicroArc"),
    "Cell": ("enas_tf.spaces.micro", "Cell"),
    "RnnSpace": ("enas_tf.spaces.rnn", "RnnSpace"),
    "RnnArc": ("enas_tf.spaces.rnn", "RnnArc"),
    "NAMED_ARCS": ("enas_tf.arcs.argument", "NAMED_ARCS"),
    "parse_genotype": ("enas_tf.spaces.genotype", "parse"),
    "arc_of_genotype": ("enas_tf.spaces.genotype", "arc_of"),
    "genotype_of_arc": ("enas_tf.spaces.genotype", "of_arc"),
    "Controller": ("enas_tf.search.controller", "Controller"),
    "SharedMacroChild": ("enas_tf.children.macro", "SharedMacroChild"),
    "SharedMicroChild": ("enas_tf.children.micro", "SharedMicroChild"),
    "SharedRnnChild": ("enas_tf.children.rnn", "SharedRnnChild"),
    "final_rnn_child": ("enas_tf.children.final_rnn", "final_rnn_child"),
    "final_macro_child": ("enas_tf.children.final_macro", "final_macro_child"),
    "final_micro_child": ("enas_tf.children.final_micro", "final_micro_child"),
    "load_images": ("enas_tf.data.images.load", "load"),
    "load_text": ("enas_tf.data.text.load", "load"),
}

_TABLES = ("NAMED_ARCS", "PRESETS")

__all__ = ["__version__", "check_backend", *_HOMES]


def check_backend() -> None:
    """Refuse another Keras backend, whose tensors our graphs could not take.

    Raises:
      ImportError: KERAS_BACKEND names another backend than TensorFlow.
    """
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    if backend != "tensorflow":
        raise ImportError(
            f"KERAS_BACKEND={backend} is not allowed: enas_tf runs on TensorFlow only. "
            "Unset KERAS_BACKEND."
        )


def __getattr__(name: str) -> Any:
    """The public name `name`, imported now (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    check_backend()
    module, attribute = _HOMES[name]
    value = getattr(importlib.import_module(module), attribute)
    if name in _TABLES:
        return dict(
            value
        )  # of now: a space that is registered later is in the next one
    globals()[name] = value  # the next use no longer comes here
    return value


def __dir__() -> list[str]:
    """All public names, loaded or not."""
    return sorted(__all__)
