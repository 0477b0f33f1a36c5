"""Sentences about mandates, overruled CCGs, the status of ICS, and the end of CCGs by law."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.views.wording import count_of

if TYPE_CHECKING:
    from sim.views.story.bundle import Bundle, Sentences
    from sim.views.story.names import Names, Proposals

RULES: Final = {"majority": "a majority decides", "leader": "the system's leader decides alone"}


def _mandated(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    parts = tuple(bundle.data["parts"])
    return (
        f"{names.system(bundle.first.subject)}: NHS England merges {names.bodies(parts)} by "
        "mandate, without a vote."
    )


def _overruled(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    rule = str(bundle.data["rule"])
    return (
        f"{names.body(bundle.first.subject)}'s {bundle.data['who']} did not agree and are "
        f"overruled: {RULES.get(rule, rule)}."
    )


def _ics_review(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    system = names.system(bundle.first.subject)
    if bundle.data["designated"]:
        return f"{system} becomes an integrated care system (ICS)."
    ccgs = count_of(int(bundle.data["ccgs"]), "CCG")
    return f"{system} is not made an integrated care system (ICS) because it still has {ccgs}."


def _abolished(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    ccgs = count_of(int(bundle.data["ccgs"]), "CCG")
    heirs = count_of(int(bundle.data["successors"]), "system")
    return f"a new law abolishes all CCGs: {heirs} replace {ccgs}."


SENTENCES: Final[Sentences] = {
    "mandated": _mandated,
    "overruled": _overruled,
    "ics_review": _ics_review,
    "abolished": _abolished,
}
