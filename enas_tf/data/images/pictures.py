"""A picture file as the networks see it, in training and in predicting alike.

Opened, decoded, laid over white, turned upright, brought to 8 bits of grey or RGB, and
resized: the same file gives the same pixels wherever it is met. Pillow only.
"""

import contextlib
import functools
import io
import os
import warnings
from collections.abc import Iterator

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from enas_tf.config.sections import ConfigError

Source = str | os.PathLike | bytes  # a path, or the bytes of a file

_COMMON = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".gif", ".webp")
ENDINGS = (*_COMMON, ".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm")
# No others, whatever a file is called: for EPS, Pillow would start a program.
FORMATS = ("PNG", "JPEG", "BMP", "DIB", "GIF", "WEBP", "TIFF", "PPM")
GREY_MODES = ("1", "L", "LA")
COLOUR_MODES = ("RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr")
PALETTE_MODES = ("P", "PA")
# Formats whose integers, where Pillow has 32 bits for them, fill 16.
SIXTEEN_BITS = ("PNG", "PPM")
BITS_PER_SAMPLE = 258  # TIFF's tag

UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class PictureError(Exception):
    """A file that cannot be read as a picture: the reason, without the file's name.

    Attributes:
      remedy: a sentence for the file's owner.
    """

    def __init__(self, reason: str, remedy: str = "Replace or remove this file."):
        """The two parts of the line that refuses a picture.

        Args:
          reason: what is wrong with it.
          remedy: a sentence.
        """
        super().__init__(reason)
        self.remedy = remedy


def pixels(source: Source, shape: tuple[int, int, int]) -> np.ndarray:
    """The picture in `source` as [H, W, C] uint8, resized to `shape`; C is 1 or 3.

    Raises:
      PictureError: it cannot be read.
    """
    return brought_to(decode(source), shape)


def decode(source: Source) -> Image.Image:
    """The first picture in a file, or in the bytes of one: upright, mode L or RGB.

    It is L if the file says so, or has a palette of which only greys are used.

    Raises:
      PictureError: it is no whole picture of a kind that can be read.
    """
    with _refusals(source), _opened(source) as image:
        image.load()
        orientation = _orientation(image)
        plain = _of_8_bits(image)
        return (
            plain.transpose(UPRIGHT[orientation]) if orientation in UPRIGHT else plain
        )


def is_one(path: str | os.PathLike) -> bool:
    """Whether a file begins as a picture of a kind that can be read.

    Raises:
      OSError: it cannot be opened.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a large one, which is read later
            _opened(path).close()
    except UnidentifiedImageError:
        return False
    except Image.DecompressionBombError:
        return True
    except (SyntaxError, ValueError):  # of a damaged header
        return False
    return True


def is_grey(source: Source) -> bool:
    """Whether `decode` gives mode L; without decoding, if the file's header tells.

    Raises:
      PictureError: the header, or the picture where it counts, cannot be read.
    """
    with _refusals(source), _opened(source) as image:
        mode = image.mode
    if mode in PALETTE_MODES:
        return decode(source).mode == "L"
    return mode in GREY_MODES or mode.startswith("I")


def brought_to(image: Image.Image, shape: tuple[int, int, int]) -> np.ndarray:
    """An image of mode L or RGB as [H, W, C] uint8; the one place that resizes.

    Bilinear; Pillow averages over all that a new pixel covers when it shrinks.
    """
    height, width, channels = shape
    mode = "L" if channels == 1 else "RGB"
    if image.mode != mode:
        image = image.convert(mode)
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(image).reshape(shape)


def resized(array: np.ndarray, size: int) -> np.ndarray:
    """An image [H, W, C] uint8 as [size, size, C]; C is 1 or 3."""
    channels = array.shape[2]
    image = Image.fromarray(array[..., 0] if channels == 1 else array)
    return brought_to(image, (size, size, channels))


@contextlib.contextmanager
def named(path: str | os.PathLike, flag: str) -> Iterator[None]:
    """Makes of a `PictureError` the refusal of `path`, which `--flag` led to."""
    try:
        yield
    except PictureError as error:
        raise ConfigError(
            f"--{flag}: {path} cannot be read as an image ({error}). {error.remedy}"
        ) from None


@functools.cache
def _formats() -> tuple[str, ...]:
    """The formats of `FORMATS` that this build of Pillow has."""
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


def _opened(source: Source) -> Image.Image:
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    return Image.open(file, formats=_formats())


def _orientation(image: Image.Image) -> int:
    """The camera's orientation, 1 to 8 of EXIF; 1 is upright."""
    try:
        return image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # damaged notes, of any kind, beside a picture that is whole
        return 1


def _of_8_bits(image: Image.Image) -> Image.Image:
    """Mode L or RGB; what is transparent shows white, as in a viewer."""
    mode = image.mode
    if mode.startswith("I"):
        return _of_16_bits(image)
    if mode not in GREY_MODES + COLOUR_MODES + PALETTE_MODES:
        kind = "floats" if mode == "F" else mode
        raise PictureError(f"its pixels are {kind}, whose range is not known")
    if image.has_transparency_data:
        shown = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown)
    if mode in GREY_MODES:
        return image.convert("L")
    image = image.convert("RGB")
    return image.convert("L") if mode in PALETTE_MODES and _all_grey(image) else image


def _of_16_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits (or 12, in a TIFF) to 8: 65,535 becomes 255."""
    if image.mode == "I" and image.format not in SIXTEEN_BITS:
        raise PictureError("its pixels are of 32 bits, whose range is not known")
    bits = getattr(image, "tag_v2", {}).get(BITS_PER_SAMPLE, (16,))[0]
    levels, highest = np.asarray(image).astype(np.int64), 2**bits - 1
    scaled = ((levels * 255 + highest // 2) // highest).astype(np.uint8)
    if "transparency" in image.info:
        scaled[levels == image.info["transparency"]] = 255
    return Image.fromarray(scaled)


def _all_grey(image: Image.Image) -> bool:
    colours = np.asarray(image)
    return bool(np.all(colours == colours[..., :1]))


@contextlib.contextmanager
def _refusals(source: Source) -> Iterator[None]:
    try:
        yield
    except PictureError:
        raise
    except OSError as error:
        raise _of_the_system(error, source) from None
    except Image.DecompressionBombError as error:
        reason = f"too large: {str(error).partition(', ')[0]}"
        raise PictureError(reason, "Make it smaller.") from None
    except Exception as error:  # a damaged picture can fail in nearly any way
        raise PictureError(_said(error)) from None


def _of_the_system(error: OSError, source: Source) -> PictureError:
    """The system's own reason; Pillow's errors are OSErrors too, without a number."""
    if isinstance(error, UnidentifiedImageError):
        size = len(source) if isinstance(source, bytes) else os.path.getsize(source)
        known = "no picture of a format that is read, or cut in its header"
        return PictureError(known if size else "the file is empty")
    if error.errno is None:
        return PictureError(_said(error))
    if isinstance(error, FileNotFoundError) and os.path.islink(source):
        return PictureError("a link to a file that is not there")
    reason = error.strerror or _said(error)
    return PictureError(reason, "Check the file and its permissions.")


def _said(error: Exception) -> str:
    """The message of `error` on one line, for someone who does not know Pillow."""
    said = " ".join(str(error).split()) or type(error).__name__
    return "the file is cut off" if "trunc" in said.lower() else f"damaged: {said}"
