#!/usr/bin/env python3
"""A time-stamping authority on loopback, made of openssl: tsa.py FOLDER [MODE]

Prints its URL.  MODE: honest (default), error (answers 500), nonsense, other-root (stamps of a root
that FOLDER/root.pem is not), replay (always its first stamp)."""
import http.server
import os
import subprocess
import sys

CONFIG = """[stamp]
serial = {0}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def run(*argv):
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def make(folder, root):
    def path(name):
        return os.path.join(folder, name)

    write(path("ts.cnf"), CONFIG.format(folder))
    write(path("eku.cnf"), "[tsa]\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n")
    write(path("serial"), "01")
    run("openssl", "req", "-x509", *KEY, "-keyout", path(root + ".key"), "-out", path(root + ".pem"), "-subj", "/CN=" + root,
        "-days", "3650", "-addext", "keyUsage=critical,keyCertSign")
    run("openssl", "req", "-new", *KEY, "-subj", "/CN=TSA of " + root, "-keyout", path("tsa.key"), "-out", path("tsa.csr"))
    run("openssl", "x509", "-req", "-in", path("tsa.csr"), "-CA", path(root + ".pem"), "-CAkey", path(root + ".key"),
        "-set_serial", "2", "-days", "30", "-extfile", path("eku.cnf"), "-extensions", "tsa", "-out", path("tsa.pem"))


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        request = self.rfile.read(int(self.headers["Content-Length"]))
        folder, mode = self.server.folder, self.server.mode
        answer = os.path.join(folder, "answer.tsr")
        if not (mode == "replay" and os.path.exists(answer)):
            with open(os.path.join(folder, "request.tsq"), "wb") as f:
                f.write(request)
            run("openssl", "ts", "-reply", "-config", os.path.join(folder, "ts.cnf"), "-section", "stamp", "-queryfile",
                os.path.join(folder, "request.tsq"), "-signer", os.path.join(folder, "tsa.pem"), "-inkey",
                os.path.join(folder, "tsa.key"), "-out", answer)
        with open(answer, "rb") as f:
            body = b"what?" if mode == "nonsense" else f.read()
        self.send_response(500 if mode == "error" else 200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        pass


def main():
    folder, mode = os.path.abspath(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "honest"
    os.makedirs(folder, exist_ok=True)
    if mode == "other-root" or not os.path.exists(os.path.join(folder, "root.pem")):
        make(folder, "other" if mode == "other-root" else "root")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.folder, server.mode = folder, mode
    print(f"http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
