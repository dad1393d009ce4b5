"""The pretend gateway: a real HTTP server on loopback that speaks both providers' wire formats.

It stands alone: it imports nothing else of posapp, so that a mistake in an adapter cannot be repeated here
and go unseen. Import `posapp.sandbox.server` only where a sandbox is started; starlette and uvicorn load there.
"""
