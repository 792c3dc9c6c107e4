"""The process of webstack-pause.service: a socket for each service that takes connections and answers none, until SIGUSR1 or the
end of its time. From then on it passes each connection, the held ones first, to the slot that serves. A program of its own,
because it runs as nginx's user; /run/webstack/pause.json says {"until": MONOTONIC SECONDS, "services": [NAME, ...]}."""
import json
import os
import select
import signal
import socket
import threading
import time

RUN = "/run/webstack"
UPSTREAMS = "/etc/nginx/webstack/upstreams"
# The kernel's own limit (net.core.somaxconn) of connections that nobody has accepted yet; nginx sends more straight on.
BACKLOG = 4096
# Connections passed on at once; the app has fewer threads than this, and the others wait in their order.
ABREAST = 64


def main():
    with open(f"{RUN}/pause.json", encoding="utf-8") as file:
        plan = json.load(file)
    released = threading.Event()
    signal.signal(signal.SIGUSR1, lambda *_: released.set())
    listeners = {service: listen(f"{RUN}/pause/{service}.sock") for service in plan["services"]}
    tell_systemd("READY=1")
    released.wait(max(0, plan["until"] - time.monotonic()))
    for service, listener in listeners.items():
        for _ in range(ABREAST):
            threading.Thread(target=pass_on, args=(service, listener), daemon=True).start()
    while True:
        signal.pause()


def listen(path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(BACKLOG)
    return listener


def pass_on(service, listener):
    """Take one connection after the other to the slot that serves by then."""
    while True:
        client, _ = listener.accept()
        try:
            slot = os.readlink(f"{UPSTREAMS}/{service}.conf").removesuffix(".conf")
            with client, socket.socket(socket.AF_UNIX) as server:
                # Blocks while the slot's own queue is full.
                server.connect(f"{RUN}/{slot}.sock")
                copy_both_ways(client, server)
        except OSError:
            # nginx or the slot went away; nginx tells its visitor.
            continue


def copy_both_ways(client, server):
    """Until either side ends: nginx ends a connection once it has the answer, or the slot after it."""
    other = {client.fileno(): (client, server), server.fileno(): (server, client)}
    poll = select.poll()
    for number in other:
        poll.register(number, select.POLLIN)
    while True:
        for number, _ in poll.poll():
            source, target = other[number]
            data = source.recv(1 << 16)
            if not data:
                return
            target.sendall(data)


def tell_systemd(text):
    """Where systemd started this process to be told. https://www.freedesktop.org/software/systemd/man/252/sd_notify.html"""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.sendto(text.encode(), "\0" + address[1:] if address.startswith("@") else address)


if __name__ == "__main__":
    main()
