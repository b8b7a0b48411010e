"""Claude Code's real-time hook, started as `python -I -S claude_code.py`: payload on stdin, answer on stdout.

Everything, imports included, is inside one boundary. Claude Code takes exit 0 with no output as "nothing to object" and
exit 2 as "block"; any other way to end would let the call through, so there is none. It takes no options.
"""

try:
    try:
        import posix as system
    except ImportError:
        import nt as system

    # Answer before the client's own time-out: a hook that times out there lets the call through in older clients.
    DEADLINE = 2.0

    def write(handle, data):
        """Writes all of it or raises."""
        while data:
            data = data[system.write(handle, data) :]

    def refuse(sentence):
        """Ends with "block". Exit 2 stands even if the sentence can't be written."""
        try:
            write(2, f"ccguard: {sentence} This call is refused; `ccguard doctor` finds out more.\n".encode())
        finally:
            system._exit(2)

    def too_slow(*_):
        refuse("no decision within 2 seconds.")

    try:
        from _signal import ITIMER_REAL, SIGALRM, setitimer, signal

        signal(SIGALRM, too_slow)
        setitimer(ITIMER_REAL, DEADLINE)
    except ImportError:  # native Windows
        import _thread
        import time

        _thread.start_new_thread(lambda: (time.sleep(DEADLINE), too_slow()), ())

    def package():
        """The folder of ccguard's modules: this file is in `ccguard/hooks/`, or in `hooks/` of a checkout."""
        here = __file__.replace("\\", "/").rpartition("/")[0] or "."
        for folder in (f"{here}/..", f"{here}/../src/ccguard"):
            try:
                system.stat(f"{folder}/engine/decide.py")
                return folder
            except OSError:
                continue
        raise ImportError("ccguard's own modules are gone")

    def load():
        """ccguard's hook, found in its own folder and nowhere else, so that nothing can stand in for it."""
        import sys

        module = type(sys)("ccguard")
        folder = package()
        module.__path__ = [folder]
        module.__file__ = f"{folder}/__init__.py"
        sys.modules["ccguard"] = module
        from ccguard.commands import hook

        return hook

    answer = load().run()
    write(1, answer)
    system._exit(0)
except BaseException as error:  # noqa: BLE001 (there is no failure that may let the call through)
    try:
        refuse(f"no decision ({type(error).__name__}).")
    finally:
        system._exit(2)
