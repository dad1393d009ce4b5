"""Which volumes are another computer's, told by the kernel's own table."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from posapp.store.volume import VolumeKind, filesystem_in, kind_of, kind_of_filesystem

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
tmpfs /run tmpfs rw 0 0
//server/share /mnt/shop\\040share cifs rw 0 0
server:/home /home nfs4 rw 0 0
/dev/sdb1 /home/till/local xfs rw 0 0
broken
overlay /srv overlay rw 0 0
/dev/sdc1 /srv btrfs rw 0 0
"""


@pytest.mark.parametrize(
    "path, expected",
    [
        ("/var/lib/posapp", "ext4"),
        ("/", "ext4"),
        ("/run/user/0", "tmpfs"),
        ("/running", "ext4"),
        ("/mnt/shop share/till 1", "cifs"),
        ("/home/till", "nfs4"),
        ("/home/till/local/data", "xfs"),
        ("/home/till/localities", "nfs4"),
        ("/srv/data", "btrfs"),
    ],
)
def test_the_longest_mount_point_above_a_path_counts_and_the_last_of_equals(path: str, expected: str) -> None:
    assert filesystem_in(MOUNTS, path) == expected


def test_nothing_mounted_is_nothing_known() -> None:
    assert filesystem_in("", "/home") is None


@pytest.mark.parametrize(
    "name, kind",
    [
        ("ext4", VolumeKind.LOCAL),
        ("apfs", VolumeKind.LOCAL),
        ("overlay", VolumeKind.LOCAL),
        ("nfs", VolumeKind.NETWORK),
        ("nfs4", VolumeKind.NETWORK),
        ("cifs", VolumeKind.NETWORK),
        ("smb3", VolumeKind.NETWORK),
        ("fuse.sshfs", VolumeKind.NETWORK),
        ("fuse.ntfs", VolumeKind.LOCAL),
        ("tmpfs", VolumeKind.MEMORY),
    ],
)
def test_file_systems_are_sorted_by_where_the_files_really_are(name: str, kind: VolumeKind) -> None:
    assert kind_of_filesystem(name) is kind


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's table is Linux's")
def test_this_machine_can_be_asked(tmp_path: Path) -> None:
    assert kind_of(tmp_path) is not VolumeKind.NETWORK
    assert kind_of(Path("/dev/shm")) is VolumeKind.MEMORY  # noqa: S108 - only looked at
