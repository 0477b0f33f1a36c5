"""Packages of the optional extra ``analysis``: loaded when first needed, or asked for by name."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Final

from sim.errors import InputError

INSTALLED_AS: Final = {"sklearn": "scikit-learn", "arviz_stats": "arviz-stats"}
"""Names under which packages are installed, where they differ from those they are imported by."""


def require(package: str) -> ModuleType:
    """Return an optional package of the extra ``analysis``.

    Raises:
        InputError: it is not installed; the message says how to get it.
    """
    try:
        return importlib.import_module(package)
    except ImportError:
        top = package.partition(".")[0]
        raise InputError(
            f"this needs the package {INSTALLED_AS.get(top, top)}, which is not installed; "
            "install the optional extra, in the project's folder: "
            ".venv/bin/pip install -c constraints.txt -e '.[analysis]'"
        ) from None
