"""The tests of posapp."""
