"""`dnevnik` on a fixed day, and somebody is killed at a given line of its work: `python -m tests.flows.backup_killing LINE PIDS WORDS…`.

Lines are those of functions of flows and mirror, counted over all threads. At that line each of PIDS (between commas) is
killed, then, when `self` is the last of them, this process. LINE 0 kills nobody. The last line of stderr tells the count.
"""

import inspect
import os
import signal
import sys
import threading

from tools.bench_clock import main

PARTS = ("/connector/flows/", "/connector/mirror/")


def watch(line, victims):
    """Trace this process; returns how many lines were run so far."""
    count = 0

    def trace(frame, event, _argument):
        nonlocal count
        code = frame.f_code
        # Bodies of modules and classes run at import, before there is any work.
        if not code.co_flags & inspect.CO_OPTIMIZED or not any(
            part in code.co_filename for part in PARTS
        ):
            return None
        if event == "line":
            count += 1
            if count == line:
                for victim in victims:
                    os.kill(os.getpid() if victim == "self" else int(victim), signal.SIGKILL)
        return trace

    threading.settrace(trace)
    sys.settrace(trace)
    return lambda: count


if __name__ == "__main__":
    told = watch(int(sys.argv[1]), sys.argv[2].split(","))
    sys.argv[1:] = sys.argv[3:]
    try:
        main("2026-11-24")
    finally:
        sys.settrace(None)
        sys.stderr.write(f"{told()}\n")
