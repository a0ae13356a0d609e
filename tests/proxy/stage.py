"""What stands around the proxies: the pages' examples, certificates, processes, and a client with cookies."""

import gzip
import http.cookiejar
import json
import os
import re
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
import zlib
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ["FOLDER"])
PATIENCE = 30


def example(page, language, holding):
    """The block of a page in this language that holds these words."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", (TOP / "docs" / page).read_text(), re.DOTALL | re.MULTILINE)
    found = [block for block in blocks if holding in block]
    assert len(found) == 1, f"{page} has {len(found)} examples in {language} with {holding!r}"
    return found[0]


def openssl(words, folder):
    subprocess.run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True)


def authority(folder, name="ca"):
    """A certificate authority of its own in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    openssl(f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {name}.key -out {name}.crt -days 2"
            f" -subj /CN={name}", folder)


def certificate(folder, name, alternative, by="ca"):
    """name.crt and name.key in this folder, for these alternative names."""
    (folder / "names").write_text(f"subjectAltName={alternative}\n")
    openssl(f"req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {name}.key -out {name}.csr"
            f" -subj /CN={name}", folder)
    openssl(f"x509 -req -in {name}.csr -CA {by}.crt -CAkey {by}.key -CAcreateserial -days 2 -extfile names"
            f" -out {name}.crt", folder)


def wait_for(holds, what):
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"not within {PATIENCE} s: {what}"
        time.sleep(0.1)


class Processes:
    """Processes that end together."""

    def __init__(self):
        self.running = []

    def start(self, *words, **more):
        log = FOLDER / f"log-{len(self.running)}-{Path(words[0]).name}"
        with log.open("w") as out:
            process = subprocess.Popen(words, stdout=out, stderr=out, **more)
        self.running.append((process, log))

    def ready(self, port):
        """Waits until something listens on the port, or a process has ended."""
        def listens():
            ended = [log.read_text() for process, log in self.running if process.poll() is not None]
            assert not ended, "\n".join(ended)
            with socket.socket() as connection:
                return connection.connect_ex(("127.0.0.1", port)) == 0

        wait_for(listens, f"something on port {port}")

    def end(self):
        for process, _ in reversed(self.running):
            process.terminate()
            process.wait(PATIENCE)


def processor(processes, settings, web=None):
    """The program on 127.0.0.1:9464 with these settings of the server, and without brokers."""
    sample = (TOP / "deploy/ensilinja.toml").read_text()
    config = sample.replace('"127.0.0.1:9092"', '"127.0.0.1:1"').replace("[server]\n", f"[server]\n{settings}\n")
    assert config.count(settings) == 1
    path = FOLDER / "ensilinja.toml"
    path.write_text(config)
    more = ["--web.config.file", str(web)] if web else []
    processes.start(os.environ["ENSILINJA"], "run", "--config", str(path), *more)
    processes.ready(9464)


def demo(processes):
    """The demo on 127.0.0.1:9464, with the figures and contacts of a county."""
    processes.start(os.environ["ENSILINJA"], "demo")
    processes.ready(9464)
    health = [os.environ["ENSILINJA"], "health", "--ready"]
    wait_for(lambda: subprocess.run(health, capture_output=True).returncode == 0, "the figures of the demo")


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    """A client that keeps cookies, trusts one authority, and may have headers and a certificate of its own."""

    def __init__(self, authority, headers=None, certificate=None):
        context = ssl.create_default_context(cafile=str(authority))
        if certificate:
            context.load_cert_chain(f"{certificate}.crt", f"{certificate}.key")
        handlers = [urllib.request.HTTPSHandler(context=context),
                    urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())]
        self.following = urllib.request.build_opener(*handlers)
        self.still = urllib.request.build_opener(*handlers, NoRedirects)
        self.headers = headers or {}

    def open(self, address, form=None, follows=True, **headers):
        data = urllib.parse.urlencode(form).encode() if form else None
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(address, data, self.headers | named)
        try:
            return (self.following if follows else self.still).open(request, timeout=PATIENCE)
        except urllib.error.HTTPError as answer:
            return answer

    def status(self, address, **headers):
        with self.open(address, follows=False, **headers) as answer:
            return answer.status

    def text(self, address):
        with self.open(address, Accept_Encoding="gzip") as answer:
            body = answer.read()
            assert answer.headers.get_all("Content-Encoding") == ["gzip"], f"{address}: {answer.headers}"
            return gzip.decompress(body).decode()

    def sign_in(self, address, name):
        """Follows the address to the provider's pages, signs in and consents; the answer at the end."""
        answer = self.open(address)
        for form in ({"prompt": "login", "login": name, "password": "any"}, {"prompt": "consent"}):
            page = answer.read().decode()
            action = re.search(r'action="([^"]+)"', page)
            assert action, f"no form at {answer.url}: {page}"
            answer = self.open(urllib.parse.urljoin(answer.url, action[1]), form)
        return answer

    def events(self, address, seconds, encoding="gzip"):
        """The events of a stream: for each its name, its data, and when it came."""
        begun = time.monotonic()
        events, text = [], ""
        with self.open(address, Accept="text/event-stream", Accept_Encoding=encoding) as answer:
            assert answer.status == 200, f"{address}: {answer.status}"
            assert answer.headers["Content-Type"] == "text/event-stream", str(answer.headers)
            assert answer.headers.get_all("Content-Encoding", []) == [encoding][:encoding == "gzip"], str(answer.headers)
            unpack = zlib.decompressobj(31).decompress if encoding == "gzip" else bytes
            while time.monotonic() < begun + seconds:
                text += unpack(answer.read1()).decode()
                *whole, text = text.split("\n\n")
                for event in whole:
                    fields = dict(line.split(": ", 1) for line in event.split("\n"))
                    if "event" in fields:
                        events.append((fields["event"], json.loads(fields["data"]), time.monotonic() - begun))
        return events
