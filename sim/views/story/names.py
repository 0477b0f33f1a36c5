"""The names that a story uses: bodies, proposals and the terms of rules, in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from sim.agents.log import Event, Terms
from sim.errors import InputError, nearest
from sim.views.wording import count_of, listing, short_system_name, signed
from sim.world.model import World

TERM_LABELS: Final[Mapping[str, str]] = {
    "base": "the usual level",
    "shared_officer": "shared officer",
    "running_costs": "running costs",
    "distress": "financial distress",
    "partner_distress": "partners' financial distress",
    "deadline": "the approaching deadline",
    "belief": "how the rule is understood",
    "letter": "the region's letter",
    "hard_rule": "the hard rule",
    "incentive": "incentives from the region",
    "leader": "a dedicated system leader",
    "divided_county": "counties divided among several CCGs",
    "free_ccgs": "number of CCGs free to merge",
    "after_lost_ballot": "memory of a lost ballot",
    "autonomy": "wish for autonomy",
    "council_match": "already covers one council's area",
    "one_council": "would cover one council's area",
    "opposed_councils": "opposed councils",
    "outweighed": "being outvoted by partners",
    "own_posts": "own posts at stake",
    "identity": "local identity",
    "perceived_centre": "seen as driven from the centre",
    "lmc_advice": "LMC advice",
    "second_thoughts": "changes of mind before a re-ballot",
    "optimism": "leaders' usual optimism",
    "misreading": "leaders' misjudgement of their members",
    "place": "unmeasured: the place",
    "usual_support": "usual support for mergers",
    "mood": "unmeasured: views of this proposal",
    "ccg_support": "unmeasured: views in this CCG",
    "footprint_whole_system": "footprint: the whole system",
    "footprint_one_council": "footprint: one council's CCGs",
    "footprint_shared_officer": "footprint: CCGs that share an officer",
    "footprint_consent": "footprint: expected consent",
    "unready": "not ready",
    "part_of_system": "only part of a system",
    "satisfied": "system works well without a merger",
    "size": "value of size",
    "distance": "distance from local areas",
    "pooled_debts": "pooling debts",
}
"""Plain names of rules' terms; a term that is not in this table is shown by its own name."""


def term_label(name: str) -> str:
    """Return the plain name of a rule's term; an unknown one is its own name without underscores.

    A term named ``wording.some_ccg`` or ``wording:some`` is read by what follows the last mark.
    """
    bare = name.replace(":", ".").rsplit(".", 1)[-1]
    return TERM_LABELS.get(bare, bare.replace("_", " ").strip())


def main_reasons(terms: Terms, most: int = 2) -> str:
    """Return the largest terms with sign, as ``shared officer +1.4, council match -0.8``.

    Terms are in the rule's own unit (mostly log-odds); those that round to 0.0 are left out. An
    empty text means that no rule decided, or that all its terms round to 0.0.
    """
    # the order is by size, then as the rule wrote them, so that equal terms do not flip
    ranked = sorted(terms, key=lambda term: -abs(term[1]))
    return ", ".join(
        f"{term_label(name)} {signed(value)}" for name, value in ranked[:most] if abs(value) >= 0.05
    )


class Names:
    """Names of bodies by code: of starting CCGs, of those formed by merger, of systems.

    ``extra`` adds or replaces names by code.
    """

    def __init__(self, world: World, extra: Mapping[str, str] | None = None) -> None:
        self._extra = dict(extra or {})
        self._ccgs = {ccg.code: ccg.name for ccg in world.ccgs}
        self._home = {ccg.code: world.systems[ccg.system].code for ccg in world.ccgs}
        self._systems = {system.code: system.name for system in world.systems}
        self._regions = {system.code: world.regions[system.region].name for system in world.systems}
        self._members = {
            system.code: frozenset(world.ccgs[i].code for i in system.ccgs)
            for system in world.systems
        }

    @property
    def ccg_codes(self) -> tuple[str, ...]:
        """Return the codes of the starting CCGs."""
        return tuple(self._ccgs)

    def home(self, ccg: str) -> str:
        """Return the code of the system that a starting CCG lies in."""
        return self._home[ccg]

    def system_code(self, text: str) -> str:
        """Return the code of a system given by code or by name, in any case.

        Raises:
            InputError: no system has this code or name; the nearest one is offered.
        """
        wanted = text.strip().casefold()
        for code, name in self._systems.items():
            if wanted in (code.casefold(), name.casefold(), short_system_name(name).casefold()):
                return code
        known = [*self._systems.values(), *self._systems]
        raise InputError(
            f"system '{text}': not known; give a system's code or name{nearest(text, known)}"
        )

    def region_of(self, system: str) -> str:
        """Return the name of the region of a system, or "" where it is not known."""
        return self._regions.get(re.split("[/+]", system)[0], "")

    def is_system(self, code: str) -> bool:
        """Return whether a code is that of a system, of a part of one, or of systems joined."""
        return all(part.split("/", 1)[0] in self._systems for part in code.split("+"))

    def system(self, code: str) -> str:
        """Return a system's short name; parts of a split and merged systems are named so."""
        if code in self._extra:
            return self._extra[code]
        if "+" in code:
            return " with ".join(self.system(part) for part in code.split("+"))
        if "/" in code:
            whole, part = code.split("/", 1)
            return f"{self.system(whole)} (part {part})"
        return short_system_name(self._systems.get(code, code), 60)

    def written(self, code: str) -> str:
        """Return the name of a starting CCG, region or system; "" for any other body."""
        if code in self._regions.values():
            return code
        return self._ccgs.get(code) or (self.system(code) if code in self._systems else "")

    def body(self, code: str) -> str:
        """Return a CCG's name; a merged body is named by what it was formed from."""
        if code in self._extra:
            return self._extra[code]
        if code in self._regions.values():  # a region's name may hold a plus
            return code
        if "+" not in code:
            return self._ccgs.get(code, code)
        parts = code.split("+")
        for system, members in self._members.items():
            if members == frozenset(parts):
                return f"the single CCG of {self.system(system)}"
        return f"the merged CCG of {listing([self._ccgs.get(part, part) for part in parts], 4)}"

    def in_text(self, text: str) -> str:
        """Return a text with every code of a CCG or merged body in it replaced by its name."""
        return re.sub(
            r"\b[0-9A-Z]{3,}(\+[0-9A-Z]{3,})*\b",
            lambda found: self.body(found[0]) if self._known(found[0]) else found[0],
            text,
        )

    def _known(self, code: str) -> bool:
        return all(part in self._ccgs for part in code.split("+"))

    def bodies(self, codes: Sequence[str], most: int | None = None) -> str:
        """Return several bodies' names as in prose."""
        return listing([self.body(code) for code in codes], most)

    def plan(self, footprint: Sequence[str], system: str) -> str:
        """Return a short name of a proposal, by what it would merge."""
        parts = frozenset(part for body in footprint for part in body.split("+"))
        if parts == self._members.get(system):
            return f"the plan for a single CCG out of {count_of(len(footprint), 'CCG')}"
        return f"the plan to merge {self.bodies(footprint, 4)}"


class Proposals:
    """Each proposal's system, footprint and short name."""

    def __init__(self, events: Sequence[Event], names: Names) -> None:
        self._names = names
        self.footprint: dict[str, tuple[str, ...]] = {
            event.proposal: tuple(event.data.get("footprint", ()))
            for event in events
            if event.kind == "mooted"
        }

    def system(self, proposal: str) -> str:
        """Return the code of the system that a proposal belongs to."""
        return proposal.rsplit("-", 1)[0]

    def plan(self, proposal: str) -> str:
        """Return the short name of a proposal."""
        return self._names.plan(self.footprint.get(proposal, ()), self.system(proposal))

    def touches(self, proposal: str, system: str) -> bool:
        """Return whether a proposal belongs to a system or would merge one of its CCGs."""
        return self.system(proposal) == system or any(
            self._names.home(part) == system
            for body in self.footprint.get(proposal, ())
            for part in body.split("+")
            if part in self._names.ccg_codes
        )
