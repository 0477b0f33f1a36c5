"""Sentences about system leaders, place leaders and councils."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.views.wording import count_of, listing

if TYPE_CHECKING:
    from sim.views.story.bundle import Bundle, Sentences
    from sim.views.story.names import Names, Proposals

EXITS: Final = {
    "day_job": "returns to their main job",
    "moved_on": "is removed by the centre",
    "had_enough": "leaves, exhausted",
}
PLACE_LEADERS: Final = {
    "acute": "the chief of an acute trust",
    "mental_health": "the chief of a mental-health trust",
    "community": "the chief of a community trust",
    "council": "a chief of the council",
}
MOST_NAMED: Final = 6


def _systems(bundle: Bundle, names: Names) -> str:
    """Return the names of the systems of a line, or how many there are."""
    subjects = list(dict.fromkeys(event.subject for event in bundle.events))
    if len(subjects) > MOST_NAMED:
        return count_of(len(subjects), "system")
    return listing([names.system(code) for code in subjects])


def _backing(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    strength = float(bundle.data.get("strength", 0.0))
    return f"The centre says that it backs local leaders (strength {strength:g})."


def _firm_hand(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    strength = float(bundle.data.get("strength", 0.0))
    return f"The centre takes a firm line with {_systems(bundle, names)} (strength {strength:g})."


def _cooperation(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    levels = [float(event.data.get("level", 0.0)) for event in bundle.events]
    if len(levels) == 1:
        return f"Cooperation of partners in {_systems(bundle, names)}: {levels[0]:.2f} out of 1."
    span = f"{min(levels):.2f} to {max(levels):.2f} out of 1"
    return f"Cooperation of partners in {_systems(bundle, names)}: {span}."


def _sponsors(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    data = bundle.data
    if len(bundle.events) > 1:
        lonely = sum(not event.data.get("in_favour") for event in bundle.events)
        return (
            f"Senior leaders in {_systems(bundle, names)} say whether they favour merging; "
            f"in {count_of(lonely, 'of them', 'of them')} nobody does."
        )
    return (
        f"{names.system(bundle.first.subject)}: {data.get('in_favour')} of "
        f"{data.get('leaders')} senior leaders favour merging."
    )


def _finance_director(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    return f"{names.system(bundle.first.subject)} appoints a finance director for the system."


def _place_leader(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    data = bundle.data
    who = PLACE_LEADERS.get(str(data.get("type")), str(data.get("type")))
    return f"{who} becomes leader of the place {names.body(str(data.get('place')))}."


def _dual_role(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    way = "by a legal workaround" if bundle.data.get("form") == "workaround" else "directly"
    place = names.body(str(bundle.data.get("place")))
    return f"The leader of the place {place} becomes chief of its CCG too, {way}."


def _council_offer(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    accepts = "accepts and drops its opposition"
    answer = accepts if bundle.data.get("accepted") else "stays opposed"
    return f"leaders offer the council of {bundle.first.subject} a leading role; it {answer}."


def _compromise(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    before, left = (float(bundle.data.get(key, 0.0)) for key in ("opposed", "left"))
    return (
        "leaders seek a compromise with opposed councils: the largest share of a CCG's residents "
        f"whose council is opposed falls from {before:.0%} to {left:.0%}."
    )


SENTENCES: Final[Sentences] = {
    "backing": _backing,
    "firm_hand": _firm_hand,
    "cooperation": _cooperation,
    "sponsors": _sponsors,
    "finance_director": _finance_director,
    "place_leader": _place_leader,
    "dual_role": _dual_role,
    "council_offer": _council_offer,
    "compromise": _compromise,
}
