"""Sentences about changes of services that CCGs can block, and about being overruled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sim.views.story.bundle import Bundle, Sentences
    from sim.views.story.names import Names, Proposals

WHO: Final = {
    "majority": "a majority of CCGs",
    "leader": "the system's leader",
    "voluntary": "their combined authority",
    "imposed": "a combined authority that the centre imposed",
    "centre": "the centre",
    "mandate": "a mandate",
}


def _number(bundle: Bundle) -> str:
    return f"change of services no. {str(bundle.data['case']).rpartition('-R')[2]}"


def _reconfiguration(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    loser = names.body(str(bundle.data["loser"]))
    return (
        f"{names.system(bundle.first.subject)}: {_number(bundle)} is proposed; the hospital of "
        f"{loser} would lose {float(bundle.data['loss']):.0%} of its main services."
    )


def _veto(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    shared = ", although it shares an accountable officer," if bundle.data["sharing"] > 0.0 else ""
    return f"{names.body(bundle.first.subject)}{shared} is against {_number(bundle)}."


def _service_agreed(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    how = str(bundle.data["how"])
    by = "without a veto" if how == "agreed" else f"by {WHO.get(how, how)}"
    return f"{names.system(bundle.first.subject)}: {_number(bundle)} is decided {by}."


def _deadlock(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    who = names.bodies(tuple(bundle.data["blockers"]), 8)
    return f"{names.system(bundle.first.subject)}: {_number(bundle)} is blocked by {who}."


def _final_say_failed(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    who = WHO.get(str(bundle.data["how"]), "somebody")
    place = names.system(bundle.first.subject)
    return f"{place}: {who} cannot settle {_number(bundle)}; the block stands."


def _deadlock_ends(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    how, months = str(bundle.data["how"]), float(bundle.data["months"])
    by = {
        "agreed": "with an agreement",
        "merged": "because its CCGs are now one",
    }.get(how, f"by decision of {WHO.get(how, how)}")
    place = names.system(bundle.first.subject)
    return f"{place}: the block of {_number(bundle)} ends after {months:.0f} months {by}."


def _alienated(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    why = str(bundle.data["why"])
    return f"{names.body(bundle.first.subject)} has been overruled by {WHO.get(why, why)}."


SENTENCES: Final[Sentences] = {
    "reconfiguration": _reconfiguration,
    "veto": _veto,
    "service_agreed": _service_agreed,
    "deadlock": _deadlock,
    "final_say_failed": _final_say_failed,
    "deadlock_ends": _deadlock_ends,
    "alienated": _alienated,
}
