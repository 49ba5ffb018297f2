"""Parts: what sellers say about them, lists, and analyses that are stopped in the middle (sections 2.2, 3.7 and 5.1)."""
import json
import os
import random
import signal

import meshes
import service
from parts_scenarios import PartCase, multipart, service_processes


class Words(PartCase):
    def test_fields_of_a_part(self):
        client = self.seller()
        made = client.post("/parts", {"name": "Arm", "description": "left", "tags": ["a", "b/c"], "folder": "/x/y",
                                      "rights_confirmed": True, "units": "cm", "scale": 2.5, "ref": "ord/7",
                                      "default_material_id": "mat_pla", "default_color_id": "col_black",
                                      "metadata": {"shelf": "4"}})
        self.assertEqual(made.status, 201, made.bytes)
        for name, value in {"status": "awaiting_file", "file": None, "file_version": 0, "analysis": None, "pinned": None,
                            "failure": None, "scale": 2.5, "units": "cm", "ref": "ord/7", "tags": ["a", "b/c"],
                            "default_color_id": "col_black", "metadata": {"shelf": "4"}, "version": 1}.items():
            self.assertEqual(made[name], value, name)
        self.assertEqual(made["review"]["status"], "none")
        self.assertEqual(made.headers["etag"], '"v1"')
        self.assertEqual(client.get("/parts/ref:ord%2F7")["id"], made["id"])
        path = "/parts/" + made["id"]
        now = client.patch(path, {"description": None, "units": None, "default_color_id": None, "ref": None,
                                  "metadata": {"shelf": None, "row": "2"}})
        self.assertEqual(now.status, 200, now.bytes)
        for name in ("description", "units", "default_color_id", "ref"):
            self.assertIsNone(now[name], name)
        self.assertEqual((now["metadata"], now["name"], now["version"]), ({"row": "2"}, "Arm", 2))
        self.refused(client.get("/parts/ref:ord%2F7"), 404, "not_found")

    def test_defaults_of_a_part(self):
        made = self.seller().post("/parts", {})
        self.assertEqual(made.status, 201, made.bytes)
        for name, value in {"description": None, "tags": [], "folder": "/", "rights_confirmed": False, "units": None,
                            "scale": 1, "default_material_id": None, "default_color_id": None, "metadata": {}}.items():
            self.assertEqual(made[name], value, name)

    def test_wrong_types_are_400_and_wrong_values_422(self):
        client = self.seller()
        path = "/parts/" + client.post("/parts", {"name": "x"})["id"]
        types = {"name": 1, "description": [], "tags": "a", "folder": None, "rights_confirmed": 1, "units": 5, "scale": "2",
                 "ref": 7, "default_material_id": 1, "metadata": "a"}
        values = {"name": "", "description": "a" * 4001, "tags": ["a"] * 21, "folder": "a/b", "units": "yard", "scale": 0,
                  "ref": "a" * 256}
        for name, value in types.items():
            for answer in (client.post("/parts", {name: value}), client.patch(path, {name: value})):
                self.refused(answer, 400, "invalid_request")
                self.assertEqual([field["path"] for field in answer.details["fields"]], [name])
        for name, value in values.items():
            for answer in (client.post("/parts", {name: value}), client.patch(path, {name: value})):
                self.refused(answer, 422, "validation_failed")
                self.assertTrue(answer.details["fields"][0]["path"].startswith(name))
        for value in (0.0009, 1000.1, -1):
            self.refused(client.patch(path, {"scale": value}), 422, "validation_failed")
        for folder in ("/a//b", "/a/", ""):
            self.refused(client.patch(path, {"folder": folder}), 422, "validation_failed")
        self.refused(client.patch(path, {"default_material_id": "mat_none"}), 422, "material_unknown")
        self.refused(client.patch(path, {"default_material_id": "mat_pla", "default_color_id": "col_none"}), 422,
                     "color_not_in_material")
        self.refused(client.patch(path, {"default_color_id": "col_black"}), 422, "color_not_in_material")
        self.refused(client.patch("/parts/part_00000000000000000000000000", {"nmae": 1}), 400, "unknown_field")
        self.refused(client.patch("/parts/part_00000000000000000000000000", {"name": "x"}), 404, "not_found")
        self.assertEqual(client.get(path)["version"], 1, "nothing of it happened")

    def test_uploads_that_are_not_there(self):
        client = self.seller()
        part = client.post("/parts", {"name": "x"})["id"]
        for upload in ("upl_00000000000000000000000000", "none", "ref:a"):
            for answer in (client.post("/parts", {"upload_id": upload}),
                           client.put("/parts/%s/file" % part, {"upload_id": upload})):
                self.refused(answer, 404, "not_found")
                self.assertEqual(answer.details["path"], "upload_id")
                self.assertNotIn(upload, answer["error"]["message"])
        self.refused(client.put("/parts/%s/file" % part, {}), 422, "validation_failed")
        self.refused(client.put("/parts/%s/file" % part, {"upload_id": 1}), 400, "invalid_request")
        self.refused(client.put("/parts/part_00000000000000000000000000/file", b"", {"Content-Type": "model/stl"}), 404,
                     "not_found")
        self.refused(client.put("/parts/%s/file" % part, b"", {"Content-Type": "model/stl"}), 422, "unsupported_format")
        self.refused(client.put("/parts/%s/file" % part, b"x", {"Content-Type": "text/plain"}), 415,
                     "unsupported_media_type")
        self.assertEqual(client.get("/parts/" + part)["status"], "awaiting_file")

    def test_analyses_need_a_file(self):
        client = self.seller()
        path = "/parts/" + client.post("/parts", {"name": "x"})["id"]
        self.refused(client.post(path + "/analyze"), 409, "part_not_ready")
        self.refused(client.get(path + "/analysis"), 409, "part_not_ready")
        self.refused(client.post(path + "/analyze", {"now": True}), 400, "unknown_field")

    def test_names_of_files(self):
        client = self.seller()
        body, headers = multipart(None, meshes.cube(), "C:\\\\models\\\\arm.stl")
        made = client.send("POST", "/parts", body, headers)
        self.assertEqual((made.status, made["name"], made["file"]["name"]), (201, "arm.stl", "arm.stl"))
        body, headers = multipart(None, meshes.cube(), "../../etc/passwd")
        self.assertEqual(client.send("POST", "/parts", body, headers)["file"]["name"], "passwd")
        body, headers = multipart(None, meshes.cube(), "arm")
        latin = client.send("POST", "/parts", body.replace(b'"arm"', b'"\xe4rm"'), headers)
        self.assertEqual((latin.status, latin["file"]["name"]), (201, "_rm"))
        put = client.put("/parts/%s/file?filename=a%%2Fb%%20c.stl" % made["id"], meshes.cube(3), {"Content-Type": "model/stl"})
        self.assertEqual((put.status, put["file"]["name"], put["name"]), (202, "b c.stl", "arm.stl"))

    def test_units_are_measured_anew(self):
        client = self.seller()
        part = self.part(client, meshes.cube(10), {"scale": 2})
        self.size_of(part, (20, 20, 20))
        client.patch("/parts/" + part["id"], {"scale": 0.5})
        now = self.settled(client, part)
        self.size_of(now, (5, 5, 5))
        self.assertNotEqual(now["analysis"]["id"], part["analysis"]["id"])
        self.assertEqual(now["file_version"], 1)
        client.patch("/parts/" + part["id"], {"name": "only words"})
        self.assertEqual(client.get("/parts/" + part["id"])["analysis"]["id"], now["analysis"]["id"])
        again = client.post("/parts/%s/analyze" % part["id"])
        self.assertEqual(again.status, 202, again.bytes)
        again = self.settled(client, part)
        self.assertNotEqual(again["analysis"]["id"], now["analysis"]["id"])
        self.size_of(again, (5, 5, 5))


class Lists(PartCase):
    def test_filters_and_order(self):
        client = self.seller()
        small = self.part(client, meshes.cube(5), {"name": "small", "folder": "/a", "tags": ["red"]})
        large = self.part(client, meshes.cube(30), {"name": "large", "folder": "/a/b", "tags": ["red", "blue"]})
        empty = client.post("/parts", {"name": "empty", "ref": "e"}).json

        def names(query):
            answer = client.get("/parts?" + query)
            self.assertEqual(answer.status, 200, answer.bytes)
            return [part["name"] for part in answer["data"]]

        self.assertEqual(names("sort=name"), ["empty", "large", "small"])
        self.assertEqual(names("sort=analysis.volume_mm3:desc&status=ready"), ["large", "small"])
        self.assertEqual(names("analysis.volume_mm3.gt=200"), ["large"])
        self.assertEqual(names("tags.contains=blue"), ["large"])
        self.assertEqual(names("folder.starts_with=/a&sort=name"), ["large", "small"])
        self.assertEqual(names("file.format=stl_binary&sort=name:desc"), ["small", "large"])
        self.assertEqual(names("file.sha256=" + small["file"]["sha256"]), ["small"])
        self.assertEqual(names("review.status=none&status.in=awaiting_file,failed"), ["empty"])
        self.assertEqual(names("ref=e"), ["empty"])
        found = client.post("/parts/search", {"filter": {"OR": [{"name": "empty"}, {"analysis.volume_mm3": {"gte": 27000}}]},
                                              "sort": "name", "include": ["file", "analysis"]})
        self.assertEqual([part["id"] for part in found["data"]], [empty["id"], large["id"]])
        self.refused(client.get("/parts?failure.code=x"), 400, "invalid_filter")
        self.refused(client.get("/parts?sort=folder"), 400, "invalid_sort")

    def test_relations(self):
        client = self.seller()
        part = self.part(client)
        shown = client.get("/parts/%s?include=file,analysis,products,quotes" % part["id"])
        self.assertEqual((shown["products"], shown["quotes"], shown["file"]), ([], [], part["file"]))
        self.refused(client.get("/parts/%s?include=orders" % part["id"]), 400, "invalid_include")
        self.refused(client.get("/parts?include=orders"), 400, "invalid_include")
        key = self.key_of(client, scopes=["parts:read"])
        reader = self.client(key["key"])
        self.assertEqual(reader.get("/parts/%s?include=file" % part["id"]).status, 200)
        for path in ("/parts/%s?include=products" % part["id"], "/parts?include=quotes"):
            self.assertIn(self.refused(reader.get(path), 403, "insufficient_scope").details["required"],
                          ("products:read", "quotes:read"))
        self.refused(reader.patch("/parts/" + part["id"], {"name": "x"}), 403, "insufficient_scope")

    def test_an_analysis_has_its_part_version(self):
        client = self.seller()
        part = self.part(client)
        answer = client.get("/parts/%s/analysis" % part["id"])
        self.assertEqual(answer.json, part["analysis"])
        same = client.get("/parts/%s/analysis" % part["id"], {"If-None-Match": answer.headers["etag"]})
        self.assertEqual(same.status, 304)


    def test_an_analysis_for_a_material(self):
        """A bar of 300 mm is too long for PLA, and a plate of 0.3 mm is thinner than its walls may be."""
        client = self.seller()
        long, thin, fine = (self.part(client, meshes.stl(meshes.box(*size)))
                            for size in ((300, 20, 20), (40, 40, 0.3), (20, 20, 20)))

        def issues(part):
            plain = client.get("/parts/%s/analysis" % part["id"])
            answer = client.get("/parts/%s/analysis?material_id=mat_pla" % part["id"])
            self.assertEqual(answer.status, 200, answer.bytes)
            self.assertNotEqual(answer.headers["etag"], plain.headers["etag"], "another document")
            self.assertEqual({name: value for name, value in answer.json.items() if name != "issues"},
                             {name: value for name, value in part["analysis"].items() if name != "issues"})
            found = [issue for issue in answer["issues"] if issue["material_id"] == "mat_pla"]
            self.assertEqual([issue for issue in answer["issues"] if issue not in found], part["analysis"]["issues"])
            return {issue["code"]: issue for issue in found}

        self.assertEqual(issues(long)["part_too_large_for_material"]["severity"], "blocker")
        wall = [issue for issue in issues(thin).values() if "wall" in issue["code"]][0]
        self.assertAlmostEqual(wall["measure"]["value"], 0.3, 2)
        self.assertGreater(wall["threshold"], 0.3)
        self.assertEqual([code for code, issue in issues(fine).items() if issue["severity"] == "blocker"], [])
        self.refused(client.get("/parts/%s/analysis?material_id=mat_none" % fine["id"]), 422, "material_unknown")


class Hostile(PartCase):
    def test_024_no_bytes_are_our_mistake(self):
        """Damaged models of every format are refused or fail; the service lives, and the next part is measured."""
        client, chance = self.seller(), random.Random(24)
        sound = [meshes.stl(meshes.box(7)), meshes.stl_text(meshes.box(7)), meshes.three_plates(),
                 meshes.archive({"a.stl": meshes.cube(), "b/c.stl": meshes.cube(9)})]
        for _ in range(60):
            content = bytearray(chance.choice(sound))
            for _ in range(chance.choice((1, 3, 20))):
                content[chance.randrange(len(content))] = chance.randrange(256)
            if chance.random() < 0.3:
                del content[chance.randrange(len(content)):]
            answer = self.post(client, bytes(content))
            self.assertIn(answer.status, (201, 422), answer.bytes)
            if answer.status == 422:
                self.assertIn(answer.code, ("unsupported_format", "archive_limits"))
        self.part(client)
        self.assertTrue(service.until(lambda: not client.get("/parts?status=processing")["data"]))


class Stopped(PartCase):
    """Analyses run in processes of their own."""

    def analyses(self):
        """Children of processes that do jobs: the third generation below the script that starts the service."""
        quoted = children(self.service.process.pid)
        workers = [pid for one in quoted for pid in children(one)]
        return [pid for worker in workers for pid in children(worker)]

    def analysis_process(self):
        found = service.until(self.analyses)
        self.assertTrue(found, "no analysis runs")
        return found[0]

    def busy(self, client):
        self.assertTrue(service.until(lambda: not self.analyses()), "one of another test does not end")
        part = self.upload(client, meshes.many_boxes(30000))
        self.assertEqual(part["status"], "processing")
        return part

    def test_killed_by_a_limit(self):
        client = self.seller()
        part = self.busy(client)
        os.kill(self.analysis_process(), signal.SIGKILL)
        now = self.settled(client, part)
        self.assertEqual((now["status"], now["failure"]["code"], now["analysis"]), ("failed", "resource_limit", None))
        self.part(client)
        metrics = self.service.internal("/metrics")[1].decode()
        self.assertIn('quote_analysis_failures_total{code="resource_limit"}', metrics)
        self.assertIn('quote_job_seconds_count{kind="analysis"}', metrics)
        self.assertIn('quote_blob_seconds_count{op="put"}', metrics)

    def test_a_crash_is_tried_again(self):
        client = self.seller()
        part = self.busy(client)
        os.kill(self.analysis_process(), signal.SIGSEGV)
        now = self.settled(client, part)
        self.assertEqual((now["status"], now["failure"]), ("ready", None))
        self.assertAlmostEqual(now["analysis"]["volume_mm3"], 30000, delta=1)

    def test_the_process_that_does_jobs_dies(self):
        client = self.seller()
        part = self.busy(client)
        child = self.analysis_process()
        with open("/proc/%d/stat" % child, encoding="ascii") as file:
            parent = int(file.read().rsplit(")", 1)[1].split()[1])
        os.kill(parent, signal.SIGKILL)
        self.assertTrue(service.until(lambda: child not in service_processes(self.service.process.pid)))
        self.assertEqual(self.settled(client, part)["status"], "ready")

    def test_readiness_tells_of_blobs_and_jobs(self):
        status, body = self.service.internal("/readyz")
        self.assertEqual((status, json.loads(body)), (200, dict.fromkeys(("ready", "database", "price_book", "blobs",
                                                                         "jobs"), True)))

    def test_deleted_while_it_is_measured(self):
        client = self.seller()
        part = self.busy(client)
        self.analysis_process()
        self.assertEqual(client.delete("/parts/" + part["id"]).status, 204)
        self.refused(client.get("/parts/" + part["id"]), 404, "not_found")
        self.part(client)

    def test_stopped_and_started_again(self):
        own = service.Service(service.NO_LIMITS)
        self.addCleanup(own.stop)
        client = service.Client(own, own.keys()["seller_test"])
        self.addCleanup(client.close)
        part = self.busy(client)
        self.assertEqual(own.terminate(), 0)
        client.close()
        own.start()
        self.assertEqual(self.settled(client, part)["status"], "ready")


class Plan(PartCase):
    """The plan "small" of the tests' configuration: two parts, 10 000 bytes."""

    def small(self):
        client = self.seller()
        self.assertEqual(client.patch("/account/subscription", {"plan": "small"}).status, 200)
        return client

    def test_room_for_parts(self):
        client = self.small()
        first = client.post("/parts", {"name": "1"})["id"]
        self.assertEqual(client.post("/parts", {"name": "2"}).status, 201)
        refused = self.refused(client.post("/parts", {"name": "3"}), 402, "plan_limit")
        self.assertEqual((refused.details["entitlement"], refused.details["limit"]), ("max_parts", 2))
        self.refused(self.post(client, meshes.cube()), 402, "plan_limit")
        self.assertEqual(len(client.get("/parts")["data"]), 2)
        self.assertEqual(client.delete("/parts/" + first).status, 204)
        self.assertEqual(client.post("/parts", {"name": "3"}).status, 201)

    def test_room_for_bytes(self):
        client = self.small()
        part = self.part(client)
        large = meshes.stl(meshes.box(20) * 20)
        self.assertGreater(len(large), 10000)
        self.assertEqual(self.refused(self.put_file(client, part, large), 402, "plan_limit").details["entitlement"],
                         "storage_bytes")
        self.assertEqual(client.get("/parts/" + part["id"]).json, part)
        self.refused(self.post(client, large), 402, "plan_limit")


class Foreign(PartCase):
    def test_012_changes_of_a_part_of_another_account(self):
        a, b = self.seller(), self.seller()
        part, unknown = self.part(a, metadata={"ref": "mine"}), "part_" + 26 * "0"
        upload = b.post("/uploads", {"filename": "a.stl", "size": 5})["id"]
        asked = [("PATCH", "", {"name": "theirs"}), ("DELETE", "", None), ("PUT", "/file", {"upload_id": upload}),
                 ("POST", "/analyze", {}), ("POST", "/pin", {"plate_id": "plate_1"}), ("POST", "/split", {}),
                 ("POST", "/submit", {}), ("POST", "/review/decide", {"decision": "approved"})]
        for method, tail, body in asked:
            with self.subTest(method=method, tail=tail):
                answers = [b.send(method, "/parts/" + part_id + tail, body) for part_id in (part["id"], unknown, "ref:mine")]
                for answer in answers:
                    self.refused(answer, 404, "not_found")
                    self.assertEqual(answer["error"]["message"], answers[0]["error"]["message"])
                    self.assertNotIn(part["id"], answer.bytes.decode())
        found = b.post("/parts/batch-delete", {"ids": [part["id"]]})
        self.assertEqual([one["error"]["code"] for one in found["failed"]], ["not_found"])
        self.assertEqual(b.get("/parts?file.sha256=" + part["file"]["sha256"])["data"], [])
        self.refused(self.client(a.account["live_key"]).get("/parts/" + part["id"]), 404, "not_found")
        self.assertEqual(a.get("/parts/" + part["id"]).json, part, "nothing happened to it")


def children(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as file:
            return [int(child) for child in file.read().split()]
    except OSError:
        return []
