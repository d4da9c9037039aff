"""What is not markup of ours is escaped, wherever it stands."""

import pytest

from enas_tf.page import markup

HOSTILE = "<script>alert(1)</script> & \"quoted\" 'single'"
ESCAPED = (
    "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot; &#x27;single&#x27;"
)


def test_text_between_and_inside_elements_is_escaped():
    found = markup.element("p", HOSTILE, title=HOSTILE)
    assert found == f'<p title="{ESCAPED}">{ESCAPED}</p>'


def test_markup_stands_as_it_is():
    inner = markup.element("b", "a < b")
    assert markup.element("p", inner, " & c") == "<p><b>a &lt; b</b> &amp; c</p>"


def test_an_element_without_content_has_no_end_and_names_may_have_hyphens():
    found = markup.element("meta", http_equiv="refresh", content=10, charset=None)
    assert found == '<meta http-equiv="refresh" content="10">'


def test_a_name_that_is_not_utf_8_can_be_written():
    assert markup.text("caf\udce9").encode() == b"caf\\udce9"


def test_cells_of_a_table_are_escaped_and_numbers_stand_at_the_right():
    found = markup.table(["<a>"], [["<b>"], [0.91666], [True]])
    assert '<th scope="col">&lt;a&gt;</th>' in found
    assert "<td>&lt;b&gt;</td>" in found
    assert '<td class="number">0.9167</td>' in found
    assert "<td>True</td>" in found


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.91666, "0.9167"), (12345, "12,345"), (97.3456, "97.35"), (2000.0, "2,000")],
)
def test_numbers_are_written_to_be_read(value, shown):
    assert markup.number(value) == shown
