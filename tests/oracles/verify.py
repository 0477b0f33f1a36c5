"""Writes the page of exact answers: ``python -m tests.oracles.verify [--long] [--write FILE]``.

Each case is run through the shipped simulator and compared with its exact answer; then each
deliberate mistake is shown to be caught. Exit code 1 if any row fails.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

from tests.oracles.cases import CASES
from tests.oracles.estimate import BAND, CAUGHT, Check, Estimate
from tests.oracles.run import SEED, run_case
from tests.oracles.wrong import WRONG

INTRODUCTION: Final = """\
# Verification: where the exact answer is known

`python -m tests.oracles.verify{option} --write docs/verification.md` writes this page; do not edit
it by hand.

Each case is a small world for which mathematics gives the exact answer. The test runs it through
the shipped simulator, from scenario files under `tests/oracles/`, and reads the result from the
event log; no code in `sim/` knows these cases. Each world has many independent systems or CCGs, so
one replication gives many samples. The ids (O1, O2 ...) are those of the project's list of exact
answers.

Master seed {seed}. An estimate must lie within {band:g} standard errors of the exact value; a
correct simulator fails this about once in 16,000 checks. Where the answer does not depend on
chance it must be equal to 1e-9 (times lie on a grid of 2^-20 day, and so do the months of 365.25/12
days of the one case that has such times). "Catches" is a relative error of five standard errors,
which the check finds with a probability of 84%. Each case has at least one check, marked *, that
catches {caught:g}% or less at routine size, or is exact. Seconds are those of one process and vary.

{checks} checks in {cases} cases, {passed} passed; the {sharp} estimates marked * catch
{sharpest:.2g}% or less in this run.

| case | what it checks | exact | simulated | standard errors apart | catches | samples | \
replications | seconds |
|---|---|---|---|---|---|---|---|---|"""

WRONG_ON_PURPOSE: Final = """
Some cases state the oracle in other units, so that whole days fall where the oracle's months do:
the stepped hazard of O10 has months 16/3 as long and rates 3/16 as high; O11 runs 48 months at 0.02
for 24 at 0.04; the 1 April case of O18 has months of 365/12 days in years without 29 February. O23
counts forty practices' votes per ballot and scales the variance to one vote. O25 pools sixteen
ballots per replication, all with the support that the replication drew.

## Wrong on purpose

To show that the checks can fail, each row replaces one function of the simulator with a mistake
and runs the same case with some of its routine replications. The row shows the check that fails
most. A mistake is caught if the result is more than {band:g} standard errors off, or unequal where
the answer is exact. "None" means that the mistake leaves nothing to estimate from.

| case | mistake | check that catches it | exact | simulated | standard errors apart |
|---|---|---|---|---|---|"""


class Ran(NamedTuple):
    """One case as run: its estimates in the order of its checks, replications, seconds."""

    case: int
    estimates: tuple[Estimate, ...]
    replications: int
    seconds: float


def _run(job: tuple[int, bool]) -> Ran:
    index, long = job
    case = CASES[index]
    result = run_case(case, case.long if long else case.routine)
    estimates = tuple(estimate for _check, estimate in result.estimates)
    return Ran(index, estimates, result.replications, result.seconds)


class Caught(NamedTuple):
    """One mistake as run: the check that failed most (or none) and what it gave."""

    what: str
    exact: float
    value: float
    apart: float


def _break(index: int) -> Caught | None:
    found = WRONG[index].caught()
    if found is None:
        return None
    check, estimate = found
    return Caught(check.what, check.exact, estimate.value, check.distance(estimate))


def _number(value: float) -> str:
    return "none" if math.isnan(value) else f"{value:.8g}"


def _apart(check: Check, estimate: Estimate) -> str:
    distance = check.distance(estimate)
    if check.certain:
        return "equal" if check.passes(estimate) else "**unequal**"
    return f"{distance:.2f}" if check.passes(estimate) else f"**{distance:.2f}**"


def _catches(check: Check, estimate: Estimate) -> str:
    return "any" if check.certain else f"{100.0 * check.resolution(estimate):.2g}%"


def page(ran: Sequence[Ran], caught: Sequence[Caught | None], long: bool) -> str:
    """Return the page in Markdown."""
    checks = [
        (check, estimate)
        for run in ran
        for check, estimate in zip(CASES[run.case].checks, run.estimates, strict=True)
    ]
    sharp = [pair for pair in checks if pair[0].sharp]
    text = INTRODUCTION.format(
        option=" --long" if long else "",
        seed=SEED,
        band=BAND,
        caught=100 * CAUGHT,
        checks=len(checks),
        cases=len(ran),
        passed=sum(check.passes(estimate) for check, estimate in checks),
        sharp=len(sharp),
        sharpest=100 * max(check.resolution(estimate) for check, estimate in sharp),
    )
    lines = [text]
    for run in ran:
        case = CASES[run.case]
        for number, (check, estimate) in enumerate(zip(case.checks, run.estimates, strict=True)):
            first = number == 0
            lines.append(
                f"| {case.id if first else ''} | {case.what + ': ' if first else ''}{check.what}"
                f"{' *' if check.sharp or check.certain else ''} | {_number(check.exact)} "
                f"| {_number(estimate.value)} | {_apart(check, estimate)} "
                f"| {_catches(check, estimate)} | {estimate.samples:,} "
                f"| {f'{run.replications:,}' if first else ''} "
                f"| {f'{run.seconds:.1f}' if first else ''} |"
            )
    lines.append(WRONG_ON_PURPOSE.format(band=BAND))
    for wrong, found in zip(WRONG, caught, strict=True):
        if found is None:
            lines.append(f"| {wrong.case} | {wrong.what} | **not caught** | | | |")
            continue
        apart = f"{found.apart:,.1f}" if math.isfinite(found.apart) else "unequal"
        lines.append(
            f"| {wrong.case} | {wrong.what} | {found.what} | {_number(found.exact)} "
            f"| {_number(found.value)} | {apart} |"
        )
    seen = sum(found is not None for found in caught)
    lines += ["", f"{seen} of {len(caught)} mistakes caught.", ""]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run everything, write the page, and say whether all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true", help="many more replications")
    parser.add_argument("--write", type=Path, help="file to write the page to")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    given = parser.parse_args(arguments)
    with ProcessPoolExecutor(given.workers) as pool:
        ran = list(pool.map(_run, [(index, given.long) for index in range(len(CASES))]))
        caught = list(pool.map(_break, range(len(WRONG))))
    text = page(ran, caught, given.long)
    if given.write:
        given.write.write_text(text, encoding="utf-8", newline="\n")
    else:
        sys.stdout.write(text)
    good = all(
        check.passes(estimate)
        for run in ran
        for check, estimate in zip(CASES[run.case].checks, run.estimates, strict=True)
    )
    return 0 if good and None not in caught else 1


if __name__ == "__main__":
    raise SystemExit(main())
