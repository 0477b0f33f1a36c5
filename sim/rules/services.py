"""Rules beside the chain: service change, alienation, functions and providers."""

from __future__ import annotations

from typing import Final

from sim.rules.influence import Influence

INFLUENCES: Final[tuple[Influence, ...]] = ()
