"""One room for each group of figures: what is measured from outside the window's process."""
