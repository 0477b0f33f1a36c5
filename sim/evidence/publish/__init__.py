"""What is forecast, written down with its date before the outcome is known?"""

from sim.evidence.publish.published import PAGE, Published, make_forecast, write_forecast

__all__ = ["PAGE", "Published", "make_forecast", "write_forecast"]
