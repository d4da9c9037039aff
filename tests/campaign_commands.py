"""Commands of a campaign as a test gives them."""

import sys

import fake_jobs
import pytest

from enas_tf.campaign import command
from enas_tf.config.sections import ConfigError

SMALL = dict(
    fake_jobs.TINY,
    report="no",
    compare_search_seeds=1,
    compare_arcs=1,
    compare_methods="enas,random",
)


def run(folder, **given):
    """The command with these flags."""
    given = dict(output_dir=str(folder), **given)
    words = [f"--{name}={value}" for name, value in given.items()]
    command.run(given, None, [sys.executable, "-m", "enas_tf", *words])


def compare(fakes, **given):
    """A small comparison in the folder of the stubs."""
    run(fakes.folder.path, **{**SMALL, "mode": "compare", **given})


def refused(folder, **given) -> str:
    """The one line with which it is refused."""
    with pytest.raises(ConfigError) as caught:
        run(folder, **given)
    assert "\n" not in str(caught.value)
    return str(caught.value)
