"""Files of every kind of picture, made from one pattern of grey levels [H, W] uint8."""

import io
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from PIL import Image

ORIENTATION = 0x0112
# How a camera that was held so stores what it sees upright.
STORED = {
    1: lambda seen: seen,
    2: lambda seen: seen[:, ::-1],
    3: lambda seen: seen[::-1, ::-1],
    4: lambda seen: seen[::-1],
    5: lambda seen: seen.swapaxes(0, 1),
    6: lambda seen: np.rot90(seen, 1),
    7: lambda seen: np.rot90(seen, 2).swapaxes(0, 1),
    8: lambda seen: np.rot90(seen, -1),
}


class Kind(NamedTuple):
    """How to write a file of one kind, and what a viewer shows of it.

    Attributes:
      ending: of its name.
      write: pattern -> the bytes of the file.
      shows: pattern -> [H, W] or [H, W, 3] uint8.
      lossy: whether levels may be off by a few.
    """

    ending: str
    write: Callable[[np.ndarray], bytes]
    shows: Callable[[np.ndarray], np.ndarray]
    lossy: bool = False


def saved(array: np.ndarray | Image.Image, form: str, **options) -> bytes:
    image = Image.fromarray(array) if isinstance(array, np.ndarray) else array
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def grey(pattern):
    return pattern


def colour(pattern):
    return np.stack([pattern, pattern // 2, 255 - pattern], axis=-1)


def black_or_white(pattern):
    return np.where(pattern >= 128, 255, 0).astype(np.uint8)


def sixteen(pattern):
    """Between two levels of 8 bits, nearer to the pattern's."""
    return pattern.astype(np.uint16) * 257 + 128  # for levels below 255


def palette(pattern, colours=colour):
    """Level v of the pattern is entry 255 - v, so that an index is no grey level."""
    image = Image.fromarray(255 - pattern)
    entries = np.arange(256, dtype=np.uint8)[::-1, np.newaxis]
    image.putpalette(np.broadcast_to(colours(entries)[:, 0], [256, 3]).tobytes())
    return image


def grey_palette(pattern):
    return palette(pattern, lambda levels: np.stack([levels] * 3, axis=-1))


def ink(mode):
    """Black that covers more, the darker the pattern; nothing else tells it."""

    def image(pattern):
        bands = [np.zeros_like(pattern)] * (len(mode) - 1) + [255 - pattern]
        return Image.merge(mode, [Image.fromarray(band) for band in bands])

    return image


def cmyk(pattern):
    zero = np.zeros_like(pattern)
    bands = [*np.moveaxis(255 - colour(pattern), -1, 0), zero]
    return Image.merge("CMYK", [Image.fromarray(np.array(band)) for band in bands])


def turned(orientation, form, **options):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation

    def write(pattern):
        stored = np.ascontiguousarray(STORED[orientation](colour(pattern)))
        if form == "TIFF":
            return saved(stored, form, tiffinfo={ORIENTATION: orientation})
        return saved(stored, form, exif=exif, **options)

    return write


def then_another(form, make=colour, **options):
    def write(pattern):
        second = Image.fromarray(make(255 - pattern))
        options.update(save_all=True, append_images=[second])
        return saved(make(pattern), form, **options)

    return write


def of(make, form, **options):
    return lambda pattern: saved(make(pattern), form, **options)


def one_level_clear(pattern):
    """The level of the first pixel is transparent, so white."""
    return np.where(pattern == pattern[0, 0], 255, pattern).astype(np.uint8)


def clear_grey(pattern):
    return saved(pattern, "PNG", transparency=int(pattern[0, 0]))


def clear_sixteen(pattern):
    return saved(sixteen(pattern), "PNG", transparency=int(sixteen(pattern)[0, 0]))


def clear_colour(pattern):
    first = tuple(int(level) for level in colour(pattern)[0, 0])
    return saved(colour(pattern), "PNG", transparency=first)


def clear_palette(pattern):
    alpha = bytes(0 if 255 - i == pattern[0, 0] else 255 for i in range(256))
    return saved(palette(pattern), "PNG", transparency=alpha)


def colour_but_one_level(pattern):
    clear = (pattern == pattern[0, 0])[..., np.newaxis]
    return np.where(clear, 255, colour(pattern)).astype(np.uint8)


EXACT_WEBP = dict(lossless=True, exact=True)
KINDS = {
    "png_grey": Kind("png", of(grey, "PNG"), grey),
    "png_grey_16": Kind("png", of(sixteen, "PNG"), grey),
    "png_rgb": Kind("png", of(colour, "PNG"), colour),
    "png_rgba": Kind("png", of(ink("RGBA"), "PNG"), grey),
    "png_la": Kind("png", of(ink("LA"), "PNG"), grey),
    "png_palette": Kind("png", of(palette, "PNG"), colour),
    "png_grey_palette": Kind("png", of(grey_palette, "PNG"), grey),
    "png_1_bit": Kind(
        "png", lambda p: saved(Image.fromarray(p >= 128), "PNG"), black_or_white
    ),
    "png_grey_clear": Kind("png", clear_grey, one_level_clear),
    "png_grey_16_clear": Kind("png", clear_sixteen, one_level_clear),
    "png_rgb_clear": Kind("png", clear_colour, colour_but_one_level),
    "png_palette_clear": Kind("png", clear_palette, colour_but_one_level),
    "bmp_grey": Kind("bmp", of(grey, "BMP"), grey),
    "bmp_rgb": Kind("bmp", of(colour, "BMP"), colour),
    "bmp_palette": Kind("bmp", of(palette, "BMP"), colour),
    "bmp_1_bit": Kind(
        "bmp", lambda p: saved(Image.fromarray(p >= 128), "BMP"), black_or_white
    ),
    "jpeg_grey": Kind("jpg", of(grey, "JPEG", quality=95), grey, lossy=True),
    "jpeg_rgb": Kind(
        "jpeg", of(colour, "JPEG", quality=95, subsampling=0), colour, lossy=True
    ),
    "jpeg_progressive": Kind(
        "jpg", of(grey, "JPEG", quality=95, progressive=True), grey, lossy=True
    ),
    "jpeg_cmyk": Kind("jpg", of(cmyk, "JPEG", quality=95), colour, lossy=True),
    "gif_first_frame": Kind("gif", then_another("GIF", grey), grey),
    "gif_palette": Kind("gif", of(palette, "GIF"), colour),
    "webp": Kind("webp", of(colour, "WEBP", **EXACT_WEBP), colour),
    "webp_rgba": Kind("webp", of(ink("RGBA"), "WEBP", **EXACT_WEBP), grey),
    "webp_first_frame": Kind("webp", then_another("WEBP", **EXACT_WEBP), colour),
    "webp_turned": Kind("webp", turned(6, "WEBP", **EXACT_WEBP), colour),
    "tiff_grey": Kind("tif", of(grey, "TIFF"), grey),
    "tiff_grey_16": Kind("tif", of(sixteen, "TIFF"), grey),
    "tiff_grey_16_big_end": Kind(
        "tif", lambda p: saved(sixteen(p).astype(">u2"), "TIFF"), grey
    ),
    "tiff_rgb": Kind("tiff", of(colour, "TIFF"), colour),
    "tiff_lzw": Kind("tiff", of(colour, "TIFF", compression="tiff_lzw"), colour),
    "tiff_rgba": Kind("tiff", of(ink("RGBA"), "TIFF"), grey),
    "tiff_cmyk": Kind("tiff", of(cmyk, "TIFF"), colour),
    "tiff_first_page": Kind("tiff", then_another("TIFF"), colour),
    "tiff_turned": Kind("tiff", turned(8, "TIFF"), colour),
    "ppm": Kind("ppm", of(colour, "PPM"), colour),
    "pgm": Kind("pgm", of(grey, "PPM"), grey),
    "pgm_16": Kind("pgm", of(sixteen, "PPM"), grey),
    "pbm": Kind(
        "pbm", lambda p: saved(Image.fromarray(p >= 128), "PPM"), black_or_white
    ),
}
for held in STORED:
    KINDS[f"jpeg_held_{held}"] = Kind(
        "jpg", turned(held, "JPEG", quality=95, subsampling=0), colour, lossy=True
    )
    KINDS[f"png_held_{held}"] = Kind("png", turned(held, "PNG"), colour)
