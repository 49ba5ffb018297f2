"""What nothing needs any more goes, and nothing else: files of deleted parts, uploads that nobody took."""
import os
import time

import meshes
import service
from part_files_scenarios import FileCase
from parts_scenarios import sha256


class Sweep(FileCase):
    def kept(self):
        """The digests of all blobs."""
        return {name for _, _, names in os.walk(os.path.join(self.service.var, "blobs")) for name in names}

    def test_files_that_nothing_names(self):
        own = service.Service(dict(service.NO_LIMITS, limits={"upload_ttl_seconds": 1},
                                   retention={"blobs_seconds": 1, "deleted_seconds": 1}))
        shared, self.service = self.service, own
        try:
            self.check(self.seller(), self.seller())
        finally:
            self.service = shared
            self.assertEqual(own.stop(), 0)

    def check(self, client, other):
        contents = [meshes.cube(side) for side in (2, 3, 4, 5)]
        here, gone, again, sent = map(sha256, contents)
        part = self.part(client, contents[0])
        version = self.part(client, contents[2])
        self.put_file(client, version, contents[0])
        self.settled(client, version)
        both = [self.part(client, contents[1]), self.part(other, contents[1])]
        upload = self.begin(client, contents[3])
        self.assertEqual(self.hand_in(client, upload, contents[3]).status, 201)
        picture = self.raw_get(client, "/parts/%s/thumbnail" % part["id"]).bytes
        self.assertEqual(client.delete("/parts/" + both[0]["id"]).status, 204)
        self.assertLessEqual({here, gone, again, sent}, self.kept())
        time.sleep(2.1)
        swept = self.service.control("gc")
        self.assertEqual((swept["uploads"], swept["derived"]), (1, 1))
        self.assertEqual(self.kept(), {here, gone, again}, "one of them by a version that was, one by another account")
        self.assertEqual(other.delete("/parts/" + both[1]["id"]).status, 204)
        self.refused(client.post("/parts", {"upload_id": upload["id"]}), 404, "not_found")
        time.sleep(1.1)
        self.assertEqual(self.service.control("gc")["blobs"], 1)
        self.assertEqual(self.kept(), {here, again})
        self.assertEqual(self.raw_get(client, "/parts/%s/thumbnail" % part["id"]).bytes, picture, "it is made again")
        self.assertEqual(self.part(client, contents[1])["status"], "ready")
        self.assertIn(gone, self.kept())

    def test_temporary_files_of_processes_that_were_killed(self):
        folder, hours_ago = os.path.join(self.service.var, "tmp"), time.time() - 7200
        for name, old in (("req_old", True), ("req_old.made", True), ("req_young", False), ("other", True)):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(b"half a bo")
            if old:
                os.utime(os.path.join(folder, name), (hours_ago, hours_ago))
        self.service.control("gc")
        left = set(os.listdir(folder))
        self.assertFalse({"req_old", "req_old.made"} & left)
        self.assertLessEqual({"req_young", "other"}, left)
