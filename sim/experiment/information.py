"""What it would be worth to know whether size itself pays, before choosing a policy.

Two scenarios are two policies. In a place with merged patients M the yearly worth of a policy is
W = saving in running costs - yearly part of the transition cost + effect x usual allowance x M,
where the effect of scale is unknown, centred near 0, and differs between places. Mergers do not
depend on it, so the expected worth given the effect is linear in it, and the expected value of
perfect information about it (Raiffa and Schlaifer 1961) needs no second simulation:
EVPI = E[max over policies of E[W | effect]] - max over policies of E[W]. The effect of a place is
``scale_effect`` + ``scale_place_sd`` x N(0,1); both enter this value and nothing else.

No command shows this yet; it can be used from Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from sim.adding import add_up
from sim.errors import InputError, nearest
from sim.rules.mechanisms.economies import scale_gain
from sim.streams import Streams, purposes
from sim.streams.quantiles import standard_normal
from sim.world.model import World

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from sim.experiment.batch import Batch

YEARS: Final = 10.0  # over which the one-off cost of merging is spread; assumed
MILLION: Final = 1e6
INFORMATION_COLUMNS: Final = (
    "decided_for",
    "base",
    "other",
    "replications",
    "worth_base",
    "worth_other",
    "best",
    "evpi",
    "share_changed",
)


def evpi(worth: np.ndarray) -> tuple[float, float]:
    """Return the value of knowing an effect before choosing, and how often the choice changes.

    ``worth`` holds the expected worth of each policy (rows) at each draw of the effect (columns).
    """
    best = int(worth.mean(axis=1).argmax())
    value = float(worth.max(axis=0).mean() - worth[best].mean())
    return max(0.0, value), float((worth.max(axis=0) > worth[best]).mean())


def value_of_knowing_scale(
    batch: Batch, world: World, base: str | None = None, other: str | None = None, *, seed: int = 1
) -> pd.DataFrame:
    """Return how much knowing the effect of scale would change the choice between two policies.

    Args:
        batch: a finished batch of (at least) the two scenarios, whose replications have drawn
            ``scale_effect`` and ``scale_place_sd``.
        world: the world that both run on.
        base: name of one scenario; by default the batch's first.
        other: name of the other; by default the batch's second.
        seed: master seed of the batch, which also draws the places' own effects.

    Returns:
        Worth in million pounds a year: a row for England (one choice for all), and a row
        ``places`` where every system could choose for itself (worths and values added up, the
        share of systems' choices that change). What a policy saves apart from size is taken to lie
        with the systems by their merged patients.

    Raises:
        InputError: a scenario is not in the batch.
    """
    import numpy as np
    import pandas as pd

    names = tuple(name or batch.scenarios[i] for i, name in enumerate((base, other)))
    for name in names:
        if name not in batch.scenarios:
            raise InputError(
                f"scenario '{name}' is not in {batch.folder}{nearest(name, batch.scenarios)}"
            )
    numbers = sorted(batch.replications["replication"].unique())
    drawn = batch.parameters.query("scenario == @names[0]").pivot(
        index="replication", columns="parameter", values="value"
    )
    common = drawn["scale_effect"].to_numpy()
    spread = drawn["scale_place_sd"].to_numpy()
    own = _own_effects(world, seed, [int(number) for number in numbers])
    effects = common[:, None] + spread[:, None] * own  # replication x system
    merged = np.stack([_merged_patients(batch, world, name) for name in names])
    sure = np.array([_worth(batch, name) for name in names])
    slopes = np.array([[scale_gain(m, 1.0) / MILLION for m in row] for row in merged])
    england = sure[:, None] + slopes @ effects.T
    worths = england.mean(axis=1)
    head = (*names, len(numbers), *(float(worth) for worth in worths), names[int(worths.argmax())])
    shares = slopes / np.maximum(slopes.sum(axis=1, keepdims=True), 1e-12)
    places = [
        evpi((sure * shares[:, i])[:, None] + slopes[:, i][:, None] * effects[:, i][None, :])
        for i in range(len(world.systems))
        if slopes[:, i].any()
    ]
    value = add_up(one for one, _ in places)
    changed = float(np.mean([often for _, often in places])) if places else 0.0
    rows: list[tuple[Any, ...]] = [
        ("England", *head, *evpi(england)),
        ("places", *head, value, changed),
    ]
    return pd.DataFrame(rows, columns=list(INFORMATION_COLUMNS))


def _own_effects(world: World, seed: int, replications: Sequence[int]) -> np.ndarray:
    """Return each place's own deviation as standard normals, by replication and system."""
    import numpy as np

    systems = len(world.systems)
    return np.array(
        [
            [standard_normal(streams.uniform(purposes.SCALE_EFFECT, i)) for i in range(systems)]
            for streams in (Streams(seed, number, {"system": systems}) for number in replications)
        ]
    )


def _worth(batch: Batch, scenario: str) -> float:
    """Return a scenario's mean worth a year where size itself neither pays nor costs."""
    rows = batch.replications.query("scenario == @scenario")
    return float((rows["running_cost_saving"] - rows["transition_cost_total"] / YEARS).mean())


def _merged_patients(batch: Batch, world: World, scenario: str) -> np.ndarray:
    """Return the mean patients in merged bodies at the end, by the system they started in."""
    import numpy as np

    rows = batch.ccgs.query("scenario == @scenario")
    share = rows.groupby("ccg")["merged_on"].agg(lambda days: float(days.notna().mean()))
    found = np.zeros(len(world.systems))
    for ccg in world.ccgs:
        found[ccg.system] += float(share[ccg.code]) * ccg.patients
    return found
