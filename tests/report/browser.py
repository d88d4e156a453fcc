"""A headless Chromium, driven over WebDriver with nothing but Python's standard library."""
import base64
import json
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request


def installed():
    return all(shutil.which(program) for program in ("chromium", "chromedriver"))


class Browser:
    """`with Browser() as browser:` Every request that is no file ends at a proxy that nobody runs."""

    def __init__(self, width=1400, height=1000, dark=False):
        self.folder = tempfile.mkdtemp(prefix="ferry-browser-")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.driver = subprocess.Popen(["chromedriver", f"--port={self.port}"], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
        try:
            self.wait_until_driver_answers()
            arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                         "--disable-background-networking", "--disable-component-update", "--disable-sync",
                         "--proxy-server=127.0.0.1:9", "--proxy-bypass-list=<-loopback>",
                         f"--window-size={width},{height}", f"--user-data-dir={self.folder}"]
            if dark:
                arguments.append("--blink-settings=preferredColorScheme=0")
            capabilities = {"browserName": "chrome", "goog:chromeOptions": {"args": arguments},
                            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
            answer = self.request("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
            self.session = "/session/" + answer["sessionId"]
            # The page that the browser starts with is none of ours.
            self.command("/url", {"url": "about:blank"})
            for kind in ("browser", "performance"):
                self.log(kind)
        except BaseException:
            self.end()
            raise

    def wait_until_driver_answers(self):
        for _ in range(200):
            try:
                self.request("GET", "/status")
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("chromedriver does not answer")

    def request(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, method=method,
                                         headers={"Content-Type": "application/json"})
        # The driver is on this computer: no proxy of the environment's.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {error.read().decode(errors='replace')[:400]}") from error

    def command(self, path, body=None):
        return self.request("POST", self.session + path, body or {})

    def open(self, file):
        self.command("/url", {"url": pathlib.Path(file).resolve().as_uri()})

    def run(self, script, *arguments):
        """The script's `return` value."""
        return self.command("/execute/sync", {"script": script, "args": list(arguments)})

    def wait_for(self, script, what):
        for _ in range(200):
            if self.run(script):
                return
            time.sleep(0.02)
        raise AssertionError(f"waited in vain: {what}")

    def act(self, *sources):
        """Input as a user gives it: lists of actions as WebDriver has them."""
        self.command("/actions", {"actions": list(sources)})

    def log(self, kind):
        return self.command("/se/log", {"type": kind})

    def screenshot(self, file):
        picture = self.request("GET", self.session + "/screenshot")
        pathlib.Path(file).write_bytes(base64.b64decode(picture))

    def end(self):
        if hasattr(self, "session"):
            try:
                self.request("DELETE", self.session)
            except (OSError, RuntimeError):
                pass
        self.driver.terminate()
        self.driver.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()
