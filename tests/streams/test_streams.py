"""Addressed luck: golden numbers, independence of purposes and attempts, swaps, uniformity."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.streams import GROUPS, PURPOSES, Purpose, Streams, purposes
from sim.streams.purposes import BodyKind

SIZES: dict[BodyKind, int] = {
    "parameter": 512,
    "national": 1,
    "region": 7,
    "system": 42,
    "ccg": 191,
    "practice": 6886,
    "lmc": 80,
    "council": 151,
}

# A purpose that is not registered: what the next one added would be.
NEXT = Purpose(max(p.number for p in PURPOSES) + 1, "next_one", "ccg", "other")


def streams(seed: int = 1, replication: int = 0, swaps: dict[str, int] | None = None) -> Streams:
    return Streams(seed, replication, SIZES, swaps)


def every_address(source: Streams) -> dict[tuple[str, int, int], float]:
    """Return a few draws of every purpose, addressed by purpose, body and attempt."""
    return {
        (purpose.name, body, attempt): source.uniform(purpose, body, attempt)
        for purpose in PURPOSES
        for body in range(0, SIZES[purpose.body], max(1, SIZES[purpose.body] // 3))
        for attempt in (0, 1, 5)
    }


# -- Permanence ----------------------------------------------------------------------------------

GOLDEN: list[tuple[int, int, Purpose, int, int, float]] = [
    (1, 0, purposes.PARAMETERS, 1, 0, 0.9837951334859096),
    (1, 0, purposes.PARAMETERS, 74, 0, 0.3196810879390857),
    (1, 1, purposes.PARAMETERS, 1, 0, 0.3846550485889041),
    (2, 0, purposes.PARAMETERS, 1, 0, 0.8461453097935167),
    (1, 0, purposes.PLACE_START, 0, 0, 0.30931491118583454),
    (1, 0, purposes.PLACE_SUPPORT, 41, 0, 0.6708708963006749),
    (1, 0, purposes.AUTONOMY, 190, 0, 0.37627439282328434),
    (1, 0, purposes.RELAY_REGION, 6, 1, 0.0966122680041891),
    (1, 7, purposes.MOOT_LOCAL, 5, 0, 0.2088997476698925),
    (1, 7, purposes.MOOT_CENTRE, 5, 3, 0.8582748662989121),
    (1, 0, purposes.FOOTPRINT, 10, 2, 0.996464172741469),
    (1, 199, purposes.PROPOSAL_SUPPORT, 20, 1, 0.06580255880146779),
    (42, 3, purposes.EXPECTED_SUPPORT, 20, 17, 0.6160594297910084),
    (1, 0, purposes.CONSENT, 100, 1, 0.9360493284422264),
    (1, 0, purposes.CCG_SUPPORT, 100, 2, 0.33576613460907623),
    (1, 0, purposes.PRACTICE_VOTE, 6885, 0, 0.44088343875709113),
    (1, 0, purposes.PRACTICE_VOTE, 0, 1000, 0.5804370640124821),
    (2**63 - 1, 2**40 - 1, purposes.PRACTICE_LEANING, 3000, 0, 0.11535527123159817),
    (1, 0, purposes.LMC_MOOD, 40, 4, 0.4624493162030424),
    (1, 0, purposes.COUNCIL_STANCE, 150, 0, 0.0852144189504438),
]


@pytest.mark.parametrize(
    ("seed", "replication", "purpose", "body", "attempt", "expected"),
    GOLDEN,
    ids=[f"{seed}-{r}-{p.name}-{b}-{a}" for seed, r, p, b, a, _ in GOLDEN],
)
def test_golden_numbers(
    seed: int, replication: int, purpose: Purpose, body: int, attempt: int, expected: float
) -> None:
    """Bit for bit: a published result can be run again in years to come."""
    assert streams(seed, replication).uniform(purpose, body, attempt) == expected


def test_there_are_twenty_golden_numbers_and_they_differ() -> None:
    assert len(GOLDEN) == 20
    assert len({row[-1] for row in GOLDEN}) == 20


def test_purposes_have_unique_permanent_numbers() -> None:
    numbers = [purpose.number for purpose in PURPOSES]
    assert len(set(numbers)) == len(numbers) == len({p.name for p in PURPOSES})
    assert {purpose.group for purpose in PURPOSES} == set(GROUPS)
    assert {purpose.body for purpose in PURPOSES} <= set(SIZES)
    pinned = {"parameters": 1, "moot_local": 11, "practice_vote": 40, "ladder_time": 45}
    assert {p.name: p.number for p in PURPOSES if p.name in pinned} == pinned


# -- Independence --------------------------------------------------------------------------------


def test_the_order_of_asking_does_not_matter() -> None:
    forwards = every_address(streams())
    source = streams()
    addresses = sorted(forwards, reverse=True)
    by_name = {purpose.name: purpose for purpose in PURPOSES}
    backwards = {a: source.uniform(by_name[a[0]], a[1], a[2]) for a in addresses}
    assert backwards == forwards


def test_a_new_purpose_shifts_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    before = every_address(streams())
    monkeypatch.setattr("sim.streams.streams.PURPOSES", (*PURPOSES, NEXT))
    source = streams()
    drawn = [source.uniform(NEXT, body, attempt) for body in range(191) for attempt in range(3)]
    assert every_address(source) == before
    assert not set(drawn) & set(before.values())


def test_attempts_far_beyond_the_usual_neither_fail_nor_shift() -> None:
    before = every_address(streams())
    source = streams()
    far = [source.uniform(purposes.CONSENT, body, 1000) for body in range(191)]
    farther = source.uniform(purposes.CONSENT, 7, 2**40)
    assert every_address(source) == before
    assert all(0.0 < value < 1.0 for value in [*far, farther])
    assert len({*far, farther, *before.values()}) == 192 + len(before)
    assert streams().uniform(purposes.CONSENT, 7, 2**40) == farther


@pytest.mark.parametrize("rows", [tuple(range(40, 61)), (3, 4, 9, 5000, 6885), (6885, 2)])
@pytest.mark.parametrize("attempt", [0, 3, 1000])
def test_many_at_once_are_the_same_as_one_by_one(rows: tuple[int, ...], attempt: int) -> None:
    source = streams()
    many = source.uniforms(purposes.PRACTICE_VOTE, rows, attempt)
    one_by_one = [streams().uniform(purposes.PRACTICE_VOTE, row, attempt) for row in rows]
    assert list(many) == one_by_one
    normals = source.normals(purposes.PRACTICE_VOTE, rows, attempt)
    assert list(normals) == pytest.approx(stats.norm.ppf(one_by_one), abs=1e-12)


def test_seed_replication_purpose_body_and_attempt_each_matter() -> None:
    values = {
        streams(seed, replication).uniform(purpose, body, attempt)
        for seed in (0, 1, 2)
        for replication in (0, 1, 2)
        for purpose in (purposes.CONSENT, purposes.TURNOUT)
        for body in (0, 1, 2)
        for attempt in (0, 1, 2)
    }
    assert len(values) == 3 * 3 * 2 * 3 * 3


def test_more_bodies_leave_those_there_alone() -> None:
    """A parameter added at the end of the table moves no other parameter's draw."""
    larger: dict[BodyKind, int] = {**SIZES, "parameter": 1024}
    short = [streams().uniform(purposes.PARAMETERS, body) for body in range(512)]
    long = Streams(1, 0, larger)
    assert [long.uniform(purposes.PARAMETERS, body) for body in range(512)] == short


# -- Swaps ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", GROUPS)
def test_a_swap_changes_its_group_and_nothing_else(group: str) -> None:
    plain, swapped, other = (
        every_address(source) for source in (streams(), streams(swaps={group: 77}), streams(1, 77))
    )
    mine = {purpose.name for purpose in PURPOSES if purpose.group == group}
    assert mine
    for address, value in swapped.items():
        assert value == (other if address[0] in mine else plain)[address], address
    assert all(plain[a] != swapped[a] for a in plain if a[0] in mine)


@pytest.mark.parametrize(
    "arguments",
    [
        {"seed": -1, "replication": 0},
        {"seed": 2**63, "replication": 0},
        {"seed": 1, "replication": -1},
        {"seed": 1, "replication": 2**40},
        {"seed": 1, "replication": 0, "swaps": {"place": -1}},
    ],
)
def test_numbers_that_would_not_fit_the_key_are_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be between"):
        Streams(sizes=SIZES, **arguments)


def test_the_largest_seed_and_replication_work() -> None:
    assert 0.0 < Streams(2**63 - 1, 2**40 - 1, SIZES).uniform(purposes.CONSENT) < 1.0


# -- Uniformity: seed fixed, so these pass or fail for good; the false-alarm rates say how often a
# -- sound generator would have failed at some other seed.

ALARM = 1e-4


@pytest.mark.parametrize("attempt", [0, 1, 1000])
def test_bodies_are_uniform(attempt: int) -> None:
    """Kolmogorov-Smirnov over 6,886 practices; false-alarm rate 1e-4 each."""
    rows = tuple(range(SIZES["practice"]))
    values = streams().uniforms(purposes.PRACTICE_VOTE, rows, attempt)
    assert stats.kstest(values, "uniform").pvalue > ALARM


@pytest.mark.parametrize(
    "purpose", [purposes.PARAMETERS, purposes.MOOT_LOCAL, purposes.CONSENT, purposes.LMC_MOOD]
)
def test_replications_are_uniform(purpose: Purpose) -> None:
    """Kolmogorov-Smirnov over 2,000 replications of one address; false-alarm rate 1e-4 each."""
    values = [streams(replication=r).uniform(purpose, 1) for r in range(2000)]
    assert stats.kstest(values, "uniform").pvalue > ALARM


def test_neighbouring_addresses_are_unrelated() -> None:
    """Correlations of neighbouring seeds, replications, purposes, attempts and bodies.

    Five correlations over 6,886 pairs, each beyond 4 standard errors with probability 6e-5.
    """
    rows = tuple(range(SIZES["practice"]))

    def page(seed: int, replication: int, purpose: Purpose, attempt: int) -> np.ndarray:
        return np.array(streams(seed, replication).uniforms(purpose, rows, attempt))

    base = page(1, 0, purposes.PRACTICE_TURNOUT, 0)
    neighbours = [
        page(2, 0, purposes.PRACTICE_TURNOUT, 0),
        page(1, 1, purposes.PRACTICE_TURNOUT, 0),
        page(1, 0, purposes.PRACTICE_VOTE, 0),
        page(1, 0, purposes.PRACTICE_TURNOUT, 1),
        np.roll(base, 1),
    ]
    for other in neighbours:
        assert abs(np.corrcoef(base, other)[0, 1]) < 4.0 / math.sqrt(len(rows))
