"""The acquirers' adapters: the only place that knows a wire format."""
