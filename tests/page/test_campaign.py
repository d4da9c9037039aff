"""The page of a campaign: from its words, its rows and its runs."""

import json
import re

import page_campaigns
import pytest

from enas_tf.page import write
from enas_tf.run import disk


@pytest.fixture
def folder(tmp_path):
    return page_campaigns.make(tmp_path)


def test_it_has_the_words_the_trainings_and_the_runs(folder):
    page = write.page(folder).read_text("utf-8")
    assert re.findall("<h2>(.*?)</h2>", page) == ["Verdict", "Score and size", "Runs"]
    verdict = '<p class="lead">Better than &lt;random&gt;.</p>'
    assert verdict in page
    table, note = '<th scope="col">method</th>', '<p class="note">Sums.</p>'
    assert page.index(verdict) < page.index(table) < page.index(note)
    assert page.count("<circle") == 2
    assert "The line joins" not in page  # one training is smaller and better
    assert '<a href="jobs/000_search/report.html">000_search</a>' in page
    assert "<td>001_train</td>" in page


def test_differences_with_an_interval_are_drawn_and_said_in_words(folder):
    page_campaigns.add_ablation(folder)
    page = write.page(folder).read_text("utf-8")
    words = re.findall("<text[^>]*>([^<]*[a-z])</text>", page)
    assert words[:4] == ["frozen minus trained", "worse"] + [
        "uniform minus trained",
        "unclear",
    ]
    assert "unshared minus" not in page


def test_a_long_table_is_folded_and_tables_are_apart(folder):
    rows = [f"  {number}" for number in range(30)]
    text = "\n".join(["Not optimal.", *rows, "", "  method  n", "Sums."])
    (folder / "results.txt").write_text(text)
    page = write.page(folder).read_text("utf-8")
    assert "<summary>16 more</summary>" in page
    heads = re.findall('<th scope="col">(method|n)</th>', page)
    assert heads == ["method", "n", "method"]  # the other is of scores and sizes


def test_an_arc_among_its_neighbours_is_a_picture_and_a_row_a_decision(folder):
    page_campaigns.add_perturbation(folder)
    page = write.page(folder).read_text("utf-8")
    assert "first skip 0 of layer 1: -0.3000" in page and 'width="640"' in page
    part = page[page.index("<h2>Which decisions") :]
    rows = re.findall('<td data-label="decision">(.*?)</td>', part)
    assert rows == ["skip 0 of layer 1", "the op of layer 0"]
    figures = re.findall('<td class="number" data-label="(.*?)">(.*?)</td>', part)
    assert figures[5:7] == [("mean change", "0.0150"), ("lowest", "-0.0500")]
    (words,) = re.findall("<text[^>]*>([^<]*: [^<]*)</text>", part)
    assert words == "the op of layer 0: a -&gt; b"


def test_each_score_is_a_chart_with_its_tau_above_it(folder):
    page_campaigns.add_ranks(folder)
    page = write.page(folder).read_text("utf-8")
    part = page[page.index("<h2>How scores") : page.index("<h2>Score and")]
    assert re.findall("<figcaption>(.*?)</figcaption>", part) == [
        "ceiling: another seed: tau +0.50 (+0.10 to +0.90)",
        "shared accuracy: tau +0.25, no interval",
        "naswot: tau not defined",
    ]
    assert part.count("<circle") == 3 + 2
    assert "It is finite for no arc." in part


def test_one_that_has_just_begun_says_what_is_not_there_yet(folder):
    (folder / "results.jsonl").unlink()
    (folder / "results.txt").unlink()
    page = write.page(folder, live=True).read_text("utf-8")
    assert re.findall('left_out">(.*?)<', page) == [
        "Not there yet: results.txt is missing.",
        "Not there yet: results.jsonl is missing.",
    ]
    assert 'http-equiv="refresh"' in page


def test_a_damaged_row_costs_its_section_alone(folder):
    (folder / "results.jsonl").write_text('{"score": 1}\n')
    page = write.page(folder).read_text("utf-8")
    assert len(re.findall('left_out">', page)) == 1
    assert "000_search" in page


def test_results_without_a_row_are_not_called_damaged(folder):
    (folder / "results.jsonl").write_text("")
    page = write.page(folder).read_text("utf-8")
    assert "Not there yet: results.jsonl has no row." in page


def test_it_shows_what_was_asked_and_the_command(folder):
    given = dict(preset="demo", data_path="a folder", compare_arcs=2)
    plan = dict(mode="compare", given=given, jobs=[dict(flags=["--plugin=a.py"])])
    (folder / "plan.json").write_text(json.dumps(plan))
    page = write.page(folder).read_text("utf-8")
    assert "<td><code>compare_arcs</code></td><td><code>2</code></td>" in page
    (command,) = re.findall("<pre>(enas-tf .*?)</pre>", page)
    assert "--preset=demo &#x27;--data_path=a folder&#x27;" in command
    assert " --plugin=a.py " in command


@pytest.mark.parametrize("name", ["perturbation.json", "scores.json"])
def test_a_file_that_was_altered_is_damaged_and_the_page_says_which(folder, name):
    page_campaigns.add_perturbation(folder)
    page_campaigns.add_ranks(folder)
    disk.write_json(folder / name, json.loads((folder / name).read_text()))
    text = (folder / name).read_text()
    (folder / name).write_text(text.replace("0.3", "0.4"))
    page = write.page(folder).read_text("utf-8")
    (said,) = re.findall('left_out">Left out: (.*?)<', page)
    assert said.startswith(f"{name} is damaged. The campaign&#x27;s command, given")


def test_facts_that_are_missing_are_told_with_their_file_and_no_names_of_python(folder):
    (folder / "perturbation.json").write_text('{"neighbours": 3}')
    page = write.page(folder).read_text("utf-8")
    assert "Left out: perturbation.json is damaged." in page
    assert "Error" not in re.sub("<script>.*</script>", "", page, flags=re.DOTALL)


def test_ranks_of_a_version_without_scores_say_which_command_makes_the_charts(folder):
    page_campaigns.add_ranks(folder)
    (folder / "scores.json").unlink()
    page = write.page(folder).read_text("utf-8")
    assert "the charts need scores.json" in page and "given again, writes it" in page
