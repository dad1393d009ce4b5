"""What a till knows about money, orders and days: pure values and rules, no I/O, no clock, no translation."""
