"""The certificate: what status says of it, and that a bad one never takes the place of a good one."""
import json
import os
import ssl
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from hostctl.machine.errors import CommandFailed, HostError
from hostctl.machine.system import Answer, Result
from hostctl.release import health
from hostctl.site import certificate
from hostctl.tests.fake_machine import Machine, manifest, source
from hostctl.verbs import cli


DAY = 86400


def pair(folder, name):
    """Chain and key of a certificate, as one text."""
    made = folder / name
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                    "-keyout", f"{made}.key", "-out", f"{made}.crt"], check=True, capture_output=True)
    return (folder / f"{name}.crt").read_text(), (folder / f"{name}.key").read_text()


class CertificateTest(unittest.TestCase):
    def setUp(self):
        self.machine = machine = Machine()
        self.addCleanup(machine.remove)
        digest = machine.deliver(source(1))
        self.declared = manifest(digest, units=["nginx.service", certificate.TIMER])
        machine.active["nginx.service"] = machine.root
        machine.paths.manifest.parent.mkdir(parents=True, exist_ok=True)
        machine.paths.manifest.write_text(json.dumps(self.declared.raw))
        self.order("one")

    def order(self, name, key_of=None):
        chain, key = pair(self.machine.root, name)
        path = self.machine.paths.ordered_certificate
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(chain + (pair(self.machine.root, key_of)[1] if key_of else key))
        return path.read_bytes()

    def install(self):
        certificate.install(self.machine.host("install-certificate"))

    def reloads(self):
        return [argv for argv in self.machine.ran if argv[:2] == ["systemctl", "reload"]]

    def test_a_new_one_is_loaded_and_the_same_one_is_not_loaded_again(self):
        self.install()
        place = self.machine.paths.certificate
        self.assertEqual((place.read_bytes(), place.stat().st_mode & 0o777), (self.machine.paths.ordered_certificate.read_bytes(), 0o640))
        self.assertEqual(len(self.reloads()), 1)
        self.install()
        self.assertEqual(len(self.reloads()), 1)

    def test_the_nginx_for_http3_begins_anew_with_it_where_there_is_one(self):
        restarts = lambda: [argv for argv in self.machine.ran if argv[:2] == ["systemctl", "try-restart"]]
        self.install()
        self.assertEqual(restarts(), [])
        self.declared = manifest(self.declared.release.digest, units=["nginx.service", "nginx-http3.service", certificate.TIMER])
        self.machine.paths.manifest.write_text(json.dumps(self.declared.raw))
        self.order("two")
        self.install()
        self.assertEqual(restarts(), [["systemctl", "try-restart", "--", "nginx-http3.service"]])

    def test_an_nginx_for_http3_that_does_not_start_takes_nothing_from_the_one_that_has_loaded_it(self):
        self.declared = manifest(self.declared.release.digest, units=["nginx.service", "nginx-http3.service", certificate.TIMER])
        self.machine.paths.manifest.write_text(json.dumps(self.declared.raw))

        def refuse(argv):
            if argv[:2] == ["systemctl", "try-restart"]:
                raise CommandFailed(argv, 1, "Job for nginx-http3.service failed")

        self.install()
        new = self.order("two")
        self.machine.on_command = refuse
        asked = self.machine.paths.run / "renew-certificate"
        asked.parent.mkdir(parents=True, exist_ok=True)
        asked.touch()
        with self.assertRaisesRegex(HostError, "nginx-http3.service failed"):
            self.install()
        # The timer would order another one each hour, of which the authority grants five a week.
        self.assertEqual((self.machine.paths.certificate.read_bytes(), asked.exists()), (new, False))

    def test_the_old_one_is_back_when_nginx_refuses_the_new_one(self):
        self.install()
        old = self.machine.paths.certificate.read_bytes()
        self.order("two")
        self.machine.nginx_is_wrong = True
        with self.assertRaisesRegex(HostError, "unknown directive"):
            self.install()
        self.assertEqual(self.machine.paths.certificate.read_bytes(), old)

    def test_the_key_of_another_certificate_and_a_link_are_refused_before_anything_changes(self):
        self.order("two", key_of="three")
        with self.assertRaisesRegex(HostError, "is no certificate with its key"):
            self.install()
        ordered = self.machine.paths.ordered_certificate
        os.rename(ordered, f"{ordered}.real")
        os.symlink(f"{ordered}.real", ordered)
        with self.assertRaisesRegex(HostError, "no certificate was ordered yet"):
            self.install()
        os.unlink(ordered)
        # Nobody writes to it, so reading it as a file would never end.
        os.mkfifo(ordered)
        with self.assertRaisesRegex(HostError, r"no certificate was ordered yet \(is no regular file\)"):
            self.install()
        self.assertFalse(self.machine.paths.certificate.exists())

    def test_status_names_what_is_amiss(self):
        now = self.machine.clock
        cases = [(90, "CN = CA", False, None), (22, "CN = CA", False, None), (90, "CN = CA", True, "could not be renewed"), (20, "CN = CA", False, "must have been renewed"),
                 (-1, "CN = CA", True, "has expired"), (300, "CN = shop", True, "stand-in")]
        for days, issuer, failed, fault in cases:
            with self.subTest(days=days, issuer=issuer, failed=failed):
                until = time.strftime("%b %d %H:%M:%S %Y GMT", time.gmtime(now + days * DAY + 60))
                self.machine.certificate = f"subject=CN = shop\nissuer={issuer}\nnotAfter={until}\n"
                self.machine.failed = {certificate.UNIT} if failed else set()
                found = certificate.report(self.machine.host("status"), self.declared)
                self.assertEqual(found["daysLeft"], days)
                self.assertEqual(found["fault"] and fault in found["fault"], fault and True)
        self.machine.certificate = ""
        self.assertIn("cannot be read", certificate.report(self.machine.host("status"), self.declared)["fault"])

    def test_status_exits_with_1_and_says_so_in_its_text(self):
        self.machine.certificate = "subject=CN = x\nissuer=CN = x\nnotAfter=Jan 01 00:00:00 2030 GMT\n"
        said = []
        code = cli.main(["status"], self.machine.root, self.machine, lambda line, **_: said.append(line))
        self.assertEqual(code, 1)
        self.assertIn("ERROR: it is the host's stand-in", "\n".join(said))

    def test_a_site_without_tls_has_no_certificate(self):
        self.assertIsNone(certificate.report(self.machine.host("status"), manifest("0" * 16)))

    def test_an_apply_succeeds_whether_or_not_the_order_does_and_says_which(self):
        for code, expected in ((0, "Certificate-order > CORRECT"), (1, "tries again every hour")):
            with self.subTest(code=code):
                said, run = [], self.machine.run
                host = self.machine.host("apply")
                host.log._echo = lambda line, **_: said.append(line)
                self.machine.run = lambda argv, code=code, run=run, **more: Result(code, "") if certificate.UNIT in argv else run(argv, **more)
                certificate.order_after_apply(host)
                self.machine.run = run
                self.assertIn(expected, "\n".join(said) + self.machine.paths.logs.joinpath("deploy_logs").read_text())


class ThroughNginxTest(unittest.TestCase):
    """The last look of a release follows the redirect of a site with TLS."""

    def test_a_redirect_to_a_site_that_does_not_answer_200_fails(self):
        machine = Machine()
        self.addCleanup(machine.remove)
        service = manifest("0" * 16).slot_services()[0]
        for status in (200, 502):
            machine.get = lambda address, host, path, timeout, status=status: Answer(301, "https://shop.test/healthz") if address == 80 else Answer(status, "")
            if status == 200:
                self.assertEqual(health.through_nginx(machine.host(), service), "200")
            else:
                with self.assertRaisesRegex(HostError, "502 from shop.test/healthz through nginx on port 443"):
                    health.through_nginx(machine.host(), service)


class OrderTest(unittest.TestCase):
    """cloud-init/bin/certificate-order, with an ACME client that signs by itself."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = Path(folder.name, "state")
        self.state.mkdir()
        lego = Path(folder.name, "lego")
        lego.write_text("""#!/bin/sh -e
while [ "$1" != --path ]; do shift; done
mkdir -p "$2/certificates" && cd "$2/certificates"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj /CN=site -addext subjectAltName=DNS:shop.test -keyout shop.test.key -out shop.test.crt 2> /dev/null
""")
        lego.chmod(0o755)
        self.env = {**os.environ, "PATH": f"{folder.name}:{os.environ['PATH']}", "STATE_DIRECTORY": str(self.state)}

    def order(self):
        script = Path(cli.__file__).resolve().parents[2] / "cloud-init/bin/certificate-order"
        return subprocess.run(["sh", str(script), "https://acme.test/directory", "a@shop.test", "shop.test"], env=self.env, check=True, capture_output=True, text=True, timeout=30).stdout

    def check_pair(self):
        ssl.create_default_context().load_cert_chain(self.state / "site.pem")

    def test_it_is_ordered_once(self):
        self.assertEqual(self.order(), "ordering a certificate for shop.test: there is none\n")
        self.check_pair()
        self.assertEqual(self.order(), "")

    def test_pipes_and_links_in_its_folder_are_not_waited_for(self):
        self.order()
        for name in ("key", "crt"):
            half = next(self.state.glob(f"*/certificates/*.{name}"))
            half.unlink()
            os.mkfifo(half)
        os.mkfifo(self.state / "site.pem.new")
        (self.state / "webroot").rmdir()
        os.symlink("/etc", self.state / "webroot")
        self.order()
        self.check_pair()
        self.assertEqual([path for path in self.state.rglob("*") if path.is_symlink() or path.is_fifo()], [])

    def test_it_is_ordered_anew_where_a_power_cut_emptied_one_half(self):
        self.order()
        for half, why in (("key", "its key is missing"), ("crt", "there is none")):
            next(self.state.glob(f"*/certificates/*.{half}")).write_text("")
            self.assertEqual(self.order(), f"ordering a certificate for shop.test: {why}\n")
            self.check_pair()
