"""Claude Code's real-time hook, started as `python -I -S claude_code.py`: payload on stdin, answer on stdout.

Everything, imports included, is inside one boundary. Claude Code takes exit 0 with no output as "nothing to object" and
exit 2 as "block"; any other way to end would let the call through, so there is none. It takes no options. A script is
compiled at every start, so this one is short, and `ccguard.commands.hook` is the rest of it.
"""

try:
    import gc
    import marshal
    import sys
    from _imp import source_hash

    gc.disable()  # the process ends before there is anything worth collecting

    # ccguard's modules are found in this one folder and nowhere else, so that nothing can stand in for them.
    here = __file__.replace("\\", "/").rpartition("/")[0] or "."
    package = type(sys)("ccguard")
    package.__path__ = [f"{here}/..", f"{here}/../src/ccguard"]  # installed, or a checkout
    sys.modules["ccguard"] = package
    for folder in package.__path__:
        try:
            with open(f"{folder}/__pycache__/hook.{sys.implementation.cache_tag}.bundle", "rb") as bundle:  # noqa: PTH123
                data = bundle.read()
            if source_hash(len(data), memoryview(data)[8:]) == data[:8]:  # see `ccguard.policy.frozen.sealed`
                exec(marshal.loads(memoryview(data)[8:]), {"folder": folder})  # noqa: S102, S302 (a file like any .pyc)
        except (OSError, ValueError, EOFError, TypeError):
            continue  # slower without, and the same
    from ccguard.commands.hook import main

    main()
finally:  # only a failure gets here: `main` ends the process
    try:
        import posix as system
    except ImportError:  # native Windows
        import nt as system  # type: ignore[no-redef]
    try:
        system.write(2, b"ccguard: its modules can't be loaded. This call is refused; `ccguard doctor` says more.\n")
    finally:
        system._exit(2)
