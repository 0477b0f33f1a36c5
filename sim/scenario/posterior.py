"""Posteriors: what the parameters may be after the model has been fitted to what happened.

A posterior is a folder with ``draws.csv`` (one joint draw of the fitted parameters a row),
``places.csv`` (what the fit says of each system beyond what was measured; may be absent) and
``about.toml`` (how it was made). Shipped ones stand in ``sim/scenario/posteriors`` and are written
by ``calibrate``; a scenario names one, or the path of a folder, as ``model.knowledge``.
"""

from __future__ import annotations

import csv
import hashlib
import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from sim.errors import InputError, nearest
from sim.scenario.distributions import MOST_NUMBER

FOLDER: Final = Path(__file__).parent / "posteriors"
NONE: Final = "prior"  # the name that stands for no fit: parameters are drawn from their priors
_MAX_BYTES: Final = 20_000_000
_PLACE_COLUMNS: Final = ("system", "start_mean", "start_sd", "support_mean", "support_sd")


class PlaceEffect(NamedTuple):
    """What the fit says of one system's unmeasured leanings, each as mean and sd.

    In units of the spread between systems (``start_place_sd`` and the place's part of
    ``support_sd``): mean 0 and sd 1 is a system of which the fit has learnt nothing.
    """

    start_mean: float
    start_sd: float
    support_mean: float
    support_sd: float


@dataclass(frozen=True, slots=True)
class Posterior:
    """Joint draws of fitted parameters, one row each, and the fitted leanings of systems by code.

    ``digest`` is the SHA-256 of its files: it is part of a scenario's identity.
    """

    name: str
    names: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]
    places: Mapping[str, PlaceEffect]
    digest: str

    def row(self, u: float) -> dict[str, float]:
        """Return the joint draw at a uniform."""
        return dict(zip(self.names, self.rows[int(u * len(self.rows))], strict=True))

    def medians(self) -> dict[str, float]:
        """Return each parameter's median over the draws."""
        columns = zip(*self.rows, strict=True)
        return {name: statistics.median(c) for name, c in zip(self.names, columns, strict=True)}


def shipped_posteriors() -> tuple[str, ...]:
    """Return the names of the posteriors that come with the package."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob("*/draws.csv")))


def find_posterior(text: str, beside: Path, known: tuple[str, ...], where: str) -> Posterior | None:
    """Return a posterior by shipped name or by the path of its folder, or None for ``prior``.

    Args:
        text: the name or path; a path may be relative to the scenario's folder.
        beside: the scenario's folder.
        known: names of the parameters.
        where: file and key, for messages.

    Raises:
        InputError: there is no such posterior, or its files are wrong.
    """
    if text == NONE:
        return None
    names = (NONE, *shipped_posteriors())
    folder = FOLDER / text if text in names else beside / text
    try:
        found = (folder / "draws.csv").is_file()
    except (OSError, ValueError):  # too long for a path, or a NUL in it
        found = False
    if not found:
        raise InputError(
            f"{where} = {text[:120]!r} must be one of {', '.join(names)}, or a folder with "
            f"draws.csv{nearest(text[:64], names)}"
        )
    files = tuple(
        (path.name, path.stat().st_mtime_ns)
        for path in (folder / "draws.csv", folder / "places.csv")
        if path.is_file()
    )
    return _read(text, folder, files, known)


@lru_cache(maxsize=8)
def _read(
    name: str, folder: Path, files: tuple[tuple[str, int], ...], known: tuple[str, ...]
) -> Posterior:
    digest = hashlib.sha256()
    tables = {}
    for file, _changed in files:
        path = folder / file
        raw = path.read_bytes()
        if len(raw) > _MAX_BYTES:
            raise InputError(f"{path}: {len(raw):,} bytes; at most {_MAX_BYTES:,} are allowed")
        digest.update(file.encode() + b"\0" + raw)
        try:
            tables[file] = list(csv.reader(raw.decode("utf-8").splitlines()))
        except (UnicodeDecodeError, csv.Error) as error:
            raise InputError(f"{path}: not a CSV table in UTF-8 ({error})") from None
    draws = folder / "draws.csv"
    header, *body = tables["draws.csv"] or [[]]
    for column in header:
        if column not in known:
            raise InputError(f"{draws}: {column!r} is not a parameter{nearest(column, known)}")
    if len(set(header)) < len(header) or not body:
        raise InputError(f"{draws}: columns must differ and there must be a row of draws")
    rows = tuple(_numbers(line, len(header), draws, i) for i, line in enumerate(body, start=2))
    return Posterior(name, tuple(header), rows, _places(tables, folder), digest.hexdigest())


def _numbers(line: list[str], width: int, path: Path, number: int) -> tuple[float, ...]:
    try:
        values = tuple(float(cell) for cell in line)
    except ValueError:
        values = ()
    if len(values) != width or not all(map(math.isfinite, values)):
        raise InputError(f"{path}, line {number}: must hold {width} finite numbers")
    if max(map(abs, values)) > MOST_NUMBER:
        raise InputError(
            f"{path}, line {number}: numbers must be between -{MOST_NUMBER:,} and {MOST_NUMBER:,}"
        )
    return values


def _places(tables: Mapping[str, list[list[str]]], folder: Path) -> dict[str, PlaceEffect]:
    if "places.csv" not in tables:
        return {}
    path = folder / "places.csv"
    header, *body = tables["places.csv"] or [[]]
    if tuple(header) != _PLACE_COLUMNS:
        raise InputError(f"{path}: columns must be {', '.join(_PLACE_COLUMNS)}")
    places: dict[str, PlaceEffect] = {}
    for number, line in enumerate(body, start=2):
        effect = PlaceEffect(*_numbers(line[1:], 4, path, number))
        if min(effect.start_sd, effect.support_sd) < 0.0:
            raise InputError(f"{path}, line {number}: a standard deviation is below 0")
        if line[0] in places:
            raise InputError(f"{path}, line {number}: system {line[0]} appears more than once")
        places[line[0]] = effect
    return places
