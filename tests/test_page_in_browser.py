"""report.html as a visitor sees it: on a phone and on a wide screen, light and dark."""

import time

import browser
import page_campaigns
import page_runs
import pytest

from enas_tf.page import runs, runs_forms, sections, whole, write

pytestmark = pytest.mark.skipif(
    browser.BROWSER is None, reason="no Chromium: apt-get install chromium"
)


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with browser.opened(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return page_runs.make(tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    found = page_campaigns.make(tmp_path_factory.mktemp("campaigns") / "campaign")
    page_campaigns.add_ablation(found)
    page_campaigns.add_perturbation(found)
    page_campaigns.add_ranks(found)
    return found


def assert_is_fine(seen, page):
    assert seen["errors"] == []
    assert seen["empty"] == [] and seen["broken"] == 0
    assert seen["width"] <= seen["inner"]
    assert seen["requests"] == [page.as_uri()]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_page_fits_has_all_its_pictures_and_asks_for_nothing(
    tab, folder, width, dark
):
    page = write.page(folder)
    seen = tab.visit(page, width, dark=dark)
    assert_is_fine(seen, page)
    assert seen["pictures"] > 10
    for section in sections.SECTIONS:
        assert section.title in seen["text"]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_of_a_campaign_fits_too(tab, campaign, width, dark):
    page = write.page(campaign)
    seen = tab.visit(page, width, dark=dark)
    assert_is_fine(seen, page)
    assert seen["pictures"] == 2 + 1 + 2 + 1  # intervals, the arc, two ranks, sizes
    cut = "filter(one => one.scrollWidth > one.clientWidth).length"
    boxes = "[...document.querySelectorAll('.stacked, .paper')]"
    assert tab.value(f"{boxes}.length") == 3 and tab.value(f"{boxes}.{cut}") == 0
    for words in ("Better than", "Which decisions matter", "How scores rank arcs"):
        assert words in seen["text"]


def test_long_names_do_not_make_a_page_wider(tab, tmp_path):
    folder = page_runs.make(tmp_path / ("long_name_" * 20), data_path="/d/" + "x" * 300)
    page = write.page(folder)
    assert_is_fine(tab.visit(page, 390), page)


def test_the_table_of_runs_fits_too(tab, folder):
    page = folder.parent / "runs.html"
    page.write_text(runs_forms.as_html(runs.below(folder.parent)))
    seen = tab.visit(page, 390)
    assert_is_fine(seen, page)
    assert "1 runs" not in seen["text"] and "finished" in seen["text"]


# The chart of the loss of the network: steps 1 to 60.
LOSS = "document.querySelector('#curves svg')"


def scale(tab):
    """The numbers below its x axis."""
    words = f"[...{LOSS}.querySelectorAll('g.x text')].map(t => +t.textContent)"
    return tab.value(words)


def place(tab, share):
    """In the window, so far along the chart's width; it is scrolled to."""
    box = tab.value(
        f"{LOSS}.scrollIntoView(), (b => [b.x, b.y, b.width, b.height])"
        f"({LOSS}.getBoundingClientRect())"
    )
    return box[0] + share * box[2], box[1] + box[3] / 2


def test_dragging_over_a_chart_zooms_and_a_double_click_ends_it(tab, folder):
    page = write.page(folder)
    tab.visit(page, 1280)
    all_of_it = scale(tab)
    assert all_of_it == [0, 20, 40, 60]
    path = f"{LOSS}.querySelector('g.plot path:last-of-type').getAttribute('d')"
    drawn = tab.value(path)
    tab.drag(place(tab, 0.5), place(tab, 0.8))
    assert min(scale(tab)) > 20 and max(scale(tab)) < 60 and len(scale(tab)) >= 3
    assert tab.value(path) != drawn
    tab.double_click(*place(tab, 0.5))
    assert (scale(tab), tab.value(path)) == (all_of_it, drawn)


def test_a_finger_zooms_on_a_phone_and_a_button_ends_it(tab, folder):
    tab.visit(write.page(folder), 390)
    all_of_it = scale(tab)
    tab.swipe(place(tab, 0.3), place(tab, 0.6))
    assert scale(tab) != all_of_it
    tab.value("document.querySelector('#curves button:not([hidden])').click()")
    assert scale(tab) == all_of_it


def test_keys_zoom_the_chart_that_has_the_focus(tab, folder):
    tab.visit(write.page(folder), 1280)
    all_of_it = scale(tab)
    tab.value(f"{LOSS}.focus()")
    for _ in range(4):
        tab.press("+")
    inner = scale(tab)
    assert min(inner) > min(all_of_it) and max(inner) < max(all_of_it)
    tab.press("ArrowRight")
    assert scale(tab) != inner
    tab.press("0")
    assert scale(tab) == all_of_it
    assert tab.value("document.querySelector('.hint').hidden") is False


def test_a_live_page_reloads_itself_but_not_while_a_chart_is_zoomed(
    tab, folder, monkeypatch
):
    monkeypatch.setattr(whole, "RELOAD_SECONDS", 0.2)
    tab.visit(write.page(folder, live=True), 1280)
    tab.drag(place(tab, 0.5), place(tab, 0.8))
    tab.value("window.mark = 1")
    time.sleep(0.6)
    assert tab.value("window.mark") == 1
    write.page(folder)  # the last one, which does not reload itself
    tab.value("document.querySelector('#curves button:not([hidden])').click()")
    until = time.monotonic() + 30
    while tab.value("window.mark") == 1:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert tab.value("document.body.dataset.reload") is None


def test_what_is_wrong_with_a_page_is_seen(tab, tmp_path):
    page = tmp_path / "bad.html"
    page.write_text(
        "<img src='nowhere.png'><div style='width: 2000px'>.</div>"
        "<script>console.error('bad')</script>"
    )
    seen = tab.visit(page, 390)
    assert seen["width"] > seen["inner"]
    assert seen["broken"] == 1
    assert len(seen["errors"]) >= 2
    assert len(seen["requests"]) == 2
