"""A data folder, or a place for logs, that cannot be: said in a sentence, or done without."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till


def test_a_data_folder_that_is_a_file_is_said(till: Till, sandbox: SandboxProcess) -> None:
    till.data.write_text("not a folder", "utf-8")
    ended = till.charge().end()
    assert (ended.code, ended.out, str(till.data) in ended.err) == (1, "", True)
    assert sandbox.truth()["requests_total"] == 0
    till.data.unlink()


def test_without_a_place_for_logs_it_sells_all_the_same(till: Till) -> None:
    till.data.mkdir()
    (till.data / "logs").write_text("not a folder", "utf-8")
    ended = till.charge(wait=0).end()
    assert (ended.code, ended.err) == (5, "")
