"""The page of a campaign: from its words, its rows and its runs."""

import json
import re

import page_runs
import pytest

from enas_tf.page import write


@pytest.fixture
def folder(tmp_path):
    rows = [
        dict(method=method, arc="0 1", parameters=size, score=score)
        for method, size, score in (("enas", 100, 0.9), ("<random>", 200, 0.8))
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "results.jsonl").write_text(text)
    (tmp_path / "results.txt").write_text("  method  n\nBetter than <random>.\n")
    (tmp_path / "plan.json").write_text("{}")
    job = page_runs.make(tmp_path / "jobs" / "000_search")
    write.page(job)
    page_runs.make(tmp_path / "jobs" / "001_train", derive=None)
    return tmp_path


def test_it_has_the_words_the_trainings_and_the_runs(folder):
    page = write.page(folder).read_text("utf-8")
    assert re.findall("<h2>(.*?)</h2>", page) == ["Verdict", "Score and size", "Runs"]
    verdict = "<p>Better than &lt;random&gt;.</p>"
    assert f'{verdict}<div class="wide"><pre>  method  n</pre></div>' in page
    assert page.count("<circle") == 2
    assert '<a href="jobs/000_search/report.html">000_search</a>' in page
    assert "<td>001_train</td>" in page


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
