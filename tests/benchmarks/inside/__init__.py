"""What runs inside the measured processes: the bare window, and the real one with hands on its keyboard."""
