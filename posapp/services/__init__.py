"""The use cases of a till: checkout, watching, reconciling, recovering. asyncio, no Qt, no wire formats."""
