"""CBTIS's wire format as its documents give it: envelope, codes, payments and refunds."""
