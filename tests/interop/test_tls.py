#!/usr/bin/env python3
"""The client speaks https only to who has a certificate that holds.

    test_tls.py NODE_TOOL
"""

import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer

TOOL = None


class Handler(BaseHTTPRequestHandler):
    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/x")
        self.end_headers()
        self.wfile.write(b"hello\n")


class Server(HTTPServer):
    def handle_error(self, request, client_address):
        pass  # a client that does not like the certificate


class Tls(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="comity-test-")
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def certificate(self, name, subject, days="2"):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", self.path(name + ".key"), "-out", self.path(name + ".pem"), "-days", days,
                        "-subj", "/CN=test", "-addext", f"subjectAltName={subject}"],
                       check=True, capture_output=True)
        return self.path(name + ".pem")

    def serve(self, name):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path(name + ".pem"), self.path(name + ".key"))
        server = Server(("127.0.0.1", 0), Handler)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(server.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(server.shutdown)
        return server.server_port

    def get(self, *argv):
        return subprocess.run([TOOL, "get", *argv], check=True, capture_output=True, text=True).stdout

    def test_a_certificate_must_hold(self):
        good, other = self.certificate("good", "IP:127.0.0.1"), self.certificate("other", "DNS:other.example")
        port, port_other = self.serve("good"), self.serve("other")
        self.assertEqual(self.get(f"https://127.0.0.1:{port}/", good), "200 text/x\nhello\n")
        # not known to the system; known, but of another; of another host
        for url, ca in ((port, []), (port, [other]), (port_other, [other])):
            with self.subTest(url=url, ca=ca):
                self.assertRegex(self.get(f"https://127.0.0.1:{url}/", *ca), "^no answer: .*(certificate|SSL)")

    def test_a_file_of_certificates_that_is_none_is_said(self):
        self.certificate("good", "IP:127.0.0.1")
        port = self.serve("good")
        self.assertRegex(self.get(f"https://127.0.0.1:{port}/", self.path("missing.pem")), "^no answer: .*missing.pem")


if __name__ == "__main__":
    TOOL = sys.argv.pop(1)
    if shutil.which("openssl") is None:
        print("skipped: no openssl here")
        sys.exit(77)
    unittest.main()
