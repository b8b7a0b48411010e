"""A governed repository for each test."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from gitrepo import GitRepo

from .ground import Ground


@pytest.fixture(scope="session")
def mould(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a policy and one commit, to be copied: faster than to make one for each test."""
    return Ground(tmp_path_factory.mktemp("mould")).governed().path


@pytest.fixture
def ground(tmp_path: Path, mould: Path) -> Ground:
    """A repository with a policy and one commit."""
    folder = tmp_path.resolve()
    shutil.copytree(mould, folder / "repo")
    return Ground(folder, GitRepo(folder / "repo"))


@pytest.fixture
def bare_ground(tmp_path: Path) -> Ground:
    """A repository with nothing in it."""
    return Ground(tmp_path.resolve())


@pytest.fixture
def bound_ground(ground: Ground) -> Ground:
    """The governed repository, where ccguard runs without the right to read and write whatever it likes."""
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            pytest.skip("root may read everything, and there is no setpriv to take that away")
        ground.starter = [setpriv, "--bounding-set=-dac_override,-dac_read_search"]
    return ground
