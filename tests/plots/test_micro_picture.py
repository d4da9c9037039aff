"""The picture of a micro arc: that it shows the arc, and nothing on top of another."""

import functools

import numpy as np
import pictures
import pytest
from matplotlib import colors

from enas_tf import plots
from enas_tf.plots import micro as picture
from enas_tf.plots import micro_layout, micro_sheet, pen
from enas_tf.plots.micro_layout import CellLayout, Pass
from enas_tf.spaces import micro
from enas_tf.spaces.micro import Cell

CHAIN = Cell((1, 1, 2, 2, 3, 3, 4, 4, 5, 5), (0, 1, 2, 3, 4, 0, 1, 2, 3, 4))
ONLY_ZERO = Cell((0,) * 10, (4,) * 10)
PUBLISHED = micro.MicroSpace(5).parse(micro.ENAS_MICRO)


def random_arc(blocks, seed=0):
    space = micro.MicroSpace(blocks)
    return space.decode(space.random(np.random.default_rng(seed), 1)[0].tolist())


def cells():
    """Cells of many shapes, as pytest parameters."""
    found = dict(chain=CHAIN, only_zero=ONLY_ZERO, published=PUBLISHED.normal)
    found |= dict(published_reduce=PUBLISHED.reduce)
    for blocks in (1, 2, 5, 7, 12):
        for name, cell in zip(micro.CELLS, random_arc(blocks), strict=True):
            found[f"{name}_of_{blocks}"] = cell
    return pytest.mark.parametrize("cell", found.values(), ids=list(found))


@functools.cache
def laid_out(cell, *, halves):
    return CellLayout(cell, halves=halves)


def points_of(way, count=50):
    """[count + 2, 2]: points on the way, from its start to its end."""
    (first, last), (start, bend, straight, end) = way.xs, way.ys
    middle = (bend + straight) / 2
    corners = [(first, bend), (first, middle), (last, middle), (last, straight)]
    t = np.linspace(0, 1, count)[:, None]
    parts = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
    curve = sum(p * np.array(corner) for p, corner in zip(parts, corners, strict=True))
    return np.concatenate([[(first, start)], curve, [(last, end)]])


def frames_of(layout):
    """{node: (left, right, top, bottom)} of the blocks."""
    half, height = micro_layout.BLOCK_WIDTH / 2, micro_layout.BLOCK_HEIGHT
    return {b.node: (b.x - half, b.x + half, b.y, b.y - height) for b in layout.blocks}


def inside(points, frame):
    left, right, top, bottom = frame
    x, y = points.T
    return (left < x) & (x < right) & (bottom < y) & (y < top)


def test_depth_is_the_longest_way_from_an_input():
    # Block 3 reads 2, block 4 reads 0 and 3, block 5 only inputs.
    cell = Cell((0, 1, 2, 1, 0, 3, 1, 1), (0,) * 8)
    assert micro_layout.depths(cell) == [0, 0, 1, 2, 3, 1]


def test_what_is_read_from_afar_passes_the_layers_between():
    # Block 2 reads 0, block 3 reads 2 and 1; only 3 is a loose end.
    graph = micro_layout.graph_of(Cell((0, 0, 2, 1), (0, 0, 0, 0)))
    assert graph.layers == [[0, 1], [2, Pass(1, 1)], [3], [Pass(3, 3)]]
    ends = [edge[:2] for edge in graph.edges]
    operands, passes = ends[:4], ends[4:]
    assert operands == [(0, 2), (0, 2), (2, 3), (Pass(1, 1), 3)]
    assert passes == [(1, Pass(1, 1)), (3, Pass(3, 3))]


def test_an_input_that_no_block_reads_goes_to_the_concatenation():
    graph = micro_layout.graph_of(ONLY_ZERO)
    assert graph.layers[1] == [2, 3, 4, 5, 6, Pass(1, 1)]
    assert graph.layers[2] == [Pass(node, 2) for node in (1, 2, 3, 4, 5, 6)]


@cells()
def test_each_operand_arrives_at_its_own_op(cell):
    layout = laid_out(cell, halves=False)
    blocks = {block.node: block for block in layout.blocks}
    for number, op in enumerate(cell.ops):
        way, block = layout.ways[number], blocks[number // 2 + 2]
        side = 0 if way.xs[1] < block.x else 1
        where = block.x + (-micro_layout.SPREAD, micro_layout.SPREAD)[side]
        assert way.xs[1] == pytest.approx(where)
        assert way.ys[3] == pytest.approx(block.y - micro_layout.PAD)
        assert block.ops[side] == op
        assert (way.source, way.arrives) == (cell.inputs[number], True)


@cells()
def test_the_loose_ends_and_nothing_else_arrive_at_the_concatenation(cell):
    layout = laid_out(cell, halves=True)
    top = layout.tops[-1]
    arriving = [way for way in layout.ways if way.arrives and way.ys[3] == top]
    assert sorted(way.source for way in arriving) == list(micro.loose_ends(cell))
    left = layout.concat_x - layout.concat_width / 2
    for way in arriving:
        assert left < way.xs[1] < left + layout.concat_width


@cells()
def test_a_way_that_ends_at_a_pass_goes_on_there(cell):
    ways = laid_out(cell, halves=False).ways
    begun = {(way.source, way.xs[0], way.ys[0]) for way in ways}
    for way in ways:
        if not way.arrives:
            assert (way.source, way.xs[1], way.ys[3]) in begun


@cells()
def test_no_edge_runs_through_a_block_that_it_does_not_touch(cell):
    layout = laid_out(cell, halves=False)
    for way in layout.ways:
        points = points_of(way)
        for frame in frames_of(layout).values():
            touched = inside(points, frame)
            if not touched[[0, -1]].any():
                assert not touched.any()


@cells()
def test_blocks_do_not_overlap_and_all_is_within_the_cell(cell):
    layout = laid_out(cell, halves=True)
    frames = list(frames_of(layout).values())
    for i, (left, right, top, bottom) in enumerate(frames):
        assert left >= -1e-6 and right <= layout.width + 1e-6
        assert top < layout.bottoms[0] and bottom > layout.tops[-1]
        for other in frames[:i]:
            beside = right < other[0] or other[1] < left
            assert beside or top < other[3] or other[2] < bottom
    for way in layout.ways:
        assert (points_of(way)[:, 0] >= 0).all()
        assert (points_of(way)[:, 0] <= layout.width).all()


def test_ways_out_of_an_input_begin_in_the_order_of_their_ends():
    ways = laid_out(ONLY_ZERO, halves=False).ways[:10]
    starts = [way.xs[0] for way in sorted(ways, key=lambda way: way.xs[1])]
    assert (np.diff(starts) > 0.1).all()
    assert starts[-1] - starts[0] <= micro_layout.INPUT_WIDTH - 1.4  # a funnel's end


def test_a_chain_is_straight_and_crosses_nothing():
    layout = laid_out(CHAIN, halves=False)
    assert layout.crossings == 0
    np.testing.assert_allclose(
        [b.x for b in layout.blocks], layout.blocks[0].x, atol=1e-3
    )


def test_published_cells_have_few_crossings():
    assert laid_out(PUBLISHED.normal, halves=False).crossings <= 3
    assert laid_out(PUBLISHED.reduce, halves=True).crossings <= 3


def test_inputs_stand_in_their_order():
    for cell in random_arc(7):
        (zero, left), (one, right) = laid_out(cell, halves=False).inputs
        assert (zero, one) == (0, 1) and left < right


@pytest.mark.parametrize("blocks", [1, 2, 5, 7, 12])
def test_picture_has_a_readable_size_and_is_not_blank(tmp_path, blocks):
    space, arc = micro.MicroSpace(blocks), random_arc(blocks, seed=1)
    plots.draw_arc(space, arc, tmp_path / "arc.png", title="a title")
    shown = pictures.pixels(tmp_path / "arc.png")
    assert 700 <= shown.shape[1] <= (1600 if blocks <= 7 else 2400)
    assert shown.shape[0] <= 2000
    assert shown.std() > 10


@pytest.mark.parametrize(
    "arc",
    [
        PUBLISHED,
        micro.MicroArc(CHAIN, CHAIN),
        micro.MicroArc(ONLY_ZERO, CHAIN),
        random_arc(5),
        random_arc(7),
        random_arc(12),
        random_arc(1),
    ],
    ids=["published", "chain", "only zero", "5", "7", "12", "1"],
)
def test_no_two_texts_overlap_and_none_is_wider_than_its_box(arc):
    space = micro.MicroSpace(len(arc.normal.ops) // 2)
    figure = picture.draw(space, arc, "Best arc of the search")
    pictures.check_texts(figure)
    row = figure.get_figheight() * plots.DPI / -figure.axes[0].get_ylim()[0]
    for text in figure.axes[0].texts:
        if text.get_text() in micro.OPS and text.get_ha() == "center":
            width = text.get_window_extent().width
            assert width < 0.95 * micro_layout.OP_WIDTH * row


def test_picture_says_all_that_the_arc_is():
    space = micro.MicroSpace(5)
    words = pictures.words_of(picture.draw(space, PUBLISHED, "The published arc"))
    assert words.count("The published arc") == 1
    assert space.describe(PUBLISHED) in " ".join(words)
    assert {"Normal cell", "Reduction cell", "h[i−2]", "h[i−1]"} <= set(words)
    assert words.count("concatenate → h[i]") == 2
    # Seven of them are in the cells, one in the legend.
    assert words.count("sepconv5x5") == 8
    # Of each cell one, and one in the legend.
    assert [words.count(str(node)) for node in range(7)] == [2, 2, 3, 2, 2, 2, 2]


def test_only_the_inputs_of_the_reduction_cell_are_halved():
    words = pictures.words_of(picture.draw(micro.MicroSpace(5), PUBLISHED, ""))
    assert words.count("half the size") == 2
    normal, reduce = (laid_out(CHAIN, halves=halves) for halves in (False, True))
    assert reduce.bottoms[0] == pytest.approx(
        normal.bottoms[0] - micro_layout.HALVING_HEIGHT
    )


def test_each_edge_is_a_curve_in_the_colour_of_its_source():
    space = micro.MicroSpace(1)
    figure = picture.draw(space, space.parse("0 0 1 0 | 1 0 1 0"), "")
    shapes = figure.axes[0].patches
    curves = [one for one in shapes if type(one).__name__ == "PathPatch"]
    found = sorted(colors.to_hex(one.get_edgecolor()) for one in curves)
    # Normal: two operands, node 2. Reduction: two operands, input 0 past the block and
    # into the concatenation, node 2.
    sources = [0, 1, 2] + [1, 1, 0, 0, 2]
    assert found == sorted(pen.source_colour(source) for source in sources)


def sheet_of(arc):
    return micro_sheet.Sheet(arc, micro.OPS, "a title", "some words")


def test_wide_cells_stand_above_each_other_and_narrow_ones_side_by_side():
    above, below = sheet_of(micro.MicroArc(ONLY_ZERO, ONLY_ZERO)).frames
    assert above.x == below.x and below.y < above.y - above.height
    left, right = sheet_of(micro.MicroArc(CHAIN, CHAIN)).frames
    assert left.y == right.y and right.x > left.x + left.width


@pytest.mark.parametrize("blocks", [1, 2, 5, 7, 12])
def test_cells_and_legend_are_within_the_sheet(blocks):
    sheet = sheet_of(random_arc(blocks))
    for cell, frame in zip(sheet.cells, sheet.frames, strict=True):
        assert cell.width < frame.width and cell.height < frame.height
        assert 0 < frame.x and frame.x + frame.width < sheet.width
        assert all(y < frame.y - frame.height for _, y in sheet.legend.values())
    assert set(micro.OPS) < set(sheet.legend)
    assert all(-sheet.height < y < 0 for _, y in sheet.legend.values())
