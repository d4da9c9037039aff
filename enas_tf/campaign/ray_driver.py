"""This process as a driver of Ray: of a cluster, or of a Ray that is started for it."""

import contextlib
import os
import secrets
import signal
from collections.abc import Iterator, Mapping

from enas_tf.campaign import ray_found, ray_trial
from enas_tf.command import held_folder, interrupts, quiet
from enas_tf.config.sections import ConfigError
from enas_tf.machine import processor
from enas_tf.run import lines
from enas_tf.run.rows import Row

_STORE = 80 * 2**20  # bytes, the least that Ray takes: nothing of a run goes there
_LONGEST = 200  # letters of what Ray says
# The status that Ray's own answer to SIGTERM ends with, and ours.
_BY_SIGTERM = (signal.SIGTERM, 128 + signal.SIGTERM)
# As Ray has it where it knows no clusters: all that it listens on is of the loopback.
# It is read when Ray is imported.
_ALONE = dict(RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER="0", RAY_USAGE_STATS_ENABLED="0")
_QUIET = dict(log_to_driver=False, configure_logging=False, logging_level="error")


@contextlib.contextmanager
def connected(address: str) -> Iterator[None]:
    """A driver inside; a program that is one already stays it.

    Args:
      address: HOST:PORT or auto; "": a Ray is started here, and stopped behind it.

    Raises:
      ConfigError: nothing answers there, or it cannot be started.
      SystemExit: by SIGTERM, where nobody else hears it.
    """
    found = _answering(address) if address else ""
    with contextlib.ExitStack() as stack:
        stack.enter_context(interrupts.terminating())
        if not address:
            stack.enter_context(_set({**_ALONE, **_own_token()}))
        import ray

        if not ray.is_initialized():
            if address:
                _refuse_closed(address, found)
            cluster = dict(address=found) if address else stack.enter_context(_alone())
            stack.callback(_leave)
            if reason := _reason_of_none(cluster):
                raise _not_there(address, reason)
        yield


def _own_token() -> dict[str, str]:
    """A secret of this command alone; Ray would keep one at the user's home."""
    if {"RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"} & set(os.environ):
        return {}
    return dict(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=secrets.token_hex(32))


@contextlib.contextmanager
def _alone() -> Iterator[Row]:
    """The settings of a Ray of this machine; its files are removed behind it."""
    # Its sockets are among them, and the path of a socket has at most 107 letters.
    short = "/tmp" if os.path.isdir("/tmp") else None
    with held_folder.temporary(ray_found.OWN, short) as place:
        yield dict(
            address="local",
            include_dashboard=False,
            num_cpus=processor.cores(),
            object_store_memory=_STORE,
            _temp_dir=place,
        )


def _reason_of_none(cluster: Row) -> str:
    """Why it cannot be had; "" of one that can."""
    import ray

    with quiet.standard_error(), _handlers_kept():
        try:
            ray.init(**cluster, **_QUIET)
        except (Exception, SystemExit) as error:  # it exits where nothing answers
            if isinstance(error, SystemExit) and error.code in _BY_SIGTERM:
                raise SystemExit(128 + signal.SIGTERM) from None
            first = str(error).strip().partition("\n")[0]
            return lines.shortened(f"{type(error).__name__}: {first}", _LONGEST)
    return ""


def _leave() -> None:
    import ray

    with quiet.standard_error():
        ray.shutdown()


def _answering(address: str) -> str:
    """HOST:PORT of it; Ray itself would wait for two minutes, and say so at length."""
    try:
        return ray_found.address(address)
    except ray_found.Silent as fault:
        raise _not_there(address, str(fault)) from None


def _refuse_closed(address: str, found: str) -> None:
    if not (reason := ray_trial.fault(found)):
        return
    raise ConfigError(
        f"--ray_address={address}: {found} lets no command in: {reason.rstrip('.')}. A "
        "cluster with a token needs the same one in ~/.ray/auth_token of each machine "
        "(docs/scaling.md); and it must be the port of a Ray's head. Without "
        "--ray_address a Ray is started here."
    )


def _not_there(address: str, reason: str) -> ConfigError:
    reason = reason.rstrip(".")
    if not address:
        return ConfigError(
            f"--executor=ray: Ray could not be started here: {reason}. Leave "
            "--executor out, or name a cluster with --ray_address."
        )
    return ConfigError(
        f"--ray_address={address}: there is no Ray cluster: {reason}. `ray status` "
        "tells on a machine of the cluster whether it runs. Without --ray_address a "
        "Ray is started here."
    )


@contextlib.contextmanager
def _handlers_kept() -> Iterator[None]:
    """What answers signals is behind it as it was: Ray takes some over."""
    before = {number: signal.getsignal(number) for number in interrupts.NUMBERS}
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):  # not the main thread
            for number, handler in before.items():
                signal.signal(number, handler)


@contextlib.contextmanager
def _set(values: Mapping[str, str]) -> Iterator[None]:
    """These variables are in the environment inside."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
