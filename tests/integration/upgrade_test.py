#!/usr/bin/env python3
"""Upgrades: who gets a tunnel, what passes through it, and how it ends."""
import socket
import threading
import time

from support import PATIENCE, GatewayTest, fetch, main, simple_config, wait_until
from wire import Closed

WEBSOCKET = [("Upgrade", "websocket"), ("Connection", "Upgrade"),
             ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Sec-WebSocket-Version", "13")]
SWITCH = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"


class UpgradeTest(GatewayTest):
    def in_front_of(self, behave=None, route=None, timeouts=None):
        self.up = self.upstream(behave)
        config = simple_config(self.up, **(route or {}))
        config["workers"] = 1
        config["backends"]["b0"]["timeouts"] = timeouts or {}
        return self.gateway(config)

    def tunnel(self, behave, **more):
        def switch(connection, request):
            self.assertEqual(request.get("upgrade"), "websocket")
            connection.send(SWITCH)
            behave(connection)

        gateway = self.in_front_of(switch, **more)
        client = self.client(gateway)
        client.request(fields=WEBSOCKET)
        self.assertEqual(client.head().status, 101)
        return gateway, client

    def test_a_websocket_carries_bytes_both_ways(self):
        def echo(connection):
            while True:
                connection.receive()
                data, connection.buffer = connection.buffer, b""
                connection.send(data)

        _, client = self.tunnel(echo)
        for message in (b"\x81\x02hi", b"\0" * 100, bytes(range(256)) * 1200):
            sender = threading.Thread(target=client.sock.sendall, args=(message,))
            sender.start()
            self.assertEqual(client.take(len(message)), message)
            sender.join()

    def test_in_a_tunnel_a_fin_is_a_half_close(self):
        def answer_after_the_end(connection):
            try:
                while True:
                    connection.receive()
            except Closed:
                connection.send(b"you said " + connection.buffer)
                connection.sock.shutdown(socket.SHUT_WR)

        _, client = self.tunnel(answer_after_the_end)
        client.send("all")
        client.finish_sending()

        self.assertEqual(client.until("all"), b"you said all")
        self.assertTrue(client.closed_within())

    def test_in_a_tunnel_the_upstream_may_half_close(self):
        heard = []

        def speak_first(connection):
            connection.send("bye")
            connection.sock.shutdown(socket.SHUT_WR)
            heard.append(connection.until("still here"))

        _, client = self.tunnel(speak_first)
        self.assertEqual(client.take(3), b"bye")
        self.assertTrue(client.closed_within())
        client.send("still here")
        wait_until(lambda: heard, "the client's last words")

    def test_a_reset_in_a_tunnel_ends_both_sides(self):
        _, client = self.tunnel(lambda connection: connection.wait_gone())
        client.reset()
        self.assertTrue(self.up.connection().gone.wait(5))

    def test_a_silent_tunnel_ends_after_the_idle_time_and_a_speaking_one_does_not(self):
        def tick(connection):
            try:
                while connection.receive():
                    pass
            except Closed:
                connection.gone.set()

        gateway, client = self.tunnel(tick, timeouts={"idle": "400ms"})
        for _ in range(8):  # one direction is enough, for longer than the limit
            client.send("x")
            time.sleep(0.1)
        self.assertFalse(self.up.connection().gone.is_set())
        self.assertTrue(client.closed_within(PATIENCE))
        self.assertTrue(self.up.connection().gone.wait(5))
        gateway.wait_for_metric("millrace_requests_in_flight", 0)

    def test_an_upgrade_that_the_route_does_not_list_is_an_ordinary_request(self):
        gateway = self.in_front_of(route={"upgrades": []})
        answer = fetch(gateway, fields=WEBSOCKET)
        names = [name for name, _ in answer.json()["fields"]]
        self.assertEqual(answer.status, 200)
        self.assertNotIn("upgrade", names)

    def test_another_protocol_passes_when_it_is_listed(self):
        def switch(connection, request):
            connection.send("HTTP/1.1 101 S\r\nUpgrade: my-rpc\r\nConnection: Upgrade\r\n\r\nhi")
            connection.wait_gone(1)

        gateway = self.in_front_of(switch, route={"upgrades": ["websocket", "my-rpc"]})
        client = self.client(gateway)
        client.request(fields=[("Upgrade", "my-rpc"), ("Connection", "upgrade")])
        self.assertEqual(client.head().status, 101)
        self.assertEqual(client.take(2), b"hi")


if __name__ == "__main__":
    main()
