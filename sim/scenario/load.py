"""Reading scenario files: TOML in, validated frozen scenario out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from sim.errors import InputError, nearest
from sim.scenario.calendar import in_the_age, parse_calendar
from sim.scenario.distributions import Distribution, parse_prior
from sim.scenario.durations import parse_durations
from sim.scenario.levers import Levers
from sim.scenario.model import ModelForm, Scenario
from sim.scenario.parameters import DEFAULT_PRIORS, PARAMETER_NAMES, PARAMETER_TABLE
from sim.scenario.posterior import find_posterior

MAX_BYTES: Final = 250_000
MAX_DOTS: Final = 30  # in one line: the reader's time grows with the square of a key's parts
MAX_DEPTH: Final = 6
MAX_NUMBER: Final = 10**15
LEAST_NUMBER: Final = 1e-12  # what is smaller, but not nought, is lost in any sum
MAX_TEXT: Final = 2000
MAX_TITLE: Final = 60
MAX_YEARS: Final = 30
MAX_EXTENDS: Final = 20
_SECTIONS: Final = (
    "name",
    "title",
    "question",
    "extends",
    "start",
    "end",
    "world",
    "world_date",
    "model",
    "levers",
    "calendar",
    "parameters",
    "durations",
)
_M = TypeVar("_M", bound=BaseModel)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def shipped_folder() -> Path:
    """Return the folder of the scenarios that come with the project."""
    beside = Path(__file__).parents[2] / "scenarios"
    inside = Path(__file__).parent / "shipped"
    return inside if inside.is_dir() else beside


def shipped_files() -> dict[str, Path]:
    """Return the files of the scenarios that come with the project by name, in order of name.

    The folder that a file lies in is no part of its name: names are unique over all folders.
    """
    found = {path.stem: path for path in shipped_folder().rglob("*.toml")}
    return dict(sorted(found.items()))


def shipped_names() -> tuple[str, ...]:
    """List the scenarios that come with the project."""
    return tuple(shipped_files())


def load_scenario(name_or_path: str | Path) -> Scenario:
    """Load one scenario by the path of its file or the name of a shipped one.

    Raises InputError, naming file, key, value and what is allowed, for anything that is wrong.
    """
    path = _find(str(name_or_path))
    return _build(_resolve(path), path)


def parse_scenario(tables: Mapping[str, Any], source: str = "scenario") -> Scenario:
    """Build a scenario from tables made in code, in the shape of a scenario file."""
    path = Path(source)
    tables = dict(tables)
    _refuse_monsters(tables, path)
    base = tables.pop("extends", None)
    if base is not None:
        tables = _merge(_resolve(_find(str(base))), tables)
    tables.setdefault("name", "scenario")
    return _build(tables, path)


def _find(text: str) -> Path:
    if "\0" in text:
        raise InputError("a scenario's path must not hold a NUL character")
    path = Path(text)
    if _is_file(path):
        return path
    shipped = shipped_files()
    if text in shipped:
        return shipped[text]
    said = text if len(text) <= 200 else f"{text[:197]}..."
    try:
        if path.is_dir():
            raise InputError(f"{said} is a folder, not a scenario file")
        if path.exists():
            raise InputError(f"{said} is a device or pipe, not a scenario file")
    except OSError:  # such as a name too long for a path, which is then no file either
        pass
    top = shipped_folder()
    headline = [name for name, file in shipped.items() if file.parent == top]
    raise InputError(
        f"{said!r} is neither a file nor a shipped scenario{nearest(path.stem[:64], shipped)} "
        f"(shipped: {', '.join(headline)} and {len(shipped) - len(headline)} more in the folders "
        f"of {top.name}/)"
    )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _resolve(path: Path) -> dict[str, Any]:
    """Read a file and everything it extends; later files win, tables are merged key by key."""
    allowed = (path.resolve().parent, shipped_folder().resolve())
    chain: list[dict[str, Any]] = []
    seen: list[Path] = []
    while True:
        real = path.resolve()
        if real in seen:
            names = " -> ".join(p.name for p in [*seen[seen.index(real) :], real])
            raise InputError(f"{seen[0].name}: extends goes in a circle: {names}")
        if len(seen) >= MAX_EXTENDS:
            raise InputError(f"{seen[0].name}: extends goes deeper than {MAX_EXTENDS} files")
        seen.append(real)
        tables = _read(path)
        tables.setdefault("name", path.stem)
        chain.append(tables)
        base = tables.pop("extends", None)
        if base is None:
            break
        path = _base_of(base, path, allowed)
    merged: dict[str, Any] = {}
    for tables in reversed(chain):
        merged = _merge(merged, tables)
    return merged


def _base_of(base: object, path: Path, allowed: tuple[Path, ...]) -> Path:
    if not isinstance(base, str) or not base or "\0" in base:
        said = repr(base)[:80]
        raise InputError(f"{path}: extends = {said} must be a scenario's name or file")
    shipped = shipped_files()
    beside = path.parent / base
    candidates = [beside, Path(f"{beside}.toml")]
    found = next((c for c in candidates if _is_file(c)), shipped.get(base))
    if found is None:
        raise InputError(
            f"{path}: extends = {base[:120]!r} is neither a file beside it nor a shipped scenario "
            f"({', '.join(shipped)}){nearest(base[:64], tuple(shipped))}"
        )
    if not any(found.resolve().is_relative_to(folder) for folder in allowed):
        raise InputError(
            f"{path}: extends = {base!r} lies outside the scenario's own folder and the shipped "
            "scenarios"
        )
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        size = path.stat().st_size
        if size <= MAX_BYTES:
            with path.open("rb") as file:  # a file may say 0 bytes and give many, as in /proc
                raw = file.read(MAX_BYTES + 1)
            size = max(size, len(raw))
        if size > MAX_BYTES:
            raise InputError(f"{path}: {size:,} bytes; a scenario may have at most {MAX_BYTES:,}")
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > MAX_DOTS:
            raise InputError(
                f"{path}, line {number}: {line.count('.')} dots in one line, at most {MAX_DOTS} "
                "are allowed; is a key nested too deeply?"
            )
    try:
        tables = tomllib.loads(text)
    except RecursionError:
        raise InputError(f"{path}: tables or lists are nested too deeply") from None
    except ValueError as error:  # bad TOML, and whole numbers of thousands of digits
        raise InputError(f"{path}: not valid TOML: {str(error)[:300]}") from None
    _refuse_monsters(tables, path)
    return tables


def _refuse_monsters(tables: Mapping[str, Any], path: Path) -> None:
    """Refuse what no scenario needs and no message could show: depth, huge numbers and texts."""
    waiting: list[tuple[str, Any, int]] = [("", tables, 0)]
    while waiting:
        place, value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise InputError(
                f"{path}: {place[:80]} is nested too deeply; at most {MAX_DEPTH} levels are allowed"
            )
        if isinstance(value, dict):
            for key, inner in value.items():
                if len(str(key)) > MAX_TEXT:
                    raise InputError(f"{path}: the key {key[:60]!r}... is longer than {MAX_TEXT}")
                waiting.append((f"{place}.{key}".lstrip("."), inner, depth + 1))
        elif isinstance(value, list):
            waiting.extend((place, inner, depth + 1) for inner in value)
        elif isinstance(value, int) and not -MAX_NUMBER <= value <= MAX_NUMBER:
            raise InputError(f"{path}: {place[:80]} is a whole number beyond {MAX_NUMBER:,}")
        elif isinstance(value, float) and 0.0 < abs(value) < LEAST_NUMBER:
            raise InputError(
                f"{path}: {place[:80]} = {value:g} must be 0 or at least {LEAST_NUMBER:g} in size"
            )
        elif isinstance(value, str) and len(value) > MAX_TEXT:
            raise InputError(
                f"{path}: {place[:80]} = {value[:60]!r}... must be text of at most {MAX_TEXT} "
                "letters"
            )


def _merge(base: Mapping[str, Any], over: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    merged = dict(base)
    if depth == 0 and over.get("world", base.get("world")) != base.get("world"):
        merged.pop("world_date", None)  # which was said of another world
    if depth == 0 and over.get("name", base.get("name")) != base.get("name"):
        merged.pop("title", None)  # which is that of another scenario
    for key, value in over.items():
        old = merged.get(key)
        # A distribution or an event is one thing: it replaces the old one whole.
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        whole = both and ("family" in value or "kind" in value)
        merged[key] = _merge(old, value, depth + 1) if both and not whole and depth < 4 else value  # type: ignore[arg-type]
    return merged


def _build(tables: dict[str, Any], path: Path) -> Scenario:
    where = str(path)
    for key in tables:
        if key not in _SECTIONS:
            raise InputError(
                f"{where}: {key} is not a key of a scenario ({', '.join(_SECTIONS)})"
                f"{nearest(key, _SECTIONS)}"
            )
    for key in ("model", "levers", "calendar", "parameters", "durations"):
        if not isinstance(tables.setdefault(key, {}), dict):
            raise InputError(f"{where}: {key} = {tables[key]!r} must be a table")
    name = _text(tables, "name", where)
    if not re.fullmatch(_NAME, name):
        raise InputError(
            f"{where}: name = {name!r} must be 1 to 64 letters, digits, '_', '-' or '.'"
        )
    start = _day(tables, "start", date(2019, 6, 1), where)
    end = _day(tables, "end", date(2022, 7, 1), where)
    if end < start:
        raise InputError(f"{where}: end = {end} must not be before start = {start}")
    if (end - start).days > MAX_YEARS * 366:
        raise InputError(f"{where}: end = {end} must be at most {MAX_YEARS} years after {start}")
    world_text = _text({"world": "england_2019"} | tables, "world", where)
    beside = path.parent / world_text
    levers = _model(Levers, tables["levers"], f"{where}: levers")
    _check_window(levers, where)
    for key in ("mandate", "legislation"):
        if (day := getattr(levers.force, key)) is not None:
            in_the_age(day, f"{where}: levers.force.{key}")
    form = _model(ModelForm, tables["model"], f"{where}: model")
    return Scenario(
        name=name,
        title=_title(tables, where),
        question=_text({"question": ""} | tables, "question", where),
        start=start,
        end=end,
        world=str(beside) if beside.is_dir() else world_text,
        world_text=world_text,
        levers=levers,
        calendar=parse_calendar(tables["calendar"], f"{where}: calendar"),
        priors=_priors(tables["parameters"], f"{where}: parameters"),
        durations=parse_durations(tables["durations"], f"{where}: durations"),
        form=form,
        source=where,
        stated=frozenset(tables["parameters"]),
        posterior=find_posterior(
            form.knowledge, path.parent, PARAMETER_NAMES, f"{where}: model.knowledge"
        ),
        world_date=_day(tables, "world_date", start, where) if "world_date" in tables else None,
    )


def _check_window(levers: Levers, where: str) -> None:
    days = []
    for key in ("window_opens", "window_closes"):
        text = getattr(levers.approval, key)
        try:
            days.append(date.fromisoformat(f"2019-{text}"))
        except ValueError:
            raise InputError(
                f"{where}: levers.approval.{key} = {text!r} must be a day of the year as MM-DD"
            ) from None
    if days[1] < days[0]:
        raise InputError(
            f"{where}: levers.approval.window_closes = {levers.approval.window_closes!r} must not "
            f"come before window_opens = {levers.approval.window_opens!r} in the year"
        )


def _priors(raw: Mapping[str, Any], where: str) -> dict[str, Distribution]:
    priors = dict(DEFAULT_PRIORS)
    limits = {row.name: (row.low, row.high) for row in PARAMETER_TABLE}
    for name, value in raw.items():
        if name not in priors:
            raise InputError(
                f"{where}.{name} is not a parameter{nearest(name, PARAMETER_NAMES)} "
                "(docs/parameters.md lists them)"
            )
        prior = parse_prior(value, f"{where}.{name}")
        low, high = limits[name]
        if prior.family == "fixed" and not low <= prior.numbers[0] <= high:
            raise InputError(
                f"{where}.{name} = {prior.numbers[0]:g} must be between {low:g} and {high:g}"
            )
        priors[name] = prior
    return priors


def _text(tables: Mapping[str, Any], key: str, where: str) -> str:
    value = tables.get(key)
    if not isinstance(value, str) or "\0" in value or len(value) > 2000:
        raise InputError(
            f"{where}: {key} = {str(value)[:80]!r} must be text of at most 2000 letters"
        )
    return value


def _title(tables: Mapping[str, Any], where: str) -> str:
    if "title" not in tables:
        return ""
    value = tables["title"]
    if (
        not isinstance(value, str)
        or not value.isprintable()
        or not 1 <= len(value.strip()) <= len(value) <= MAX_TITLE
    ):
        raise InputError(
            f"{where}: title = {str(value)[:80]!r} must be text of 1 to {MAX_TITLE} letters on "
            "one line, without control or invisible characters"
        )
    return value


def _day(tables: Mapping[str, Any], key: str, default: date, where: str) -> date:
    value = tables.get(key, default)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InputError(f"{where}: {key} = {value!r} must be a date such as 2019-06-01")
    return in_the_age(value, f"{where}: {key}")


def _with_one_nought(value: Any) -> Any:
    """Return tables in which -0.0 is 0.0: equal values must have one text, and one digest."""
    if isinstance(value, Mapping):
        return {key: _with_one_nought(inner) for key, inner in value.items()}
    return value + 0.0 if isinstance(value, float) else value


def _model(model: type[_M], raw: Mapping[str, Any], where: str) -> _M:
    try:
        return model.model_validate(_with_one_nought(raw))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        group: Any = model
        for part in first["loc"][:-1]:
            group = group.model_fields[part].annotation
        known = tuple(group.model_fields)
        raise InputError(
            f"{where}.{place} is unknown; allowed are {', '.join(known)}"
            f"{nearest(str(first['loc'][-1]), known)}"
        )
    given = first["input"]
    hint = nearest(given, re.findall(r"'(\w+)'", first["msg"])) if isinstance(given, str) else ""
    message = first["msg"][0].lower() + first["msg"][1:]
    raise InputError(f"{where}.{place} = {str(given)[:80]!r}: {message}{hint}")
