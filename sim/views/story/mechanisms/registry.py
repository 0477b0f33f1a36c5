"""The register of sentences about mechanisms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.views.story.mechanisms import (
    boundaries,
    economies,
    force,
    functions,
    leaders,
    providers,
    services,
)

if TYPE_CHECKING:
    from sim.views.story.bundle import Sentences

SENTENCES: Final[Sentences] = {
    **boundaries.SENTENCES,
    **leaders.SENTENCES,
    **services.SENTENCES,
    **functions.SENTENCES,
    **providers.SENTENCES,
    **force.SENTENCES,
    **economies.SENTENCES,
}
