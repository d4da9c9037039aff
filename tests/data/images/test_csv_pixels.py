"""Own images in a table of pixels."""

import pytest

from enas_tf.config import sections as config
from enas_tf.data.images import load as images


def load(path, **values):
    return images.load(config.DataConfig(data_path=str(path), **values))


def written(folder, *, header="", label="{0}", before=True, pixels=4, count=40):
    """Image i has i in its first pixel, then 7s; label i % 2."""
    lines = [header] * bool(header)
    for number in range(count):
        row = ",".join([str(number)] + ["7"] * (pixels - 1))
        own = label.format(number % 2)
        lines.append(f"{own},{row}" if before else f"{row},{own}")
    path = folder / "set.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("how", "column"),
    [
        (dict(), 1),
        (dict(header="Label,p0,p1,p2,p3"), 1),
        (dict(header='p0,p1,p2,p3,"label"', before=False), 5),
        (dict(header="p0,p1,p2,p3,class", before=False), 5),
        (dict(header="class,p0,p1,p2,p3"), 1),
        (dict(label="name {0}"), 1),
        (dict(label="name {0}", before=False), 5),
        (dict(header="a,b,c,d,e", label="name {0}", before=False), 1),
    ],
)
def test_the_column_of_labels_is_found_and_said(tmp_path, how, column):
    path = written(tmp_path, **how)
    if "a,b" in how.get("header", ""):  # nothing tells but the name
        with pytest.raises(config.ConfigError, match="the pixel name 0 in line 2"):
            load(path)
        return
    data = load(path)
    assert data.notes[0] == f"set.csv: the label is column {column} of 5; images 2 x 2."
    assert data.sizes == (24, 8, 8) and data.image_shape == (2, 2, 1)
    assert (data.test.images[:, 0, 0, 0] % 2).tolist() == data.test.labels.tolist()
    named = "name" in how.get("label", "")
    assert data.class_names == (("name 0", "name 1") if named else ("0", "1"))


def test_three_channels_are_a_pixel_behind_the_other(tmp_path):
    data = load(written(tmp_path, pixels=12), image_size=4)
    assert data.image_shape == (4, 4, 3)
    assert data.notes[0].endswith("images 2 x 2, each pixel red, green, blue.")
    image = load(written(tmp_path, pixels=12)).test.images[0]
    assert image[0, 0].tolist()[1:] == [7, 7] and image[1, 1].tolist() == [7, 7, 7]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("0,1,2,3,4\n1,2,3,4\n", "4 columns in line 2, 5 in the first: .* Mend or rem"),
        ("0,1,2,3,4\n1,2,3,256,4\n", "the pixel 256 in line 2"),
        ("0,1,2,3,4\n1,2,3,0.5,4\n", "the pixel 0.5 in line 2"),
        ("0,1,2,3,4\n1,2,3,,4\n", "the pixel '' in line 2"),
        ("0,1,2,3,4\n1,2,3,-1,4\n", "the pixel -1 in line 2"),
        ("0,1,2,3,4\n1,2,3,4\x1f,4\n", "the pixel '4.x1f' in line 2"),
        ("0,1,2,3,4,5\n", "has 5 columns beside the label, no square number nor"),
        ("0;1;2;3;4\n", "less than two columns.* Write commas"),
        ("", "less than two columns"),
        ("label,a,b,c,d\n", "no line behind its header"),
        ("label,a,Label,b,c\n0,1,2,3,4\n", "has 2 columns called label: .* Leave one"),
        ("a,1,2,3,4\n ,1,2,3,5\n", "has no label in line 2: .* remove that line"),
        ("0,1,2,3,4\n0,1,2,3,5\n", "images of one class only"),
        ("0,1,2,3,4\n2,1,2,3,5\n", "no image of class 1, but some of class 2"),
        ('0,1,2,3,4\n1,2,3,"4,5\n', "cannot be read in line"),
        (b"0,1,2,3,4\n\xff,1,2,3,4\n", "is no text in UTF-8 behind line"),
        ("0,1,2,3,4\n1,1,2,3,5\n", "too few images"),
    ],
)
def test_what_is_wrong_is_refused_in_a_line(tmp_path, content, message):
    path = tmp_path / "set.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(config.ConfigError, match=message) as caught:
        load(path)
    assert "\n" not in str(caught.value) and "set.csv" in str(caught.value)


def test_a_table_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(config.ConfigError, match="cannot be read .No such file"):
        images.check_path(str(tmp_path / "gone.csv"))
