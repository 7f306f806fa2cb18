#!/usr/bin/env python3
"""Between real programs: nginx and HAProxy behind, curl in front."""
import hashlib
import os
import shutil
import socket
import subprocess
import tempfile

from support import GatewayTest, fetch, free_port, main, needed_program, simple_config, wait_until

NGINX = """
daemon off; worker_processes 1; pid {dir}/nginx.pid; error_log {dir}/error.log warn;
events {{ worker_connections 256; }}
http {{
  access_log off; client_max_body_size 0; client_body_temp_path {dir}/body;
  proxy_temp_path {dir}/p; fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
  keepalive_timeout {keep_alive}; keepalive_requests 50; default_type text/plain;
  server {{
    listen 127.0.0.1:{port}; root {dir}/files;
    location = /hello {{ return 200 "hello from nginx\\n"; }}
    location = /empty {{ return 204; }}
    location = /moved {{ return 302 /hello; }}
    location /upload {{ dav_methods PUT; client_body_in_single_buffer off; root {dir}; }}
    location /zip/ {{ gzip on; gzip_proxied any; gzip_min_length 0; gzip_types *; alias {dir}/files/; }}
  }}
}}
"""

HAPROXY = """
global
  maxconn 200
defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 1s
frontend f
  bind 127.0.0.1:{port}
  http-request return status 200 content-type text/plain string "hello from haproxy" if {{ path /hello }}
  http-request return status 503 if {{ path /busy }}
  default_backend none
backend none
"""


class RealServersTest(GatewayTest):
    def start(self, arguments, port):
        log = open(os.path.join(self.directory, "server.log"), "w+")
        self.addCleanup(log.close)
        process = subprocess.Popen(arguments, stdout=log, stderr=subprocess.STDOUT)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)

        def accepts():
            if process.poll() is not None:
                log.seek(0)
                raise AssertionError("%s ended: %s" % (arguments[0], log.read()[-1000:]))
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        wait_until(accepts, arguments[0])
        return "http://127.0.0.1:%d" % port

    def setUp(self):
        # Below /tmp and open to all: nginx's worker is another user when root starts it.
        self.directory = tempfile.mkdtemp(prefix="millrace-real-")
        os.chmod(self.directory, 0o777)
        self.addCleanup(shutil.rmtree, self.directory, True)
        self.content = os.urandom(1 << 16) * 48  # 3 MiB
        for name in ("files", "upload"):
            os.mkdir(os.path.join(self.directory, name))
            os.chmod(os.path.join(self.directory, name), 0o777)
        with open(os.path.join(self.directory, "files", "large.bin"), "wb") as file:
            file.write(self.content)
        with open(os.path.join(self.directory, "files", "small.txt"), "w") as file:
            file.write("small " * 1000)

    def nginx(self, keep_alive="5s"):
        port, path = free_port(), os.path.join(self.directory, "nginx.conf")
        with open(path, "w") as file:
            file.write(NGINX.format(dir=self.directory, port=port, keep_alive=keep_alive))
        return self.start([needed_program("nginx"), "-p", self.directory, "-c", path], port)

    def haproxy(self):
        port, path = free_port(), os.path.join(self.directory, "haproxy.cfg")
        with open(path, "w") as file:
            file.write(HAPROXY.format(port=port))
        return self.start([needed_program("haproxy"), "-db", "-f", path], port)

    def in_front_of(self, *urls):
        class At:
            def __init__(self, url):
                self.url = url
        return self.gateway(simple_config(*[At(url) for url in urls]))

    def curl(self, gateway, *arguments):
        """curl's output and what it wrote about each transfer."""
        arguments = [one.replace("GATEWAY", "http://127.0.0.1:%d" % gateway.port) for one in arguments]
        done = subprocess.run([needed_program("curl"), "-sS", "--max-time", "20"] + arguments,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout

    def test_files_of_nginx_arrive_whole(self):
        gateway = self.in_front_of(self.nginx())

        large = self.curl(gateway, "GATEWAY/large.bin")
        part = self.curl(gateway, "-r", "1000-1999", "GATEWAY/large.bin")
        head = self.curl(gateway, "-I", "GATEWAY/large.bin").decode().lower()

        self.assertEqual(hashlib.sha256(large).digest(), hashlib.sha256(self.content).digest())
        self.assertEqual(part, self.content[1000:2000])
        self.assertIn("content-length: %d" % len(self.content), head)

    def test_nginx_answers_of_every_kind_pass(self):
        gateway = self.in_front_of(self.nginx())
        client = self.client(gateway)

        self.assertEqual(client.fetch("/hello").body, b"hello from nginx\n")
        self.assertEqual(client.fetch("/empty").status, 204)
        self.assertEqual(client.fetch("/missing").status, 404)
        self.assertTrue(client.fetch("/moved").get("location").endswith("/hello"))
        etag = client.fetch("/small.txt").get("etag")
        self.assertEqual(client.fetch("/small.txt", fields={"If-None-Match": etag}).status, 304)
        self.assertEqual(client.fetch("/small.txt", "HEAD").get("content-length"), "6000")
        zipped = client.fetch("/zip/small.txt", fields={"Accept-Encoding": "gzip"})
        self.assertEqual(zipped.get("content-encoding"), "gzip")
        self.assertTrue(zipped.complete)

    def test_connections_that_nginx_closes_are_not_noticed(self):
        gateway = self.in_front_of(self.nginx())  # it closes each after 50 requests
        client = self.client(gateway)

        statuses = {client.fetch("/hello").status for _ in range(220)}

        self.assertEqual(statuses, {200})
        self.assertGreaterEqual(gateway.metric("millrace_upstream_connections_opened_total"), 4)

    def test_an_upstream_that_forgets_early_is_not_noticed(self):
        gateway = self.in_front_of(self.nginx(keep_alive="1s"))
        client = self.client(gateway)
        begin = client.fetch("/hello")
        self.assertEqual(begin.status, 200)
        wait_until(lambda: gateway.metric("millrace_upstream_connections_open") == 0, "nginx's close")

        self.assertEqual(client.fetch("/hello", "GET").status, 200)

    def test_curl_keeps_its_connection_for_many_requests(self):
        gateway = self.in_front_of(self.nginx())
        urls = ["GATEWAY/hello"] * 20

        out = self.curl(gateway, "-w", "%{num_connects}\n", *urls)

        self.assertEqual(out.count(b"hello from nginx"), 20)
        self.assertEqual(gateway.metric("millrace_connections_accepted_total"), 1)

    def test_curl_uploads_a_large_file_known_and_chunked(self):
        gateway = self.in_front_of(self.nginx())
        path = os.path.join(self.directory, "files", "large.bin")

        for name, more in (("known", []), ("chunked", ["-H", "Transfer-Encoding: chunked"]),
                           ("expecting", ["-H", "Expect: 100-continue"])):
            status = self.curl(gateway, "-o", os.devnull, "-w", "%{http_code}", "-T", path, *more,
                               "GATEWAY/upload/%s" % name)
            self.assertIn(status, (b"201", b"204"), name)
            with open(os.path.join(self.directory, "upload", name), "rb") as file:
                self.assertEqual(file.read(), self.content, name)

    def test_haproxy_answers_and_curl_agree(self):
        gateway = self.in_front_of(self.haproxy())

        self.assertEqual(self.curl(gateway, "GATEWAY/hello", "GATEWAY/hello"), b"hello from haproxy" * 2)
        self.assertEqual(fetch(gateway, "/busy").status, 503)
        self.assertEqual(self.curl(gateway, "--http1.0", "GATEWAY/hello"), b"hello from haproxy")

    def test_nginx_and_haproxy_share_a_route(self):
        gateway = self.in_front_of(self.nginx(), self.haproxy())
        client = self.client(gateway)

        bodies = [client.fetch("/hello").body.strip() for _ in range(200)]

        self.assertGreater(bodies.count(b"hello from nginx"), 50)
        self.assertGreater(bodies.count(b"hello from haproxy"), 50)


if __name__ == "__main__":
    main()
