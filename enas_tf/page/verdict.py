"""The first section: what the run says, in a sentence, intervals and few figures."""

from collections.abc import Sequence

from enas_tf.page import contrasts, markup
from enas_tf.page import found as found_lib
from enas_tf.page.contrasts import Contrast
from enas_tf.page.found import Found
from enas_tf.page.markup import Html
from enas_tf.run import readings
from enas_tf.run import settings as run_settings

# What `Comparison.verdict` says of a controller that made no update.
_UNTRAINED = "the controller was never trained"
# Begin the sentences beside it that the verdict must not be read without.
_WITH_IT = ("The shared weights were", "So the ")
_WORDS = {
    contrasts.BETTER: "better than {}",
    contrasts.WORSE: "worse than {}",
    contrasts.UNCLEAR: "not distinguishable from {}",
}
# Figures of deriving, in words, and their names in run.json.
_DERIVED = {
    "policy, mean": "policy_{}",
    "random, mean": "random_{}",
    "best arc, on examples that did not choose it": "best_{}_on_others",
}


def section(found: Found) -> Html:
    """The verdict of a search, the test of a training, or how far the run is."""
    told = contrasts.of_run(found)
    told = [] if _UNTRAINED in "".join(_compared(found)) else told
    lead = markup.element("p", _lead(found, told), class_="lead")
    picture = contrasts.of_policy(told)
    words = markup.paragraphs([*_compared(found), *_beside(found)])
    colour = told[0].says if told else contrasts.UNCLEAR
    inner = [markup.element("div", lead, _tiles(found), words), picture]
    return markup.element("div", *inner, class_=f"verdict {colour}")


def in_words(told: Sequence[Contrast]) -> str:
    """What the intervals say of the policy, against all that it was compared with."""
    groups = {says: [c.others for c in told if c.says == says] for says in _WORDS}
    parts = [_WORDS[says].format(_listed(n)) for says, n in groups.items() if n]
    return f"The policy's arcs are {', '.join(parts)}."


def _lead(found: Found, told: Sequence[Contrast]) -> str:
    if told:
        return in_words(told)
    if test := _tested(found):
        times = _times_read(found)
        how = "tested once" if times < 2 else f"tested, on a split read {times} times"
        return f"Trained and {how}: {' '.join(test)}."
    if "derive" in found.run["stages"]:
        return "An arc was derived; nothing says that it is better than a random one."
    noun = run_settings.NOUNS[next(reversed(found.begun), "search")]
    return f"No result yet: the {noun} is {_state(found)}{_epochs(found)}."


def _compared(found: Found) -> list[str]:
    """The sentence on policy and chance, which is the last of those on the arc."""
    return (found.fact("derive", "in_words", list) or [])[-1:]


def _beside(found: Found) -> list[str]:
    said = found.fact("derive", "more_in_words", list) or []
    return [line for line in said if str(line).startswith(_WITH_IT)]


def _state(found: Found) -> str:
    unknown = found.state == found_lib.UNKNOWN
    return found_lib.UNFINISHED if unknown else found.state


def _epochs(found: Found) -> str:
    done = [row["step"] for row in found.rows if row["kind"] == "valid"]
    asked = found.setting("num_epochs")
    return f" after epoch {max(done)} of {asked}" if done else ""


def _tested(found: Found) -> tuple[str, str] | None:
    """(name, figure) of the test of the final training."""
    measure = found.measure
    value = found.fact("train", f"test_{measure.name}", float) if measure else None
    if measure is None or value is None:
        return None
    return f"test {measure.name}", f"{value:.{measure.places}f}"


def _times_read(found: Found) -> int:
    """How often the training's test split was read for its network."""
    data = (found.fact("train", "data", dict) or {}).get("checksum", "")
    return readings.times(readings.listed(found.run["stages"]), str(data))


def _tiles(found: Found) -> Html:
    """The figures that one looks for first."""
    test, measure = _tested(found), found.measure
    tiles = [test] if test else []
    if test and (times := _times_read(found)):
        tiles.append(("readings of the test split", str(times)))
    if measure:
        for words, key in _DERIVED.items():
            value = found.fact("derive", key.format(measure.name), float)
            if value is not None:
                tiles.append((words, f"{value:.{measure.places}f}"))
    if parameters := found.fact("train", "parameters", int):
        tiles.append(("parameters of the trained network", f"{parameters:,}"))
    shown = [
        markup.element("div", markup.element("b", value), markup.element("span", words))
        for words, value in tiles
    ]
    return markup.element("div", *shown, class_="tiles") if shown else Html("")


def _listed(names: Sequence[str]) -> str:
    *before, last = names
    return f"{', '.join(before)} and {last}" if before else last
