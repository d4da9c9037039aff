"""The workers of one command on several machines, as TF_CONFIG names them.

No TensorFlow, as in machine/record.py.
"""

import json
import os
import re
from collections.abc import Mapping
from typing import NamedTuple

from enas_tf.config.sections import ConfigError

VARIABLE = "TF_CONFIG"
EXAMPLE = (
    '{"cluster": {"worker": ["HOST1:PORT", "HOST2:PORT"]}, '
    '"task": {"type": "worker", "index": 0}}'
)
_ADDRESS = re.compile(r"\[?[\w.:-]*\w\]?:(\d{1,5})")


class Cluster(NamedTuple):
    """The workers, and which of them this process is.

    Attributes:
      addresses: `host:port` of each; the first is the chief.
      number: of this process among them, from 0.
    """

    addresses: tuple[str, ...]
    number: int

    @property
    def is_chief(self) -> bool:
        """Whether this process is the one that writes."""
        return self.number == 0

    @property
    def own(self) -> str:
        """The address of this process."""
        return self.addresses[self.number]


def read() -> Cluster:
    """What the environment says.

    Raises:
      ConfigError: nothing, or nothing that can be meant.
    """
    text = os.environ.get(VARIABLE, "")
    if not text.strip():
        raise _refusal("it is not set")
    try:
        found = json.loads(text)
    except ValueError:
        raise _refusal("it is no JSON") from None
    if not isinstance(found, dict):
        raise _refusal("it is no object of JSON")
    jobs, task = found.get("cluster"), found.get("task")
    if not isinstance(jobs, dict) or not isinstance(task, dict):
        raise _refusal('it lacks "cluster" or "task"')
    return _cluster(jobs, task)


def _cluster(jobs: Mapping[str, object], task: Mapping[str, object]) -> Cluster:
    others = sorted(set(jobs) - {"chief", "worker"})
    if others:
        raise _refusal(f'it has "{others[0]}" in its cluster: there are workers only')
    chiefs, workers = (_addresses(jobs, job) for job in ("chief", "worker"))
    addresses = (*chiefs, *workers)
    if len(addresses) < 2 or len(chiefs) > 1:
        raise _refusal("it must name two workers or more, at most one of them a chief")
    if len(set(addresses)) < len(addresses):
        raise _refusal("two of its workers have one address")
    job, index = task.get("type"), task.get("index")
    own = dict(chief=chiefs, worker=workers).get(str(job), ())
    if type(index) is not int or not 0 <= index < len(own):
        raise _refusal(f"its task, {job} {index}, is none of the cluster's")
    return Cluster(addresses, index + (len(chiefs) if job == "worker" else 0))


def _addresses(jobs: Mapping[str, object], job: str) -> tuple[str, ...]:
    listed = jobs.get(job, [])
    if not isinstance(listed, list) or not all(map(_is_address, listed)):
        raise _refusal(f'"{job}" in its cluster is no list of "HOST:PORT"')
    return tuple(listed)


def _is_address(value: object) -> bool:
    match = _ADDRESS.fullmatch(value) if isinstance(value, str) else None
    return match is not None and 0 < int(match[1]) < 2**16


def _refusal(why: str) -> ConfigError:
    return ConfigError(
        f"--distribute=multi_worker needs {VARIABLE} in the environment, and {why}. "
        f"Set it for each worker, e.g. {VARIABLE}='{EXAMPLE}'."
    )
