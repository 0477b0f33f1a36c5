"""The command ``places``."""

from __future__ import annotations

import typer


def add_place_commands(app: typer.Typer) -> None:
    """Put the commands of this file on the program."""
