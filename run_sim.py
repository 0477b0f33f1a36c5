"""Runs the simulation: ``python run_sim.py --help`` says how."""

if __name__ == "__main__":  # nothing is imported otherwise, which keeps worker processes light
    try:
        from sim.__main__ import run

        code = run()
    except KeyboardInterrupt:  # before anything could be told of it
        code = 130
    raise SystemExit(code)
