"""Finds numbers inside Thrift's compact protocol, in which Parquet writes its footers.

The protocol describes itself: every field says its number and its kind. So one walk can pass over
whatever a footer holds, also what later versions of Parquet may add, and note where the few
fields stand that the caller wants; everything else keeps its bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

TRUE: Final = 1
FALSE: Final = 2
BYTE: Final = 3
INTEGERS: Final = (4, 5, 6)
"""16, 32 and 64 bits: all written with as many bytes as they need."""
DOUBLE: Final = 7
BINARY: Final = 8
LISTS: Final = (9, 10)
"""A list and a set, written alike."""
STRUCT: Final = 12

Wanted = Mapping[int, Any]
"""Fields to be found, by number: HERE for a number's own value, or what is wanted inside."""
HERE: Final = "here"
_NOTHING: Final[Wanted] = {}


class Found(NamedTuple):
    """A wanted field: its number, its kind, where its value begins and ends."""

    field: int
    kind: int
    start: int
    stop: int


def walk(data: bytes, at: int, kind: int, wanted: Wanted, found: list[Found]) -> int:
    """Pass over one value, note the wanted fields inside it, and return where it ends.

    Args:
        data: what holds the value.
        at: where it begins.
        kind: its kind.
        wanted: the fields wanted inside it; in a list, inside each element.
        found: to this the wanted fields are added, in the order in which they stand.

    Raises:
        ValueError: this is not the compact protocol, or is cut short.
    """
    try:
        stop = _walk(data, at, kind, wanted, found)
    except (IndexError, RecursionError):
        raise ValueError("cut short, or not Thrift's compact protocol") from None
    if stop > len(data):
        raise ValueError("cut short")
    return stop


def _walk(data: bytes, at: int, kind: int, wanted: Wanted, found: list[Found]) -> int:
    if kind == STRUCT:
        return _walk_fields(data, at, wanted, found)
    if kind == BINARY:
        length, at = read_unsigned(data, at)
        return at + length
    if kind in LISTS:
        count, inner, at = read_list(data, at)
        if inner in (TRUE, FALSE):
            return at + count
        for _ in range(count):
            at = _walk(data, at, inner, wanted, found)
        return at
    if kind in INTEGERS:
        while data[at] > 127:
            at += 1
        return at + 1
    if kind == BYTE:
        return at + 1
    if kind == DOUBLE:
        return at + 8
    raise ValueError(f"kind {kind} is not one that Parquet's footers hold")


def _walk_fields(data: bytes, at: int, wanted: Wanted, found: list[Found]) -> int:
    field = 0
    while header := data[at]:
        at += 1
        kind = header & 15
        if header > 15:
            field += header >> 4
        else:
            field, at = read_integer(data, at)
        start = at
        if 3 < kind < 7:  # integers, by far the most: a call for each would double the time
            while data[at] > 127:
                at += 1
            at += 1
            if field in wanted:
                found.append(Found(field, kind, start, at))
        elif kind > 2:  # true and false are their own value
            below = wanted.get(field, _NOTHING)
            if below is HERE:
                at = _walk(data, at, kind, _NOTHING, found)
                found.append(Found(field, kind, start, at))
            else:
                at = _walk(data, at, kind, below, found)
        elif field in wanted:
            found.append(Found(field, kind, start, at))
    return at + 1


def read_field(data: bytes, at: int, before: int) -> tuple[int, int, int]:
    """Return a field's number, its kind and where its value begins; kind 0 ends the struct.

    ``before`` is the number of the field before it, 0 for the first.
    """
    header = data[at]
    if header >> 4:
        return before + (header >> 4), header & 15, at + 1
    if header == 0:
        return before, 0, at + 1
    field, at = read_integer(data, at + 1)
    return field, header, at


def read_list(data: bytes, at: int) -> tuple[int, int, int]:
    """Return a list's length, the kind of its elements and where the first one begins."""
    header = data[at]
    count, at = (header >> 4, at + 1) if header >> 4 < 15 else read_unsigned(data, at + 1)
    return count, header & 15, at


def write_list(count: int, kind: int) -> bytes:
    """Return what stands before the elements of a list."""
    if count < 15:
        return bytes([count << 4 | kind])
    return bytes([15 << 4 | kind]) + write_unsigned(count)


def read_unsigned(data: bytes, at: int) -> tuple[int, int]:
    """Return a length and where it ends: seven bits a byte, the lowest first."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def write_unsigned(value: int) -> bytes:
    """Return a length as the protocol writes it."""
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    written.append(value)
    return bytes(written)


def read_integer(data: bytes, at: int) -> tuple[int, int]:
    """Return a number that may be negative (0, -1, 1, -2, ... are 0, 1, 2, 3, ...), and its end."""
    value, at = read_unsigned(data, at)
    return value >> 1 ^ -(value & 1), at


def write_integer(value: int) -> bytes:
    """Return a number that may be negative as the protocol writes it."""
    return write_unsigned(value << 1 if value >= 0 else (-value << 1) - 1)


def replaced(data: bytes, changes: Sequence[tuple[Found, bytes]]) -> bytes:
    """Return ``data`` with the values of some found fields, in order, replaced by others."""
    pieces: list[bytes] = []
    done = 0
    for found, value in changes:
        pieces += (data[done : found.start], value)
        done = found.stop
    return b"".join([*pieces, data[done:]])
