"""Policies and what they extend, from callbacks and from real folders."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from policy_samples import SMALLEST

from ccguard.policy.load import MOST_DEPTH, MOST_FILES, inspect, load, read_file
from ccguard.policy.merge import merge
from ccguard.policy.mistakes import PolicyMistakes

COMPLETE = Path(__file__).parents[1] / "cases" / "policy" / "complete"
POLICY = ".claude-policy.toml"
_OPEN = 'claude.mode = "open"\n'


def _files(**files: str) -> Callable[[str], bytes | None]:
    named = {name.replace("__", "/") + ".toml": text for name, text in files.items()}
    named[POLICY] = named.pop("policy.toml", "")
    return lambda path: named[path].encode() if path in named else None


def _extending(*names: str, rest: str = "") -> str:
    return f"version = 1\nextends = [{', '.join(map(repr, names))}]\n{rest}"


def test_where_there_is_no_file_there_is_no_policy() -> None:
    assert load(lambda path: None) is None


def test_layers_come_general_first_and_each_once() -> None:
    read = _files(
        policy=_extending("a.toml", "b.toml", rest=_OPEN),
        a=_extending("base.toml"),
        b=_extending("base.toml"),
        base="version = 1\n",
    )
    layers = load(read)
    assert layers is not None
    assert [layer.name for layer in layers] == ["base.toml", "a.toml", "b.toml", POLICY]
    assert len({layer.version for layer in layers}) == 1


def test_a_change_in_any_file_is_another_version() -> None:
    def version(base: str) -> str:
        layers = load(_files(policy=_extending("base.toml", rest=_OPEN), base=base))
        assert layers is not None
        return layers[0].version

    assert version("version = 1\n") != version("version = 1\n\n")


def test_floors_that_were_loaded_together_are_one_version() -> None:
    lower = 'claude.mode = "supervised"\nsecrets.keyword = "off"\n'
    layers = load(_files(policy=_extending("org.toml", rest=lower), org="version = 1\n"))
    assert layers is not None
    found = merge(layers, layers)
    assert found.policy.secrets.keyword == "off"
    assert found.loosened == ()


def test_a_floor_that_comes_twice_is_one() -> None:
    lower = 'claude.mode = "open"\nguard.no_verify = "ask"\n'
    layers = load(_files(policy=_extending("org.toml", rest=lower), org='version = 1\nguard.no_verify = "warn"\n'))
    assert layers is not None
    once, twice = merge(layers, layers), merge(layers, [*layers, *layers])
    assert (once.policy, once.loosened) == (twice.policy, twice.loosened)


def test_files_in_a_circle_are_a_mistake() -> None:
    read = _files(policy=_extending("a.toml", rest=_OPEN), a=_extending("b.toml"), b=_extending("a.toml"))
    with pytest.raises(
        PolicyMistakes, match=r"b.toml:2:1: extends\[1\]: .* -> a.toml -> b.toml -> a.toml goes in a circle"
    ):
        load(read)


def test_a_file_that_extends_itself_is_a_mistake() -> None:
    with pytest.raises(PolicyMistakes, match="goes in a circle"):
        load(_files(policy=_extending(POLICY, rest=_OPEN)))


@pytest.mark.parametrize(("depth", "fine"), [(MOST_DEPTH - 1, True), (MOST_DEPTH, False)])
def test_files_may_extend_one_another_to_a_depth(depth: int, fine: bool) -> None:
    files = {f"f{number}": _extending(f"f{number + 1}.toml") for number in range(1, depth)}
    read = _files(policy=_extending("f1.toml", rest=_OPEN), **files, **{f"f{depth}": "version = 1\n"})
    if fine:
        assert load(read) is not None
    else:
        with pytest.raises(PolicyMistakes, match=f'"f{depth}.toml" is more than {MOST_DEPTH} files deep'):
            load(read)


def test_a_policy_may_not_be_made_of_more_files_than_people_read() -> None:
    names = [f"f{number}" for number in range(MOST_FILES + 5)]
    read = _files(
        policy=_extending(*(f"{name}.toml" for name in names), rest=_OPEN),
        **dict.fromkeys(names, "version = 1\n"),
    )
    with pytest.raises(PolicyMistakes, match=f"is past {MOST_FILES} files"):
        load(read)


def test_a_file_that_is_missing_is_a_mistake_where_it_is_named() -> None:
    with pytest.raises(PolicyMistakes) as caught:
        load(_files(policy=_extending("org.toml", rest=_OPEN)))
    assert str(caught.value) == (
        f'{POLICY}:2:1: extends[1]: there is no file "org.toml"; expected a policy file of this repository'
    )


def test_mistakes_of_all_files_are_listed_at_once() -> None:
    read = _files(
        policy=_extending("org.toml", rest='claude.mode = "opn"\nzones.a.data = "plans"\nzones.a.paths = ["a"]\n'),
        org='version = 1\nguard.no_verfy = "ask"\n',
    )
    with pytest.raises(PolicyMistakes) as caught:
        load(read)
    assert [(mistake.file, mistake.key) for mistake in caught.value.mistakes] == [
        (POLICY, "claude.mode"),
        (POLICY, "zones.a.data"),
        ("org.toml", "guard.no_verfy"),
    ]


def test_what_only_follows_from_another_mistake_is_not_said() -> None:
    layers, mistakes = inspect(
        _files(policy='version = 1\nmode = "open"\nzones.a.path = ["a"]\nzones.a.access = "none"\n')
    )
    assert layers is not None
    assert [mistake.key for mistake in mistakes] == ["mode", "zones.a.path"]


def test_a_label_stands_before_the_names_of_files() -> None:
    layers = load(_files(policy=SMALLEST), label="HEAD:")
    assert layers is not None
    assert merge(layers).policy.origins["claude.mode"] == f"HEAD:{POLICY}:3"


def test_a_policy_in_a_folder_holds_for_the_folder() -> None:
    nested = b'version = 1\nextends = ["shared.toml"]\n[zones.a]\npaths = ["/x"]\naccess = "none"\n'
    shared = b'version = 1\n[zones.b]\npaths = ["y/"]\naccess = "none"\n'
    files = {f"sub/{POLICY}": nested, "shared.toml": shared, POLICY: SMALLEST.encode()}
    above, below = load(files.get), load(files.get, f"sub/{POLICY}")
    assert above is not None
    assert below is not None
    policy = merge([*above, *below]).policy
    assert [zone.name for zone in policy.covering("sub/x")] == ["a"]
    assert [zone.name for zone in policy.covering("sub/deep/y/z")] == ["b"]
    assert policy.covering("x") == ()
    assert policy.covering("y/z") == ()


def test_the_complete_example_is_read_from_a_folder() -> None:
    layers = load(read_file(str(COMPLETE)))
    assert layers is not None
    assert [layer.name for layer in layers] == ["templates/org.toml", POLICY]


# -- files that are no files ---------------------------------------------------------------------------------------


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.mkdir()


def _link(path: Path) -> None:
    path.with_name("real.toml").write_text(SMALLEST)
    path.symlink_to("real.toml")


def _broken_link(path: Path) -> None:
    path.symlink_to("nowhere")


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def _link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


@pytest.mark.skipif(sys.platform == "win32", reason="no such files there")
@pytest.mark.parametrize(
    ("make", "what"),
    [
        (_fifo, "is a pipe"),
        (_folder, "is a folder"),
        (_link, "is a symbolic link"),
        (_broken_link, "is a symbolic link"),
        (_link_to_itself, "is a symbolic link"),
        (_link_to_a_device, "is a symbolic link"),
        (_socket, "is a socket"),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else None,
)
def test_a_policy_that_is_no_plain_file_is_refused_at_once(
    make: Callable[[Path], None], what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path has to be short
    make(Path(POLICY))
    with pytest.raises(PolicyMistakes) as caught:
        load(read_file("."))
    error = caught.value
    assert str(error) == f"{POLICY}: {what}; expected a regular file"
    assert all((error.message, error.where, error.why, error.fix, error.ask))


def test_a_device_in_the_place_of_a_policy_is_refused() -> None:
    with pytest.raises(PolicyMistakes, match="zero: is a device"):
        read_file("/dev")("zero")


def test_a_file_behind_a_linked_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "org.toml").write_text("version = 1\n")
    (tmp_path / "linked").symlink_to("real")
    with pytest.raises(PolicyMistakes, match=r'linked/org.toml: lies behind the link "linked"'):
        read_file(str(tmp_path))("linked/org.toml")


def test_a_file_below_a_file_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    assert read_file(str(tmp_path))("a/b.toml") is None


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / POLICY).write_text(SMALLEST)
    (tmp_path / POLICY).chmod(0)
    with pytest.raises(PolicyMistakes, match="can't be read: permission denied"):
        load(read_file(str(tmp_path)))


def test_an_error_of_the_disk_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with pytest.raises(PolicyMistakes, match="can't be read: file name too long"):
        read_file(str(tmp_path))("x" * 300)


def test_of_a_huge_file_no_more_is_read_than_shows_that_it_is_huge(tmp_path: Path) -> None:
    with (tmp_path / POLICY).open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(PolicyMistakes, match="the file has 1,048,577 bytes or more; expected 1,048,576 bytes at most"):
        load(read_file(str(tmp_path)))
