"""WHAT HAPPENED: the record up to 1 April 2020, and what it says of the model.

Six parts, each with the names that others use in its ``__init__``. A part imports only from those
before it:

``record``   what is on record?
``ballots``  what do the recorded ballots say of the votes?
``fit``      which parameters agree with the record?
``score``    how well does a run predict the record, against simple rules?
``proof``    can the fitting itself be trusted?
``publish``  what is forecast, written down before the outcome is known?

The commands that simulate (run, compare, trace, plot, levers, validate) load none of them.
"""
