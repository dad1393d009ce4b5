"""The Airwallex gateway."""
