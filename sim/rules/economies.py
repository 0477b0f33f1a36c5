"""Rules beside the chain: what merging and sharing cost, save and are worth."""

from __future__ import annotations

from typing import Final

from sim.rules.influence import Influence

INFLUENCES: Final[tuple[Influence, ...]] = ()
