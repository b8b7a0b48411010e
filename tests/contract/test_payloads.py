"""Every recorded hook payload of the client gets exactly the reply that lies beside it.

The payloads name `/repo` and `/home/dev`; here these stand for folders of the test's own. A reply file holds the JSON
object that goes to stdout, or `null` for nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAYLOADS = sorted(
    path
    for path in Path(__file__).parent.glob("payloads/*/*.json")
    if not path.name.startswith("_") and not path.name.endswith(".reply.json")
)
POLICY = """version = 1
[claude]
mode = "supervised"
[zones.vault]
paths = ["secrets/"]
access = "none"
reason = "Live credentials."
contact = "#vault"
[contacts]
owner = "@acme/platform"
help = "#ai-help"
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a policy, and a home."""
    folder = tmp_path_factory.mktemp("world").resolve()
    repo = folder / "repo"
    for name, text in {
        ".claude-policy.toml": POLICY,
        "a.txt": "hello\n",
        ".env": "X=1\n",
        "src/app.py": "print(1)\n",
        "nb.ipynb": "{}\n",
        "secrets/key.txt": "k\n",
    }.items():
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).write_text(text)
    (folder / "home").mkdir()
    subprocess.run(["git", "init", "-q", "-b", "main", str(repo)], check=True)
    return folder


def reply_to(payload: str, world: Path) -> str:
    """What the hook prints, with the test's folders written as the payloads write them."""
    repo, home = str(world / "repo"), str(world / "home")
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "hooks" / "claude_code.py")],
        input=payload.replace("/home/dev", home).replace("/repo", repo),
        capture_output=True,
        text=True,
        env={"HOME": home, "PATH": "/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.replace(repo, "/repo").replace(home, "/home/dev")


def test_all_recorded_events_are_here() -> None:
    assert len(PAYLOADS) == 53


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_recorded_payload_gets_the_expected_reply(path: Path, world: Path) -> None:
    expected = json.loads(path.with_suffix(".reply.json").read_text())
    reply = reply_to(path.read_text(), world)
    assert (json.loads(reply) if reply else None) == expected
