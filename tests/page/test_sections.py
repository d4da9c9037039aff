"""A page of a folder: what is in it, what is missing, and what comes from names."""

import base64
import hashlib
import html
import io
import json
import re

import numpy as np
import page_runs
import pytest
from PIL import Image

from enas_tf.config.sections import ConfigError
from enas_tf.page import contrasts, found, policy, sections, verdict, whole, write
from enas_tf.run import disk

DERIVED = "Left out: arcs/derived.jsonl is damaged. Restore it"


def page_of(folder, **how):
    return write.page(folder, **how).read_text("utf-8")


def lead(page):
    return re.search('<p class="lead">(.*?)</p>', page)[1]


def left_out(page):
    return re.findall('<p class="left_out">(.*?)</p>', page)


def test_a_page_has_every_section_and_none_is_left_out(tmp_path):
    page = page_of(page_runs.make(tmp_path / "run"))
    places = [page.index(f'<section id="{s.name}">') for s in sections.SECTIONS]
    assert places == sorted(places)
    assert left_out(page) == []


def test_it_asks_nothing_of_another_place_and_is_small(tmp_path):
    page = page_of(page_runs.make(tmp_path / "run"))
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert {a[:5] for a in addresses if not a.startswith("#")} == {"data:"}
    assert len(page) < 100_000


def test_only_its_own_script_may_run_and_without_it_charts_are_whole(tmp_path):
    page = page_of(page_runs.make(tmp_path / "run"))
    (script,) = re.findall("<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert html.escape(f"script-src 'sha256-{digest}'") in page
    assert '<p class="hint" hidden="">' in page
    assert page.index('<g class="plot"><path d="M') < page.index("<script>")


def test_a_large_run_has_a_small_page(tmp_path):
    folder = page_runs.make(tmp_path / "run")
    row = dict(source="policy", accuracy=0.5, flops=1, arc="0 " * 299 + "0")
    sizes = (json.dumps(row | dict(parameters=n)) for n in range(1, 3001))
    (folder / "arcs" / "derived.jsonl").write_text("\n".join(sizes))
    rows = [
        dict(stage="search", kind="controller", step=n, entropy=1 / n, skip_rate=0.5)
        for n in range(1, 10_000)
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "metrics.jsonl").write_text(text)
    page = page_of(folder)
    assert left_out(page) == []
    assert len(page) < 500_000
    assert "All 3,000 are in arcs/derived.jsonl." in page


def test_the_verdict_says_what_the_intervals_say(tmp_path):
    page = page_of(page_runs.make(tmp_path / "run"))
    assert lead(page) == (
        "The policy&#x27;s arcs are better than random arcs, not distinguishable from "
        "random arcs of its sizes."
    )
    assert '<div class="verdict better">' in page
    assert "<b>0.9875</b><span>test accuracy</span>" in page


@pytest.mark.parametrize(
    ("low", "high", "none", "sign", "says"),
    [
        (0.1, 0.2, 0.0, 1, "better"),
        (-0.2, -0.1, 0.0, 1, "worse"),
        (-0.1, 0.1, 0.0, 1, "unclear"),
        (0.8, 0.9, 1.0, -1, "better"),  # of perplexities, a ratio
        (1.1, 1.2, 1.0, -1, "worse"),
        (0.0, 0.2, 0.0, 1, "unclear"),
    ],
)
def test_a_contrast_is_clear_where_the_whole_interval_is(low, high, none, sign, says):
    one = contrasts.Contrast("random arcs", 0.5, 0.15, low, high, none, sign)
    assert one.says == says


def test_without_a_trained_controller_nothing_is_called_better(tmp_path):
    words = ["Policy 0.9, random 0.5: the controller was never trained."]
    facts = dict(page_runs.DERIVED, in_words=words)
    page = page_of(page_runs.make(tmp_path / "run", derive=facts, train=None))
    assert lead(page).startswith("An arc was derived; nothing says that it is better")
    assert '<div class="verdict unclear">' in page


def test_a_search_that_goes_on_says_how_far_it_is(tmp_path):
    folder = page_runs.make(tmp_path / "run", derive=None, train=None, num_epochs=7)
    assert lead(page_of(folder)) == (
        "No result yet: the search is finished after epoch 2 of 7."
    )


def test_a_live_page_reloads_itself_and_the_last_one_does_not(tmp_path):
    folder = page_runs.make(tmp_path / "run")
    refresh = f'<meta http-equiv="refresh" content="{whole.RELOAD_SECONDS}">'
    assert refresh in page_of(folder, live=True)
    assert refresh not in page_of(folder, status="finished")


def test_names_of_users_are_escaped_everywhere(tmp_path):
    bad = "<img src=x onerror=alert(1)>"
    folder = page_runs.make(tmp_path / f"<b>{len(bad)}", data_path=f"/d/{bad}")
    row = dict(stage="search", kind="ops", step=3, **{f"{bad}/{bad}": 0.5})
    with (folder / "metrics.jsonl").open("a") as file:
        file.write(json.dumps(row) + "\n")
    page = page_of(folder)
    assert bad not in page and "<b>28" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


@pytest.mark.parametrize(
    ("name", "content", "count", "says"),
    [
        ("arcs/derived.jsonl", None, 2, "arcs/derived.jsonl is missing."),
        ("arcs/derived.jsonl", b"{[\xff", 2, "arcs/derived.jsonl is damaged."),
        ("arcs/derived.jsonl", b"[1]\n", 2, "arcs/derived.jsonl is damaged."),
        (
            "arcs/derived.jsonl",
            b'{"parameters": 5}\n{"parameters": 6}',
            1,
            DERIVED,
        ),
        (
            "arcs/best.png",
            b"\x89PNG no picture",
            1,
            "Left out: arcs/best.png is damaged.",
        ),
    ],
)
def test_a_file_that_is_missing_or_damaged_costs_its_sections_alone(
    tmp_path, name, content, count, says
):
    folder = page_runs.make(tmp_path / "run")
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    found_out = left_out(page_of(folder))
    assert len(found_out) == count
    assert all(says in line for line in found_out)


def test_arcs_are_weighed_against_each_cost_each_kind_apart(tmp_path):
    folder = page_runs.make(tmp_path / "run")
    rows = [
        dict(source=source, accuracy=n / 4, parameters=n, flops=n, latency=n, arc="0")
        for n, source in enumerate(("policy", "random", "evolution"), start=1)
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "arcs" / "derived.jsonl").write_text(text)
    page = page_of(folder)
    part = page[page.index('id="sizes"') : page.index('id="settings"')]
    for cost in ("parameters of the final child", "FLOPs of an image", "ms latency"):
        assert f"<title>accuracy of each arc against {cost}</title>" in part
    for kind in ("arcs of the policy", "random arcs", "arcs of evolution"):
        assert part.count(f"</i>{kind}</span>") == 3
    assert part.count('class="front"') == 3 and left_out(page) == []


def test_damaged_rows_are_counted_and_the_others_are_drawn(tmp_path):
    folder = page_runs.make(tmp_path / "run")
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    lines[3:6:2] = ["{garbage", lines[5].replace("0.5", "0.6")]
    (folder / "metrics.jsonl").write_text("\n".join(lines) + "\n")
    page = page_of(folder)
    assert "2 damaged rows of metrics.jsonl are left out." in page
    assert left_out(page) == []


def test_without_any_rows_there_are_no_curves_and_no_policy(tmp_path):
    folder = page_runs.make(tmp_path / "run")
    (folder / "metrics.jsonl").unlink()
    page = page_of(folder)
    assert left_out(page) == []
    assert 'id="curves"' not in page and 'id="policy"' not in page


def test_facts_of_other_kinds_than_ours_cost_their_section_alone(tmp_path):
    facts = dict(page_runs.DERIVED, accuracy_above_random_low="high", size=[3])
    page = page_of(page_runs.make(tmp_path / "run", derive=facts))
    assert len(left_out(page)) == 2  # the verdict, the comparison
    assert 'id="settings"' in page


def test_a_training_alone_has_its_arc_drawn(tmp_path):
    folder = page_runs.make(
        tmp_path / "run", derive=None, child_fixed_arc=page_runs.ARC
    )
    (folder / "arcs" / "best.png").unlink()
    page = page_of(folder)
    assert lead(page) == "Trained and tested once: test accuracy 0.9875."
    assert f'alt="the arc {page_runs.ARC}"' in page


def test_settings_that_are_not_the_published_ones_stand_first(tmp_path):
    page = page_of(page_runs.make(tmp_path / "run", num_epochs=7))
    shown = page[page.index('id="settings"') : page.index("as published")]
    assert "<code>num_epochs</code>" in shown and "<code>310</code>" in shown
    assert "<code>seed</code> <mark>given</mark>" in shown
    assert "<code>child_momentum</code>" not in shown


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="holds no run of this program"):
        write.page(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_making_a_page_touches_nothing_else(tmp_path):
    folder = page_runs.make(tmp_path / "run")
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    write.page(folder)
    after = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert {p.name for p in after.keys() - before.keys()} == {"report.html"}
    assert {p: after[p] for p in before} == before


def test_a_damaged_run_json_is_read_from_its_twin(tmp_path):
    folder = page_runs.make(tmp_path / "run")
    (folder / "run.json").write_text("{")
    assert found.read(folder).fact("train", "test_accuracy", float) == 0.9875


def test_shares_are_the_opacity_of_one_colour():
    content = policy.png(np.array([[0.0, 1.0, float("nan")]]))
    pixels = np.asarray(Image.open(io.BytesIO(content)))
    assert pixels[0, :, 3].tolist() == [0, 255, 0]


def test_words_of_several_comparisons_are_one_sentence():
    one = contrasts.Contrast("a", 0.5, 0.15, 0.1, 0.2, 0.0, 1)
    told = [one, one._replace(others="b"), one._replace(others="c", low=-0.1)]
    assert verdict.in_words(told) == (
        "The policy's arcs are better than a and b, not distinguishable from c."
    )


def test_a_page_that_cannot_be_written_is_one_line(tmp_path):
    folder = page_runs.make(tmp_path / "run")
    (folder / "report.html").mkdir()
    with pytest.raises(ConfigError, match=r"report\.html"):
        write.page(folder)
    assert not (folder / f"report.html{disk.DRAFT}").exists()
