#!/usr/bin/env python3
"""Mixed idempotent writes while any process of the service is killed; then each of them must be there once:

    python3 tests/server/kill_writes.py OUT [--writes 1000] [--seconds 0] [--seed 1] [--calm]

OUT holds quoted and quotectl. --seconds: writes go on for so long, however many they are. --calm: nothing
is killed, and the memory of the processes is told at every quarter. Prints figures as it ends; exit code 1 if anything
was lost, doubled or left inconsistent.
"""
import argparse
import collections
import hashlib
import http.client
import json
import os
import random
import signal
import sqlite3
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import meshes  # noqa: E402
import receiver  # noqa: E402
import service  # noqa: E402
from parts_scenarios import multipart  # noqa: E402

WRITERS = 4
PATIENCE = 120  # seconds until an answer that never comes counts as lost
TO = {"first_name": "Ada", "last_name": "Lovelace", "line1": "Invalidenstr. 1", "city": "Berlin", "postcode": "10115",
      "country": "DE", "email": "ada@example.org"}
EVENT_OF = {"part": "part.created", "quote": "quote.created", "order": "order.created", "cancel": "order.cancelled",
            "product": "product.created"}
AUDIT_OF = {"part": "part.create", "order": "order.create", "cancel": "order.cancel",
            "endpoint": "webhook_endpoint.create", "gone": "webhook_endpoint.delete", "product": "product.create"}


class Lost(Exception):
    pass


class Write:
    """One request under one key, and what was answered to it in the end."""

    def __init__(self, kind, method, path, body, key, headers=None):
        self.kind, self.method, self.path, self.key, self.tries = kind, method, path, key, 0
        self.headers = {"Idempotency-Key": key, "Content-Type": "application/json", **(headers or {})}
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.status = self.answer = None

    @property
    def id(self):
        return self.answer["id"] if self.answer else self.path.split("/")[2]


class Writer:
    """One account, which only this writer uses: all that is there after the run is of it."""

    def __init__(self, own, number, seed, url):
        self.own, self.number, self.random, self.done = own, number, random.Random(seed * 1000 + number), []
        made = own.account()
        self.account, self.key, self.error = made["account_id"], made["test_key"], None
        self.stale = collections.Counter()
        operator = service.Client(own, own.keys()["operator_test"])
        assert operator.patch("/operator/accounts/" + self.account, {"email_verified": True}).status == 200
        operator.close()
        self.connection = None
        assert self.ask("PATCH", "/account", {"accept_terms": True})[0] == 200
        self.path = "/writer/%d" % number
        self.told = Write("endpoint", "POST", "/webhook-endpoints", {"url": url + self.path, "events": ["*"]},
                          "told-%d" % number)
        self.settle(self.told)

    # ---- one request, and one request until it is answered

    def once(self, method, path, body, headers):
        if not self.connection:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.own.port, timeout=service.PATIENCE)
        try:
            self.connection.request(method, "/api/v1" + path, body, dict(headers, Authorization="Bearer " + self.key))
            answer = self.connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise

    def insist(self, method, path, body, headers, count=None):
        """Until an answer that is final: what nobody answered, 503 and a key that is worked on are tried again."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if count:
                count()
            try:
                status, found, text = self.once(method, path, body, headers)
                if status != 503 and not (status == 409 and json.loads(text)["error"]["code"] ==
                                          "idempotency_in_progress"):
                    return status, found, json.loads(text) if text else None
                self.stale[status] += 1
            except (OSError, http.client.HTTPException):
                self.stale["cut"] += 1
            time.sleep(0.02)
        raise Lost("%s %s is not answered" % (method, path))

    def ask(self, method, path, body=None):
        text = None if body is None else json.dumps(body).encode()
        status, _, answer = self.insist(method, path, text, {"Content-Type": "application/json"} if text else {})
        return status, answer

    def settle(self, write):
        def count():
            write.tries += 1
        status, headers, answer = self.insist(write.method, write.path, write.body, write.headers, count)
        if status not in (200, 201, 202, 204):
            raise Lost("%s %s: %d %s" % (write.method, write.path, status, answer))
        write.status, write.answer = status, answer
        write.replayed = headers.get("idempotent-replayed") == "true"
        self.done.append(write)
        return write

    # ---- the mix

    def make(self, kind, method, path, body, headers=None):
        return self.settle(Write(kind, method, path, body, "w%d-%d-%s" % (self.number, len(self.done), kind), headers))

    def part(self):
        side = 5 + self.random.randrange(400) / 10
        body, headers = multipart({"name": "part %d" % len(self.done), "rights_confirmed": True}, meshes.cube(side))
        write = self.make("part", "POST", "/parts", body, headers)
        if write.answer["status"] != "ready":
            if not service.until(lambda: self.ask("GET", "/parts/" + write.id)[1]["status"] == "ready", PATIENCE):
                raise Lost("a part is never measured: %s" % self.ask("GET", "/parts/" + write.id)[1])
        return write.id

    def step(self):
        """A part, then what follows from it: each write may be the last before a kill."""
        part = self.part()
        if self.random.random() < 0.3:
            self.make("product", "POST", "/products", {"name": "Lamp", "members": [
                {"part_id": part, "material_id": "mat_pla", "color_id": "col_black"}]})
        quote = self.make("quote", "POST", "/quotes", {
            "part_id": part, "materials": ["mat_pla"], "quantities": [1 + self.random.randrange(5)],
            "ship_to": {"country": "DE", "postcode": "10115"}}).answer
        if self.random.random() < 0.2:
            gone = self.make("endpoint", "POST", "/webhook-endpoints",
                             {"url": self.told.answer["url"] + "/gone", "events": ["account.updated"]})
            self.make("gone", "DELETE", "/webhook-endpoints/" + gone.id, b"")
        if self.random.random() < 0.8:
            order = self.make("order", "POST", "/orders", {
                "items": [{"quote_id": quote["id"], "option_id": quote["options"][0]["id"]}], "ship_to": TO,
                "shipping_preference": "cheapest"}).answer
            if self.random.random() < 0.4:
                self.make("cancel", "POST", "/orders/%s/cancel" % order["id"], {})
        last = self.done[-1]
        if last.kind in ("order", "quote"):
            status, there = self.ask("GET", "/%ss/%s" % (last.kind, last.id))
            if status != 200 or there["id"] != last.id:
                raise Lost("%s was acknowledged and is not there" % last.id)

    def work(self, goes_on):
        try:
            while goes_on():
                self.step()
        except Exception as error:  # pylint: disable=broad-except  # it is told by the report
            self.error = "%s: %s" % (type(error).__name__, error)

    def all_of(self, path):
        found, cursor = [], ""
        while cursor is not None:
            status, page = self.ask("GET", "%s?limit=100%s" % (path, cursor and "&cursor=" + cursor))
            assert status == 200, page
            found += page["data"]
            cursor = page["next_cursor"]
        return found


# ---- who kills


def processes():
    """{pid: (parent, program)} of this machine."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % name, encoding="utf-8") as file:
                words = file.read()
        except OSError:
            continue
        found[int(name)] = (int(words[words.rindex(")") + 2:].split()[1]), words[words.index("(") + 1:words.rindex(")")])
    return found


def kin(pid):
    """The master, the processes below it and those of the front end: (master, children, front)."""
    all_of = processes()
    master = [one for one, (parent, name) in all_of.items() if parent == pid and name == "quoted"]
    top = [one for one, (parent, name) in all_of.items() if parent == pid and name == "nginx"]
    children = [one for one, (parent, name) in all_of.items() if parent in master and name == "quoted"]
    front = [one for one, (parent, name) in all_of.items() if parent in top and name == "nginx"]
    return master, children, front


def memory_kib(pid):
    """What only this process holds of memory."""
    try:
        with open("/proc/%d/status" % pid, encoding="utf-8") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("RssAnon:")), 0)
    except OSError:
        return 0


class Watcher:
    """Kills nobody: what all processes hold of memory, by how many writes there are."""
    error, largest = None, 0

    def __init__(self, own, writers, writes):
        self.own, self.killed, self.seen, self.stop = own, {}, {}, threading.Event()
        self.thread = threading.Thread(target=self.work, args=(writers, writes))
        self.thread.start()

    def work(self, writers, writes):
        while not self.stop.wait(0.2):
            done = sum(len(writer.done) for writer in writers)
            held = list(map(memory_kib, kin(self.own.process.pid)[1]))
            self.largest = max([self.largest, *held])
            self.seen.setdefault(4 * done // writes, (done, sum(held), max(held)))

    def end(self):
        self.stop.set()
        self.thread.join()


class Killer:
    """Kills one of the processes again and again; a master that is killed is started again, as a supervisor would."""

    def __init__(self, own, seed, pause):
        self.own, self.random, self.pause = own, random.Random(seed), pause
        self.killed, self.stop, self.error, self.largest = collections.Counter(), threading.Event(), None, 0
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def kill(self):
        master, children, front = kin(self.own.process.pid)
        self.largest = max([self.largest, *map(memory_kib, children)])
        chance = self.random.random()
        what, among = ("master", master) if chance < 0.03 else ("front", front) if chance < 0.06 else ("child", children)
        if not among:
            return
        try:
            os.kill(self.random.choice(sorted(among)), signal.SIGKILL)
        except ProcessLookupError:
            return
        self.killed[what] += 1
        if what != "master":
            return
        self.own.process.wait(service.PATIENCE)
        self.own.log.close()
        gone = service.until(lambda: all(pid not in processes() for pid in children))
        if not gone and not self.error:
            self.error = "processes outlive their master"
        self.own.start()

    def work(self):
        try:
            while not self.stop.wait(self.random.uniform(*self.pause)):
                self.kill()
        except Exception as error:  # pylint: disable=broad-except
            self.error = "%s: %s" % (type(error).__name__, error)

    def end(self):
        self.stop.set()
        self.thread.join()


# ---- what must hold


class Check:
    def __init__(self):
        self.wrong, self.figures = [], collections.Counter()

    def same(self, what, found, expected):
        if found != expected:
            self.wrong.append("%s: %s, not %s" % (what, short(found), short(expected)))

    def writes_of(self, writer):
        """Each is there once and its key still gives the answer that was given."""
        ids = collections.defaultdict(list)
        for write in writer.done:
            ids[write.kind].append(write.id)
            self.figures["writes"] += 1
            self.figures[write.kind] += 1
            self.figures["tried again"] += write.tries > 1
            self.figures["replayed"] += write.replayed
            status, headers, answer = writer.insist(write.method, write.path, write.body, write.headers)
            self.same("replay of " + write.key, (status, headers.get("idempotent-replayed"), answer),
                      (write.status, "true", write.answer))
        for kind, path in (("part", "/parts"), ("quote", "/quotes"), ("order", "/orders"), ("product", "/products")):
            self.same(path, sorted(found["id"] for found in writer.all_of(path)), sorted(ids[kind]))
        there = sorted(found["id"] for found in writer.all_of("/webhook-endpoints"))
        self.same("/webhook-endpoints", there, [writer.told.id])
        self.same("cancelled orders", sorted(order["id"] for order in writer.all_of("/orders")
                                             if order["status"] == "cancelled"), sorted(ids["cancel"]))
        self.same("order items", len(writer.all_of("/order-items")), len(ids["order"]))
        self.same("summary", writer.ask("GET", "/orders/summary")[1]["total"], len(ids["order"]))
        audits = collections.Counter(line["action"] for line in writer.all_of("/audit-logs"))
        for kind, action in AUDIT_OF.items():
            self.same("audits of " + action, audits[action], len(ids[kind]))

    def events_of(self, writer, caught):
        events = writer.all_of("/events")
        self.figures["events"] += len(events)
        self.same("numbers of events", [event["sequence"] for event in events], list(range(1, len(events) + 1)))
        for kind, name in EVENT_OF.items():
            told = sorted(event["data"]["object"]["id"] for event in events if event["type"] == name)
            self.same(name, told, sorted(write.id for write in writer.done if write.kind == kind))
        # Subscribed with its own making: what came before is not for it.
        born = min((event["sequence"] for event in events if event["type"].startswith("part.")), default=1)
        due = {event["id"] for event in events if event["sequence"] >= born}

        def came():
            return {delivery.headers["webhook-id"] for delivery in caught.of(writer.path)}
        service.until(lambda: due <= came(), PATIENCE)
        self.same("deliveries that never came", sorted(due - came()), [])
        self.same("deliveries of nothing", sorted(came() - {event["id"] for event in events}), [])
        bodies = collections.defaultdict(set)
        for delivery in caught.of(writer.path):
            bodies[delivery.headers["webhook-id"]].add(delivery.body)
        self.same("deliveries that differ", [name for name, all_of in bodies.items() if len(all_of) > 1], [])
        self.figures["delivered"] += len(due)
        self.figures["delivered again"] += len(caught.of(writer.path)) - len(came())

    def database(self, own):
        """The rows among themselves, without the service's own words."""
        base = sqlite3.connect("file:%s?mode=ro" % os.path.join(own.var, "quote.db"), uri=True, timeout=30)

        def none(what, sql):
            self.same(what, base.execute(sql).fetchall()[:5], [])
        self.same("integrity", base.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        none("foreign keys", "PRAGMA foreign_key_check")
        none("requests that never end", "SELECT key FROM idempotency WHERE state <> 'done'")
        none("deliveries that never end", "SELECT id FROM deliveries WHERE status NOT IN ('succeeded', 'cancelled')")
        none("jobs that nobody does", "SELECT id, kind FROM jobs WHERE due_ms < (strftime('%s') - 60) * 1000 OR owner > ''")
        none("counters", "SELECT account_id FROM counters c WHERE name = 'event' AND value <> (SELECT count(*) FROM "
             "events e WHERE e.account_id = c.account_id AND e.livemode = c.livemode)")
        none("states of orders", "SELECT o.id FROM objects o LEFT JOIN order_states s ON s.order_id = o.id WHERE "
             "o.type = 'order' AND s.status IS NOT json_extract(o.body, '$.status')")
        none("options ordered twice", "SELECT json_extract(body, '$.option_id') AS option FROM objects WHERE type = "
             "'order_item' GROUP BY option HAVING count(*) > 1")
        none("events told twice to one endpoint", "SELECT event_id FROM deliveries GROUP BY endpoint_id, event_id "
             "HAVING count(*) > 1")
        self.orders(base)
        self.files(base, own)
        base.close()

    def orders(self, base):
        for name, text in base.execute("SELECT id, body FROM objects WHERE type = 'order'"):
            totals = {of: value["amount"] for of, value in json.loads(text)["totals"].items()}
            parts = sum(totals[of] for of in ("items", "small_order_fee", "shipping", "tax")) - totals["discount"]
            self.same("sum of " + name, totals["total"], parts)
            self.figures["orders summed"] += 1

    def files(self, base, own):
        names = {json.loads(text).get("file", {}).get("sha256") for text, in base.execute(
            "SELECT body FROM objects WHERE type = 'part' AND json_extract(body, '$.file') IS NOT NULL")}
        for name in names:
            path = os.path.join(own.var, "blobs", name[:2], name[2:4], name)
            with open(path, "rb") as file:
                self.same("file " + name, hashlib.sha256(file.read()).hexdigest(), name)
        self.figures["files"] += len(names)
        left = os.listdir(os.path.join(own.var, "tmp"))
        self.figures["temporary files left"] = len([name for name in left if name.startswith("req_")])


def short(value):
    text = repr(value)
    return text if len(text) < 400 else text[:400] + "..."


def until_quiet(own):
    """Nothing is on its way any more."""
    def quiet():
        base = sqlite3.connect("file:%s?mode=ro" % os.path.join(own.var, "quote.db"), uri=True, timeout=30)
        count, = base.execute("SELECT (SELECT count(*) FROM deliveries WHERE status IN ('pending', 'delivering')) + "
                              "(SELECT count(*) FROM jobs WHERE due_ms < strftime('%s') * 1000)").fetchone()
        base.close()
        return count == 0
    return service.until(quiet, PATIENCE)


def run(writes=1000, seconds=0, seed=1, pause=(0.05, 0.6)):
    """(what is wrong, figures) of a service of its own. pause: least and most seconds between kills; None: nobody is
    killed."""
    caught = receiver.Receiver()
    caught.server.handle_error = lambda *_: None  # who sends may be killed
    own, check, began = service.Service(dict(service.NO_LIMITS, workers=3)), Check(), time.monotonic()
    try:
        writers = [Writer(own, number, seed, caught.url) for number in range(WRITERS)]
        killer = Killer(own, seed, pause) if pause else Watcher(own, writers, writes)

        def goes_on():
            if seconds:
                return time.monotonic() - began < seconds
            return sum(len(writer.done) for writer in writers) < writes
        threads = [threading.Thread(target=writer.work, args=(goes_on,)) for writer in writers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - began
        killer.end()
        check.wrong += [error for error in [killer.error, *(writer.error for writer in writers)] if error]
        check.same("everything ends", until_quiet(own), True)
        for writer in writers:
            check.writes_of(writer)
            check.events_of(writer, caught)
            check.figures.update({"answered %s" % name: count for name, count in writer.stale.items()})
        until_quiet(own)
        check.database(own)
        check.figures["seconds"] = round(took)
        check.figures["largest process, KiB"] = killer.largest
        if not pause:
            for done, held, most in killer.seen.values():
                check.figures.update({"KiB at write %d" % done: held, "KiB of one at write %d" % done: most})
        check.figures.update({"killed: " + name: count for name, count in killer.killed.items()})
        return check.wrong, check.figures
    finally:
        said = own.words()
        code = own.stop()
        if code != 0:
            check.wrong.append("the service ended with %d: %s" % (code, said[-1000:]))
        caught.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out")
    parser.add_argument("--writes", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--calm", action="store_true")
    given = parser.parse_args()
    service.OUT = os.path.abspath(given.out)
    wrong, figures = run(given.writes, given.seconds, given.seed, *([None] if given.calm else []))
    for name, value in figures.items():
        print("%-28s %s" % (name, value))
    for what in wrong[:40]:
        print("WRONG: " + what)
    print("%d writes, %d killed, %d wrong" % (figures["writes"], sum(
        value for name, value in figures.items() if name.startswith("killed")), len(wrong)))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
