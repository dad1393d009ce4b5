"""A click on the cross of a window, where no window manager draws one: the message that it would send."""

from __future__ import annotations

import ctypes
from contextlib import contextmanager
from ctypes.util import find_library
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

_CLIENT_MESSAGE = 33


class _ClientMessage(ctypes.Structure):
    """Xlib's `XClientMessageEvent`, with room behind it for the largest of all events."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("room", ctypes.c_long * 24),
    )


def click_the_cross(display: str, window: int) -> None:
    """Ask a window to close, as its user does."""
    with _connected(display) as (xlib, connection):
        delete, protocols = (
            xlib.XInternAtom(connection, name, False) for name in (b"WM_DELETE_WINDOW", b"WM_PROTOCOLS")
        )
        message = _ClientMessage(type=_CLIENT_MESSAGE, window=window, message_type=protocols, format=32)
        message.data[0] = delete
        assert xlib.XSendEvent(connection, window, False, 0, ctypes.byref(message))


@contextmanager
def _connected(display: str) -> Generator[tuple[ctypes.CDLL, ctypes.c_void_p]]:
    name = find_library("X11")
    if name is None:
        pytest.skip("there is no libX11 here: see packaging/dev/system-packages.sh")
    xlib = ctypes.CDLL(name)
    xlib.XOpenDisplay.restype = ctypes.c_void_p
    xlib.XInternAtom.restype = ctypes.c_ulong
    xlib.XInternAtom.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
    xlib.XSendEvent.argtypes = (
        ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.c_void_p,
    )  # fmt: skip
    xlib.XCloseDisplay.argtypes = (ctypes.c_void_p,)
    connection = ctypes.c_void_p(xlib.XOpenDisplay(display.encode()))
    assert connection, f"no connection to {display}"
    try:
        yield xlib, connection
    finally:
        xlib.XCloseDisplay(connection)  # flushes first
