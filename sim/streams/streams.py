"""Addressed random numbers: (master seed, replication, purpose, body, attempt) -> uniform.

Each address has one uniform in (0, 1), whatever the scenario, the order of events, the worker or
how many numbers others drew. The numbers come from numpy's Philox, a counter-based generator: its
key holds seed, replication and purpose; the highest word of its counter holds the page; the
position in the stream is the body. One *page* (all bodies of one purpose, and as many attempts
as its kind of body has to a page) is drawn at a time and kept, so an attempt far beyond the usual
ones costs a page and shifts nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.random import Generator, Philox

from sim.streams.purposes import ATTEMPTS, PURPOSES, BodyKind, Purpose

MAX_SEED = 2**63 - 1
MAX_REPLICATION = 2**40 - 1
_PURPOSE_BITS = 20
_BUFFER_EMPTY = 4  # Philox makes four words at a time; a position of 4 says "make new ones".
_SMALLEST = 2.0**-54  # stands for an exact 0, so that quantile functions never see 0


class Streams:
    """The random numbers of one replication.

    ``sizes`` gives the number of bodies of each kind. ``swaps`` maps a group of purposes to
    another replication whose numbers replace this group's (used to apportion the spread of
    outcomes); everything else keeps its own address.
    """

    __slots__ = (
        "_arrays",
        "_bits",
        "_counter",
        "_generator",
        "_key",
        "_layout",
        "_replications",
        "_rows",
        "_state",
    )

    def __init__(
        self,
        seed: int,
        replication: int,
        sizes: Mapping[BodyKind, int],
        swaps: Mapping[str, int] | None = None,
    ) -> None:
        if not 0 <= seed <= MAX_SEED:
            raise ValueError(f"seed {seed} must be between 0 and {MAX_SEED}")
        numbers = (replication, *(swaps or {}).values())
        if not all(0 <= number <= MAX_REPLICATION for number in numbers):
            raise ValueError(f"replication {numbers} must be between 0 and {MAX_REPLICATION}")
        self._rows: list[dict[int, list[float]]] = [{} for _ in range(PURPOSES[-1].number + 1)]
        self._layout = {kind: (size, size * ATTEMPTS[kind]) for kind, size in sizes.items()}
        self._replications = {"": replication, **(swaps or {})}
        self._bits = Philox(key=np.array([seed, 0], dtype=np.uint64))
        self._generator = Generator(self._bits)
        self._key, self._counter = [seed, 0], [0, 0, 0, 0]
        self._state: Any = {  # with plain lists, which are read faster than arrays
            **self._bits.state,
            "state": {"key": self._key, "counter": self._counter},
            "buffer": [0, 0, 0, 0],
            "buffer_pos": _BUFFER_EMPTY,
        }
        self._arrays: dict[tuple[int, int], np.ndarray] = {}

    def uniform(self, purpose: Purpose, body: int = 0, attempt: int = 0) -> float:
        """Return the uniform in (0, 1) at this address."""
        row = self._rows[purpose.number].get(attempt)
        if row is None:
            row = self._row(purpose, attempt)
        return row[body] or _SMALLEST

    def _row(self, purpose: Purpose, attempt: int) -> list[float]:
        """Return the uniforms of all bodies at one attempt, cut from the page that it lies on."""
        page, within = divmod(attempt, ATTEMPTS[purpose.body])
        key = (purpose.number, page)
        array = self._arrays.get(key)
        if array is None:
            array = self._arrays[key] = self._draw(purpose, page)
        size = self._layout[purpose.body][0]
        row: list[float] = array[within * size : (within + 1) * size].tolist()
        self._rows[purpose.number][attempt] = row
        return row

    def uniforms(self, purpose: Purpose, bodies: tuple[int, ...], attempt: int = 0) -> list[float]:
        """Return the uniforms of many bodies at one purpose and attempt, in their order.

        Meant for practices, thousands of bodies with one attempt to a page: the page stays an
        array and only the rows asked for become Python numbers. The bodies must rise.
        """
        key = (purpose.number, attempt)
        array = self._arrays.get(key)
        if array is None:
            page = self._draw(purpose, attempt)
            array = self._arrays[key] = np.maximum(page, _SMALLEST, out=page)
        return _take(array, bodies)

    def normals(self, purpose: Purpose, bodies: tuple[int, ...], attempt: int = 0) -> list[float]:
        """Return the same draws as standard normals; the whole page is turned at once."""
        key = (purpose.number, -1 - attempt)
        array = self._arrays.get(key)
        if array is None:
            from scipy.special import ndtri

            page = np.maximum(self._draw(purpose, attempt), _SMALLEST)
            array = self._arrays[key] = ndtri(page)
        return _take(array, bodies)

    def _draw(self, purpose: Purpose, page: int) -> np.ndarray:
        replication = self._replications.get(purpose.group, self._replications[""])
        self._key[1] = (replication << _PURPOSE_BITS) | purpose.number
        self._counter[3] = page
        self._bits.state = self._state  # re-keying one generator costs far less than a new one
        return self._generator.random(self._layout[purpose.body][1])


def _take(array: np.ndarray, bodies: tuple[int, ...]) -> list[float]:
    first, last = bodies[0], bodies[-1]
    if last - first == len(bodies) - 1:  # a run of rows, as a CCG's practices mostly are
        values: list[float] = array[first : last + 1].tolist()
    else:
        values = array[list(bodies)].tolist()
    return values
