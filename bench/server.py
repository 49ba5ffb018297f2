#!/usr/bin/env python3
"""How long the service takes to answer at a fixed rate: python3 bench/server.py OUT [RATE [SECONDS]]

Starts a service of its own without rate limits and lets load_http ask it: reads, quotes, orders and uploads; prints
times, the CPU that the service used and how much memory its workers hold before and after.
"""
import json
import math
import os
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "server"))
import service  # noqa: E402

PATHS = ("/account", "/api-keys", "/materials/mat_pla")


def ball(facets):
    """A binary STL of about so many facets, 40 mm across."""
    rows = max(2, round(math.sqrt(facets / 4)))
    at = [[(20 * math.sin(math.pi * i / rows) * math.cos(math.pi * k / rows),
            20 * math.sin(math.pi * i / rows) * math.sin(math.pi * k / rows), 20 * math.cos(math.pi * i / rows))
           for k in range(2 * rows)] for i in range(rows + 1)]
    out = []
    for i in range(rows):
        for k in range(2 * rows):
            a, b, c, d = at[i][k], at[i + 1][k], at[i + 1][(k + 1) % (2 * rows)], at[i][(k + 1) % (2 * rows)]
            out += [(a, b, c)] * (i < rows - 1) + [(a, c, d)] * (i > 0)
    poles = {(0, 0): (0.0, 0.0, 20.0), (rows, 0): (0.0, 0.0, -20.0)}
    record = struct.Struct("<12fH")
    near = lambda p: poles[0, 0] if p[2] > 19.9999999 else poles[rows, 0] if p[2] < -19.9999999 else p  # noqa: E731
    return bytes(80) + struct.pack("<I", len(out)) + b"".join(
        record.pack(0, 0, 0, *near(a), *near(b), *near(c), 0) for a, b, c in out)


def upload(content):
    """The content type and the body of a form with this file."""
    head = (b'--bound\r\nContent-Disposition: form-data; name="file"; filename="ball.stl"\r\n'
            b"Content-Type: model/stl\r\n\r\n")
    return "multipart/form-data; boundary=bound", head + content + b"\r\n--bound--\r\n"


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


class Bench:
    def __init__(self, own, rate, seconds):
        self.own, self.rate, self.seconds = own, rate, seconds
        self.key = own.keys()["seller_test"]
        self.client = service.Client(own, self.key)

    def load(self, words, path, rate, body=None, kind="application/json", connections=16):
        print(words, flush=True)
        command = [os.path.join(service.OUT, "load_http"), str(self.own.port), "/api/v1" + path, self.key, str(rate),
                   str(self.seconds), str(connections)]
        if body is not None:
            name = os.path.join(self.own.folder, "body")
            with open(name, "wb") as file:
                file.write(body if isinstance(body, bytes) else json.dumps(body).encode())
            command += [name, kind]
        before = sums(self.own.process.pid)
        subprocess.run(command, check=True)
        after = sums(self.own.process.pid)
        print("  CPU: quoted %.2f s, nginx %.2f s; the largest process %d KiB, before %d KiB" % (
            after[0] - before[0], after[1] - before[1], after[2], before[2]), flush=True)

    def ready_part(self, facets):
        """A part whose file is a ball of about so many facets."""
        kind, body = upload(ball(facets))
        answer = self.client.post("/parts", body, {"Content-Type": kind})
        service.until(lambda: self.client.get("/parts/" + answer["id"])["status"] == "ready")
        return answer["id"]

    def run(self):
        for path in PATHS:
            self.load("GET " + path, path, self.rate)
        part = self.ready_part(2000)
        materials = [dict(material_id="mat_pla", layer_height_mm=layer, infill_percent=infill)
                     for layer in (0.1, 0.2) for infill in (10, 20)] + ["mat_pa12"]
        quote = dict(part_id=part, materials=materials, quantities=[1, 10, 50, 100], ship_to=dict(country="DE"))
        self.load("GET of a part", "/parts/" + part, self.rate)
        self.load("POST /quotes, 20 options of a ready part", "/quotes", 50, quote)
        made = self.client.post("/quotes", dict(quote, quantities=[1], materials=["mat_pla"],
                                                ship_to=dict(country="DE", postcode="10115")),
                                {"Idempotency-Key": "for-orders"})
        assert made.status == 201, made.bytes
        self.client.patch("/parts/" + part, dict(rights_confirmed=True))
        where = dict(first_name="A", last_name="B", line1="Street 1", city="Berlin", postcode="10115", country="DE",
                     email="a@example.com")
        order = dict(items=[dict(quote_id=made["id"], option_id=made["options"][0]["id"])], ship_to=where,
                     shipping_preference="cheapest", allow_reorder=True)
        self.load("POST /orders, durable", "/orders", 100, order)
        kind, body = upload(ball(20900))
        self.load("POST /parts, an STL of 1 MiB that is measured before the answer", "/parts", 4, body, kind, 2)
        parts = self.client.get("/parts?limit=100")["data"]
        print("  %d of the last %d parts are ready" % (sum(p["status"] == "ready" for p in parts), len(parts)))


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    service.OUT = os.path.abspath(sys.argv[1])
    rate, seconds = (sys.argv[2:] + ["1000", "10"][len(sys.argv) - 2:])[:2]
    own = service.Service(service.NO_LIMITS)
    try:
        Bench(own, rate, seconds).run()
    finally:
        code = own.stop()
    sys.exit(code)


if __name__ == "__main__":
    main()
