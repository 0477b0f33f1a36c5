"""Runs the simulation: ``python run_sim.py --help`` says how."""

if __name__ == "__main__":  # nothing is imported otherwise, which keeps worker processes light
    from sim.__main__ import run

    raise SystemExit(run())
