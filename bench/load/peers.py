"""The proxies that are compared: Millrace, nginx, HAProxy and a raw relay, all with one split."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from processes import PROXY_CORE, free_port, start, stop, wait_for_port

ALL = ("relay", "nginx", "haproxy", "millrace")
RELAY = "relay"


@dataclass
class Site:
    """Where things are: programs, scratch space and the two back ends with their weights."""

    tools: Path
    millrace: Path
    scratch: Path
    backends: tuple  # two ports
    descriptors: int  # that a process may have
    weights: tuple = (20, 80)
    routes_before: int = 0  # Millrace only: routes that are looked at before the one that matches

    @property
    def connections_max(self):
        """Downstream connections that every proxy can hold with one upstream connection each."""
        return min((self.descriptors - 500) // 2, 25_000)


class Peer:
    """A running proxy. `port` takes the traffic."""

    def __init__(self, name, site, workers=1, cores=(PROXY_CORE,), prefix=()):
        self.name = name
        self.port = free_port()
        self.folder = site.scratch / f"{name}-{self.port}"
        self.folder.mkdir(parents=True)
        command = COMMANDS[name](site, self, workers)
        with open(self.folder / "output.log", "wb") as log:
            self.child = start([*prefix, *command], cores=cores, output=log, cwd=self.folder)
        if not wait_for_port(self.port, self.child, seconds=60 if prefix else 10):
            said = self.output()[-2000:]
            stop(self.child)
            raise RuntimeError(f"{name} does not listen on {self.port}:\n{said}")

    @property
    def pid(self):
        return self.child.pid

    def output(self):
        return (self.folder / "output.log").read_text(errors="replace")

    def stop(self):
        stop(self.child, grace=10.0)


def available(name, site):
    """Why a peer cannot take part, or nothing."""
    program = {
        "relay": site.tools / "raw_relay",
        "millrace": site.millrace,
        "nginx": shutil.which("nginx", path=SEARCH),
        "haproxy": shutil.which("haproxy", path=SEARCH),
    }[name]
    return None if program and Path(program).exists() else f"{name} is not there"


SEARCH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def relay(site, peer, _workers):
    return [site.tools / "raw_relay", peer.port, *site.backends]


def nginx(site, peer, workers):
    first, second = site.backends
    config = peer.folder / "nginx.conf"
    config.write_text(NGINX.format(
        workers=workers, folder=peer.folder, port=peer.port, first=first, second=second,
        share=site.weights[0], rest=site.weights[1], slots=2 * site.connections_max,
    ))
    return [shutil.which("nginx", path=SEARCH), "-p", peer.folder, "-c", config, "-e", "stderr"]


def haproxy(site, peer, workers):
    first, second = site.backends
    config = peer.folder / "haproxy.cfg"
    config.write_text(HAPROXY.format(
        workers=workers, port=peer.port, first=first, second=second,
        share=site.weights[0], rest=site.weights[1], connections=site.connections_max,
    ))
    return [shutil.which("haproxy", path=SEARCH), "-db", "-f", config]


def millrace(site, peer, workers):
    first, second = site.backends
    config = peer.folder / "millrace.yaml"
    config.write_text(MILLRACE.format(
        workers=workers, folder=peer.folder, port=peer.port, admin=free_port(), first=first,
        second=second, share=site.weights[0], rest=site.weights[1],
        others=other_routes(site.routes_before),
    ))
    return [site.millrace, "serve", "-c", config]


def other_routes(count):
    """Routes that no request matches: hosts, exact paths, prefixes and fifty regular expressions."""
    matches = (
        "{{host: model-{n}.example.com, path_prefix: /}}",
        "{{path: /models/{n}/score}}",
        "{{path_prefix: /v2/models/{n}}}",
    )
    lines = []
    for n in range(count):
        match = matches[n % 3] if n >= 50 else "{{path_regex: '/experiments/{n}/[a-z]+/[0-9]+'}}"
        lines.append(
            f"  - {{name: other-{n}, match: {match.format(n=n)}, backend_refs: [{{backend: first}}]}}"
        )
    return "\n".join(lines)


COMMANDS = {"relay": relay, "nginx": nginx, "haproxy": haproxy, "millrace": millrace}

# Kept connections, streams unbuffered, and for large bodies what was measured to be its best;
# everything else as it comes, logs off.
NGINX = """
worker_processes {workers};
daemon off;
pid {folder}/nginx.pid;
error_log stderr crit;
events {{ worker_connections {slots}; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 100000000;
    keepalive_timeout 600s;
    client_body_buffer_size 128k;
    client_max_body_size 0;
    upstream models {{
        server 127.0.0.1:{first} weight={share} max_fails=0;
        server 127.0.0.1:{second} weight={rest} max_fails=0;
        keepalive 512;
        keepalive_requests 100000000;
        keepalive_timeout 600s;
    }}
    server {{
        listen 127.0.0.1:{port} backlog=16384;
        location / {{
            proxy_pass http://models;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }}
        location /large {{
            proxy_pass http://models;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
            proxy_request_buffering off;
            proxy_buffers 4 128k;
            proxy_buffer_size 128k;
        }}
        location /stream {{
            proxy_pass http://models;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
        }}
    }}
}}
"""

# http-no-delay, for streams only: without it HAProxy holds streamed chunks back and hands them on together.
HAPROXY = """
global
    nbthread {workers}
    maxconn {connections}
defaults
    mode http
    http-reuse always
    timeout client 600s
    timeout server 600s
    timeout connect 5s
    timeout http-keep-alive 600s
frontend traffic
    bind 127.0.0.1:{port} backlog 16384
    use_backend streams if {{ path_beg /stream }}
    default_backend models
backend models
    balance roundrobin
    server first 127.0.0.1:{first} weight {share} pool-max-conn -1
    server second 127.0.0.1:{second} weight {rest} pool-max-conn -1
backend streams
    option http-no-delay
    balance roundrobin
    server first 127.0.0.1:{first} weight {share} pool-max-conn -1
    server second 127.0.0.1:{second} weight {rest} pool-max-conn -1
"""

# Metrics, limits, timeouts and both ids are on by default and stay so.
MILLRACE = """
workers: {workers}
admin: {{bind: "127.0.0.1:{admin}", token_file: "{folder}/admin.token"}}
listeners:
  - bind: 127.0.0.1:{port}
    timeouts: {{keep_alive: 600s}}
backends:
  first:
    url: "http://127.0.0.1:{first}"
    limits: {{connections_max: 20000}}
  second:
    url: "http://127.0.0.1:{second}"
    limits: {{connections_max: 20000}}
routes:
{others}
  - name: models
    match: {{path_prefix: /}}
    backend_refs: [{{backend: first, weight: {share}}}, {{backend: second, weight: {rest}}}]
"""
