# What a contributor does, in one word each. Everything runs in .venv, which `just setup` makes.

bin := ".venv/bin"

# List what there is
default:
    @just --list

# Make .venv with ccguard and everything its development needs
setup python="python3":
    {{ python }} -m venv .venv
    {{ bin }}/python -m pip install --quiet --upgrade "pip>=25.1"
    {{ bin }}/python -m pip install --quiet --editable . --group dev

# Style, types, the order of the rooms, generated files
check:
    {{ bin }}/ruff check
    {{ bin }}/ruff format --check
    {{ bin }}/mypy
    {{ bin }}/lint-imports
    {{ bin }}/python tools/gen.py --check

# The fast suite: no real programs end to end
test *arguments:
    {{ bin }}/python -m pytest -m "not slow and not client" {{ arguments }}

# Real programs end to end; CLAUDE_BIN names a Claude Code client for the tests that drive one
e2e *arguments:
    {{ bin }}/python -m pytest -m "slow or client" -rs {{ arguments }}

# What a real-time decision costs, in starts of a bare interpreter
bench *arguments:
    {{ bin }}/python tools/bench.py {{ arguments }}

# Write the files that follow from tables: hook manifest, rule pages, JSON Schema
gen:
    {{ bin }}/python tools/gen.py

# Rule pages anew, and every link in the documentation checked
docs: gen
    {{ bin }}/python -m pytest tests/laws/test_links.py
