"""What the commands share: options with their checks, what was typed, plain messages."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from sim.errors import InputError
from sim.views.exit_codes import print_plain

if TYPE_CHECKING:
    from sim.experiment.batch import Batch


def whole_number(text: str | int) -> int:
    """Read a whole number; its range is checked where it is used, for Python callers as well."""
    if re.fullmatch(r"[+-]?[0-9]{1,40}", str(text)):
        return int(text)
    raise typer.BadParameter(f"{str(text)[:60]!r} must be a whole number")


Files: TypeAlias = Annotated[
    list[str], typer.Argument(metavar="FILE", help="Scenario files or names.")
]
Replications: TypeAlias = Annotated[
    int,
    typer.Option(
        parser=whole_number, metavar="N", help="Replications of each scenario, 1 to 1,000,000."
    ),
]
Seed: TypeAlias = Annotated[
    int, typer.Option(parser=whole_number, metavar="S", help="Master seed, 0 or more.")
]
Workers: TypeAlias = Annotated[
    int | None,
    typer.Option(
        parser=whole_number,
        metavar="W",
        help="Worker processes; by default one per core. Does not change any result.",
    ),
]
Out: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Results folder; by default results/<scenario>, with the names of several scenarios "
        "joined by '+'. A batch that is already there continues where it stopped.",
    ),
]
MAIN_OUT: Final = Path("results/main")
MainOut: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help=f"Results folder of the main job; by default {MAIN_OUT}. A batch that is already "
        "there continues where it stopped.",
    ),
]
Overwrite: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--overwrite",
        help="Discard what this program wrote to the folder, and replace a file that another "
        "option names. Refused if the folder holds files that this program did not write.",
    ),
]
Quiet: TypeAlias = Annotated[
    bool, typer.Option("--quiet", help="Show only errors: no progress, no tables.")
]
Csv: TypeAlias = Annotated[bool, typer.Option("--csv", help="Write every table as CSV as well.")]
Variance: TypeAlias = Annotated[
    int,
    typer.Option(
        parser=whole_number,
        metavar="N",
        help="Pairs of runs per scenario that measure each variance component, at most "
        "--replications; 0 leaves them out.",
    ),
]


@dataclass(frozen=True, slots=True)
class Options:
    """What all commands that run have in common."""

    replications: int
    seed: int
    workers: int | None
    out: Path | None
    overwrite: bool
    quiet: bool
    csv: bool


def refuse_odd_path(name: str, path: Path) -> None:
    """Refuse a path that no folder can have, before anything is run.

    Raises:
        InputError: it is empty, the current folder, or holds a NUL character.
    """
    text = str(path)
    if text in ("", ".") or "\0" in text:
        raise InputError(f"{name} {text!r}: give the name of a folder")


def as_option(name: str, value: str = "") -> str:
    """Return an argument of the Python functions as the option of a command: ``--overwrite``.

    This is the only place that puts messages of the library into a command's terms.
    """
    option = f"--{name.replace('_', '-')}"
    return option if value in ("", "True") else f"{option} {value}"


TYPED: Final[list[str]] = []
"""The arguments of this process's command line, for the manifest."""


def command_line() -> str:
    """Return this process's command line as one line of text."""
    # file names may hold bytes that are no text, which a manifest cannot keep
    line = shlex.join(["run_sim.py", *TYPED])
    return line.encode("utf-8", errors="replace").decode()


def csv_files() -> tuple[str, ...]:
    """Return the names of the CSV copies of all tables."""
    from sim.records.schema import TABLES

    return tuple(f"{table.name}.csv" for table in TABLES)


def write_copies(batch: Batch) -> None:
    """Write all tables of a batch as CSV too."""
    from sim.records.csv_text import write_csv

    with batch.writing(*csv_files()):
        write_csv(batch.folder)


def say_changes(options: Options, batch: Batch) -> None:
    """Say what a folder keeps beyond its tables, and which files were removed from it.

    Files made from the tables (plots, comparisons, CSV copies) are removed when the tables change;
    those that the command has written again are not mentioned.
    """
    if batch.spare:
        shown = batch.manifest["replications"]
        say(
            options,
            f"{batch.folder} keeps {shown + batch.spare:,} replications of each scenario; its "
            f"tables now hold the first {shown:,}",
        )
    gone = [name for name in batch.removed if not (batch.folder / name).exists()]
    if gone:
        from sim.records.ledger import names_shown

        plots = [name for name in gone if name.startswith("plots/")]
        others = [name for name in gone if name not in plots]
        parts = [f"{len(plots)} plot{'' if len(plots) == 1 else 's'}"] if plots else []
        parts += [names_shown(others)] if others else []
        say(
            options,
            f"removed from {batch.folder}, as the tables have changed: {' and '.join(parts)}",
        )


def fail_with(batch: Batch) -> None:
    """End a command whose tables have been written and of which some replications failed.

    Raises:
        ReplicationsFailed: there are any; exit code 1.
    """
    from sim.experiment.batch import ReplicationsFailed

    if batch.failed:
        raise ReplicationsFailed(batch)


def say(options: Options, line: str) -> None:
    """Print a line on progress on standard error, unless the user asked for quiet."""
    if not options.quiet:
        print_plain(line, error=True)
