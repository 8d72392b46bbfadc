"""A real browser for tests: Chromium, without a window and without a network, asked through chromedriver (WebDriver)."""
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

OPTIONS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
           "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--no-proxy-server",
           "--host-resolver-rules=MAP * ~NOTFOUND", "--force-device-scale-factor=1", "--window-size=1000,1500"]


def missing():
    """Why there is no browser to ask, or None."""
    for program in ("chromium", "chromedriver"):
        if not shutil.which(program):
            return f"no {program}"
    return None


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Browser:
    def __init__(self, *options):
        self.home = tempfile.TemporaryDirectory(prefix="comity-browser-", ignore_cleanup_errors=True)
        port = free_port()
        self.driver = subprocess.Popen([shutil.which("chromedriver"), f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       env={**os.environ, "HOME": self.home.name, "TMPDIR": self.home.name})
        self.base = f"http://127.0.0.1:{port}"
        self.session = None
        self.await_driver()
        chrome = {"binary": shutil.which("chromium"), "args": [*OPTIONS, *options, f"--user-data-dir={self.home.name}/profile"],
                  "perfLoggingPrefs": {"enableNetwork": True, "enablePage": False}}
        wanted = {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": chrome,
                                  "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}
        self.session = self.ask("POST", "/session", {"capabilities": wanted})["sessionId"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.ask("DELETE", f"/session/{self.session}")
        finally:
            self.driver.terminate()
            self.driver.wait()
            self.home.cleanup()

    def await_driver(self):
        for _ in range(100):
            try:
                if self.ask("GET", "/status")["ready"]:
                    return
            except OSError:
                time.sleep(0.1)
        self.driver.kill()
        raise RuntimeError("chromedriver does not answer")

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never by way of a proxy
        try:
            with opener.open(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as e:
            raise RuntimeError(e.read().decode(errors="replace")[:500]) from e

    def command(self, path, body=None):
        return self.ask("GET" if body is None else "POST", f"/session/{self.session}/{path}", body)

    def open(self, path):
        self.command("url", {"url": "file://" + os.path.abspath(path)})

    def run(self, script, *arguments):
        return self.command("execute/sync", {"script": script, "args": list(arguments)})

    def until(self, script, seconds=30):
        end = time.monotonic() + seconds
        while not self.run(script) and time.monotonic() < end:
            time.sleep(0.02)

    def find(self, selector):
        return next(iter(self.command("element", {"using": "css selector", "value": selector}).values()))

    def click(self, selector):
        self.command(f"element/{self.find(selector)}/click", {})

    def keys(self, selector, text):
        self.command(f"element/{self.find(selector)}/value", {"text": text})

    def text(self, selector):
        return self.command(f"element/{self.find(selector)}/text")

    def log(self, kind):
        return self.command("se/log", {"type": kind})

    def requested(self):
        """What pages from files asked for since this was last asked, but for themselves.  What the browser's own pages load
        from inside of it is not meant."""
        events = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        sent = [e["params"] for e in events if e["method"] == "Network.requestWillBeSent"]
        asked = [s["request"]["url"] for s in sent if s["documentURL"].startswith("file:")]
        return [url for url in asked if not url.startswith(("file:", "data:"))]

    def picture(self):
        """The whole page as Base64 of a PNG."""
        height = self.run("return document.documentElement.scrollHeight")
        self.command("window/rect", {"width": 1000, "height": min(height + 150, 4000)})
        return self.command("screenshot")
