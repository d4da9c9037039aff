"""--distribute: what is refused, told, and kept."""

import pytest
import tensorflow as tf

from enas_tf.command import request
from enas_tf.config.sections import ChildConfig, ConfigError
from enas_tf.machine.cluster import Cluster
from enas_tf.nn import replicas
from enas_tf.nn.replicas import Replicas
from enas_tf.stages import devices

TWO = ("127.0.0.1:1", "127.0.0.1:2")


class Lines(list):
    message = list.append


class Far:
    """Another worker has `other` where this one has its own."""

    def __init__(self, other):
        self._other = other

    def first_and_most(self, values):
        both = [list(values), self._other or list(values)]
        return both[0], [max(pair) for pair in zip(*both, strict=True)]


class Driver:
    position = dict(child_step=3)
    others = None

    def go_with_others(self, agreed):
        self.others = agreed


@pytest.fixture
def asked(tmp_path):
    made = []

    def build(**given):
        given = dict(dataset="digits", output_dir=str(tmp_path / "run"), **given)
        made.append(request.build(given, None, ["python", "main.py"]))
        return made[-1]

    yield build
    for one in made:
        one.folder.release()


def several(count):
    found = Replicas(tf.distribute.MirroredStrategy(["CPU:0"]))
    found.count = count
    return found


def test_by_default_nothing_is_shared_told_or_kept(asked):
    made, told = asked(), Lines()
    assert devices.bind(made, "search", told) is replicas.ALONE
    assert told == []
    assert made.folder.fact("search", devices.KEY, int) is None


def test_one_device_is_told_to_share_nothing(asked):
    made, told = asked(distribute="mirrored", distribute_devices=1), Lines()
    assert devices.bind(made, "search", told) is replicas.ALONE
    assert told[0].startswith("--distribute=mirrored finds one device: nothing is")


def test_devices_that_cannot_be_made_any_more_are_refused(asked):
    there = len(tf.config.list_logical_devices("CPU"))  # found: none can be made
    made = asked(distribute="mirrored", distribute_devices=there + 1)
    with pytest.raises(ConfigError) as refusal:
        devices.bind(made, "search", Lines())
    assert str(refusal.value) == (
        f"--distribute_devices={there + 1} is not allowed: it must be left out here: "
        "TensorFlow has found its devices in this process already, so no logical CPUs "
        "can be made."
    )


def test_a_training_whose_batch_cannot_be_divided_is_refused_before_its_search(
    asked, monkeypatch
):
    monkeypatch.setattr(devices, "_of", lambda request: several(3))
    made = asked(mode="all", batch_size=64, distribute="mirrored")
    with pytest.raises(ConfigError, match="=64 .* of 3, .* another --distribute_dev"):
        devices.bind(made, "search", Lines())


def test_devices_without_an_arc_in_a_step_are_told(asked, monkeypatch):
    monkeypatch.setattr(devices, "_of", lambda request: several(3))
    told = Lines()
    devices.bind(asked(distribute="mirrored", child_arcs_per_step=2), "search", told)
    assert told[1] == (
        "With --child_arcs_per_step=2 only 2 of the 3 devices have an arc in a child "
        "step."
    )


def test_another_number_of_devices_is_told_and_kept(asked, monkeypatch):
    made, told = asked(distribute="mirrored"), Lines()
    monkeypatch.setattr(devices, "_of", lambda request: several(2))
    devices.bind(made, "search", told)
    assert told == ["Steps are shared among 2 devices."]
    assert made.folder.fact("search", devices.KEY, int) == 2


def test_an_arc_a_device_is_what_one_arc_a_step_means_among_several():
    assert devices.child_of(ChildConfig(), several(4)).arcs_per_step == 4
    assert devices.child_of(ChildConfig(arcs_per_step=6), several(4)).arcs_per_step == 6
    assert devices.child_of(ChildConfig(), replicas.ALONE).arcs_per_step == 1


def test_workers_that_begin_alike_go_on_together_and_others_are_refused(asked):
    made, driver = asked()._replace(cluster=Cluster(TWO, 0)), Driver()
    made.folder.bind_settings("search", made.configs["search"])
    alike = Far(None)
    devices.join(made, "search", driver, alike)
    assert driver.others == alike.first_and_most
    with pytest.raises(ConfigError, match="The workers of TF_CONFIG do not begin ali"):
        devices.join(made, "search", driver, Far([2**33, 0]))
