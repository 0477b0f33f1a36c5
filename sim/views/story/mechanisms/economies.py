"""Sentences of the story for costs and the published tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sim.views.story.bundle import Bundle, Sentences
    from sim.views.story.names import Names, Proposals

TEST_NAMES: Final[dict[str, str]] = {
    "coterminosity": "areas shared with councils",
    "footprint": "the system's footprint",
    "members": "members' support",
    "leadership": "shared leadership in place",
    "finance": "finance",
    "savings": "savings",
    "durability": "being future-proof",
}


def _allowance(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    share = round(100 * float(bundle.data["cut_share"]))
    per_head = float(bundle.data["per_head"])
    return (
        f"{share}% of the cut in running costs now applies, which leaves £{per_head:.2f} per "
        "patient per year."
    )


def failed_tests(bundle: Bundle) -> str:
    """Return which published tests an application failed, to follow the decision on it."""
    failed = [TEST_NAMES.get(test, test) for test in bundle.data.get("failed") or ()]
    return f" (not met: {', '.join(failed)})" if failed else ""


SENTENCES: Final[Sentences] = {
    "allowance": _allowance,
}
