"""Paper: lists of orders and reports of days as PDF."""
