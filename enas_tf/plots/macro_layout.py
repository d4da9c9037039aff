"""Where everything stands in the picture of a macro arc: arithmetic, no drawing.

The unit is a row, the height of a layer; y falls from 0 at the top edge.
"""

from enas_tf.spaces import macro

BOX_WIDTH = 4.0
TAG = 1.1  # room right of a box for a number, as a decision has one
_BOW = 0.38  # how far an arc swings out per row that it spans
_MARGIN = 0.5
_LEGEND_WIDTH = 7.2
_WANTED_WIDTH_INCHES = 15.0
_LEAST_ROW_INCHES, _LARGEST_ROW_INCHES = 0.2, 0.6


class Layout:
    """Places in the picture of `num_layers` layers that choose among `num_ops` ops."""

    def __init__(self, num_layers: int, num_ops: int):
        """Lays out the sheet.

        Args:
          num_layers: L of the arc, a row each.
          num_ops: rows of the legend.
        """
        arcs = self.bow(num_layers) + _MARGIN
        self.column_x = arcs + BOX_WIDTH / 2
        self._matrix_x = arcs + BOX_WIDTH + TAG
        legend_rows = 0.72 * num_ops + 2.0
        # Right of the cells that stand beside the legend, which is in the corner that
        # the triangular matrix leaves free.
        beside = min(num_layers, legend_rows)
        self.legend_x = self._matrix_x + beside + 0.7
        matrix_right = self._matrix_x + num_layers
        self.width = max(self.legend_x + _LEGEND_WIDTH, matrix_right + _MARGIN)
        inch = _WANTED_WIDTH_INCHES / self.width
        self.inch = min(max(inch, _LEAST_ROW_INCHES), _LARGEST_ROW_INCHES)
        self._stack(num_layers, legend_rows)

    def _stack(self, num_layers: int, legend_rows: float) -> None:
        """Sets the rows, from the headings down."""
        self.stem_y = y = -(1.0 / self.inch + 0.5)
        self.pools = macro.pool_layers(num_layers)
        layers, pools = [], []
        for layer in range(num_layers):
            y -= 1.0
            layers.append(y)
            if layer in self.pools:
                y -= 0.9
                pools.append(y)
        self.layer_ys, self.pool_ys = tuple(layers), tuple(pools)
        self.classifier_y = y - 1.0
        lowest = min(self.classifier_y, self.stem_y - legend_rows)
        self.height = -lowest + 0.5 + _MARGIN

    def bow(self, rows: int) -> float:
        """How far left of the column an arc over `rows` layers swings."""
        return 0.3 + _BOW * rows

    def source_y(self, source: int) -> float:
        """The row of a skip's source: 0 is the stem, i the output of layer i - 1."""
        return self.layer_ys[source - 1] if source else self.stem_y

    def cell_x(self, source: int) -> float:
        """The middle of a source's column in the matrix."""
        return self._matrix_x + source + 0.5
