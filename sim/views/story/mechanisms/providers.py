"""Sentences about alternatives to a merger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sim.views.story.bundle import Bundle, Sentences
    from sim.views.story.names import Names, Proposals

SHAPES: Final = {
    "merge": "still prefer a merger",
    "share": "would rather share management than merge",
    "federate": "would rather federate than merge",
    "vertical": "would rather join hospital and community services than merge CCGs",
    "split": "would rather work on a smaller scale",
    "none": "would rather leave things as they are",
}


def _alternative(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    action = str(bundle.data["action"])
    said = SHAPES.get(action, action)
    return f"{names.system(bundle.first.subject)}: its bodies consider alternatives and {said}."


SENTENCES: Final[Sentences] = {"alternative": _alternative}
