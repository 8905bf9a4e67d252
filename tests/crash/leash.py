"""So that a run of tests that is itself killed leaves nobody behind.

python -m tests.crash.leash serve --port 8000     the `tuki` command, as in life but for that
"""

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Have this process killed when the one that started it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    die_with_parent()
    from tuki.cli import main

    sys.argv[0] = "tuki"
    main()
