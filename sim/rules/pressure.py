"""Rules beside the chain: what bodies hear and are made to do."""

from __future__ import annotations

from typing import Final

from sim.rules.influence import Influence

INFLUENCES: Final[tuple[Influence, ...]] = ()
