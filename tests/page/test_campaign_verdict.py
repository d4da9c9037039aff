"""The first section of a campaign's page: what stands where, and what is damaged."""

import re

import page_campaigns
import pytest

from enas_tf.page import write
from enas_tf.run import disk

MEANS = [
    dict(
        method=method,
        mean=mean,
        trainings=2,
        spread=dict(searches=0.25, arcs=None, retrains=None),
    )
    for method, mean in (("enas", 0.75), ("random", 0.5))
]
BETTER = dict(against="random", difference=0.25, bounds=[0.1, 0.4])


@pytest.fixture
def folder(tmp_path):
    found = page_campaigns.make(tmp_path)
    kept = dict(method="enas", contrasts=[BETTER], figures=MEANS)
    disk.write_json(found / "verdict.json", kept)
    return found


def verdict_of(folder, *lines):
    (folder / "results.txt").write_text("".join(f"{line}\n" for line in lines))
    page = write.page(folder).read_text("utf-8")
    return page[page.index("<h2>Verdict") : page.index("<h2>Score and")]


def test_means_are_a_table_and_no_sentences(folder):
    said = ["Better.", "Never trained.", "enas: mean 0.75 of 2.", "random: mean 0.5."]
    part = verdict_of(folder, *said, "random: 3 of 4 done.")
    assert re.findall("<p[^>]*>([^<]*)</p>", part)[:3] == [
        "Better.",
        "Never trained.",
        "random: 3 of 4 done.",
    ]
    labels = re.findall('<td[^>]*data-label="(.*?)">(.*?)</td>', part)
    assert labels[:4] == [
        ("method", "enas"),
        ("mean", "0.7500"),
        ("trainings", "2"),
        ("between searches", "0.2500"),
    ]
    assert "enas: mean" not in part and 'class="verdict better"' in part


def test_a_campaign_that_is_not_finished_says_so_before_anything_and_is_unclear(folder):
    table = ["  method  searches", "  enas  1 of 2"]
    part = verdict_of(folder, "Not finished: 1 of 3.", *table, "", "ENAS is better.")
    lead, head, sentence = (
        part.index(words)
        for words in ('lead">Not finished: 1', ">searches<", "<p>ENAS is better.")
    )
    assert lead < head < part.index("So far") < sentence
    assert 'class="verdict unclear"' in part


def test_a_verdict_that_was_altered_costs_its_figures_and_not_the_words(folder):
    path = folder / "verdict.json"
    path.write_text(path.read_text().replace("0.25", "0.95"))
    part = verdict_of(folder, "Better.")
    assert '<p class="lead">Better.</p>' in part and "<svg" not in part
    assert "Left out: verdict.json is damaged." in part


def test_a_flag_is_not_broken_between_its_hyphens(folder):
    part = verdict_of(folder, "Few.", "See --compare_arcs, or --jobs=2.")
    assert re.findall('<code class="flag">(.*?)</code>', part) == [
        "--compare_arcs",
        "--jobs=2",
    ]


def test_lines_of_a_table_that_have_other_columns_stand_below_it(folder):
    rows = [
        "  method  n  seconds  mean",
        "  enas    2  52  0.5",
        "  searches of enas: 9",
    ]
    part = verdict_of(folder, "Better.", *rows)
    assert '<p class="note">searches of enas: 9</p>' in part
    assert '<td data-label="seconds">52</td>' in part
