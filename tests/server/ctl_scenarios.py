"""Administration: quotectl beside a service that runs, seen from both sides."""
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile

import meshes
import receiver
import service
from orders_scenarios import OrderCase, once
from part_files_scenarios import FileCase
from parts_scenarios import sha256

PROFILE = "layer_height = 0.25\nperimeters = 3\nfill_density = 17%\nnozzle_diameter = 0.4\nfilament_density = 1.24\n"


def quotectl(config, *words):
    """Exit code, what it said, what it complained about."""
    command = [os.path.join(service.OUT, "quotectl"), "--config", config, *words]
    done = subprocess.run(command, capture_output=True, timeout=service.PATIENCE, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class CtlCase(OrderCase, FileCase):
    def setUp(self):
        super().setUp()
        self.config = os.path.join(self.service.var, "running.json")
        self.folder = tempfile.mkdtemp(prefix="quote-ctl-")
        self.addCleanup(shutil.rmtree, self.folder, True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def done(self, *words, config=None):
        """What it answers with --json."""
        code, said, complaint = quotectl(config or self.config, "--json", *words)
        self.assertEqual(code, 0, said + complaint)
        return json.loads(said)

    def fails(self, *words, config=None):
        """What it complains about."""
        code, said, complaint = quotectl(config or self.config, "--json", *words)
        self.assertEqual(code, 1, said + complaint)
        self.assertTrue(complaint.startswith("quotectl: "), complaint)
        return complaint


class Keys(CtlCase):
    def test_another_key(self):
        account = self.service.account()
        made = self.done("key", "create", account["account_id"], "test", "--name", "Night shift", "--scopes",
                         "parts:read,keys:read")
        self.assertEqual((made["mode"], made["account_id"]), ("test", account["account_id"]))
        client = self.client(made["key"])
        self.assertEqual(client.get("/parts").status, 200)
        self.refused(client.post("/quotes", {}), 403, "insufficient_scope")
        shown = client.get("/api-keys/" + made["key_id"])
        self.assertEqual((shown["name"], shown["scopes"]), ("Night shift", ["parts:read", "keys:read"]))
        whole = self.client(account["test_key"])
        logged = [entry for entry in whole.get("/audit-logs").json["data"] if entry["action"] == "api_key.create"]
        self.assertIn(made["key_id"], json.dumps(logged))
        self.assertNotIn(made["key"], json.dumps(logged))

    def test_live_or_test(self):
        account = self.service.account()
        for mode in ("live", "test"):
            key = self.done("key", "create", account["account_id"], mode)["key"]
            self.assertTrue(key.startswith("lq_%s_" % mode))
            self.assertIs(self.client(key).get("/account")["livemode"], mode == "live")

    def test_a_key_that_ends(self):
        account = self.service.account()
        made = self.done("key", "create", account["account_id"], "--expires", "2100-01-01T00:00:00Z")
        shown = self.client(made["key"]).get("/api-keys/" + made["key_id"])
        self.assertEqual(shown["expires_at"], "2100-01-01T00:00:00.000Z")
        self.fails("key", "create", account["account_id"], "--expires", "2001-01-01T00:00:00Z")
        self.fails("key", "create", account["account_id"], "--expires", "tomorrow")

    def test_what_is_refused(self):
        account = self.service.account()["account_id"]
        self.fails("key", "create", "acct_01arz3ndektsv4rrffq69g5fav")
        self.fails("key", "create", account, "both")
        self.fails("key", "create", account, "--scopes", "parts:read,everything")
        self.fails("key", "create", account, "--scopes", "operator:write")
        self.assertEqual(quotectl(self.config, "key")[0], 2)
        code, said, _ = quotectl(self.config, "--help")
        self.assertEqual(code, 0)
        for command in ("init", "migrate", "account create", "key create", "pricebook import-profile", "backup",
                        "restore", "gc"):
            self.assertIn("  " + command, said)

    def test_suspended_and_resumed(self):
        account = self.service.account()
        client = self.client(account["test_key"])
        self.done("account", "suspend", account["account_id"])
        self.refused(client.patch("/account", {"name": "Other"}), 403, "account_suspended")
        self.done("account", "resume", account["account_id"])
        self.assertEqual(client.patch("/account", {"name": "Other"}).status, 200)


class Books(CtlCase):
    def test_a_profile_of_a_slicer(self):
        with open(self.path("machine.ini"), "w", encoding="utf-8") as file:
            file.write(PROFILE)
        before = json.loads(self.database("SELECT bytes FROM price_books JOIN meta ON value = version AND name = "
                                          "'price_book'")[0][0])
        process = next(name for name, value in before["processes"].items() if value["kind"] == "extrusion")
        made = self.done("pricebook", "import-profile", self.path("machine.ini"), "--process", process, "--version",
                         "from-a-profile", "--output", self.path("book.json"))
        self.assertEqual(made, {"version": "from-a-profile", "output": self.path("book.json")})
        with open(self.path("book.json"), encoding="utf-8") as file:
            book = json.load(file)
        found = book["processes"][process]
        self.assertEqual(str(found["machine"]["perimeters"]), "3")
        self.assertEqual(book["materials"], before["materials"], "all else is the active book's")
        self.assertEqual(self.done("pricebook", "validate", self.path("book.json")), {"valid": True})
        code, said, _ = quotectl(self.config, "pricebook", "import-profile", self.path("machine.ini"), "--process", process)
        self.assertEqual((code, json.loads(said)["version"]), (0, before["version"]))

    def test_what_is_no_profile(self):
        with open(self.path("machine.ini"), "w", encoding="utf-8") as file:
            file.write("layer_height = many\n")
        self.fails("pricebook", "import-profile", self.path("machine.ini"))
        self.fails("pricebook", "import-profile", self.path("none.ini"))
        self.fails("pricebook", "import-profile")
        with open(self.path("machine.ini"), "w", encoding="utf-8") as file:
            file.write(PROFILE)
        self.fails("pricebook", "import-profile", self.path("machine.ini"), "--process", "proc_none")
        self.fails("pricebook", "import-profile", self.path("machine.ini"), "--base", self.path("none.json"))


class Backups(CtlCase):
    def restored(self, backup):
        """A service of its own from a backup."""
        other = service.Service.__new__(service.Service)
        other.folder = tempfile.mkdtemp(prefix="quote-server-")
        other.var, other.config = os.path.join(other.folder, "var"), self.service.config
        self.done("restore", backup, config=os.path.join(other.var, "quoted.json"))
        other.port, other.fault = service.free_ports(), ""
        other.start()
        return other

    def test_a_service_comes_back(self):
        client = self.buyer()
        contents = meshes.cube(7)
        part = self.part(client, contents, {"rights_confirmed": True})
        order = self.advance_to(client, self.order(client, self.quote(client, part)), "shipped")
        first = self.done("backup", self.path("backup"), "--secrets")
        later = self.part(client, meshes.cube(9))
        self.assertGreaterEqual(first["new_blobs"], 1)
        self.assertEqual(first["new_blobs"], first["blobs"])
        again = self.done("backup", self.path("backup"), "--secrets")
        self.assertGreaterEqual(again["blobs"], first["blobs"] + 1)
        self.assertLess(again["new_blobs"], again["blobs"], "what is there already is not copied again")
        gone = self.part(client, meshes.cube(11))
        other = self.restored(self.path("backup"))
        try:
            there = service.Client(other, client.key)
            ended = "/api-keys?fields=name,scopes,status"
            for path in ("/orders/" + order["id"], "/parts/" + part["id"], "/parts/" + later["id"], ended):
                self.assertEqual(there.get(path).json, client.get(path).json, path)
            self.assertEqual(there.get("/parts/" + gone["id"]).status, 404, "it came after the backup")
            url = there.get("/parts/%s/file" % part["id"])
            self.assertEqual(sha256(url.bytes), sha256(contents))
            self.assertEqual(there.post("/orders/%s/advance" % order["id"], {})["status"], "delivered")
            there.close()
        finally:
            self.assertEqual(other.stop(), 0)

    def test_backups_are_whole_or_refused(self):
        client = self.seller()
        self.part(client, meshes.cube(13))
        backup = self.path("backup")
        self.done("backup", backup)
        self.assertFalse(os.path.exists(os.path.join(backup, "pepper.key")), "keys only when they are asked for")
        new = os.path.join(self.path("new"), "quoted.json")
        self.fails("restore", backup, config=new)
        self.assertIn("already", self.fails("restore", backup))
        self.done("backup", backup, "--secrets")
        for _, _, names in os.walk(backup):
            for name in names:
                self.assertNotIn("new", name)
        with open(os.path.join(backup, "manifest.json"), encoding="utf-8") as file:
            manifest = json.load(file)
        self.assertEqual(sqlite3.connect(os.path.join(backup, "database.sqlite")).execute(
            "PRAGMA integrity_check").fetchone(), ("ok",))
        digest = manifest["blobs"][0]["sha256"]
        blob = os.path.join(backup, "blobs", digest[:2], digest[2:4], digest)
        os.chmod(blob, 0o600)
        with open(blob, "r+b") as file:
            file.write(b"damage")
        self.assertIn(digest, self.fails("restore", backup, config=new))
        self.assertFalse(os.path.exists(os.path.join(self.path("new"), "quote.db")))
        with open(os.path.join(backup, "database.sqlite"), "r+b") as file:
            file.seek(5000)
            file.write(b"damage")
        self.assertIn("damaged", self.fails("restore", backup, config=new))
        os.unlink(os.path.join(backup, "manifest.json"))
        self.fails("restore", backup, config=new)
        self.fails("restore", self.path("nowhere"), config=new)


class Transitions(CtlCase):
    def test_an_order_goes_its_way(self):
        client = self.buyer()
        order = self.order(client)
        for to in ("accepted", "in_production", "quality_check"):
            self.assertEqual(self.done("order", "transition", order["id"], to)["status"], to)
        self.fails("order", "transition", order["id"], "shipped")
        shipped = self.done("order", "transition", order["id"], "shipped", "--body", json.dumps(
            {"qa": {"result": "passed"}, "shipment": {"carrier": "dhl", "tracking_number": "A1"}}))
        self.assertEqual(shipped["shipments"][0]["tracking_number"], "A1")
        self.assertEqual(self.read(client, order)["status"], "shipped")
        self.assertIn("order.qa_passed", self.names(client, order))
        self.assertIn("order.shipped", self.names(client, order))
        logged = self.database("SELECT body FROM objects WHERE type = 'audit_log' AND body LIKE ?", "%quotectl%" +
                               order["id"] + "%")
        logged += self.database("SELECT body FROM objects WHERE type = 'audit_log' AND body LIKE ?", "%" + order["id"] +
                                "%quotectl%")
        self.assertEqual(len({row[0] for row in logged if "order.transition" in row[0]}), 4)

    def test_what_is_refused(self):
        order = self.order(self.buyer())
        self.assertIn("cannot go there", self.fails("order", "transition", order["id"], "delivered"))
        self.fails("order", "transition", order["id"], "nowhere")
        self.fails("order", "transition", order["id"], "accepted", "--body", "[]")
        self.fails("order", "transition", order["id"], "accepted", "--body", '{"nte": "x"}')
        self.fails("order", "transition", "order_01arz3ndektsv4rrffq69g5fav", "accepted")
        self.assertEqual(self.move(order, "accepted").status, 200, "nothing has changed")


class Rewrap(CtlCase):
    def test_another_master_key(self):
        client, key, server = self.seller(), once(), receiver.Receiver()
        self.addCleanup(server.close)
        body = {"url": server.url + "/hook", "events": ["account.updated"]}
        made = client.post("/webhook-endpoints", body, key)
        self.assertEqual(made.status, 201, made.bytes)
        rotated = client.post("/webhook-endpoints/%s/rotate-secret" % made["id"], {"overlap_seconds": 3600}, once())
        self.assertEqual(rotated.status, 200, rotated.bytes)
        path = os.path.join(self.service.var, "master.key")
        for turn in range(2):
            with open(path, encoding="utf-8") as file:
                old = file.read().split()[-1]
            number = self.done("rewrap")["key"]
            with open(path, encoding="utf-8") as file:
                new = file.read()
            self.assertRegex(new, "^k%d [0-9a-f]{64}\n$" % number)
            self.assertNotIn(old, new)
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
            sealed = self.database("SELECT json_extract(private, '$.secret') FROM objects WHERE type = "
                                   "'webhook_endpoint' UNION SELECT secret FROM idempotency WHERE secret IS NOT NULL")
            self.assertEqual({row[0].split(".")[0] for row in sealed}, {"k%d" % number})
            again = client.post("/webhook-endpoints", body, key)
            self.assertEqual(again["secret"], made["secret"], "it runs on, and reads what it sealed before")
            self.assertEqual(client.patch("/account", {"name": "Turn %d" % turn}).status, 200)
            got = server.wait("/hook", turn + 1)[-1]
            t, signatures = got.signatures()
            self.assertEqual(set(signatures), {receiver.own_signature(secret, t, got.body)
                                               for secret in (made["secret"], rotated["secret"])})
        later = client.post("/webhook-endpoints", body, once())
        self.assertEqual(later.status, 201, later.bytes)
        self.assertNotIn("secrets", [problem["check"] for problem in self.done("doctor")["problems"]])


class Doctor(CtlCase):
    def found(self, config):
        """The names of the checks that fail."""
        code, said, complaint = quotectl(config, "--json", "doctor")
        answer = json.loads(said)
        self.assertEqual(code, 1 if answer["wrong"] else 0, complaint)
        self.assertEqual(answer["well"], not answer["wrong"])
        return sorted({problem["check"] for problem in answer["problems"]})

    def test_what_is_well_and_what_is_not(self):
        own = service.Service(service.NO_LIMITS)
        shared, self.service = self.service, own
        try:
            self.operator = self.client(own.keys()["operator_test"])
            client = self.buyer()
            part = self.part(client, meshes.cube(15), {"rights_confirmed": True, "metadata": {"sha256": "cd" * 32}})
            quote = self.quote(client, part)
            self.advance_to(client, self.order(client, quote), "delivered")
            self.order(client, quote, allow_reorder=True)
            client.post("/uploads", {"filename": "x.stl", "size": 684, "sha256": "ab" * 32})
            made = client.post("/webhook-endpoints", {"url": "http://127.0.0.1:1024/", "events": ["order.*"]}, once())
            self.assertEqual(made.status, 201, made.bytes)
            self.assertEqual(self.found(os.path.join(own.var, "running.json")), [])
            self.assertEqual(self.done("doctor", "--quick", config=os.path.join(own.var, "running.json"))["wrong"], 0)
        finally:
            self.service = shared
            self.assertEqual(own.terminate(), 0)
        self.addCleanup(own.stop)
        self.harm(own, part["file"]["sha256"])

    def harm(self, own, digest):
        config, path = os.path.join(own.var, "quoted.json"), os.path.join(own.var, "quote.db")
        shutil.copy(path, self.path("good.db"))
        for sql, check in (
                ("DELETE FROM events WHERE sequence = 2", "sequences"),
                ("UPDATE counters SET value = value + 1", "sequences"),
                ("UPDATE objects SET body = json_set(body, '$.totals.total.amount', 1) WHERE type = 'order'", "order_sums"),
                ("UPDATE objects SET body = json_set(body, '$.totals.tax.amount', 1) WHERE type = 'order'", "order_sums"),
                ("UPDATE objects SET body = json_set(body, '$.line_total.amount', 1) WHERE type = 'order_item'",
                 "order_sums"),
                ("UPDATE objects SET body = json_set(body, '$.options[0].breakdown.markup', 0) WHERE type = 'quote'",
                 "quote_sums"),
                ("UPDATE objects SET unique_key = NULL WHERE type = 'order_item'", "options"),
                ("UPDATE order_states SET status = 'placed'", "order_states"),
                ("DELETE FROM order_states", "order_states"),
                ("DELETE FROM objects WHERE type = 'quote'", "references"),
                ("INSERT INTO balances VALUES((SELECT account_id FROM objects WHERE type = 'order'), 0, 'EUR', 5)",
                 "balances"),
                ("UPDATE objects SET body = '{' WHERE type = 'customer'", "documents"),
                ("UPDATE objects SET private = json_set(private, '$.secret', 'k1.AAAA') WHERE type = 'webhook_endpoint'",
                 "secrets"),
                ("UPDATE price_books SET bytes = CAST('{}' AS BLOB)", "price_books"),
                ("DELETE FROM keys", "keys")):
            shutil.copy(self.path("good.db"), path)
            base = sqlite3.connect(path)
            with base:
                base.execute(sql)
            base.close()
            self.assertIn(check, self.found(config), sql)
        shutil.copy(self.path("good.db"), path)
        self.assertEqual(self.found(config), [])
        blob = os.path.join(own.var, "blobs", digest[:2], digest[2:4], digest)
        os.chmod(blob, 0o600)
        with open(blob, "r+b") as file:
            file.write(b"damage")
        self.assertEqual(self.found(config), ["files"])
        self.assertEqual(self.done("doctor", "--quick", config=config)["wrong"], 0, "it is there")
        os.unlink(blob)
        self.assertIn("not there", quotectl(config, "doctor", "--quick")[2])
