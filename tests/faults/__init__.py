"""What can go wrong, and the tests that it does no harm: one folder for each group of rows in `rows.py`."""
