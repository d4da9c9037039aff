"""Keeps a search whose arcs another program rewards apart from one by shared weights.

Both are the stage "search" of a folder, and neither can go on with the other's weights.
"""

from enas_tf.command.request import Request
from enas_tf.config.sections import ConfigError

KEY = "told"  # in what run.json says of the stage


def refuse(request: Request) -> None:
    """Refuse a search by shared weights where arcs were asked for and told.

    Raises:
      ConfigError: as above.
    """
    if request.folder.has_checkpoint("search") and _is_told(request):
        raise ConfigError(
            f"--output_dir={request.folder.path} holds a search whose arcs another "
            "program rewards (enas_tf.Search.sample). Go on so, begin anew with "
            "--reset_output_dir, or choose another folder."
        )


def bind(request: Request) -> None:
    """Keep that this search is a told one.

    Raises:
      ConfigError: it began with shared weights.
    """
    if not request.folder.has_checkpoint("search"):
        request.folder.record("search", **{KEY: True})
    elif not _is_told(request):
        raise ConfigError(
            f"--output_dir={request.folder.path} holds a search by shared weights, "
            "with which Search.sample cannot go on. Choose another folder."
        )


def _is_told(request: Request) -> bool:
    return request.folder.facts("search").get(KEY) is True
