#!/usr/bin/env python3
"""What is left when the service dies at the worst moment: python3 tests/server/test_faults.py OUT [TEST...]

OUT is of the build that can fail on demand: make config=fault service. Closes with "N passed, N failed".
"""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import meshes  # noqa: E402
import orders_scenarios  # noqa: E402
import receiver  # noqa: E402
import service  # noqa: E402
from parts_scenarios import multipart  # noqa: E402

MAKE = {"name": "made once", "scopes": ["keys:read"]}
HEADER = {"Idempotency-Key": "once"}


class Faults(service.Case):
    def start(self, fault):
        own = service.Service(service.NO_LIMITS, fault)
        self.addCleanup(lambda: self.assertEqual(own.stop(), 0))
        client = service.Client(own, own.keys()["seller_test"])
        self.addCleanup(client.close)
        return client

    def make(self, client):
        """Without the checks of every answer: this one may come from the front end."""
        headers = dict(HEADER, Authorization="Bearer " + client.key)
        headers["Content-Type"] = "application/json"
        return client.raw("POST", "/api/v1/api-keys", b'{"name":"made once","scopes":["keys:read"]}', headers)

    def made_once(self, client):
        self.assertEqual(len(client.get("/api-keys?name=made%20once")["data"]), 1)
        self.assertEqual(len(client.get("/audit-logs?action=api_key.create")["data"]), 1)

    def test_063_killed_before_the_commit(self):
        client = self.start("order.before_commit:kill")
        first = self.make(client)
        self.assertEqual((first.status, first["error"]["request_id"]), (503, None))
        again = service.until(lambda: (lambda a: a if a.status != 409 else None)(client.post("/api-keys", MAKE, HEADER)))
        self.assertEqual(again.status, 201, again.bytes)
        self.assertNotIn("idempotent-replayed", again.headers)
        self.assertTrue(again["key"])
        self.made_once(client)

    def test_063_killed_after_the_commit(self):
        client = self.start("order.after_commit:kill")
        self.assertEqual(self.make(client).status, 503)
        again = client.post("/api-keys", MAKE, HEADER)
        self.assertEqual((again.status, again.headers.get("idempotent-replayed")), (201, "true"))
        self.assertEqual(again["id"], client.get("/api-keys?name=made%20once")["data"][0]["id"])
        self.made_once(client)

    def test_088_killed_between_sending_and_writing(self):
        client = self.start("delivery.after_send:kill")
        caught = receiver.Receiver()
        self.addCleanup(caught.close)
        header = {"Idempotency-Key": "endpoint"}
        client.post("/webhook-endpoints", {"url": caught.url + "/", "events": ["account.updated"]}, header)
        client.patch("/account", {"name": "Told twice"})
        first, second = caught.wait("/", 2)
        self.assertEqual(first.headers["webhook-id"], second.headers["webhook-id"])
        self.assertEqual(first.body, second.body)
        service.until(lambda: client.get("/webhook-deliveries?status=succeeded")["data"])
        delivery = client.get("/webhook-deliveries")["data"][0]
        self.assertEqual((delivery["status"], len(delivery["attempts"])), ("succeeded", 1))

    def test_104_a_disk_that_is_full(self):
        client = self.start("db.write:enospc")
        self.refused(client.post("/api-keys", MAKE, HEADER), 503, "storage_unavailable")
        self.assertEqual(client.get("/api-keys?name=made%20once")["data"], [])
        self.assertEqual(client.post("/api-keys", MAKE, HEADER).status, 201)
        self.made_once(client)


    def upload(self, client):
        body, headers = multipart({"name": "whole or not"}, meshes.cube())
        return client.raw("POST", "/api/v1/parts", body, dict(headers, Authorization="Bearer " + client.key))

    def test_063_killed_before_a_file_is_kept(self):
        client = self.start("blob.before_rename:kill")
        self.assertEqual(self.upload(client).status, 503)
        self.assertEqual(client.get("/parts")["data"], [], "no half-made part")
        answer = self.upload(client)
        self.assertEqual((answer.status, answer["name"]), (201, "whole or not"))

    def test_104_a_disk_that_is_full_while_a_file_comes(self):
        client = self.start("db.write:enospc")
        answer = self.upload(client)
        self.assertEqual((answer.status, answer.code), (503, "storage_unavailable"))
        self.assertEqual(client.get("/parts")["data"], [])
        self.assertEqual(self.upload(client).status, 201)
class OrderFaults(orders_scenarios.OrderCase):
    def setUp(self):
        self.own = service.Service(service.NO_LIMITS)
        self.addCleanup(lambda: self.assertEqual(self.own.stop(), 0))
        self.seller = service.Client(self.own, self.own.keys()["seller_test"])
        self.addCleanup(self.seller.close)

    def die(self, fault):
        """Orders where the service dies as told; what was asked, and the answer of the front end."""
        body = self.body(self.quote(self.seller))
        self.assertEqual(self.own.terminate(), 0)
        self.own.fault = fault
        self.own.start()
        headers = dict(HEADER, Authorization="Bearer " + self.seller.key)
        headers["Content-Type"] = "application/json"
        self.assertEqual(self.seller.raw("POST", "/api/v1/orders", json.dumps(body).encode(), headers).status, 503)
        return body

    def ordered_once(self, order):
        self.assertEqual([found["id"] for found in self.seller.get("/orders")["data"]], [order["id"]])
        self.assertEqual(self.seller.get("/orders/summary")["total"], 1)
        self.assertEqual(len(self.seller.get("/order-items")["data"]), 1)
        self.assertEqual(self.seller.get("/quotes/" + order["items"][0]["quote_id"])["order_ids"], [order["id"]])
        self.assertEqual(len(self.seller.get("/audit-logs?action=order.create")["data"]), 1)
        self.assertEqual([event["name"] for event in order["events"]], ["order.created"])

    def test_063_an_order_killed_before_the_commit(self):
        body = self.die("order.before_commit:kill")
        self.assertEqual(self.seller.get("/orders")["data"], [])
        again = service.until(lambda: (lambda a: a if a.status != 409 else None)(self.seller.post("/orders", body, HEADER)))
        self.assertEqual(again.status, 201, again.bytes)
        self.assertNotIn("idempotent-replayed", again.headers)
        self.ordered_once(again.json)

    def test_063_an_order_killed_after_the_commit(self):
        body = self.die("order.after_commit:kill")
        there, = self.seller.get("/orders")["data"]
        again = self.seller.post("/orders", body, HEADER)
        self.assertEqual((again.status, again.headers.get("idempotent-replayed")), (201, "true"))
        self.assertEqual(again["id"], there["id"])
        self.ordered_once(again.json)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    service.OUT = os.path.abspath(sys.argv[1])
    service.run((sys.modules[__name__],), "the service", sys.argv[2:])
