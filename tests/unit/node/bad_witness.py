#!/usr/bin/env python3
"""Witnesses that answer what they were told to, however wrong, each under a name of its own.

    bad_witness.py FOLDER

Prints its port.  The n-th request to /NAME/... is answered with FOLDER/NAME.n, or with the last
one that there is: its first line is a status or a word, the rest the body.  What was asked is kept
as FOLDER/NAME.asked.n.  Words: `hang` says nothing, `drip` an endless answer byte by byte,
`close` hangs up.
"""
import os
import socketserver
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler

FOLDER = sys.argv[1]
LOCK = threading.Lock()
COUNT = {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass

    def told(self, asked):
        name = self.path.split("/")[1]
        with LOCK:
            COUNT[name] = n = COUNT.get(name, 0) + 1
        with open(os.path.join(FOLDER, f"{name}.asked.{n}"), "wb") as f:
            f.write(asked)
        while n > 1 and not os.path.exists(os.path.join(FOLDER, f"{name}.{n}")):
            n -= 1
        with open(os.path.join(FOLDER, f"{name}.{n}"), "rb") as f:
            word, _, body = f.read().partition(b"\n")
        return word.decode(), body

    def answer(self):
        word, body = self.told(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        if word == "hang":
            time.sleep(600)
        elif word == "drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                self.wfile.write(b"x")
                time.sleep(0.05)
        elif word == "close":
            self.close_connection = True
        else:
            self.send_response(int(word))
            self.send_header("Content-Length", str(len(body)))
            if word == "302":
                self.send_header("Location", "/good/add-checkpoint")
            self.end_headers()
            self.wfile.write(body)

    do_GET = do_POST = answer


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass


if __name__ == "__main__":
    with Server(("127.0.0.1", 0), Handler) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()
