"""A forecast as a value: its sums, its words and its JSON."""

import json

from enas_tf.run.outlook import Need, Outlook, Sample, Span

FOUND = Outlook(
    mode="all",
    architectures=6**12 * 2**66,
    shared_parameters=72_496,
    final_parameters={"small": 1, "median": 200, "large": 3_000},
    stages={"start": Span(4, 5, 6), "search": Span(3000, 3600, 90_000)},
    memory=Need(1_240_000_000, None),
    disk=Need(9_680_000, 60_200_000_000),
    rests_on={"child steps": Sample(186, 0.0412)},
)


def test_a_forecast_in_words():
    assert str(FOUND) == (
        "Dry run (all)\n"
        "  space    1.606e+29 architectures\n"
        "  sizes    shared child 72,496 parameters; final children: small 1, median "
        "200,\n"
        "           large 3,000\n"
        "  memory   1.2 GB at the most\n"
        "  disk     9.68 MB at the most (60.2 GB are there)\n"
        "  start    about 5 s (4 s to 6 s)\n"
        "  search   about 1 h (50 min to 25 h)\n"
        "  in all   about 1 h (50 min to 25 h)\n"
        "  timed    186 child steps of 0.041 s"
    )


def test_a_forecast_as_json_has_the_same_numbers():
    found = json.loads(json.dumps(FOUND.as_json()))
    total = {"low": 3004, "expected": 3605, "high": 90_006}
    assert found["seconds"]["total"] == total
    assert int(found["architectures"]) == FOUND.architectures
    assert found["memory"] == {"needed": 1_240_000_000, "free": None}
    assert found["rests_on"] == {"child steps": {"units": 186, "seconds": 0.0412}}


def test_a_need_is_met_where_nobody_knows_what_is_free():
    assert Need(10, None).is_met and Need(10, 10).is_met
    assert not Need(10, 9).is_met
