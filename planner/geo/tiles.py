"""One tile: inflated within bounds, its kind told by its bytes, checked as far as it can be.

Bounds are generous against real packs (a full vector tile has some 0.5 MB) and small against
memory: what would inflate beyond them is refused, not read on.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterator

TILE_LIMIT = 8_000_000  # bytes of one tile after inflating
STORED_LIMIT = 8_000_000  # bytes of one tile as it is stored
_GZIP = b"\x1f\x8b"
_SIGNS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"RIFF", "image/webp"),
)  # fmt: skip
_TAG = re.compile(r"<[^<>]*>")
_SPACE = re.compile(r"\s+")
_ENTITIES = (
    ("&copy;", "©"), ("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'),
    ("&#39;", "'"), ("&amp;", "&"),
)  # fmt: skip
_MOST_WORDS = 200


class Damaged(ValueError):
    """A tile, a directory or a table that does not hold together."""


class TooBig(Damaged):
    """Something that would inflate beyond its bound."""


def inflate(data: bytes, limit: int = TILE_LIMIT) -> bytes:
    """gzip or zlib `data` inflated, everything else as it is; TooBig beyond `limit` bytes."""
    if len(data) > STORED_LIMIT:
        raise TooBig
    if not (data[:2] == _GZIP or (data[:1] == b"\x78" and _zlib_head(data))):
        if len(data) > limit:
            raise TooBig
        return data
    engine = zlib.decompressobj(47)  # either head
    try:
        out = engine.decompress(data, limit + 1)
    except zlib.error as error:
        raise Damaged from error
    if len(out) > limit:
        raise TooBig
    if not engine.eof:
        raise Damaged
    return out


def _zlib_head(data: bytes) -> bool:
    return len(data) > 2 and (data[0] << 8 | data[1]) % 31 == 0


def picture_type(data: bytes) -> str | None:
    """The media type of a raster tile by its first bytes, or None."""
    for sign, media in _SIGNS:
        if data.startswith(sign):
            return media if media != "image/webp" or data[8:12] == b"WEBP" else None
    return None


def check_picture(data: bytes, media: str) -> None:
    """Damaged unless the picture is of this type and complete; PNG by its check sums."""
    if picture_type(data) != media:
        raise Damaged
    if media == "image/jpeg" and b"\xff\xd9" not in data[-64:]:
        raise Damaged
    if media == "image/webp" and int.from_bytes(data[4:8], "little") + 8 > len(data):
        raise Damaged
    if media == "image/png":
        _check_png(data)


def _check_png(data: bytes) -> None:
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        end = at + 8 + length
        told = data[end : end + 4]
        if len(told) < 4 or zlib.crc32(data[at + 4 : end]) != int.from_bytes(told, "big"):
            raise Damaged
        if data[at + 4 : at + 8] == b"IEND":
            return
        at = end + 4
    raise Damaged


def vector_layers(data: bytes) -> list[str]:
    """The names of the layers of a vector tile (Mapbox Vector Tile 2.1); Damaged otherwise."""
    names = []
    for field, body in _fields(data):
        if field != 3:
            continue
        name = next((part for number, part in _fields(body) if number == 1), None)
        if name is None:
            raise Damaged
        names.append(name.decode("utf-8", "replace"))
    return names


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(number, bytes) of each length-delimited field of a protobuf message, others passed by."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        match key & 7:
            case 0:
                _, at = varint(data, at)
            case 1:
                at += 8
            case 2:
                length, at = varint(data, at)
                if at + length > len(data):
                    raise Damaged
                yield key >> 3, data[at : at + length]
                at += length
            case 5:
                at += 4
            case _:
                raise Damaged
    if at != len(data):
        raise Damaged


def varint(data: bytes, at: int) -> tuple[int, int]:
    """(number, place behind it) of a variable-length number of at most 64 bits."""
    result = shift = 0
    while at < len(data) and shift < 64:
        byte = data[at]
        at += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result, at
        shift += 7
    raise Damaged


def plain(text: object, limit: int = _MOST_WORDS) -> str:
    """What a pack says of itself as one line of plain text: no tags, no signs that steer."""
    if not isinstance(text, str):
        return ""
    clean = _TAG.sub(" ", text[: 20 * limit])
    for entity, sign in _ENTITIES:
        clean = clean.replace(entity, sign)
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs") else c for c in clean)
    line = _SPACE.sub(" ", kept).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
