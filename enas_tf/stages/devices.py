"""The devices that share the steps of a stage, by --distribute."""

import dataclasses
import json
import zlib

import tensorflow as tf

from enas_tf.command.request import Request
from enas_tf.config import sections
from enas_tf.config.sections import ChildConfig, ConfigError
from enas_tf.machine import tensorflow_state
from enas_tf.nn import replicas as replicas_lib
from enas_tf.nn.replicas import Replicas
from enas_tf.run import settings as run_settings
from enas_tf.run.report import Report
from enas_tf.training import parts
from enas_tf.training.driver import Driver

KEY = "replicas"  # in what run.json says of a stage


def bind(request: Request, stage: str, report: Report) -> Replicas:
    """What shares the steps of `stage`, as the command has it; told, and kept.

    Raises:
      ConfigError: there are not so many devices, or a batch of a training that the
        command comes to cannot be divided among them.
    """
    found = _of(request)
    train = request.begun.get("train")
    if train:
        parts.refuse_uneven(train.loop.batch_size, found)
    if found.several:
        report.message(f"Steps are shared among {found.count} devices.")
        _tell_of_idle(request, stage, report, found.count)
    elif request.machine.distribute != "none":
        report.message(
            f"--distribute={request.machine.distribute} finds one device: nothing is "
            "shared. --distribute_devices=2 makes two of a CPU."
        )
    _tell_of_others(request, stage, report, found)
    return found


def join(request: Request, stage: str, driver: Driver, replicas: Replicas) -> None:
    """Have `driver`, which stands where it begins, go on as those of other workers do.

    Raises:
      ConfigError: a worker begins elsewhere, or otherwise.
    """
    if not request.cluster:
        return
    own = _digest(request, stage, driver)
    first, most = replicas.first_and_most([own, -own])
    if first != most:
        raise ConfigError(
            "The workers of TF_CONFIG do not begin alike: settings, data or "
            "checkpoints differ. Give all the same command, and the same folder for "
            "--output_dir; copies of it will do."
        )
    driver.go_with_others(replicas.first_and_most)


def _digest(request: Request, stage: str, driver: Driver) -> int:
    """A number of all that workers must have in common."""
    settings = request.folder.settings(stage)
    known = {
        item.flag: settings.get(item.flag)
        for item in sections.settings()
        if item.field.metadata["shapes_result"]
    }
    facts = [known, driver.position, request.arc, request.folder.fact(stage, KEY, int)]
    data = request.folder.facts(stage).get("data")
    return zlib.crc32(json.dumps([*facts, data], sort_keys=True, default=str).encode())


def child_of(config: ChildConfig, replicas: Replicas) -> ChildConfig:
    """The settings of a shared child: an arc a device, where no more are asked for."""
    if replicas.several and config.arcs_per_step == 1:
        return dataclasses.replace(config, arcs_per_step=replicas.count)
    return config


def _of(request: Request) -> Replicas:
    if request.machine.distribute == "none":
        return replicas_lib.ALONE
    if request.cluster:
        return Replicas(tensorflow_state.workers())
    names = _names(request.machine.devices)
    if len(names) == 1:
        return replicas_lib.ALONE
    # In this order sums are added on one CPU; GPUs have a way of their own.
    on_cpu = tf.distribute.ReductionToOneDevice() if "CPU" in names[0] else None
    return Replicas(tf.distribute.MirroredStrategy(names, cross_device_ops=on_cpu))


def _names(asked: int) -> list[str]:
    """So many of this machine's devices; 0: all GPUs, or the CPU."""
    kind = "GPU" if tf.config.list_logical_devices("GPU") else "CPU"
    there = tf.config.list_logical_devices(kind)
    if asked <= len(there):
        return [device.name for device in there[: asked or len(there)]]
    why = f"at most {len(there)}, the number of GPUs here"
    if kind == "CPU":
        why = (
            "left out here: TensorFlow has found its devices in this process already, "
            "so no logical CPUs can be made"
        )
    raise ConfigError(f"--distribute_devices={asked} is not allowed: it must be {why}.")


def _tell_of_idle(request: Request, stage: str, report: Report, count: int) -> None:
    arcs = request.configs[stage].child.arcs_per_step
    if stage == "search" and 1 < arcs < count:
        report.message(
            f"With --child_arcs_per_step={arcs} only {arcs} of the {count} devices "
            "have an arc in a child step."
        )


def _devices(count: int) -> str:
    return "1 device" if count == 1 else f"{count} devices"


def _tell_of_others(
    request: Request, stage: str, report: Report, found: Replicas
) -> None:
    """Keep the number of devices in run.json; say where another one has begun."""
    begun = request.folder.fact(stage, KEY, int) or 1
    if request.folder.has_checkpoint(stage) and begun != found.count:
        report.message(
            f"This {run_settings.NOUNS[stage]} was shared among {_devices(begun)} and "
            f"goes on with {_devices(found.count)}: its last digits may differ from "
            "those of an uninterrupted run. With --child_arcs_per_step=1 a step of a "
            "search has as many arcs as there are devices, so it has other ones now."
        )
    if begun != found.count:
        request.folder.record(stage, **{KEY: found.count})
