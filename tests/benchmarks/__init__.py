"""The measurements of posapp: `make bench`, or `python -m tests.benchmarks`."""
