"""The pretend phone wallet: the page behind a QR code, with a Pay and a Cancel button."""
