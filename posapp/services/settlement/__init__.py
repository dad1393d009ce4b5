"""A gateway's settlement file: read with suspicion, matched with the ledger, changing nothing."""
