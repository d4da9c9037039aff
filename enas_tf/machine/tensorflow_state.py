"""TensorFlow's settings when the program starts, and the conditions that then hold.

See machine/record.py for why. Nothing here happens on importing the package.
"""

import functools
import signal

import tensorflow as tf
from tensorflow.python.framework import config
from tensorflow.python.util import _pywrap_util_port

from enas_tf.machine import processor
from enas_tf.machine import record as machine
from enas_tf.machine.record import Machine, Wanted
from enas_tf.nn import batch_norm, cross_entropy, depthwise

CONNECT_SECONDS = 60.0  # that workers which have met may take to connect
_TAKEN = (signal.SIGTERM,)  # signals that TensorFlow's server takes for itself
REMAPPING = "remapping"  # the name of grappler's pass in TensorFlow's options


def start(wanted: Wanted) -> None:
    """Let TensorFlow find its devices; memory of a GPU is taken as it is needed.

    In a process in which TensorFlow has threads already, their number stays.
    """
    remap(wanted.remapping)
    try:
        for device in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(device, True)
    except RuntimeError:
        pass  # devices are in use already: their memory is taken as it is
    try:
        tf.config.threading.set_intra_op_parallelism_threads(wanted.threads)
        tf.config.threading.set_inter_op_parallelism_threads(wanted.threads)
    except RuntimeError:
        pass  # they run; `held` says how many, and the user is told
    if wanted.distribute == "multi_worker":
        workers()
    _divide_cpu(wanted)
    tf.config.list_logical_devices()
    onednn = _onednn() and not gpu()
    depthwise.take_in_parts(wanted.filters_in_parts and onednn)
    wide = processor.has_avx512()
    batch_norm.take_in_pairs(wanted.norms_in_pairs and onednn and wide)
    cross_entropy.take_by_softmax(wanted.losses_by_softmax and not gpu())


@functools.cache
def workers() -> tf.distribute.Strategy:
    """That of all workers of TF_CONFIG, which have met; first called by `start`.

    TensorFlow can make one in a process, before it finds its devices.
    """
    handlers = {number: signal.getsignal(number) for number in _TAKEN}
    # Where another worker was killed in this very moment nothing else ends the wait.
    signal.setitimer(signal.ITIMER_REAL, CONNECT_SECONDS)
    made = tf.distribute.MultiWorkerMirroredStrategy()
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number, handler in handlers.items():
        signal.signal(number, handler)
    return made


def _divide_cpu(wanted: Wanted) -> None:
    """Logical CPUs for a command that shares its steps on a machine without a GPU."""
    if wanted.distribute != "mirrored" or wanted.devices < 2 or gpu():
        return
    parts = [tf.config.LogicalDeviceConfiguration()] * wanted.devices
    try:
        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(cpu, parts)
    except RuntimeError:
        pass  # they were found before; `stages/devices.py` counts them


def remap(on: bool) -> None:
    """Whether operations are fused in graphs that are traced from now on.

    On a CPU with oneDNN, TensorFlow makes one kernel of a batch normalisation and its
    ReLU, which takes longer than both (docs/reliability.md).
    """
    if on != remaps():
        tf.config.optimizer.set_experimental_options({REMAPPING: on})


def remaps() -> bool:
    """Whether operations are fused now; TensorFlow does, unless it is told not to."""
    return tf.config.optimizer.get_experimental_options().get(REMAPPING, True)


def is_deterministic() -> bool:
    """Whether kernels are deterministic, and random ones ask for a seed."""
    return config.is_op_determinism_enabled()


def set_deterministic(on: bool) -> None:
    """Switch that; of two `tf.config` has only the switch that turns it on."""
    if on:
        tf.config.experimental.enable_op_determinism()
    else:
        config.disable_op_determinism()


def held() -> Machine:
    """The conditions of this process."""
    return Machine(
        threads=tf.config.threading.get_intra_op_parallelism_threads()
        or processor.seen(),
        onednn=_onednn(),
        remapping=remaps(),
        processor=processor.kind(),
        gpu=gpu(),
        filters_in_parts=depthwise.in_parts(),
        norms_in_pairs=batch_norm.in_pairs(),
        losses_by_softmax=cross_entropy.by_softmax(),
        nodes_together=True,
        **machine.versions(),
    )


def gpu() -> str:
    """The name of the GPU on which operations are placed; "" where there is none."""
    visible = tf.config.get_visible_devices("GPU")
    if not visible:
        return ""
    details = tf.config.experimental.get_device_details(visible[0])
    return str(details.get("device_name", visible[0].name))


def _onednn() -> bool:
    return bool(_pywrap_util_port.IsMklEnabled())
