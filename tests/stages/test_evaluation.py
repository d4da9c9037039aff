"""An evaluation by class, in the log and in its file."""

import numpy as np

from enas_tf.stages import evaluation
from enas_tf.training import by_class


class Heard:
    """A report that remembers its messages."""

    def __init__(self):
        self.lines = []

    def message(self, text):
        self.lines.append(text)


def found(labels, answers, names):
    return by_class.measure(np.array(labels), np.array(answers), names)


def many(count):
    """As many classes, of two images each; those whose number ends in 7 are missed."""
    labels = np.repeat(np.arange(count), 2)
    answers = np.where(labels % 10 == 7, 0, labels)
    return found(labels, answers, [f"species {n}" for n in range(count)])


def test_each_class_has_a_row():
    ours = found([0, 0, 0, 1, 1], [0, 0, 1, 1, 1], ["cat", "grey heron", "dog"])
    assert evaluation.table(ours) == [
        "class       images  precision  recall",
        "cat              3     1.0000  0.6667",
        "grey heron       2     0.6667  1.0000",
        "dog              0          -       -",
        "precision -: the class was never answered",
        "recall -: the class has no test images",
    ]


def test_rows_of_names_that_begin_alike_or_end_alike_are_told_apart():
    genus = "a very long name of some genus or other"
    names = [f"{genus} one", f"{genus} two", f"{genus} 1 {genus}", f"{genus} 2 {genus}"]
    ours = found([0, 1, 2, 3], [0, 1, 2, 3], names)
    rows = [line.split("  ")[0] for line in evaluation.table(ours)[1:]]
    assert rows == [
        "a very long nam...s or other one",
        "a very long nam...s or other two",
        "a very long n...nus or other (2)",
        "a very long n...nus or other (3)",
    ]


def test_of_many_classes_the_ten_worst_have_one():
    lines = evaluation.table(many(100))
    assert lines.pop() == "precision -: the class was never answered"
    assert len(lines) == 1 + 10
    assert lines[0].startswith("worst 10 of 100 classes")
    assert [line.split()[1] for line in lines[1:]] == [
        f"{n}7" for n in ["", *"123456789"]
    ]
    assert len(evaluation.table(many(20))) == 1 + 20 + 1


def test_rows_fit_into_a_terminal_whatever_the_names():
    ours = found([0, 1], [0, 1], ["a name\nof two lines", "x" * 200])
    lines = evaluation.table(ours)
    assert max(map(len, lines)) <= 70
    assert len({len(line) for line in lines}) == 1
    assert not any("\n" in line for line in lines)


def test_balanced_accuracy_is_always_told_by_an_evaluation():
    heard = Heard()
    evaluation.report_classes(heard, found([0, 1], [0, 0], ["cat", "dog"]))
    assert heard.lines[0].startswith("Balanced accuracy: 0.5000")


def test_after_a_training_it_is_told_where_classes_are_unbalanced():
    heard = Heard()
    evaluation.report_accuracy(heard, found([0, 1], [0, 0], ["cat", "dog"]))
    assert heard.lines == ["Test accuracy: 0.5000"]
    evaluation.report_accuracy(heard, found([0, 0, 0, 1], [0, 0, 0, 0], ["cat", "dog"]))
    assert heard.lines[1] == "Test accuracy: 0.7500"
    assert heard.lines[2].startswith("Balanced accuracy: 0.5000")
