"""One room for each command: `add_options` declares its options, `run` does it and returns the exit code."""
