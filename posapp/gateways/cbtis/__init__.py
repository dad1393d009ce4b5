"""The CBTIS gateway."""
