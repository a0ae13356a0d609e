"""nginx, Caddy and oauth2-proxy with the examples of the pages, before the real program."""

import os
import secrets
import subprocess
import unittest
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from stage import FOLDER, Browser, Processes, authority, certificate, demo, example, processor, wait_for

NGINX = Path("/etc/nginx")
SETTINGS = """allowed_hosts = ["boards.example", "intranet.example"]
frame_ancestors = ["https://intranet.example"]"""
BOARDS = "https://boards.example"
TLS = "listen 443 ssl; ssl_certificate /etc/nginx/boards.crt; ssl_certificate_key /etc/nginx/boards.key;"
BOARD = ("/", "/api/figures", "/api/lines/mipa", "/api/live")


class Behind:
    """What must hold behind every proxy."""

    @classmethod
    def setUpClass(cls):
        cls.processes = Processes()
        cls.addClassCleanup(cls.processes.end)
        cls.begin()

    def the_board_is_whole(self, browser, base, ancestors="https://intranet.example"):
        page = browser.text(f"{base}/")
        self.assertIn("<title>", page)
        with browser.open(f"{base}/") as answer:
            self.assertIn(f"frame-ancestors {ancestors}", answer.headers["Content-Security-Policy"])
        for name in ("main.js", "page.css"):
            self.assertGreater(len(browser.text(f"{base}/{name}")), 1000)
        self.assertIn("lines", browser.text(f"{base}/api/figures"))

    def the_stream_flows(self, browser, base, seconds=5):
        with ThreadPoolExecutor() as together:
            read = [together.submit(browser.events, f"{base}/api/live", seconds, it) for it in ("gzip", "identity")]
        for events in (it.result() for it in read):
            name, _, at = events[0]
            self.assertEqual(name, "hello")
            self.assertLess(at, 2, "the first event is held back")
            times = [0, *(at for name, _, at in events if name == "figures")]
            self.assertGreater(len(times), seconds - 2)
            self.assertLess(max(later - at for at, later in zip(times, times[1:])), 3, "events are held back")


def serve_by_nginx(processes, **sites):
    for name, text in sites.items():
        (NGINX / "sites-enabled" / name).write_text(text)
    processes.start("/usr/sbin/nginx", "-g", "daemon off;")
    processes.ready(443)


class NginxWithSingleSignOn(Behind, unittest.TestCase):
    @classmethod
    def begin(cls):
        authority(NGINX)
        certificate(NGINX, "boards", "DNS:boards.example,DNS:login.example")
        boards = example("SECURITY.md", "nginx", "auth_request /oauth2/auth;")
        login = f"""server {{ server_name login.example; {TLS}
            location / {{ proxy_pass http://127.0.0.1:3000; proxy_set_header Host $host;
                proxy_set_header X-Forwarded-Proto $scheme; }} }}"""
        demo(cls.processes)
        serve_by_nginx(cls.processes, boards=boards, login=login)
        secret = secrets.token_hex(16)
        cls.processes.start("node", "provider.js", env=os.environ | {"CLIENT_SECRET": secret})
        cls.processes.ready(3000)
        cls.sign_on(secret)
        cls.ca = NGINX / "ca.crt"

    @classmethod
    def sign_on(cls, secret):
        folder = FOLDER / "oauth2-proxy"
        folder.mkdir()
        (folder / "client-secret").write_text(secret)
        (folder / "cookie-secret").write_text(secrets.token_hex(16))
        text = example("SECURITY.md", "toml", "oidc_issuer_url").replace("/etc/oauth2-proxy", str(folder))
        (folder / "oauth2-proxy.cfg").write_text(text)
        cls.processes.start(os.environ["OAUTH2_PROXY"], "--config", str(folder / "oauth2-proxy.cfg"),
                            env=os.environ | {"SSL_CERT_FILE": str(NGINX / "ca.crt")})
        cls.processes.ready(4180)

    def test_without_a_session_nothing_is_shown(self):
        browser = Browser(self.ca)
        for path in ("/", "/?lines=a&theme=dark"):
            with browser.open(BOARDS + path, follows=False) as answer:
                self.assertEqual(answer.status, 302)
                self.assertTrue(answer.headers["Location"].startswith("https://login.example/auth?"), answer.headers)
                self.assertIn("Set-Cookie", answer.headers)
        for path in ("/api/figures", "/api/live", "/api/contacts/mipa?window=today&figure=contacts_offered"):
            with browser.open(BOARDS + path, follows=False) as answer:
                self.assertEqual(answer.status, 401, path)
                self.assertNotIn(b"contacts", answer.read())
        for path in ("/metrics", "/oauth2/auth_supervisors"):
            self.assertEqual(browser.status(BOARDS + path), 404, path)

    def test_a_forged_header_opens_nothing(self):
        forged = {"X_Forwarded_User": "boss", "X_Forwarded_For": "127.0.0.1", "X_Real_IP": "127.0.0.1",
                  "Authorization": "Basic Ym9zczpib3Nz", "X_Auth_Request_Redirect": "https://evil.example/",
                  "X_Forwarded_Uri": "/livez", "X_Original_URI": "/livez", "X_Forwarded_Host": "login.example"}
        self.assertEqual(Browser(self.ca).status(BOARDS + "/api/figures", **forged), 401)
        with Browser(self.ca).open(BOARDS + "/", follows=False, **forged) as answer:
            self.assertNotIn("evil", answer.headers["Location"])

    def test_the_board_after_signing_in(self):
        browser = Browser(self.ca)
        # Its address is that of before, with all parameters.
        asked = BOARDS + "/?lines=mipa&theme=dark"
        with browser.sign_in(asked, "agent@boards.example") as answer:
            self.assertEqual((answer.status, answer.url), (200, asked))
        self.the_board_is_whole(browser, BOARDS, "'none'")
        self.the_stream_flows(browser, BOARDS)
        self.assertEqual(browser.status(BOARDS + "/metrics"), 404)

    def test_contacts_are_for_supervisors_only(self):
        query = "mipa?window=today&figure=contacts_offered"
        supervisor, agent = Browser(self.ca), Browser(self.ca)
        supervisor.sign_in(BOARDS + "/", "supervisor@boards.example").close()
        with supervisor.open(f"{BOARDS}/api/contacts/{query}") as answer:
            self.assertEqual(answer.status, 200)
            self.assertIn(b"wait_seconds", answer.read())
        agent.sign_in(BOARDS + "/", "agent@boards.example").close()
        for path in ("/api/contacts/", "//api/contacts/", "/api/./contacts/", "/a/../api/contacts/", "/api/%63ontacts/"):
            self.assertEqual(agent.status(BOARDS + path + query), 403, path)

    def test_signing_out_ends_it(self):
        browser = Browser(self.ca)
        browser.sign_in(BOARDS + "/", "agent@boards.example").close()
        self.assertEqual(browser.status(BOARDS + "/api/figures"), 200)
        browser.open(BOARDS + "/oauth2/sign_out", follows=False).close()
        self.assertEqual(browser.status(BOARDS + "/api/figures"), 401)


class NginxUnderAPath(Behind, unittest.TestCase):
    @classmethod
    def begin(cls):
        authority(NGINX)
        certificate(NGINX, "boards", "DNS:intranet.example")
        processor(cls.processes, SETTINGS)
        lines = example("WALLBOARD.md", "nginx", "/ensilinja/")
        serve_by_nginx(cls.processes, boards=f"server {{ server_name intranet.example; {TLS}\n{lines} }}")

    def test_a_board_under_a_path(self):
        browser, base = Browser(NGINX / "ca.crt"), "https://intranet.example/ensilinja"
        with browser.open(base, follows=False) as answer:
            self.assertEqual(urllib.parse.urljoin(base, answer.headers["Location"]), base + "/")
        self.the_board_is_whole(browser, base)
        self.the_stream_flows(browser, base)
        # The process checks the name that the browser has asked for.
        self.assertEqual(browser.status(base + "/api/figures", Host="other.example"), 421)


class NginxWithACertificate(Behind, unittest.TestCase):
    @classmethod
    def begin(cls):
        web = FOLDER / "web"
        authority(NGINX)
        certificate(NGINX, "boards", "DNS:boards.example")
        authority(NGINX, "server-ca")
        certificate(NGINX, "server", "DNS:ensilinja-a.example", by="server-ca")
        authority(NGINX, "clients-ca")
        certificate(NGINX, "proxy", "DNS:board.example", by="clients-ca")
        certificate(NGINX, "other", "DNS:other.example", by="clients-ca")
        web.mkdir()
        for name in ("server.crt", "server.key", "clients-ca.crt"):
            (web / name).write_bytes((NGINX / name).read_bytes())
        (web / "server.key").chmod(0o600)
        # Without its users: the passwords are not on the page.
        text = example("SECURITY.md", "yaml", "client_auth_type").split("# htpasswd")[0]
        (web / "web.yml").write_text(text)
        processor(cls.processes, SETTINGS, web / "web.yml")
        lines = example("SECURITY.md", "nginx", "proxy_ssl_certificate ")
        serve_by_nginx(cls.processes, boards=f"""server {{ server_name boards.example; {TLS}
            {lines} location / {{ proxy_pass https://127.0.0.1:9464; proxy_set_header Host $host; }} }}""")
        cls.ca = NGINX / "ca.crt"

    def test_the_board_through_tls_on_both_sides(self):
        self.the_board_is_whole(Browser(self.ca), BOARDS)
        self.the_stream_flows(Browser(self.ca), BOARDS)
        with Browser(self.ca).open(BOARDS + "/") as answer:
            self.assertEqual(answer.headers["Strict-Transport-Security"], "max-age=31536000")

    def test_nothing_goes_around_the_proxy(self):
        direct = "https://ensilinja-a.example:9464/api/figures"
        for name in (None, "other"):
            with self.assertRaises(OSError):
                Browser(NGINX / "server-ca.crt", certificate=name and NGINX / name).open(direct).read()
        self.assertEqual(Browser(NGINX / "server-ca.crt", certificate=NGINX / "proxy").status(direct), 421)


class Caddy(Behind, unittest.TestCase):
    @classmethod
    def begin(cls):
        folder = FOLDER / "caddy-data"
        folder.mkdir()
        password = subprocess.run(["caddy", "hash-password", "--plaintext", "canary-1"], check=True,
                                  capture_output=True, text=True).stdout.strip()
        site = example("SECURITY.md", "caddy", "boards.example").replace("$2a$14$...", password)
        # Debian's is of before 2.8, and there is no public authority here.
        site = "{\n\tlocal_certs\n\tskip_install_trust\n}\n" + site.replace("basic_auth", "basicauth")
        Path("/etc/caddy/Caddyfile").write_text(site)
        processor(cls.processes, SETTINGS)
        cls.processes.start("caddy", "run", "--config", "/etc/caddy/Caddyfile",
                            env=os.environ | {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)})
        wait_for((folder / "caddy/certificates/local/boards.example/boards.example.crt").exists, "Caddy's certificate")
        cls.processes.ready(443)
        cls.ca = folder / "caddy/pki/authorities/local/root.crt"

    def test_users_of_caddy(self):
        for path in BOARD:
            self.assertEqual(Browser(self.ca).status(BOARDS + path), 401, path)
        self.assertEqual(Browser(self.ca).status(BOARDS + "/metrics"), 404)
        browser = Browser(self.ca, {"Authorization": "Basic c3VwZXJ2aXNvcjpjYW5hcnktMQ=="})
        self.assertEqual(browser.status(BOARDS + "/metrics"), 404)
        self.the_board_is_whole(browser, BOARDS)
        self.the_stream_flows(browser, BOARDS)
