"""Ledgers of any size, as a shop's till would have written them over three years."""
