#!/usr/bin/env python3
"""Logs that nginx wrote of requests we sent it: each line says what was sent.

    test_weblog.py WEBLOG_TOOL
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

TOOL = None
CONF = r"""
daemon off; master_process off; pid {dir}/pid; error_log {dir}/error.log;
events {{ worker_connections 64; }}
http {{
  client_body_temp_path {dir}/b; proxy_temp_path {dir}/p; fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
  log_format timed '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_forwarded_for" $request_time';
  log_format hosted '$host:$server_port $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';
  log_format json escape=json '{{"msec":"$msec","remote_addr":"$remote_addr","host":"$http_host","request":"$request","status":$status,'
    '"body_bytes_sent":$body_bytes_sent,"http_referer":"$http_referer","http_user_agent":"$http_user_agent","http_cookie":"$http_cookie","request_time":$request_time}}';
  access_log {dir}/combined.log combined; access_log {dir}/timed.log timed; access_log {dir}/hosted.log hosted; access_log {dir}/json.log json;
  server {{ listen 127.0.0.1:{port}; listen [::1]:{port}; return 200 "hello"; }}
}}
"""

# sent, then (method, target, host, referer, agent, status) as the tool prints them; None: what nginx says of it
HEAD = b"Host: v.example\r\nConnection: close\r\n"
SENT = [
    (b"GET /?1426676400123 HTTP/1.1\r\n" + HEAD + b"Referer: http://a.example/x\r\nUser-Agent: Some thing/1.0\r\n\r\n",
     ("GET", "/?1426676400123", "v.example", "http://a.example/x", "Some thing/1.0", "200")),
    (b"GET /q\"uote\\s?a=\"b\" HTTP/1.1\r\n" + HEAD + b"User-Agent: a\"b\\c\\\"\r\n\r\n",
     ("GET", "/q\"uote\\s?a=\"b\"", "v.example", "?", "a\"b\\c\\\"", "200")),
    (b"GET /\xc3\xa4\xff HTTP/1.1\r\n" + HEAD + b"User-Agent: \xe2\x82\xac\t\\x41\r\n\r\n",
     ("GET", "/%C3%A4%FF", "v.example", "?", "%E2%82%AC%09\\x41", "200")),
    (b"POST /\" 200 5 \"-\" \"-\" HTTP/1.1\r\n" + HEAD + b"Content-Length: 0\r\n\r\n", None),
    (b"GET /x HTTP/1.1\r\n" + HEAD + b"User-Agent: \" 500 1 \"http://b.example/\" \"y\r\n\r\n",
     ("GET", "/x", "v.example", "?", "\" 500 1 \"http://b.example/\" \"y", "200")),
    (b"GET /x HTTP/1.1\r\n" + HEAD + b"User-Agent: {\"a\":1}\\u0041\r\nCookie: c\r\nX-Forwarded-For: 198.51.100.1, 198.51.100.7\r\n\r\n",
     ("GET", "/x", "v.example", "?", "{\"a\":1}\\u0041", "200")),
    (b"GET /" + b"a" * 900 + b" HTTP/1.0\r\n\r\n", ("GET", "/" + "a" * 900, "?", "?", "?", "200")),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", ("?", "?", "?", "?", "?", "400")),
    (b"GET http://w.example/abs?q HTTP/1.1\r\n" + HEAD + b"\r\n", ("GET", "/abs?q", "w.example", "?", "?", "200")),
    (b"HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n", ("HEAD", "/", "?", "?", "?", "400")),
    (b"FOO-BAR /y HTTP/1.1\r\n" + HEAD + b"\r\n", None),
]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Weblog(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="comity-test-")
        os.chmod(cls.dir, 0o755)
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.port = free_port()
        conf = os.path.join(cls.dir, "nginx.conf")
        user = "user root;\n" if os.geteuid() == 0 else ""
        with open(conf, "w", encoding="utf-8") as f:
            f.write(user + CONF.format(dir=cls.dir, port=cls.port))
        server = subprocess.Popen(["nginx", "-p", cls.dir, "-c", conf], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        cls.addClassCleanup(server.stderr.close)
        cls.addClassCleanup(server.wait)
        cls.addClassCleanup(server.terminate)
        cls.wait_for(server)
        cls.began = time.time()
        for sent, _ in SENT:
            cls.send(sent)
        cls.wait_for_lines(len(SENT))

    @classmethod
    def wait_for(cls, server):
        for _ in range(100):
            if server.poll() is not None:
                raise AssertionError(server.stderr.read().decode())
            try:
                socket.create_connection(("127.0.0.1", cls.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("nginx does not listen")

    @classmethod
    def send(cls, data):
        with socket.create_connection(("127.0.0.1", cls.port), 10) as s:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            while s.recv(4096):
                pass

    @classmethod
    def wait_for_lines(cls, n):
        for _ in range(100):
            with open(os.path.join(cls.dir, "json.log"), "rb") as f:
                if f.read().count(b"\n") >= n:
                    return
            time.sleep(0.05)

    def rows(self, name):
        with open(os.path.join(self.dir, name + ".log"), "rb") as f:
            run = subprocess.run([TOOL], input=f.read(), capture_output=True, check=True)
        lines = run.stdout.decode().splitlines()
        return lines[0], [line.split("\t") for line in lines[1:]]

    def check(self, name, form, with_host):
        said, rows = self.rows(name)
        self.assertEqual(said, form)
        self.assertEqual(len(rows), len(SENT))
        for row, (sent, expected) in zip(rows, SENT):
            with self.subTest(log=name, sent=sent[:60]):
                # 127.0.0.1 is private: what is behind it counts, where the log has it
                forwarded = name == "timed" and b"X-Forwarded-For" in sent
                self.assertEqual(row[0], "198.51.100.7" if forwarded else "127.0.0.1")
                self.assertAlmostEqual(int(row[9]) / 1e9, self.began, delta=30)
                if expected is None:
                    continue
                method, target, host, referer, agent, status = expected
                self.assertEqual((row[1] or "?", row[2] or "?", row[4], row[5], row[6]), (method, target, referer, agent, status))
                if with_host and host != "?":
                    self.assertEqual(row[3], host)
        return rows

    def test_combined(self):
        self.check("combined", "combined", False)

    def test_combined_with_forwarded_and_time(self):
        rows = self.check("timed", "combined", False)
        self.assertTrue(all(0 <= int(row[8]) < 30e9 for row in rows))

    def test_combined_behind_the_name_of_the_host(self):
        self.check("hosted", "combined", True)

    def test_json(self):
        rows = self.check("json", "json", True)
        self.assertTrue(all(int(row[8]) >= 0 for row in rows))
        self.assertEqual([row[7] for row in rows][:3], ["5", "5", "5"])


if __name__ == "__main__":
    TOOL = sys.argv.pop(1)
    if shutil.which("nginx") is None:
        print("skipped: no nginx here (package nginx-light)")
        sys.exit(77)
    unittest.main()
