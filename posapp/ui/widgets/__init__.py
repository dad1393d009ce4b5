"""The widgets the views are made of."""
