"""Runs commands as whole processes: CPU time (user + system, as the kernel charges them), wall time, anonymous memory.

Commands that are compared run in turn, round by round, so that what disturbs the machine disturbs all of them alike.
"""
import os
import statistics
import subprocess
import threading
import time

TIMEOUT_S = 120
CUT = -9  # the signal that ends what takes longer


class Run:
    def __init__(self, cpu_s, wall_s, code):
        self.cpu_s, self.wall_s, self.code = cpu_s, wall_s, code


def start(argv):
    return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            close_fds=False)


def run_one(argv):
    begin = time.perf_counter()
    process = start(argv)
    timer = threading.Timer(TIMEOUT_S, process.kill)
    timer.start()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(usage.ru_utime + usage.ru_stime, wall, process.returncode)


def run_all(commands):
    """Several processes one after the other as one run; the code is how many of them failed, or CUT."""
    runs = [run_one(argv) for argv in commands]
    code = CUT if any(r.code == CUT for r in runs) else sum(r.code != 0 for r in runs)
    return Run(sum(r.cpu_s for r in runs), sum(r.wall_s for r in runs), code)


def anonymous_kb(argv):
    """The largest anonymous resident memory, looked at every millisecond: mapped files and program text do not
    count."""
    process = start(argv)
    most = 0
    while process.poll() is None:
        try:
            with open("/proc/%d/status" % process.pid, encoding="ascii", errors="replace") as status:
                for line in status:
                    if line.startswith("RssAnon:"):
                        most = max(most, int(line.split()[1]))
        except OSError:
            break
        time.sleep(0.001)
    process.wait()
    return most


class Row:
    """One command's runs in a comparison."""

    def __init__(self, runs):
        self.count = len(runs)
        self.cpu_s = statistics.median(r.cpu_s for r in runs)
        self.cpu_min_s = min(r.cpu_s for r in runs)
        self.wall_s = statistics.median(r.wall_s for r in runs)
        self.wall_min_s = min(r.wall_s for r in runs)
        self.code = "cut" if runs[-1].code == CUT else runs[-1].code


def compare(tools, runs, budget_s):
    """tools: {name: list of commands}. The first round warms the caches and is dropped. A tool that would take more than
    budget_s in all runs less often; where its first run took half of the budget, that is the only one."""
    first = {name: run_all(commands) for name, commands in tools.items()}
    counts = {name: max(1, min(runs, int(budget_s / max(run.wall_s, 1e-9)))) for name, run in first.items()}
    kept = {name: [] for name in tools}
    for name, run in first.items():
        if run.wall_s >= budget_s / 2:
            kept[name], counts[name] = [run], 0
    for turn in range(runs):
        for name, commands in tools.items():
            if turn < counts[name]:
                kept[name].append(run_all(commands))
    return {name: Row(found) for name, found in kept.items()}
