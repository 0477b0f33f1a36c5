"""Sentences for what leaders, place leaders and councils do beside the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.views.wording import count_of, listing

if TYPE_CHECKING:
    from sim.views.story.bundle import Bundle, Sentences
    from sim.views.story.names import Names, Proposals

EXITS: Final = {
    "day_job": "returns to the day job",
    "moved_on": "is moved on by the centre",
    "had_enough": "has had enough and leaves",
}
PLACE_LEADERS: Final = {
    "acute": "the chief of an acute trust",
    "mental_health": "the chief of a mental-health trust",
    "community": "the chief of a community trust",
    "council": "a chief of the council",
}
MOST_NAMED: Final = 6


def _systems(bundle: Bundle, names: Names) -> str:
    """Name the systems of a crowd, or say how many they are."""
    subjects = list(dict.fromkeys(event.subject for event in bundle.events))
    if len(subjects) > MOST_NAMED:
        return count_of(len(subjects), "system")
    return listing([names.system(code) for code in subjects])


def _backing(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    strength = float(bundle.data.get("strength", 0.0))
    return f"The centre states that local leaders have its backing (strength {strength:g})."


def _firm_hand(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    strength = float(bundle.data.get("strength", 0.0))
    return f"The centre handles {_systems(bundle, names)} firmly (strength {strength:g})."


def _cooperation(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    levels = [float(event.data.get("level", 0.0)) for event in bundle.events]
    if len(levels) == 1:
        return f"Partners in {_systems(bundle, names)} cooperate at {levels[0]:.2f} of 1."
    span = f"between {min(levels):.2f} and {max(levels):.2f} of 1"
    return f"Partners in {_systems(bundle, names)} cooperate at {span}."


def _sponsors(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    data = bundle.data
    if len(bundle.events) > 1:
        lonely = sum(not event.data.get("in_favour") for event in bundle.events)
        return (
            f"Senior leaders have been counted in {_systems(bundle, names)}; "
            f"nobody favours merging in {count_of(lonely, 'of them', 'of them')}."
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
    return f"{who} takes the lead of the place {names.body(str(data.get('place')))}."


def _dual_role(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    way = "by a workaround of the law" if bundle.data.get("form") == "workaround" else "directly"
    place = names.body(str(bundle.data.get("place")))
    return f"The leader of the place {place} becomes chief of its CCG too, {way}."


def _council_offer(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    answer = "takes it and comes round" if bundle.data.get("accepted") else "stays opposed"
    return f"leaders offer the council of {bundle.first.subject} a leading part; it {answer}."


def _compromise(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    before, left = (float(bundle.data.get(key, 0.0)) for key in ("opposed", "left"))
    return (
        f"leaders seek a compromise with opposed councils: of at most {before:.0%} of a CCG's "
        f"residents, {left:.0%} are left."
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
