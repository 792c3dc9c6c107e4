"""The manifest: a fault is named by its path."""
import copy
import json
import tempfile
import unittest

from hostctl.machine.errors import HostError
from hostctl.manifest import manifest as manifests
from hostctl.tests.fake_machine import manifest


DIGEST = "0123456789abcdef"


class ManifestTest(unittest.TestCase):
    def test_faults_are_named_by_their_path(self):
        for change, text in [
            (lambda m: m.update(version=2), "manifest.version: must be 1, got 2"),
            (lambda m: m.pop("units"), "manifest.units: is missing"),
            (lambda m: m["files"][1].update(mode="644"), 'manifest.files[1].mode: must be text like 0[0-7]{3}, got "644"'),
            (lambda m: m["files"][0].update(content="other"), "manifest.files[0].sha256: is not that of the content"),
            (lambda m: m["files"][0].update(path="/etc/../x"), "manifest.files[0].path: must be an absolute path"),
            (lambda m: m["release"].update(digest="abc"), "manifest.release.digest: must be text like"),
            (lambda m: m["release"]["static"][0].update(url="/../"), "manifest.release.static[0].url: must be a URL path without .."),
            (lambda m: m["release"]["static"][0].update(folder="../x"), "manifest.release.static[0].folder: must be a relative path"),
            (lambda m: m["services"][0].update(startSeconds="5"), "manifest.services[0].startSeconds: must be a number"),
            (lambda m: m["services"][0].update(name="we b"), "manifest.services[0].name: must be text like"),
        ]:
            raw = copy.deepcopy(manifest(DIGEST).raw)
            change(raw)
            with self.subTest(text), self.assertRaises(HostError) as caught:
                manifests.parse(raw)
            self.assertTrue(str(caught.exception).startswith(text), str(caught.exception))

    def test_a_bundle_is_read_by_its_last_line(self):
        with tempfile.NamedTemporaryFile("w", suffix=".py") as bundle:
            bundle.write(f"print('a program')\n{manifests.MARK}{json.dumps(manifest(DIGEST).raw)}\n")
            bundle.flush()
            self.assertEqual(manifests.load(bundle.name).raw, manifest(DIGEST).raw)

    def test_late_files_are_part_of_the_manifest_and_found_again(self):
        more = manifest(DIGEST).with_files({"/etc/webstack/ca.pem": "pem"})
        self.assertEqual(more.late_files(), {"/etc/webstack/ca.pem": "pem"})
        self.assertEqual([action.service for action in more.files[-1].on_change], ["web", "bot"])
