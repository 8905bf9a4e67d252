"""Ports for the servers that tests start."""

import random
import socket

# Below those that a system gives to whoever calls out (from 32768 on Linux): no caller takes one between its being
# found free and its server's listening.
PORTS = range(20_000, 32_000)
_chance = random.SystemRandom()  # Hypothesis gives `random` the same seed in every process


def free_port(beside: int = 1) -> int:
    """One that nobody listens on, nor on the one so far after it, for a server that listens on both."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            port = _chance.choice(PORTS)
            try:
                one.bind(("127.0.0.1", port))
                other.bind(("127.0.0.1", port + beside))
            except OSError:
                continue
            return port
