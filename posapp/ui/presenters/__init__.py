"""What a screen shows and when, without a widget."""
