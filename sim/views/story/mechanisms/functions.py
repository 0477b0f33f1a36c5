"""Sentences about where the functions of merging CCGs go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.views.wording import count_of

if TYPE_CHECKING:
    from sim.views.story.bundle import Bundle, Sentences
    from sim.views.story.names import Names, Proposals


def _functions(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    data = bundle.data
    led = int(data["provider_led"]) + int(data["council_led"])
    return (
        f"of the tasks of {names.body(bundle.first.subject)}'s parts {data['share_up']:.0%} go up, "
        f"{data['share_place']:.0%} to place ({count_of(led, 'place')} led by a provider or "
        f"council) and {data['share_csu']:.0%} to the support unit."
    )


SENTENCES: Final[Sentences] = {"functions": _functions}
