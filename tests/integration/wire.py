"""HTTP/1.1 by hand, both sides: a raw client and upstreams that do as they are told."""
import json
import re
import socket
import struct
import threading
import time

PATIENCE = 10.0


class Closed(Exception):
    """The peer ended the connection; `reset` tells how, `partial` what had come."""

    def __init__(self, partial=b"", reset=False):
        super().__init__("closed after %r" % partial[:200])
        self.partial, self.reset = partial, reset


class Message:
    """A request or an answer."""

    def __init__(self, start, fields):
        self.start, self.fields = start, fields
        self.body, self.complete, self.trailers, self.interim = b"", False, [], []
        words = start.split(" ", 2)
        if start.startswith("HTTP/"):
            self.version, self.status = words[0], int(words[1])
        else:
            self.method, self.target, self.version = words

    def all(self, name):
        return [value for key, value in self.fields if key == name.lower()]

    def get(self, name, default=None):
        found = self.all(name)
        return found[0] if found else default

    def json(self):
        return json.loads(self.body)


def parse_fields(lines):
    fields = []
    for line in lines:
        name, _, value = line.partition(":")
        fields.append((name.lower(), value.strip(" \t")))
    return fields


class Wire:
    """A socket with a buffer that reads messages."""

    def __init__(self, sock, timeout=PATIENCE):
        self.sock, self.buffer, self.timeout = sock, b"", timeout
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data):
        self.sock.settimeout(self.timeout)
        self.sock.sendall(data.encode("latin-1") if isinstance(data, str) else data)

    def receive(self, timeout=None, size=65536):
        """More bytes into the buffer; Closed at the end, socket.timeout when nothing comes."""
        self.sock.settimeout(self.timeout if timeout is None else timeout)
        try:
            data = self.sock.recv(size)
        except ConnectionError:
            raise Closed(self.buffer, reset=True) from None
        if not data:
            raise Closed(self.buffer)
        self.buffer += data
        return data

    def take(self, count):
        while len(self.buffer) < count:
            self.receive(size=max(65536, count - len(self.buffer)))
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def discard(self, count):
        """Reads so many bytes and forgets them: for bodies too large to keep."""
        self.sock.settimeout(self.timeout)
        count -= len(self.buffer)
        self.buffer = b""
        while count > 0:
            got = len(self.sock.recv(min(count, 1 << 20)))
            if got == 0:
                raise Closed()
            count -= got

    def until(self, pattern):
        """Everything up to and with the pattern."""
        pattern = pattern.encode("latin-1") if isinstance(pattern, str) else pattern
        while pattern not in self.buffer:
            self.receive()
        return self.take(self.buffer.index(pattern) + len(pattern))

    def head(self):
        lines = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        return Message(lines[0], parse_fields(lines[1:-2]))

    def chunk(self):
        """One chunk's data; empty bytes for the last one, whose trailers are read too."""
        size = int(self.until(b"\r\n").split(b";")[0], 16)
        if size == 0:
            self.last_trailers = []
            while True:
                line = self.until(b"\r\n")[:-2].decode("latin-1")
                if not line:
                    return b""
                self.last_trailers += parse_fields([line])
        data = self.take(size + 2)
        assert data.endswith(b"\r\n"), data[-20:]
        return data[:-2]

    def body_of(self, message, bodiless=False, until_close=False):
        """Reads the body into the message; `complete` stays false when the peer cut it."""
        try:
            if bodiless:
                pass
            elif "chunked" in message.get("transfer-encoding", ""):
                while True:
                    data = self.chunk()
                    if not data:
                        break
                    message.body += data
                message.trailers = self.last_trailers
            elif message.get("content-length") is not None:
                length = int(message.get("content-length"))
                try:
                    message.body = self.take(length)
                except Closed as end:
                    message.body = end.partial
                    raise
            elif until_close:
                self.to_end(message)
            message.complete = True
        except Closed as end:
            message.cut_by_reset = end.reset
        return message

    def to_end(self, message):
        while True:
            try:
                self.receive()
            except Closed as end:
                message.body, self.buffer = self.buffer, b""
                if end.reset:
                    raise
                return

    def closed_within(self, seconds=PATIENCE):
        """True if the peer ends the connection; bytes that still come are kept."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                self.receive(timeout=max(0.001, deadline - time.monotonic()))
            except Closed:
                return True
            except socket.timeout:
                return False
        return False

    def finish_sending(self):
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def close(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR) if self.sock.fileno() >= 0 else None
        except OSError:
            pass
        self.sock.close()


class Client(Wire):
    """A client that sends what it is told, byte by byte if need be."""

    def __init__(self, port, timeout=PATIENCE, host="127.0.0.1", receive_buffer=None):
        sock = socket.socket()
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.settimeout(timeout)
        sock.connect((host, port))
        super().__init__(sock, timeout)

    def request(self, target="/", method="GET", fields=None, body=None, host="example.test",
                version="1.1"):
        lines = ["%s %s HTTP/%s" % (method, target, version)]
        lines += ["Host: " + host] if host is not None else []
        pairs = list(fields.items()) if isinstance(fields, dict) else list(fields or [])
        if body is not None and not any(name.lower() == "transfer-encoding" for name, _ in pairs):
            pairs.append(("Content-Length", str(len(body))))
        lines += ["%s: %s" % pair for pair in pairs]
        body = body.encode() if isinstance(body, str) else (body or b"")
        self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)

    def answer_head(self):
        """The head of the final answer, with the interim ones before it."""
        interim = []
        while True:
            head = self.head()
            if head.status // 100 != 1 or head.status == 101:
                head.interim = interim
                return head
            interim.append(head)

    def answer(self, method="GET"):
        head = self.answer_head()
        bodiless = method == "HEAD" or head.status in (101, 204, 304)
        return self.body_of(head, bodiless, until_close=True)

    def fetch(self, target="/", method="GET", **more):
        self.request(target, method, **more)
        return self.answer(method)


def fetch(gateway, target="/", method="GET", **more):
    """One request on a connection of its own."""
    client = Client(gateway.port)
    try:
        return client.fetch(target, method, **more)
    finally:
        client.close()


class Connection(Wire):
    """The upstream's end of one connection from the gateway."""

    def __init__(self, upstream, sock, number):
        super().__init__(sock, timeout=60)
        self.upstream, self.number, self.requests = upstream, number, []
        self.gone = threading.Event()  # the gateway ended it
        self.gone_at = None

    def read_body(self, request):
        return self.body_of(request)

    def answer(self, status=200, body=b"", fields=(), length=True):
        body = body.encode() if isinstance(body, str) else body
        lines = ["HTTP/1.1 %d Answer" % status] + ["%s: %s" % pair for pair in fields]
        lines += ["Content-Length: %d" % len(body)] if length else []
        self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)

    def wait_gone(self, timeout=PATIENCE):
        """Reads on until the gateway ends the connection; True if it did."""
        if self.closed_within(timeout):
            self.gone_at = self.gone_at or time.monotonic()
            self.gone.set()
        return self.gone.is_set()


def named(name, status=200):
    """Reads the request whole and answers with a name and what was asked."""
    def behave(connection, request):
        connection.read_body(request)
        said = json.dumps({"name": name, "method": request.method, "target": request.target,
                           "fields": request.fields, "length": len(request.body)}).encode()
        connection.answer(status, b"" if request.method == "HEAD" else said,
                          [("Content-Type", "application/json")])
    return behave


class Upstream:
    """Listens on a free port and runs `behave(connection, request)` for every request's head.

    With `canned` it only counts heads and sends the same bytes for each: fast, for many requests.
    """

    def __init__(self, behave=None, canned=None, port=0, host="127.0.0.1", on_connect=None,
                 receive_buffer=None, send_buffer=None):
        self.behave, self.canned, self.on_connect = behave or named("up"), canned, on_connect
        self.connections, self.requests, self.heads = [], [], 0
        self.changed, self.errors = threading.Condition(), []
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if send_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((host, port))
        self.socket.listen(512)
        self.port = self.socket.getsockname()[1]
        self.url = "http://127.0.0.1:%d" % self.port
        self.closing = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while not self.closing:
            try:
                sock, _ = self.socket.accept()
            except OSError:
                return
            with self.changed:
                connection = Connection(self, sock, len(self.connections))
                self.connections.append(connection)
                self.changed.notify_all()
            serve = self._serve_canned if self.canned else self._serve
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    def _serve_canned(self, connection):
        tail = b""
        try:
            while True:
                data = connection.sock.recv(65536)
                if not data:
                    break
                count = (tail + data).count(b"\r\n\r\n")
                tail = b"" if data.endswith(b"\r\n\r\n") else (tail + data)[-3:]
                if count:
                    self.heads += count
                    connection.sock.sendall(self.canned * count)
        except OSError:
            pass
        connection.gone.set()
        connection.sock.close()

    def _serve(self, connection):
        try:
            if self.on_connect and self.on_connect(connection) is False:
                return
            while connection.sock.fileno() >= 0:
                request = connection.head()
                connection.requests.append(request)
                with self.changed:
                    self.requests.append(request)
                    self.changed.notify_all()
                self.behave(connection, request)
        except (Closed, OSError) as end:
            if isinstance(end, Closed):
                connection.gone_at = connection.gone_at or time.monotonic()
        except Exception as error:  # noqa: a broken script must not look like a closed connection
            self.errors.append(error)
            raise
        finally:
            connection.gone_at = connection.gone_at or time.monotonic()
            connection.gone.set()
            connection.sock.close()

    def wait_for(self, condition, what, timeout=PATIENCE):
        """Waits until `condition(self)` holds; it is asked at every connection and request."""
        deadline = time.monotonic() + timeout
        with self.changed:
            while True:
                value = condition(self)
                if value:
                    return value
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError("the upstream still waits for " + what)
                self.changed.wait(left)

    def connection(self, number=0):
        return self.wait_for(lambda up: len(up.connections) > number and up.connections[number],
                             "connection %d" % number)

    def request(self, number=0):
        return self.wait_for(lambda up: len(up.requests) > number and up.requests[number],
                             "request %d" % number)

    def close(self):
        """Ends the listener and all connections."""
        self.closing = True
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()
        for connection in list(self.connections):
            connection.close()


def canned_answer(body=b"ok"):
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def many(port, heads, batch=100):
    """Sends heads (bytes each) pipelined over one connection; yields the heads of the answers."""
    client = Client(port)
    try:
        for begin in range(0, len(heads), batch):
            part = heads[begin:begin + batch]
            client.send(b"".join(part))
            for _ in part:
                head = client.until(b"\r\n\r\n")
                length = re.search(rb"[Cc]ontent-[Ll]ength: (\d+)", head)
                client.take(int(length.group(1)) if length else 0)
                yield head
    finally:
        client.close()


def version_of(head):
    found = re.search(rb"x-millrace-version: (\S+)", head)
    return found.group(1).decode() if found else None
