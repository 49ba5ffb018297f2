"""Scenarios 16 to 35: parts and their files."""
import base64
import hashlib
import json
import os
import socket
import struct

import meshes
import service

HOME = {"country": "DE", "postcode": "10115"}


def multipart(metadata, content, filename="model.stl", boundary="a-boundary-of-a-test"):
    """The body of POST /parts and its header."""
    lines = b""
    if metadata is not None:
        lines += ("--%s\r\nContent-Disposition: form-data; name=\"metadata\"\r\nContent-Type: application/json\r\n\r\n"
                  "%s\r\n" % (boundary, json.dumps(metadata))).encode()
    lines += ("--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\nContent-Type: "
              "application/octet-stream\r\n\r\n" % (boundary, filename)).encode() + content + b"\r\n"
    return lines + ("--%s--\r\n" % boundary).encode(), {"Content-Type": "multipart/form-data; boundary=" + boundary}


def sha256(content):
    return hashlib.sha256(content).hexdigest()


class PartCase(service.Case):
    def needs(self, *routes):
        """Skips where another surface, that this one is seen through, is not served."""
        served = {route["method"] + " " + route["path"] for route in self.service.control("routes")["routes"]}
        missing = [route for route in routes if route not in served]
        if missing:
            self.skipTest("without " + ", ".join(missing))

    def post(self, client, content, metadata=None, filename="model.stl"):
        body, headers = multipart(metadata or {}, content, filename)
        return client.send("POST", "/parts", body, headers)

    def upload(self, client, content, metadata=None, filename="model.stl"):
        """The part as the 201 shows it."""
        answer = self.post(client, content, metadata, filename)
        self.assertEqual(answer.status, 201, answer.bytes)
        self.assertIn(answer["status"], ("processing", "ready", "needs_selection", "failed"))
        return answer.json

    def settled(self, client, part):
        """The part once its analysis has ended."""
        def read():
            answer = client.get("/parts/" + part["id"])
            self.assertEqual(answer.status, 200, answer.bytes)
            return answer.json if answer["status"] != "processing" else None
        found = service.until(read)
        self.assertIsNotNone(found, "the analysis does not end")
        return found

    def part(self, client, content=None, metadata=None, filename="model.stl", status="ready"):
        """A part whose analysis has ended with this status."""
        made = self.settled(client, self.upload(client, meshes.cube() if content is None else content, metadata, filename))
        self.assertEqual(made["status"], status, made)
        return made

    def put_file(self, client, part, content, headers=None, query=""):
        return client.put("/parts/%s/file%s" % (part["id"], query), content,
                          dict({"Content-Type": "application/octet-stream"}, **(headers or {})))

    def raw_get(self, client, path, headers=None):
        """Bytes that are no JSON."""
        return client.send("GET", path, None, headers)

    def size_of(self, part, expected, places=3):
        box = part["analysis"]["bbox_mm"]
        for axis, value in zip("xyz", expected):
            self.assertAlmostEqual(box[axis], value, places, box)


class Upload(PartCase):
    def test_016_one_file_of_two_accounts(self):
        a, b = self.seller(), self.seller()
        content = meshes.cube(16)
        one, two = self.part(a, content), self.part(b, content)
        self.assertEqual(one["file"]["sha256"], two["file"]["sha256"])
        self.assertNotEqual(one["file"]["id"], two["file"]["id"])
        self.assertEqual(a.delete("/parts/" + one["id"]).status, 204)
        self.refused(a.get("/parts/" + one["id"]), 404, "not_found")
        answer = self.raw_get(b, "/parts/%s/file" % two["id"])
        self.assertEqual((answer.status, answer.bytes), (200, content))

    def test_017_multipart(self):
        client, content = self.seller(), meshes.cube()
        answer = self.post(client, content, {"name": "Cube", "tags": ["a", "b"], "ref": "r/17", "folder": "/x/y"}, "c.stl")
        self.assertEqual(answer.status, 201, answer.bytes)
        self.assertEqual(answer.headers["location"], "/api/v1/parts/" + answer["id"])
        self.assertRegex(answer["id"], r"^part_[0-9a-hjkmnp-tv-z]{26}$")
        part = self.settled(client, answer.json)
        self.assertEqual(part["status"], "ready")
        for name, value in {"object": "part", "name": "Cube", "tags": ["a", "b"], "ref": "r/17", "folder": "/x/y",
                            "livemode": False, "file_version": 1, "failure": None}.items():
            self.assertEqual(part[name], value, name)
        for name, value in {"name": "c.stl", "size": len(content), "sha256": sha256(content),
                            "format": "stl_binary"}.items():
            self.assertEqual(part["file"][name], value, name)
        analysis = part["analysis"]
        self.assertAlmostEqual(analysis["volume_mm3"], 8000, delta=0.1)
        self.assertAlmostEqual(analysis["area_mm2"], 2400, delta=0.1)
        self.assertEqual((analysis["triangles"], analysis["shells"], analysis["watertight"], analysis["manifold"]),
                         (12, 1, True, True))
        self.assertEqual((analysis["verdict"], analysis["repairs"], analysis["orientation"]), ("ok", [], "as_uploaded"))
        self.size_of(part, (20, 20, 20))
        for axis in "xyz":
            self.assertAlmostEqual(analysis["centroid_mm"][axis], 10, 3)

    def test_017_the_name_is_the_files_where_none_is_given(self):
        client = self.seller()
        self.assertEqual(self.upload(client, meshes.cube(), None, "bracket v2.stl")["name"], "bracket v2.stl")

    def test_017_without_a_file(self):
        client = self.seller()
        answer = client.post("/parts", {"name": "later"})
        self.assertEqual(answer.status, 201, answer.bytes)
        self.assertEqual((answer["status"], answer["file"], answer["analysis"], answer["file_version"]),
                         ("awaiting_file", None, None, 0))
        put = self.put_file(client, answer.json, meshes.cube(), query="?filename=now.stl")
        self.assertEqual(put.status, 202, put.bytes)
        part = self.settled(client, answer.json)
        self.assertEqual((part["status"], part["file"]["name"], part["file_version"]), ("ready", "now.stl", 1))

    def test_017_bad_multipart(self):
        client = self.seller()
        body, headers = multipart({"name": "x"}, meshes.cube())
        for wrong in (body[:-20], b"", b"--other--\r\n"):
            self.refused(client.send("POST", "/parts", wrong, headers), 400, "bad_multipart")
        self.refused(client.send("POST", "/parts", body, {"Content-Type": "multipart/form-data"}), 400, "bad_multipart")
        self.refused(self.post(client, meshes.cube(), {"nmae": "x"}), 400, "unknown_field")
        self.refused(client.send("POST", "/parts", b"x", {"Content-Type": "text/plain"}), 415, "unsupported_media_type")

    def test_018_wrong_digest(self):
        client = self.seller()
        part, other = self.part(client), meshes.cube(5)
        wrong = base64.b64encode(hashlib.sha256(b"something else").digest()).decode()
        right = base64.b64encode(hashlib.sha256(other).digest()).decode()
        self.refused(self.put_file(client, part, other, {"Content-Digest": "sha-256=:%s:" % wrong}), 400,
                     "digest_mismatch")
        now = client.get("/parts/" + part["id"])
        self.assertEqual((now["file"], now["file_version"], now["version"]),
                         (part["file"], part["file_version"], part["version"]))
        answer = self.put_file(client, part, other, {"Content-Digest": "sha-256=:%s:" % right})
        self.assertEqual(answer.status, 202, answer.bytes)
        now = self.settled(client, part)
        self.assertEqual((now["file"]["sha256"], now["file_version"]), (sha256(other), 2))
        self.assertAlmostEqual(now["analysis"]["volume_mm3"], 125, 2)

    def test_019_units(self):
        client = self.seller()
        part = self.part(client, meshes.cube(1), {"units": "inch"})
        self.size_of(part, (25.4, 25.4, 25.4))
        self.assertAlmostEqual(part["analysis"]["volume_mm3"], 25.4 ** 3, delta=0.1)
        self.assertEqual(part["analysis"]["units"]["value"], "inch")
        answer = client.patch("/parts/" + part["id"], {"units": "mm"})
        self.assertEqual(answer.status, 200, answer.bytes)
        now = self.settled(client, part)
        self.size_of(now, (1, 1, 1))
        self.assertNotEqual(now["analysis"]["id"], part["analysis"]["id"])
        self.assertEqual(now["file_version"], part["file_version"])
        client.patch("/parts/" + part["id"], {"scale": 10})
        self.size_of(self.settled(client, part), (10, 10, 10))
        for units in ("yard", 5):
            answer = client.patch("/parts/" + part["id"], {"units": units})
            self.assertIn(answer.status, (400, 422))
        for scale in (0, 0.0001, 1001, -1):
            self.refused(client.patch("/parts/" + part["id"], {"scale": scale}), 422, "validation_failed")

    def test_023_what_is_no_model(self):
        client = self.seller()
        text = b"This is a text, and nothing that could be printed.\n" * 40
        self.refused(self.post(client, text, None, "x.stl"), 422, "unsupported_format")
        part = self.part(client)
        self.refused(self.put_file(client, part, text), 422, "unsupported_format")
        now = client.get("/parts/" + part["id"])
        self.assertEqual((now["file_version"], now["status"]), (1, "ready"))
        self.assertEqual(self.part(client, meshes.stl_text(meshes.box()))["file"]["format"], "stl_ascii")
        solid = self.part(client, meshes.stl(meshes.box(), b"solid made by somebody"))
        self.assertEqual(solid["file"]["format"], "stl_binary")
        self.assertAlmostEqual(solid["analysis"]["volume_mm3"], 8000, delta=0.1)

    def test_024_damaged_files(self):
        client = self.seller()
        for cut in (25, 50, 400):
            part = self.part(client, meshes.cube()[:-cut], status="failed")
            self.assertEqual(part["failure"]["code"], "stl_truncated")
            self.assertTrue(part["failure"]["message"])
            self.assertIsNone(part["analysis"])
        self.refused(self.post(client, b"ten bytes!"), 422, "unsupported_format")
        for count in (0, 0xFFFFFFFF):  # a writer that could not go back
            self.part(client, meshes.stl(meshes.box(), count=count))
        self.part(client)

    def test_025_a_bomb(self):
        client = self.seller()
        answer = self.post(client, meshes.bomb(), None, "x.zip")
        if answer.status == 201:
            part = self.settled(client, answer.json)
            self.assertEqual(part["status"], "failed")
            self.assertIn(part["failure"]["code"], ("archive_limits", "zip_bomb"))
        else:
            self.refused(answer, 422, "archive_limits")
        for process in service_processes(self.service.process.pid):
            self.assertLess(peak_kib(process), 1 << 20, "memory is bounded")
        self.part(client)

    def test_026_a_file_that_is_too_large(self):
        client, most = self.seller(), 200 << 20
        for method, path in (("POST", "/parts"), ("PUT", "/parts/%s/file" % self.part(client)["id"])):
            kind = "multipart/form-data; boundary=x" if method == "POST" else "application/octet-stream"
            with socket.create_connection(("127.0.0.1", self.service.port), service.PATIENCE) as connection:
                connection.sendall(("%s /api/v1%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\n"
                                    "Content-Length: %d\r\n\r\n" % (method, path, client.key, kind, 201 << 20)).encode())
                connection.sendall(bytes(1 << 16))
                answer = b""
                while b"file_too_large" not in answer:
                    piece = connection.recv(65536)
                    if not piece:
                        break
                    answer += piece
            self.assertTrue(answer.startswith(b"HTTP/1.1 413"), "without the other %d bytes" % most)
            self.assertEqual(json.loads(answer.split(b"\r\n\r\n", 1)[1].split(b"\n")[-1])["error"]["code"], "file_too_large")

    def test_029_a_file_while_another_is_examined(self):
        client = self.seller()
        part = self.upload(client, meshes.many_boxes(20000))
        self.assertEqual(part["status"], "processing", "this is too much for the first answer")
        answers = [self.put_file(client, part, meshes.cube()),
                   client.patch("/parts/" + part["id"], {"units": "cm"}),
                   client.post("/parts/%s/analyze" % part["id"])]
        for answer in answers:
            self.refused(answer, 409, "part_processing")
        self.refused(client.get("/parts/%s/analysis" % part["id"]), 409, "part_not_ready")
        self.assertEqual(client.patch("/parts/" + part["id"], {"name": "other words"}).status, 200)
        done = self.settled(client, part)
        self.assertEqual((done["status"], done["file_version"], done["name"]), ("ready", 1, "other words"))
        self.assertEqual(done["analysis"]["shells"], 20000)


def service_processes(pid):
    """The process and all below it."""
    found = [pid]
    for task in os.listdir("/proc/%d/task" % pid):
        try:
            with open("/proc/%d/task/%s/children" % (pid, task), encoding="ascii") as file:
                for child in file.read().split():
                    found += service_processes(int(child))
        except OSError:
            pass  # it has ended
    return found


def peak_kib(pid):
    try:
        with open("/proc/%d/status" % pid, encoding="ascii") as file:
            return int(next(line.split()[1] for line in file if line.startswith("VmHWM")))
    except (OSError, StopIteration):
        return 0


class Selection(PartCase):
    def entries(self, client, part):
        answer = client.get("/parts/%s/entries" % part["id"])
        self.assertEqual(answer.status, 200, answer.bytes)
        self.assertEqual((answer["object"], answer["has_more"]), ("list", False))
        return answer["data"]

    def pin(self, client, part, **what):
        return client.post("/parts/%s/pin" % part["id"], what)

    def test_020_an_archive_of_two(self):
        client, big, small = self.seller(), meshes.cube(), meshes.cube(10)
        part = self.part(client, meshes.archive({"big.stl": big, "some/small.stl": small}), status="needs_selection")
        self.assertEqual((part["file"]["format"], part["analysis"], part["pinned"]), ("zip", None, None))
        entries = self.entries(client, part)
        self.assertEqual([(entry["path"], entry["size"], entry["format"], entry["printable"]) for entry in entries],
                         [("big.stl", len(big), "stl_binary", True), ("some/small.stl", len(small), "stl_binary", True)])
        self.assertEqual([entry["id"] for entry in entries], ["ent_1", "ent_2"])
        answer = self.pin(client, part, entry_id="ent_2")
        self.assertEqual(answer.status, 202, answer.bytes)
        now = self.settled(client, part)
        self.assertEqual((now["status"], now["file_version"]), ("ready", 2))
        self.assertEqual(now["pinned"]["entry_id"], "ent_2")
        self.assertAlmostEqual(now["analysis"]["volume_mm3"], 1000, 2)
        self.pin(client, part, entry_id="ent_1")
        now = self.settled(client, part)
        self.assertEqual(now["file_version"], 3)
        self.assertAlmostEqual(now["analysis"]["volume_mm3"], 8000, 2)

    def test_020_what_cannot_be_pinned(self):
        client = self.seller()
        part = self.part(client, meshes.archive({"a.stl": meshes.cube(), "b.stl": meshes.cube(9), "read.me": b"words"}),
                         status="needs_selection")
        entries = self.entries(client, part)
        self.assertEqual([entry["printable"] for entry in entries], [True, True, False])
        self.refused(self.pin(client, part, entry_id=entries[2]["id"]), 422, "entry_not_printable")
        for wrong in ("ent_4", "ent_0", "a.stl", "ent_1x"):
            self.refused(self.pin(client, part, entry_id=wrong), 422, "no_such_entry")
        self.refused(self.pin(client, part, entry_id="ent_1", plate_id="plate_2"), 422, "no_such_plate")
        self.refused(self.pin(client, part), 422, "validation_failed")
        self.refused(self.pin(client, part, entry_id=1), 400, "invalid_request")
        self.refused(self.pin(client, part, entry="ent_1"), 400, "unknown_field")
        self.assertEqual(client.get("/parts/" + part["id"])["status"], "needs_selection")
        alone = self.part(client)
        self.refused(client.get("/parts/%s/entries" % alone["id"]), 409, "not_an_archive")
        self.refused(self.pin(client, alone, entry_id="ent_1"), 422, "no_such_entry")
        self.refused(self.pin(client, alone, plate_id="plate_2"), 422, "no_such_plate")
        self.refused(client.post("/parts/part_00000000000000000000000000/pin", {"plate_id": "plate_1"}), 404, "not_found")
        empty = client.post("/parts", {"name": "no file"}).json
        self.refused(self.pin(client, empty, plate_id="plate_1"), 409, "part_not_ready")
        self.refused(client.get("/parts/%s/entries" % empty["id"]), 409, "part_not_ready")

    def test_021_an_archive_of_one(self):
        client = self.seller()
        part = self.part(client, meshes.archive({"only.stl": meshes.cube(), "read.me": b"words"}))
        self.assertEqual(part["pinned"]["entry_id"], self.entries(client, part)[0]["id"])
        self.assertEqual(part["file_version"], 1)
        self.assertAlmostEqual(part["analysis"]["volume_mm3"], 8000, delta=0.1)

    def test_021_a_project_in_an_archive(self):
        client = self.seller()
        part = self.part(client, meshes.archive({"p.3mf": meshes.three_plates()}), status="needs_selection")
        plates = client.get("/parts/%s/plates" % part["id"])
        self.assertEqual([plate["id"] for plate in plates["data"]], ["plate_1", "plate_2", "plate_3"])
        named = client.get("/parts/%s/plates?entry_id=ent_1" % part["id"])
        self.assertEqual([plate["bbox_mm"] for plate in named["data"]], [plate["bbox_mm"] for plate in plates["data"]])
        self.assertEqual(self.pin(client, part, entry_id="ent_1", plate_id="plate_3").status, 202)
        self.size_of(self.settled(client, part), (15, 15, 5))

    def test_022_three_plates(self):
        client = self.seller()
        part = self.part(client, meshes.three_plates(), status="needs_selection")
        self.assertEqual(part["file"]["format"], "3mf")
        plates = client.get("/parts/%s/plates" % part["id"])["data"]
        self.assertEqual([(plate["id"], plate["name"], plate["objects"]) for plate in plates],
                         [("plate_%d" % n, "plate no. %d" % n, 1) for n in (1, 2, 3)])
        self.assertEqual([plate["bbox_mm"] for plate in plates],
                         [{"x": 10, "y": 10, "z": 10}, {"x": 20, "y": 30, "z": 40}, {"x": 15, "y": 15, "z": 5}])
        for plate in plates:
            self.assertIn("thumbnail", plate)
        self.assertEqual(self.pin(client, part, plate_id="plate_2").status, 202)
        now = self.settled(client, part)
        self.assertEqual((now["status"], now["pinned"]["plate_id"]), ("ready", "plate_2"))
        self.size_of(now, (20, 30, 40))
        self.refused(self.pin(client, part, plate_id="plate_4"), 422, "no_such_plate")

    def test_022_a_quote_needs_a_plate(self):
        client = self.seller()
        part = self.part(client, meshes.three_plates(), status="needs_selection")
        body = {"part_id": part["id"], "materials": ["mat_pla"], "ship_to": HOME}
        self.refused(client.post("/quotes", body, {"Idempotency-Key": "one"}), 409, "part_needs_selection")

    def test_022_split(self):
        client = self.seller()
        part = self.part(client, meshes.three_plates(), {"name": "set", "tags": ["t"], "folder": "/f"}, "p.3mf",
                         "needs_selection")
        answer = client.post("/parts/%s/split" % part["id"], {})
        self.assertEqual(answer.status, 201, answer.bytes)
        made = [self.settled(client, one) for one in answer["data"]]
        self.assertEqual([one["status"] for one in made], ["ready"] * 3)
        self.assertEqual([one["pinned"]["plate_id"] for one in made], ["plate_1", "plate_2", "plate_3"])
        for one, size in zip(made, ((10, 10, 10), (20, 30, 40), (15, 15, 5))):
            self.size_of(one, size)
            self.assertEqual((one["file"]["sha256"], one["tags"], one["folder"]),
                             (part["file"]["sha256"], ["t"], "/f"))
        self.assertEqual(len({one["id"] for one in made} | {part["id"]}), 4)
        self.assertEqual(len({one["name"] for one in made}), 3)
        self.assertEqual(client.get("/parts/" + part["id"])["status"], "needs_selection", "it stays as it was")
        some = client.post("/parts/%s/split" % part["id"], {"plate_ids": ["plate_3", "plate_1"]})
        self.assertEqual([one["pinned"]["plate_id"] for one in some["data"]], ["plate_3", "plate_1"])
        self.refused(client.post("/parts/%s/split" % part["id"], {"plate_ids": ["plate_9"]}), 422, "no_such_plate")
        self.refused(client.post("/parts/%s/split" % part["id"], {"plate_ids": []}), 422, "validation_failed")
        self.refused(client.post("/parts/%s/split" % self.part(client)["id"], {}), 409, "single_plate")

    def test_022_split_within_a_plan(self):
        client = self.seller()
        operator = self.client(self.service.keys()["operator_test"])
        limited = operator.patch("/operator/accounts/" + client.account["account_id"], {"entitlements": {"max_parts": 3}})
        self.assertEqual(limited.status, 200, limited.bytes)
        part = self.part(client, meshes.three_plates(), status="needs_selection")
        self.refused(client.post("/parts/%s/split" % part["id"], {}), 402, "plan_limit")
        self.assertEqual(len(client.get("/parts")["data"]), 1, "none of them is made")
        some = client.post("/parts/%s/split" % part["id"], {"plate_ids": ["plate_1", "plate_2"]})
        self.assertEqual((some.status, len(client.get("/parts")["data"])), (201, 3))

    def test_022_a_generic_project_is_one_plate(self):
        client = self.seller()
        part = self.part(client, meshes.three_mf([(10, 10, 10), (5, 5, 5)]))
        self.assertAlmostEqual(part["analysis"]["volume_mm3"], 1125, 2)
        plates = client.get("/parts/%s/plates" % part["id"])["data"]
        self.assertEqual([(plate["id"], plate["objects"]) for plate in plates], [("plate_1", 2)])
        self.refused(client.post("/parts/%s/split" % part["id"], {}), 409, "single_plate")


class Repair(PartCase):
    def test_028_holes(self):
        client = self.seller()
        part = self.part(client, meshes.stl(meshes.box(without=1)))
        analysis = part["analysis"]
        self.assertEqual((analysis["watertight"], analysis["verdict"]), (False, "ok_repaired"))
        self.assertTrue(analysis["repairs"])
        for repair in analysis["repairs"]:
            self.assertTrue(repair["code"])
            self.assertGreaterEqual(repair["count"], 1)
        self.assertTrue(analysis["issues"])
        for issue in analysis["issues"]:
            self.assertIn(issue["severity"], ("info", "warn", "blocker"))
            self.assertTrue(issue["code"] and issue["message"])
            self.assertLessEqual(len(issue["samples"]), 20)
        self.assertAlmostEqual(analysis["volume_mm3"], 8000, delta=0.1)
        for kind in ("stl", "3mf"):
            answer = self.raw_get(client, "/parts/%s/file?variant=repaired&format=%s" % (part["id"], kind))
            self.assertEqual(answer.status, 200, answer.bytes[:300])
            self.assertEqual(answer.headers["etag"], '"%s"' % sha256(answer.bytes))
            self.assertIn("attachment", answer.headers["content-disposition"])
            again = self.part(client, answer.bytes)
            self.assertEqual(again["file"]["format"], {"stl": "stl_binary"}.get(kind, kind))
            self.assertEqual((again["analysis"]["watertight"], again["analysis"]["verdict"]), (True, "ok"))
            self.assertAlmostEqual(again["analysis"]["volume_mm3"], 8000, delta=0.1)

    def test_030_thumbnail(self):
        client = self.seller()
        part = self.part(client)
        path = "/parts/%s/thumbnail?size=" % part["id"]
        seen = set()
        for size in (256, 512, 1024):
            answer = self.raw_get(client, path + str(size))
            self.assertEqual((answer.status, answer.headers["content-type"]), (200, "image/png"))
            self.assertEqual(answer.bytes[:8], b"\x89PNG\r\n\x1a\n")
            self.assertEqual(struct.unpack(">II", answer.bytes[16:24]), (size, size))
            self.assertEqual(answer.headers["cache-control"], "private, max-age=300")
            seen.add(answer.headers["etag"])
            again = client.get(path + str(size), {"If-None-Match": answer.headers["etag"]})
            self.assertEqual((again.status, again.bytes, again.headers["etag"]), (304, b"", answer.headers["etag"]))
        self.assertEqual(len(seen), 3)
        for wrong in ("100", "x", ""):
            self.refused(client.get(path + wrong), 400, "invalid_parameter")
        empty = client.post("/parts", {"name": "no file"}).json
        self.refused(client.get("/parts/%s/thumbnail" % empty["id"]), 409, "part_not_ready")

    def test_030_thumbnails_of_plates(self):
        client = self.seller()
        part = self.part(client, meshes.three_plates(), status="needs_selection")
        path = "/parts/%s/thumbnail?plate_id=" % part["id"]
        made = {self.raw_get(client, path + "plate_%d" % n).bytes for n in (1, 2, 3)}
        self.assertEqual(len(made), 3)
        self.assertTrue(all(picture.startswith(b"\x89PNG") for picture in made))
        self.refused(client.get(path + "plate_4"), 422, "no_such_plate")
        self.refused(client.get("/parts/%s/thumbnail" % part["id"]), 409, "part_not_ready")


class Changes(PartCase):
    def test_031_a_part_of_an_active_product(self):
        client = self.seller()
        part = self.part(client)
        product = client.post("/products", {"name": "p", "members": [{"part_id": part["id"], "quantity": 1,
                                                                        "material_id": "mat_pla"}]})
        self.assertEqual(product.status, 201, product.bytes)
        self.assertEqual(client.patch("/products/" + product["id"], {"status": "active"}).status, 200)
        answer = self.refused(client.delete("/parts/" + part["id"]), 409, "resource_in_use")
        self.assertIn(product["id"], json.dumps(answer.details))
        self.assertEqual(client.patch("/products/" + product["id"], {"status": "archived"}).status, 200)
        self.assertEqual(client.delete("/parts/" + part["id"]).status, 204)

    def test_032_review(self):
        client = self.seller()
        part = self.part(client)
        path = "/parts/" + part["id"]
        self.assertEqual(part["review"]["status"], "none")
        self.refused(client.post(path + "/review/decide", {"decision": "approved"}), 409, "review_not_pending")
        self.refused(client.post(path + "/submit"), 409, "rights_not_confirmed")
        self.assertEqual(client.patch(path, {"rights_confirmed": True}).status, 200)
        answer = client.post(path + "/submit", {"comment": "please"})
        self.assertEqual((answer.status, answer["review"]["status"]), (200, "submitted"), answer.bytes)
        self.assertEqual(answer["review"]["comment"], "please")
        self.assertRegex(answer["review"]["submitted_at"], r"Z$")
        self.refused(client.post(path + "/submit"), 409, "already_submitted")
        answer = client.post(path + "/review/decide", {"decision": "approved"})
        self.assertEqual((answer.status, answer["review"]["status"]), (200, "approved"), answer.bytes)
        self.assertEqual(answer["review"]["rejections"], [])
        self.assertRegex(answer["review"]["decided_at"], r"Z$")
        self.refused(client.post(path + "/submit"), 409, "already_submitted")
        self.assertEqual(self.put_file(client, part, meshes.cube(7)).status, 202)
        now = self.settled(client, part)
        self.assertEqual((now["review"]["status"], now["review"]["submitted_at"]), ("none", None))

    def test_032_the_events_of_a_review(self):
        self.needs("GET /events")
        client = self.seller()
        part = self.part(client, None, {"rights_confirmed": True})
        path = "/parts/" + part["id"]
        told = ["part.created", "part.ready"]
        for decision in ("changes_requested", "rejected", "approved"):
            self.assertEqual(client.post(path + "/submit").status, 200)
            self.assertEqual(client.post(path + "/review/decide", {"decision": decision}).status, 200)
            told += ["part.review.submitted", "part.review." + decision]
        events = client.get("/events?limit=100")
        self.assertEqual(events.status, 200, events.bytes)
        mine = [event for event in events["data"] if event["data"]["object"]["id"] == part["id"]]
        self.assertEqual([event["type"] for event in mine], told)
        self.assertEqual(mine[-1]["data"]["object"]["review"]["status"], "approved")

    def test_032_rejections(self):
        client = self.seller()
        part = self.part(client, None, {"rights_confirmed": True})
        path = "/parts/" + part["id"]
        client.post(path + "/submit")
        reasons = [{"code": "thin_wall", "title": "Too thin", "comment": "the handle", "picture_url": "https://x.example/p"}]
        answer = client.post(path + "/review/decide", {"decision": "rejected", "comment": "no", "rejections": reasons})
        self.assertEqual((answer.status, answer["review"]["status"]), (200, "rejected"), answer.bytes)
        self.assertEqual((answer["review"]["rejections"], answer["review"]["comment"]), (reasons, "no"))
        self.assertEqual(client.post(path + "/submit")["review"]["status"], "submitted")

    def test_033_a_field_that_is_not_there(self):
        client = self.seller()
        answer = client.patch("/parts/" + self.part(client)["id"], {"nmae": "x"})
        self.refused(answer, 400, "unknown_field")
        self.assertEqual(answer.details["fields"][0]["path"], "nmae")

    def test_034_a_version_that_is_old(self):
        client = self.seller()
        part = self.part(client)
        path = "/parts/" + part["id"]
        tag = client.get(path).headers["etag"]
        self.assertEqual(tag, '"v%d"' % part["version"])
        changed = client.patch(path, {"name": "new"}, {"If-Match": tag})
        self.assertEqual((changed.status, changed["version"]), (200, part["version"] + 1))
        answer = client.patch(path, {"name": "newer"}, {"If-Match": tag})
        self.refused(answer, 412, "version_mismatch")
        self.assertEqual(answer.details["current_version"], part["version"] + 1)
        self.refused(client.delete(path, {"If-Match": tag}), 412, "version_mismatch")
        self.assertEqual(client.get(path)["name"], "new")
        self.assertEqual(client.get(path, {"If-None-Match": changed.headers["etag"]}).status, 304)

    def test_035_refs(self):
        client = self.seller()
        part = client.post("/parts", {"name": "x", "ref": "ord/7"})
        self.assertEqual(part.status, 201, part.bytes)
        self.assertEqual(client.get("/parts/ref:ord%2F7")["id"], part["id"])
        self.refused(client.post("/parts", {"name": "y", "ref": "ord/7"}), 409, "ref_taken")
        other = client.post("/parts", {"name": "y", "ref": "ord/8"})
        self.refused(client.patch("/parts/" + other["id"], {"ref": "ord/7"}), 409, "ref_taken")
        self.assertEqual(client.patch("/parts/ref:ord%2F7", {"name": "z"})["name"], "z")
        self.assertEqual(client.delete("/parts/ref:ord%2F7").status, 204)
        self.assertEqual(client.patch("/parts/" + other["id"], {"ref": "ord/7"}).status, 200)
        self.refused(self.seller().get("/parts/ref:ord%2F7"), 404, "not_found")
