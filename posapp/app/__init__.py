"""Putting the program together: command line, configuration, folders, logs, crash hooks."""
