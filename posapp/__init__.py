"""posapp: the till-side program of a payment gateway."""

__version__ = "0.1.0"
