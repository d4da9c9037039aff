"""The kinds of data that the networks of a space may read: images or texts."""

from enas_tf.config.spaces.spec import DataKind

IMAGES = DataKind(
    name="images",
    measure="accuracy",
    section="child",
    wanted="an image or a folder of images",
    example="picture.png",
    placeholder="PICTURE.png",
)
TEXTS = DataKind(
    name="texts",
    measure="perplexity",
    section="rnn",
    wanted="a text file or a folder of text files",
    example="text.txt",
    placeholder="TEXT.txt",
    meanings=(
        ("input", "a text file or a folder"),
        ("dataset", "`ptb` or `python_docs` (embedded)"),
        (
            "data_path",
            "three texts, train.txt, valid.txt, test.txt, or one text, cut in three",
        ),
    ),
    brief=(("dataset", "ptb, python_docs"),),
)
