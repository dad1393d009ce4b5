"""The one meeting point of the asyncio thread and Qt."""
