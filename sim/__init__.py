"""A discrete-event simulation of how England's clinical commissioning groups merge.

From code: ``load_world``, ``load_scenario``, ``replicate``, ``run_batch``, ``compare``, and
``__version__``. Each is loaded when first asked for, so that ``import sim`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.experiment.api import compare, replicate, run_batch
    from sim.scenario.load import load_scenario
    from sim.world.load import load_world

    __version__: str

__all__ = ["compare", "load_scenario", "load_world", "replicate", "run_batch"]

_HOMES = {
    "compare": "sim.experiment.api",
    "load_scenario": "sim.scenario.load",
    "load_world": "sim.world.load",
    "replicate": "sim.experiment.api",
    "run_batch": "sim.experiment.api",
}


def __getattr__(name: str) -> Any:
    """Load a public function, or look up the version, when it is first asked for (PEP 562)."""
    if name == "__version__":
        found = _version()
    elif name in _HOMES:
        found = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    globals()[name] = found
    return found


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("ccg-consolidation")
    except PackageNotFoundError:
        return "0+not-installed"


def __dir__() -> list[str]:
    """List the public functions as well."""
    return sorted({*globals(), *__all__, "__version__"})
