"""Pictures to 8-bit RGB, upright: what is accepted, and an error for each thing that isn't."""

from __future__ import annotations

import io
import os
import stat
import warnings
from typing import Union

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from inference import protocol
from inference.failures import InferenceError

MAX_PIXELS = 64_000_000  # Pillow takes 4 bytes for each: 256 MB
MAX_SIDE = 65_535  # JPEG's own; each row costs Pillow time and memory, however short it is
MAX_SCANS = 100  # of a JPEG, libtiff's own limit for those inside a TIFF; encoders write 10
SCAN = 0xDAFF  # the marker FF DA read as a little-endian number; a scan's data can't hold it
CHUNK_BYTES = 2**20
EMPTY = "the file is empty"
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM")


def read_picture(path: str, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """Read a picture as upright RGB; transparency is dropped, of several frames the first counts.

    Args:
        path: the file.
        max_pixels: pictures with more pixels are refused by their header, before decoding.

    Returns:
        A picture of mode RGB, turned as its EXIF orientation says.

    Raises:
        InferenceError: not-found, unreadable, empty-file, not-an-image, unsupported, cut-off
            or too-large.
    """
    _check_file(path)
    return _read(path, path, max_pixels)


def decode_picture(content: bytes, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """As `read_picture`, for the content of a file; the errors have no path."""
    if not content:
        raise InferenceError(protocol.EMPTY_FILE, EMPTY)
    return _read(io.BytesIO(content), "", max_pixels)


def _read(file: Union[str, io.BytesIO], path: str, max_pixels: int) -> Image.Image:
    with warnings.catch_warnings():
        # Pillow's remarks on odd files belong to nobody here: the file works, or an error says why.
        warnings.simplefilter("ignore")
        with _open(file, path, max_pixels) as picture:
            _check_size(picture, path, max_pixels)
            _check_scans(picture, path)
            _decode(picture, path)
            return _as_rgb(picture, path)


def _check_file(path: str) -> None:
    try:
        status = os.stat(path)  # noqa: PTH116 - any string may come, even one that is no path
    except PermissionError as error:
        raise _refused(path) from error
    except (OSError, ValueError) as error:
        raise InferenceError(protocol.NOT_FOUND, "there is no such file", path) from error
    if not stat.S_ISREG(status.st_mode):
        raise InferenceError(protocol.NOT_AN_IMAGE, "it is not a regular file", path)
    if status.st_size == 0:
        raise InferenceError(protocol.EMPTY_FILE, EMPTY, path)


def _open(file: Union[str, io.BytesIO], path: str, max_pixels: int) -> Image.Image:
    try:
        return Image.open(file, formats=FORMATS)
    except PermissionError as error:
        raise _refused(path) from error
    except Image.DecompressionBombError as error:
        raise _too_large(path, max_pixels) from error
    except UnidentifiedImageError as error:
        message = f"it is none of {', '.join(FORMATS)}"
        raise InferenceError(protocol.NOT_AN_IMAGE, message, path) from error
    except Exception as error:  # decoders raise whatever a hostile header leads them to
        message = f"its header is damaged ({type(error).__name__})"
        raise InferenceError(protocol.NOT_AN_IMAGE, message, path) from error


def _check_size(picture: Image.Image, path: str, max_pixels: int) -> None:
    if picture.width * picture.height > max_pixels:
        raise _too_large(path, max_pixels)
    if max(picture.size) > MAX_SIDE:
        message = f"one of its sides is longer than {MAX_SIDE} pixels"
        raise InferenceError(protocol.TOO_LARGE, message, path)


def _check_scans(picture: Image.Image, path: str) -> None:
    """Each scan goes over all pixels, and takes 12 bytes of a file: 1 MB keeps busy for minutes."""
    if not isinstance(picture, JpegImageFile):
        return
    file, scans, last = picture.fp, 0, b""
    place = file.tell()
    file.seek(0)
    for chunk in iter(lambda: file.read(CHUNK_BYTES), b""):
        scans += _markers(last + chunk)
        last = chunk[-1:]
    file.seek(place)
    if scans > MAX_SCANS:
        message = f"it has more than {MAX_SCANS} scans, each over all of its pixels"
        raise InferenceError(protocol.TOO_LARGE, message, path)


def _markers(data: bytes) -> int:
    """How often SCAN stands there, at even places and at odd ones; bytes.count takes longer."""
    pairs = (np.frombuffer(data, "<u2", (len(data) - odd) // 2, odd) for odd in (0, 1))
    return sum(int(np.count_nonzero(one == SCAN)) for one in pairs)


def _decode(picture: Image.Image, path: str) -> None:
    try:
        picture.load()
        ImageOps.exif_transpose(picture, in_place=True)
    except Image.DecompressionBombError as error:
        raise InferenceError(protocol.TOO_LARGE, "it unpacks to far too much", path) from error
    except Exception as error:  # decoders raise OSError, SyntaxError, struct.error, EOFError, ...
        message = f"the picture is cut off or damaged ({type(error).__name__})"
        raise InferenceError(protocol.CUT_OFF, message, path) from error


def _as_rgb(picture: Image.Image, path: str) -> Image.Image:
    if picture.mode == "F":
        message = "its pixels are floating-point numbers, whose white is not agreed on"
        raise InferenceError(protocol.UNSUPPORTED, message, path)
    if picture.mode == "I" or picture.mode.startswith("I;16"):
        picture = _from_16_bit(picture)
    # No copy of what is RGB already: a large photo would be in memory twice.
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _from_16_bit(picture: Image.Image) -> Image.Image:
    """Scale 0..65535 to 0..255; Pillow's own conversion would clip everything above 255."""
    wide = np.asarray(picture).clip(0, 65535).astype(np.uint32)
    return Image.fromarray(((wide + 128) // 257).astype(np.uint8))


def _refused(path: str) -> InferenceError:
    message = f"user {os.geteuid()} of this container may not read it"
    return InferenceError(protocol.UNREADABLE, message, path)


def _too_large(path: str, max_pixels: int) -> InferenceError:
    return InferenceError(protocol.TOO_LARGE, f"it has more than {max_pixels} pixels", path)
