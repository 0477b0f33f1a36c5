"""The proof of the fitting from end to end: run synthetic truths, fit to each, write it down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sim.evidence.fit import FitSettings, Wave, design, fitted_names
from sim.evidence.proof.predictive import leave_each_out
from sim.evidence.proof.predictive_report import predictive_report
from sim.evidence.proof.predictive_tables import FIGURE, FILES, predictive_tables, write_tables
from sim.evidence.proof.simulation_based import check_report, simulation_based_check
from sim.experiment.provenance import refuse_other_code
from sim.records.files import write_whole
from sim.records.ledger import enlist, refuse_foreign

TRUTHS: Final = "truths"
PROOF_FILES: Final = (
    "simulation_based_check.md",
    *(f"{name}.csv" for name in FILES),
    f"{FIGURE}.png",
)
"""What a proof of the fitting writes into its folder beside the batches."""


def prove(waves: Sequence[Wave], settings: FitSettings, *, truths: int) -> str:
    """Test the fitting on synthetic truths and return the result as markdown.

    The waves are run at prior parameters under one seed, so that a truth is the same in all of
    them, with otherwise independent random streams. ``truths`` of the replications stand for
    records and the others train the emulators. Written are ``simulation_based_check.md`` and, with
    several waves, the forecasts of each from the others: ``predictive_pit.csv``,
    ``predictive_histogram.csv`` and ``predictive_reliability.csv``. What is in the folder already
    is used again, or refused, as in ``fit``.

    Args:
        waves: the waves to fit to.
        settings: how the proof is run; each wave is run once.
        truths: how many replications stand for records.

    Raises:
        InputError: a batch in the folder is another one, or was made by other code.
    """
    folder, seed = settings.folder, settings.seed
    refuse_foreign(folder, PROOF_FILES)
    names = fitted_names()
    batches = [settings.batch(f"{TRUTHS}_{index}", wave) for index, wave in enumerate(waves)]
    if not settings.overwrite:
        refuse_other_code(batches)
    designs = [
        design(wave, batch, names, settings, independent=index)
        for index, (wave, batch) in enumerate(zip(waves, batches, strict=True))
    ]
    refuse_other_code(batches)
    found = simulation_based_check(waves, designs, names, truths=truths, seed=seed)
    text = check_report(found, truths)
    left_out = leave_each_out(waves, designs, names, truths=truths, seed=seed)
    tables = predictive_tables(left_out, seed=seed) if left_out else None
    enlist(folder, PROOF_FILES)
    write_tables(folder, tables)
    if tables is not None:
        text += "\n" + predictive_report(left_out, tables.pit, seed=seed)
    write_whole(folder / PROOF_FILES[0], text)
    return text
