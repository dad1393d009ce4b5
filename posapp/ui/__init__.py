"""The windows; they see the domain and the bridge only."""
