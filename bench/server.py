#!/usr/bin/env python3
"""How long the service takes to answer at a fixed rate: python3 bench/server.py OUT [RATE [SECONDS]]

Starts a service of its own without rate limits and lets load_http ask it; prints times, the CPU that the service used
and how much memory its workers hold before and after.
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "server"))
import service  # noqa: E402

CONNECTIONS = "16"
PATHS = ("/api/v1/account", "/api/v1/api-keys", "/api/v1/materials/mat_pla")


def processes(parent):
    """The service's own: pid, program, CPU seconds, resident KiB."""
    found, tick, page = [], os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE") // 1024
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % name, encoding="utf-8") as file:
                words = file.read()
        except OSError:
            continue
        program = words[words.index("(") + 1:words.rindex(")")]
        rest = words[words.rindex(")") + 2:].split()
        found.append((int(name), int(rest[1]), program, (int(rest[11]) + int(rest[12])) / tick, int(rest[21]) * page))
    own = {parent}
    for _ in range(3):
        own |= {pid for pid, above, *_ in found if above in own}
    return [(pid, program, cpu, size) for pid, _, program, cpu, size in found if pid in own]


def sums(parent):
    now = processes(parent)
    return (sum(cpu for _, program, cpu, _ in now if program == "quoted"),
            sum(cpu for _, program, cpu, _ in now if program == "nginx"),
            max(size for _, program, _, size in now if program == "quoted"))


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    service.OUT = os.path.abspath(sys.argv[1])
    rate, seconds = (sys.argv[2:] + ["1000", "10"][len(sys.argv) - 2:])[:2]
    own = service.Service(service.NO_LIMITS)
    try:
        key = own.keys()["seller_test"]
        for path in PATHS:
            before = sums(own.process.pid)
            print(path, flush=True)
            subprocess.run([os.path.join(service.OUT, "load_http"), str(own.port), path, key, rate, seconds,
                            CONNECTIONS], check=True)
            after = sums(own.process.pid)
            print("  CPU: quoted %.2f s, nginx %.2f s; the largest process %d KiB, before %d KiB" % (
                after[0] - before[0], after[1] - before[1], after[2], before[2]), flush=True)
    finally:
        code = own.stop()
    sys.exit(code)


if __name__ == "__main__":
    main()
