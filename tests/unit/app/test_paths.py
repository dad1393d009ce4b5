"""Where things lie on a computer."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path

import pytest

from posapp.app.options import config_file, data_folder
from posapp.app.paths import DataFolder, default_config_file, default_data_folder, own_umask
from posapp.app.usage import UsageError


def test_everything_a_till_writes_lies_in_its_one_folder(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    places = {folder.ledger, folder.training_ledger, folder.owners, folder.window_lock, folder.logs}
    assert len(places) == 5
    assert {place.parent for place in places} == {tmp_path}


def test_the_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "a" / "b")
    folder.make()
    folder.make()
    assert folder.root.stat().st_mode & 0o077 == 0


def test_what_is_named_is_taken_and_what_is_not_has_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = Namespace(data_dir=tmp_path / "data", config=tmp_path / "till.toml")
    assert (data_folder(named).root, config_file(named)) == (tmp_path / "data", tmp_path / "till.toml")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    usual = Namespace(data_dir=None, config=None)
    assert data_folder(usual).root == default_data_folder()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with pytest.raises(UsageError, match=r"posapp\.toml: there is no configuration yet"):
        config_file(usual)
    default_config_file().parent.mkdir(parents=True)
    default_config_file().write_text("", encoding="utf-8")
    assert config_file(usual) == default_config_file()


def test_the_program_s_files_are_its_user_s_alone() -> None:
    before = os.umask(0o022)
    try:
        own_umask()
        assert os.umask(0o022) == 0o077
    finally:
        os.umask(before)
