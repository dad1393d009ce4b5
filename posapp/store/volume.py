"""What kind of volume a folder lies on: SQLite's write-ahead log must not be used over a network."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Final


class VolumeKind(StrEnum):
    """Where files really are."""

    LOCAL = "local"
    NETWORK = "network"
    MEMORY = "memory"  # gone after a restart of the computer
    UNKNOWN = "unknown"


_NETWORK: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb3", "smbfs", "ncpfs", "afs", "9p", "ceph", "glusterfs", "lustre", "davfs"}
)
_NETWORK_BY_FUSE: Final = frozenset(
    {"fuse.sshfs", "fuse.rclone", "fuse.gvfsd-fuse", "fuse.glusterfs", "fuse.davfs", "fuse.smbnetfs", "fuse.s3fs"}
)
_MEMORY: Final = frozenset({"tmpfs", "ramfs"})
_MOUNTS: Final = Path("/proc/self/mounts")


def kind_of_filesystem(name: str) -> VolumeKind:
    """Sort a file system by the name that the kernel has for it."""
    if name in _NETWORK or name in _NETWORK_BY_FUSE:
        return VolumeKind.NETWORK
    return VolumeKind.MEMORY if name in _MEMORY else VolumeKind.LOCAL


def filesystem_in(mounts: str, path: str) -> str | None:
    """Find a path's file system in the text of `/proc/mounts`: the longest mount point above it, the last of equals.

    Args:
        mounts: One mount a line: device, mount point, file system, options; blanks are written as octal escapes.
        path: Absolute, without links.
    """
    best, found = -1, None
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:  # noqa: PLR2004 - device, point, kind
            continue
        point = _unescaped(fields[1]).rstrip("/")
        if len(point) >= best and (path == point or path.startswith(f"{point}/")):
            best, found = len(point), fields[2]
    return found


def _unescaped(point: str) -> str:
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(code, character)
    return point


if sys.platform == "win32":
    import ctypes

    _KINDS: Final = {3: VolumeKind.LOCAL, 4: VolumeKind.NETWORK, 6: VolumeKind.MEMORY}  # as GetDriveTypeW numbers them

    def kind_of(path: Path) -> VolumeKind:
        """Look up what kind of volume a file or folder lies on; asks the operating system, never the network."""
        drive = path.absolute().drive
        if drive.startswith("\\\\"):
            return VolumeKind.NETWORK
        return _KINDS.get(ctypes.windll.kernel32.GetDriveTypeW(f"{drive}\\"), VolumeKind.UNKNOWN)
elif sys.platform == "linux":

    def kind_of(path: Path) -> VolumeKind:
        """Look up what kind of volume a file or folder lies on; asks the operating system, never the network."""
        try:
            name = filesystem_in(_MOUNTS.read_text(encoding="utf-8", errors="surrogateescape"), str(path.resolve()))
        except OSError:
            return VolumeKind.UNKNOWN
        return VolumeKind.UNKNOWN if name is None else kind_of_filesystem(name)
else:

    def kind_of(_path: Path) -> VolumeKind:
        """Tell nothing: macOS names a volume's kind only to programs of its own language."""
        return VolumeKind.UNKNOWN
