"""report.html as a visitor sees it: on a phone and on a wide screen, light and dark."""

import browser
import page_runs
import pytest

from enas_tf.page import runs, runs_forms, sections, write

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
