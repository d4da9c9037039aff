"""When the curves of a run are drawn."""

import types

import pytest

from enas_tf.config.errors import ConfigError
from enas_tf.stages import assembly, curves


@pytest.fixture
def drawn(monkeypatch):
    """The folders whose curves were drawn."""
    found = []
    monkeypatch.setattr(assembly, "draw_curves", found.append)
    return found


def asked(mode):
    """What curves.py needs of a request."""
    return types.SimpleNamespace(mode=mode, folder=mode)


@pytest.mark.parametrize("mode", ["search", "train"])
def test_a_command_of_one_stage_draws_at_its_end(drawn, mode):
    curves.after_stage(asked(mode), mode)
    assert drawn == [mode]


def test_a_command_of_two_stages_draws_once(drawn):
    curves.after_stage(asked("all"), "search")
    assert drawn == []
    curves.after_stage(asked("all"), "train")
    assert drawn == ["all"]


def test_a_stop_in_the_second_stage_draws_those_of_the_first(drawn):
    curves.after_stop(asked("all"), "train")
    assert drawn == ["all"]


def test_curves_that_cannot_be_drawn_hide_no_stop(monkeypatch, caplog):
    def refuse(folder):
        raise ConfigError("the disk is full")

    monkeypatch.setattr(assembly, "draw_curves", refuse)
    curves.after_stop(asked("all"), "train")
    assert "The curves are not drawn: the disk is full" in caplog.text


@pytest.mark.parametrize(("mode", "step"), [("all", "search"), ("train", "train")])
def test_a_stop_in_the_first_stage_draws_none(drawn, mode, step):
    curves.after_stop(asked(mode), step)
    assert drawn == []
