"""Scenario 27 and the rows of parts that hand bytes in and out: uploads, signed URLs, downloads, versions, batches."""
import base64
import hashlib
import os
import threading
import time
from urllib.parse import urlsplit

import meshes
import service
from parts_scenarios import PartCase, sha256

NONE = "00000000000000000000000000"
ORIGIN = "https://shop.example"


def target(url):
    """The path and query of a URL that the service gave."""
    split = urlsplit(url)
    return split.path + "?" + split.query


class FileCase(PartCase):
    def begin(self, client, content, **more):
        """The answer of POST /uploads for these bytes."""
        answer = client.post("/uploads", dict({"filename": "u.stl", "size": len(content)}, **more))
        self.assertEqual(answer.status, 201, answer.bytes)
        return answer.json

    def hand_in(self, client, upload, content, headers=None):
        """PUT to the URL of an upload, without a key."""
        return client.raw("PUT", target(upload["url"]), content, dict(upload["headers"], **(headers or {})))

    def enveloped(self, answer, status, code):
        self.refused(answer, status, code)
        self.assertEqual(answer["error"]["request_id"], answer.headers["request-id"])


class Uploads(FileCase):
    def test_027_once(self):
        client, content = self.seller(), meshes.cube(11)
        upload = self.begin(client, content)
        self.assertRegex(upload["id"], r"^upl_[0-9a-hjkmnp-tv-z]{26}$")
        self.assertEqual(upload["method"], "PUT")
        self.assertRegex(target(upload["url"]), r"^/api/v1/signed/%s\?exp=\d+&sig=[A-Za-z0-9_-]{43}$" % upload["id"])
        self.assertEqual(int(upload["url"].split("exp=")[1].split("&")[0]) * 1000 // 1000,
                         int(time.mktime(time.strptime(upload["expires_at"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone))
        self.refused(client.post("/parts", {"upload_id": upload["id"]}), 409, "upload_not_ready")
        answer = self.hand_in(client, upload, content)
        self.assertEqual((answer.status, answer.json), (201, {"upload_id": upload["id"], "size": len(content),
                                                              "sha256": sha256(content)}))
        self.enveloped(self.hand_in(client, upload, content), 409, "upload_used")
        made = client.post("/parts", {"name": "by upload", "upload_id": upload["id"]})
        self.assertEqual(made.status, 201, made.bytes)
        part = self.settled(client, made.json)
        self.assertEqual((part["status"], part["file"]["name"], part["file"]["sha256"]),
                         ("ready", "u.stl", sha256(content)))
        self.assertEqual(self.raw_get(client, "/parts/%s/file" % part["id"]).bytes, content)

    def test_027_to_a_part_that_is_there(self):
        client, content = self.seller(), meshes.cube(12)
        upload, part = self.begin(client, content, sha256=sha256(content)), self.part(client)
        put = lambda: client.put("/parts/%s/file" % part["id"], {"upload_id": upload["id"]})
        self.refused(put(), 409, "upload_not_ready")
        self.assertEqual(self.hand_in(client, upload, content).status, 201)
        self.assertEqual(put().status, 202)
        now = self.settled(client, part)
        self.assertEqual((now["file_version"], now["file"]["sha256"]), (2, sha256(content)))

    def test_027_changed_urls(self):
        client, content = self.seller(), meshes.cube(13)
        upload, other = self.begin(client, content), self.begin(client, content)
        path = target(upload["url"])
        last = "A" if path[-5] != "A" else "B"
        longer = path.replace("exp=", "exp=9")
        for wrong in (path[:-5] + last + path[-4:], longer, path.replace(upload["id"], other["id"]), path[:-1],
                      path.split("&sig=")[0], path.split("?")[0], path.replace(upload["id"], "upl_" + NONE)):
            self.enveloped(client.raw("PUT", wrong, content, upload["headers"]), 403, "bad_signature")
        self.enveloped(client.raw("GET", path), 403, "bad_signature")
        self.assertEqual(self.hand_in(client, upload, content).status, 201, "none of that used it up")

    def test_027_bytes_that_were_not_announced(self):
        client, content = self.seller(), meshes.cube(14)
        upload = self.begin(client, content[:-1])
        self.enveloped(self.hand_in(client, upload, content), 413, "file_too_large")
        upload = self.begin(client, content, sha256=sha256(b"other bytes"))
        self.enveloped(self.hand_in(client, upload, content), 400, "digest_mismatch")
        upload = self.begin(client, content)
        digest = base64.b64encode(hashlib.sha256(b"x").digest()).decode()
        self.enveloped(self.hand_in(client, upload, content, {"Content-Digest": "sha-256=:%s:" % digest}), 400,
                       "digest_mismatch")
        self.enveloped(self.hand_in(client, upload, content, {"Content-Type": "text/html"}), 415,
                       "unsupported_media_type")
        self.assertEqual(self.hand_in(client, upload, content).status, 201)

    def test_027_requests_that_are_wrong(self):
        client = self.seller()
        for body, status, code in (({"filename": "x", "size": 201 << 20}, 413, "file_too_large"),
                                   ({"filename": "x", "size": 0}, 422, "validation_failed"),
                                   ({"filename": "x", "size": -1}, 422, "validation_failed"),
                                   ({"filename": "x", "size": 5.0}, 400, "invalid_request"),
                                   ({"filename": "x"}, 422, "validation_failed"),
                                   ({"size": 5}, 422, "validation_failed"),
                                   ({"filename": "", "size": 5}, 422, "validation_failed"),
                                   ({"filename": 7, "size": 5}, 400, "invalid_request"),
                                   ({"filename": "x", "size": 5, "sha256": "no"}, 422, "validation_failed"),
                                   ({"filename": "x", "size": 5, "sha": "no"}, 400, "unknown_field")):
            with self.subTest(body=body):
                self.refused(client.post("/uploads", body), status, code)

    def test_027_uploads_of_others(self):
        a, b, content = self.seller(), self.seller(), meshes.cube(15)
        upload = self.begin(a, content)
        self.assertEqual(self.hand_in(a, upload, content).status, 201)
        for wrong in (upload["id"], "upl_" + NONE, "nothing"):
            answer = self.refused(b.post("/parts", {"upload_id": wrong}), 404, "not_found")
            self.assertEqual(answer.details["path"], "upload_id")

    def test_027_replay(self):
        client = self.seller()
        body, key = {"filename": "x.stl", "size": 684}, {"Idempotency-Key": "up"}
        first, again = client.post("/uploads", body, key), client.post("/uploads", body, key)
        self.assertEqual((first.status, again.status), (201, 201))
        self.assertEqual(first.json, again.json)

    def test_027_many_at_once(self):
        client, content = self.seller(), meshes.cube(6)
        upload, answers = self.begin(client, content), []

        def hand_in():
            own = service.Client(self.service)
            answers.append(own.raw("PUT", target(upload["url"]), content, upload["headers"]))
            own.close()

        threads = [threading.Thread(target=hand_in) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(answer.status for answer in answers), [201] + [409] * 7)
        self.assertEqual({answer.code for answer in answers if answer.status == 409}, {"upload_used"})

    def test_027_a_length_that_is_not_told(self):
        client, content = self.seller(), meshes.cube(7)
        upload = self.begin(client, content)
        headers = dict(upload["headers"], **{"Transfer-Encoding": "chunked"})
        chunks = lambda *pieces: b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces + (b"",))
        self.enveloped(client.raw("PUT", target(upload["url"]), chunks(content, content), headers), 413,
                       "file_too_large")
        answer = client.raw("PUT", target(upload["url"]), chunks(content[:100], content[100:]), headers)
        self.assertEqual((answer.status, answer["sha256"]), (201, sha256(content)))

    def test_108_a_suspended_account(self):
        client, content = self.seller(), meshes.cube(8)
        upload, part = self.begin(client, content), self.part(client)
        url = client.post("/files/signed-urls", {"file_ids": [part["file"]["id"]]})["urls"][0]["url"]
        self.service.control("account", "suspend", client.account["account_id"])
        self.enveloped(self.hand_in(client, upload, content), 403, "account_suspended")
        self.assertEqual(client.raw("GET", target(url)).status, 200)

    def test_101_what_the_logs_keep(self):
        client, content = self.seller(), meshes.cube(9)
        upload = self.begin(client, content)
        answer = self.hand_in(client, upload, content)
        line = service.until(lambda: client.get("/request-logs?path.eq=/signed/" + upload["id"])["data"])[0]
        self.assertEqual((line["id"], line["status"], line["method"]), (answer.headers["request-id"], 201, "PUT"))
        self.assertNotIn(upload["url"].split("sig=")[1], line["query"])
        audited = client.get("/audit-logs?target.id.eq=" + upload["id"])["data"]
        self.assertEqual([entry["action"] for entry in audited], ["upload.receive", "upload.create"])
        self.assertEqual(audited[0]["actor"], audited[1]["actor"])

    def test_027_expiry_and_origins(self):
        own = service.Service(dict(service.NO_LIMITS, limits={"upload_ttl_seconds": 1}, cors_origins=[ORIGIN]))
        try:
            client, content = service.Client(own, own.keys()["seller_test"]), meshes.cube()
            upload = self.begin(client, content)
            time.sleep(2.1)
            self.enveloped(self.hand_in(client, upload, content), 410, "upload_expired")
            self.check_origins(client, content)
        finally:
            self.assertEqual(own.stop(), 0)

    def test_093_uploads_an_hour(self):
        own = service.Service({"rate_limits": dict(service.NO_LIMITS["rate_limits"], uploads=2)})
        try:
            client = service.Client(own, own.keys()["seller_test"])
            for _ in range(2):
                upload = self.begin(client, meshes.cube())
            refused = self.refused(client.post("/uploads", {"filename": "x", "size": 9}), 429, "rate_limited")
            self.assertEqual(str(refused["error"]["retry_after_seconds"]), refused.headers["retry-after"])
            self.assertIn('"uploads";q=2;w=3600', refused.headers["ratelimit-policy"])
            self.assertEqual(self.hand_in(client, upload, meshes.cube()).status, 201, "what was begun goes on")
        finally:
            self.assertEqual(own.stop(), 0)

    def check_origins(self, client, content):
        path = target(self.begin(client, content)["url"])
        asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "PUT",
                 "Access-Control-Request-Headers": "content-type"}
        answer = client.raw("OPTIONS", path, None, asked)
        self.assertEqual((answer.status, answer.headers["access-control-allow-origin"]), (204, ORIGIN))
        self.assertEqual(answer.headers["access-control-allow-methods"], "PUT, GET")
        self.assertEqual(answer.headers["access-control-allow-headers"], "Content-Type, Content-Digest")
        self.assertNotIn("access-control-allow-credentials", answer.headers)
        self.assertIn("Origin", answer.headers["vary"])
        answer = client.raw("PUT", path, content, {"Origin": ORIGIN, "Content-Type": "model/stl"})
        self.assertEqual((answer.status, answer.headers["access-control-allow-origin"]), (201, ORIGIN))
        for origin in ("https://other.example", "null", ORIGIN + ".evil", "https://SHOP.example"):
            answer = client.raw("OPTIONS", path, None, dict(asked, Origin=origin))
            self.assertEqual(answer.status, 204)
            self.assertNotIn("access-control-allow-origin", answer.headers)


class SignedUrls(FileCase):
    def test_files_by_signed_urls(self):
        client = self.seller()
        contents = [meshes.cube(side) for side in (3, 4)]
        ids = [self.part(client, content)["file"]["id"] for content in contents]
        answer = client.post("/files/signed-urls", {"file_ids": ids, "expires_in": 60})
        self.assertEqual(answer.status, 200, answer.bytes)
        self.assertEqual([url["file_id"] for url in answer["urls"]], ids)
        for url, content in zip(answer["urls"], contents):
            got = client.raw("GET", target(url["url"]))
            self.assertEqual((got.status, got.bytes), (200, content))
            self.assertEqual(got.headers["etag"], '"%s"' % sha256(content))
            self.assertIn("attachment", got.headers["content-disposition"])
            part = client.raw("GET", target(url["url"]), None, {"Range": "bytes=80-83"})
            self.assertEqual((part.status, part.bytes), (206, content[80:84]))
            self.enveloped(client.raw("GET", target(url["url"])[:-1]), 403, "bad_signature")
            self.enveloped(client.raw("PUT", target(url["url"]), b"x", {"Content-Type": "model/stl"}), 403, "bad_signature")

    def test_expiry(self):
        client = self.seller()
        file_id = self.part(client)["file"]["id"]
        url = client.post("/files/signed-urls", {"file_ids": [file_id], "expires_in": 1})["urls"][0]["url"]
        time.sleep(2.1)
        self.enveloped(client.raw("GET", target(url)), 403, "bad_signature")

    def test_what_is_wrong(self):
        client, other = self.seller(), self.seller()
        mine, foreign = self.part(client)["file"]["id"], self.part(other)["file"]["id"]
        for wrong in (foreign, "file_" + NONE, "x"):
            answer = self.refused(client.post("/files/signed-urls", {"file_ids": [mine, wrong]}), 404, "not_found")
            self.assertEqual(answer.details["path"], "file_ids[1]")
        for body, status, code in (({}, 422, "validation_failed"), ({"file_ids": []}, 422, "validation_failed"),
                                   ({"file_ids": [mine] * 21}, 422, "validation_failed"),
                                   ({"file_ids": mine}, 400, "invalid_request"),
                                   ({"file_ids": [mine], "expires_in": 3601}, 422, "validation_failed"),
                                   ({"file_ids": [mine], "expires_in": 0}, 422, "validation_failed"),
                                   ({"files": [mine]}, 400, "unknown_field")):
            self.refused(client.post("/files/signed-urls", body), status, code)
        gone = self.part(client)
        url = client.post("/files/signed-urls", {"file_ids": [gone["file"]["id"]]})["urls"][0]["url"]
        self.assertEqual(client.delete("/parts/" + gone["id"]).status, 204)
        self.enveloped(client.raw("GET", target(url)), 404, "not_found")
        self.refused(client.post("/files/signed-urls", {"file_ids": [gone["file"]["id"]]}), 404, "not_found")


class Downloads(FileCase):
    def test_bytes_and_headers(self):
        client, content = self.seller(), meshes.cube()
        part = self.part(client, content, None, "Träger 2.stl")
        answer = self.raw_get(client, "/parts/%s/file" % part["id"])
        self.assertEqual((answer.status, answer.bytes), (200, content))
        self.assertEqual(answer.headers["etag"], '"%s"' % sha256(content))
        self.assertEqual(answer.headers["accept-ranges"], "bytes")
        self.assertEqual(answer.headers["content-length"], str(len(content)))
        self.assertEqual(answer.headers["content-type"], "model/stl")
        self.assertRegex(answer.headers["content-disposition"],
                         r"^attachment; filename=\"[ -~]+\"; filename\*=UTF-8''Tr%C3%A4ger%202\.stl$")
        cached = client.get("/parts/%s/file?variant=original" % part["id"], {"If-None-Match": answer.headers["etag"]})
        self.assertEqual((cached.status, cached.bytes), (304, b""))

    def test_ranges(self):
        client, content = self.seller(), meshes.cube()
        size, path = len(content), "/parts/%s/file" % self.part(client, content)["id"]
        tag = '"%s"' % sha256(content)
        for asked, first, last in (("bytes=0-0", 0, 0), ("bytes=10-99", 10, 99), ("bytes=600-", 600, size - 1),
                                   ("bytes=-5", size - 5, size - 1), ("bytes=600-9999999", 600, size - 1),
                                   ("bytes=-9999999", 0, size - 1)):
            with self.subTest(asked=asked):
                answer = self.raw_get(client, path, {"Range": asked})
                self.assertEqual((answer.status, answer.bytes), (206, content[first:last + 1]))
                self.assertEqual(answer.headers["content-range"], "bytes %d-%d/%d" % (first, last, size))
                self.assertEqual((answer.headers["content-length"], answer.headers["etag"]),
                                 (str(last - first + 1), tag))
        for asked in ("bytes=%d-" % size, "bytes=-0"):
            answer = self.raw_get(client, path, {"Range": asked})
            self.assertEqual((answer.status, answer.headers["content-range"]), (416, "bytes */%d" % size))
        for ignored in ("bytes=5-4", "lines=1-2", "bytes=a-b", "bytes=", "bytes=0-1,4-5"):
            answer = self.raw_get(client, path, {"Range": ignored})
            self.assertEqual((answer.status, answer.bytes), (200, content), ignored)
        self.assertEqual(self.raw_get(client, path, {"Range": "bytes=0-9", "If-Range": tag}).status, 206)
        self.assertEqual(self.raw_get(client, path, {"Range": "bytes=0-9", "If-Range": '"old"'}).status, 200)

    def test_a_large_file(self):
        client, content = self.seller(), meshes.many_boxes(5000)
        part = self.part(client, content)
        answer = self.raw_get(client, "/parts/%s/file" % part["id"])
        self.assertEqual((answer.status, sha256(answer.bytes)), (200, sha256(content)))
        answer = self.raw_get(client, "/parts/%s/file" % part["id"], {"Range": "bytes=1000000-2000000"})
        self.assertEqual((answer.status, sha256(answer.bytes)), (206, sha256(content[1000000:2000001])))

    def test_what_is_wrong(self):
        client = self.seller()
        part = self.part(client)
        path = "/parts/%s/file?" % part["id"]
        for query in ("variant=other", "format=obj", "variant=original&format=3mf", "format=stl&variant="):
            self.refused(client.get(path + query), 400, "invalid_parameter")
        empty = client.post("/parts", {"name": "no file"}).json
        for query in ("", "?variant=repaired"):
            self.refused(client.get("/parts/%s/file%s" % (empty["id"], query)), 409, "part_not_ready")
        broken = self.part(client, meshes.cube()[:-50], status="failed")
        self.assertEqual(self.raw_get(client, "/parts/%s/file" % broken["id"]).status, 200, "what was sent is there")
        self.refused(client.get("/parts/%s/file?variant=repaired" % broken["id"]), 409, "part_not_ready")
        open_parts = self.part(client, meshes.three_plates(), status="needs_selection")
        self.refused(client.get("/parts/%s/file?variant=repaired" % open_parts["id"]), 409, "part_not_ready")

    def test_the_repaired_file_is_the_one_that_was_pinned(self):
        client = self.seller()
        part = self.part(client, meshes.three_plates(), status="needs_selection")
        client.post("/parts/%s/pin" % part["id"], {"plate_id": "plate_3"})
        self.settled(client, part)
        again = self.part(client, self.raw_get(client, "/parts/%s/file?variant=repaired" % part["id"]).bytes)
        self.size_of(again, (15, 15, 5))


    def test_what_takes_too_long(self):
        own = service.Service(dict(service.NO_LIMITS, limits={"made_seconds": 0}))
        shared, self.service = self.service, own
        try:
            client = self.seller()
            part = self.part(client, meshes.many_boxes(20000))
            for _ in range(2):
                answer = self.refused(client.get("/parts/%s/file?variant=repaired" % part["id"]), 503, "unavailable")
                self.assertGreater(int(answer.headers["retry-after"]), 0)
            self.assertEqual(self.raw_get(client, "/parts/%s/file" % part["id"]).status, 200)
            self.assertEqual([name for name in os.listdir(os.path.join(own.var, "tmp")) if name.startswith("req_")], [])
        finally:
            self.service = shared
            self.assertEqual(own.stop(), 0)


class Versions(FileCase):
    def test_versions(self):
        client = self.seller()
        first = self.part(client, meshes.cube(2), None, "one.stl")
        self.put_file(client, first, meshes.archive({"a.stl": meshes.cube(3), "b.stl": meshes.cube(4)}), query="?filename=z.zip")
        self.settled(client, first)
        client.post("/parts/%s/pin" % first["id"], {"entry_id": "ent_1"})
        now = self.settled(client, first)
        answer = client.get("/parts/%s/versions" % first["id"])
        self.assertEqual((answer.status, answer["object"]), (200, "list"), answer.bytes)
        self.assertEqual([(version["file_version"], version["file"]["name"]) for version in answer["data"]],
                         [(3, "z.zip"), (2, "z.zip"), (1, "one.stl")])
        self.assertEqual([version["pinned"] and version["pinned"]["entry_id"] for version in answer["data"]],
                         ["ent_1", None, None])
        self.assertEqual(answer["data"][2]["file"]["sha256"], first["file"]["sha256"])
        self.assertEqual(now["file_version"], 3)
        self.assertEqual(client.get("/parts/%s/versions" % client.post("/parts", {"name": "x"})["id"])["data"], [])


class Batches(FileCase):
    def test_update(self):
        client = self.seller()
        ids = [client.post("/parts", {"name": "p%d" % i})["id"] for i in range(3)]
        foreign = self.seller().post("/parts", {"name": "theirs"})["id"]
        answer = client.post("/parts/batch-update", {"ids": ids[:2] + [foreign], "update": {"folder": "/moved", "tags": ["t"]}})
        self.assertEqual((answer.status, answer["succeeded"]), (200, ids[:2]), answer.bytes)
        self.assertEqual([(one["id"], one["error"]["code"]) for one in answer["failed"]], [(foreign, "not_found")])
        self.assertEqual([client.get("/parts/" + one)["folder"] for one in ids], ["/moved", "/moved", "/"])
        self.assertEqual(client.get("/parts/" + ids[0])["tags"], ["t"])
        moved = client.get("/parts?folder.starts_with=%2Fmoved")
        self.assertEqual(sorted(one["id"] for one in moved["data"]), sorted(ids[:2]))
        for body, status, code in (({"ids": ids, "update": {"nmae": "x"}}, 400, "unknown_field"),
                                   ({"ids": ids, "update": {"folder": "x"}}, 422, "validation_failed"),
                                   ({"ids": ids, "update": {"folder": 5}}, 400, "invalid_request"),
                                   ({"ids": ids}, 422, "validation_failed"),
                                   ({"ids": [], "update": {}}, 422, "validation_failed"),
                                   ({"ids": ids * 40, "update": {}}, 422, "validation_failed"),
                                   ({"ids": "x", "update": {}}, 400, "invalid_request"),
                                   ({"ids": ids, "updates": {}}, 400, "unknown_field")):
            with self.subTest(body=str(body)[:200]):
                self.refused(client.post("/parts/batch-update", body), status, code)

    def test_update_fails_for_each_alone(self):
        client = self.seller()
        taken = client.post("/parts", {"name": "a", "ref": "taken"})["id"]
        other = client.post("/parts", {"name": "b"})["id"]
        answer = client.post("/parts/batch-update", {"ids": [other, taken], "update": {"ref": "taken", "name": "c"}})
        self.assertEqual((answer["succeeded"], [(one["id"], one["error"]["code"]) for one in answer["failed"]]),
                         ([taken], [(other, "ref_taken")]))
        self.assertEqual((client.get("/parts/" + other)["name"], client.get("/parts/" + taken)["name"]), ("b", "c"))

    def test_delete(self):
        client = self.seller()
        ids = [client.post("/parts", {"name": "p%d" % i})["id"] for i in range(3)]
        answer = client.post("/parts/batch-delete", {"ids": ids[:2] + ["part_" + NONE, ids[0]]})
        self.assertEqual((answer.status, answer["succeeded"]), (200, ids[:2]), answer.bytes)
        self.assertEqual([one["error"]["code"] for one in answer["failed"]], ["not_found", "not_found"])
        self.assertEqual([client.get("/parts/" + one).status for one in ids], [404, 404, 200])

    def test_replay(self):
        client = self.seller()
        one = client.post("/parts", {"name": "x"})["id"]
        body, key = {"ids": [one]}, {"Idempotency-Key": "batch"}
        first, again = client.post("/parts/batch-delete", body, key), client.post("/parts/batch-delete", body, key)
        self.assertEqual(first.json, again.json)
        self.assertEqual((again["succeeded"], again.headers["idempotent-replayed"]), ([one], "true"))


class Rules(FileCase):
    READS = ("/file", "/entries", "/plates", "/analysis", "/thumbnail", "/versions")
    WRITES = (("/pin", {"plate_id": "plate_1"}), ("/split", {}), ("/analyze", {}), ("/submit", {}),
              ("/review/decide", {"decision": "approved"}))

    def test_003_scopes(self):
        client = self.seller()
        part = self.part(client)["id"]
        reader = self.client(self.key_of(client, scopes=["parts:read"])["key"]) if self.widen(client) else client
        self.refused(reader.post("/parts", {"name": "x"}), 403, "insufficient_scope")
        for tail, body in self.WRITES:
            answer = self.refused(reader.post("/parts/" + part + tail, body), 403, "insufficient_scope")
            self.assertEqual(answer.details["required"], "parts:write")
        for path, body in (("/uploads", {"filename": "x", "size": 1}), ("/parts/batch-update", {"ids": [part], "update": {}}),
                           ("/parts/batch-delete", {"ids": [part]})):
            self.refused(reader.post(path, body), 403, "insufficient_scope")
        writer = self.client(self.key_of(client, scopes=["parts:write"])["key"])
        for tail in self.READS:
            answer = self.refused(writer.get("/parts/" + part + tail), 403, "insufficient_scope")
            self.assertEqual(answer.details["required"], "parts:read")
        self.refused(writer.post("/files/signed-urls", {"file_ids": []}), 403, "insufficient_scope")

    @staticmethod
    def widen(client):
        return bool(client.key)

    def test_012_parts_of_others(self):
        a, b = self.seller(), self.seller()
        part = self.part(a)["id"]
        for client in (b, self.client(a.account["live_key"])):
            for tail in ("",) + self.READS:
                foreign, unknown = client.get("/parts/" + part + tail), client.get("/parts/part_" + NONE + tail)
                self.refused(foreign, 404, "not_found")
                self.assertEqual(foreign["error"]["message"], unknown["error"]["message"])
                self.assertNotIn(part, foreign.bytes.decode())
            for tail, body in self.WRITES:
                if client is b or tail != "/review/decide":
                    self.refused(client.post("/parts/" + part + tail, body), 404, "not_found")
            self.refused(client.patch("/parts/" + part, {"name": "mine"}), 404, "not_found")
            self.refused(client.delete("/parts/" + part), 404, "not_found")
            self.refused(self.put_file(client, {"id": part}, meshes.cube()), 404, "not_found")
        self.assertEqual(a.get("/parts/" + part)["file_version"], 1)

    def test_a_decision_is_for_test_keys(self):
        live = self.seller("live")
        part = live.post("/parts", {"name": "x"})["id"]
        self.refused(live.post("/parts/%s/review/decide" % part, {"decision": "approved"}), 403, "test_mode_only")

    def test_what_a_review_takes(self):
        client = self.seller()
        part = self.part(client, None, {"rights_confirmed": True})
        path = "/parts/" + part["id"]
        self.refused(client.post(path + "/submit", {"coment": "x"}), 400, "unknown_field")
        self.refused(client.post(path + "/submit", {"comment": 1}), 400, "invalid_request")
        empty = client.post("/parts", {"name": "x", "rights_confirmed": True})
        self.refused(client.post("/parts/%s/submit" % empty["id"]), 409, "part_not_ready")
        client.post(path + "/submit")
        for body, status, code in (({"decision": "maybe"}, 422, "validation_failed"), ({}, 422, "validation_failed"),
                                   ({"decision": 1}, 400, "invalid_request"),
                                   ({"decision": "rejected", "rejections": "x"}, 400, "invalid_request"),
                                   ({"decision": "rejected", "rejections": [{"cod": "x"}]}, 400, "unknown_field"),
                                   ({"decision": "rejected", "rejections": [{"comment": "x"}]}, 422, "validation_failed"),
                                   ({"desicion": "rejected"}, 400, "unknown_field")):
            with self.subTest(body=body):
                self.refused(client.post(path + "/review/decide", body), status, code)
        self.assertEqual(client.get(path)["review"]["status"], "submitted")
