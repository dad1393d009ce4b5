"""Airwallex's payment acceptance wire format as its documents give it."""
