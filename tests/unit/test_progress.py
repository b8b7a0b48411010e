"""A bar for a person who waits, and nothing for anybody else."""

from __future__ import annotations

import io

import pytest

from ccguard.commands import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    made = Terminal()
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(progress, "_SILENT_FOR", 0.0)
    monkeypatch.setattr(progress, "_BETWEEN", 0.0)
    return made


def test_a_bar_grows_on_a_terminal_and_is_wiped_out(screen: Terminal) -> None:
    assert list(progress.shown("abc", 3, "scanning", screen)) == ["a", "b", "c"]
    assert "scanning [##########....................] 1/3" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_short_work_draws_nothing(screen: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_SILENT_FOR", 3600.0)
    assert list(progress.shown("abc", 3, "scanning", screen)) == ["a", "b", "c"]
    assert screen.getvalue() == ""


def test_ci_sees_no_bar(screen: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    list(progress.shown("abc", 3, "scanning", screen))
    assert screen.getvalue() == ""
