#!/usr/bin/env python3
"""What durability costs `indexgen serve`, on loopback only: uploads by 8 and by 64 clients, against a loop that writes one file at a
time and syncs it and its folder, on the same disk, in turns.

usage: durable.py INDEXGEN FOLDER [ROUNDS] [--count UPLOADS]
INDEXGEN  the program (a release build)
FOLDER    an empty folder on the disk to be measured; what is made there is removed
ROUNDS    3 unless given; the best round of each counts, since other work on the machine only takes away

The packages are Debian packages of the loop's size, made here, each different. Every line is a JSON object: what was measured, files a second, and
how that compares with the loop of the same round. `swallowed` is the same server with every sync turned into nothing (LD_PRELOAD), to
show what is left to gain: nothing that it acknowledges survives a power cut. `syncs` are counted in one more run each, by strace, where there is one.
The server does not publish meanwhile (`--no-generate`): that is work of its own, at another time."""
import io
import json
import os
import re
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import threading
import time

SWALLOWING = """
#define _GNU_SOURCE
#include <unistd.h>
int fsync(int file) { (void)file; return 0; }
int fdatasync(int file) { (void)file; return 0; }
int syncfs(int file) { (void)file; return 0; }
"""


def deb(number, padding):
    """A package of about 10 kB of its own."""
    def tar(files):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.GNU_FORMAT) as archive:
            for name, data in files:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        return out.getvalue()
    control = (f"Package: durable-{number}\nVersion: 1.0\nArchitecture: all\nMaintainer: Nobody <nobody@example.org>\n"
               f"Description: measures durability\n").encode()
    members = [("debian-binary", b"2.0\n"), ("control.tar.gz", tar([("./control", control)])),
               ("data.tar.gz", tar([(f"./usr/share/durable-{number}", padding)]))]
    out = b"!<arch>\n"
    for name, data in members:
        out += f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode() + data + (b"\n" if len(data) % 2 else b"")
    return out


def loop(folder, files):
    """The peer: 256 folders, as the blob store has."""
    for shelf in range(256):
        os.makedirs(f"{folder}/{shelf:02x}")
    begun = time.monotonic()
    for number, body in enumerate(files):
        shelf = f"{folder}/{number % 256:02x}"
        file = os.open(f"{shelf}/{number}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        os.write(file, body)
        os.fsync(file)
        os.close(file)
        directory = os.open(shelf, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(directory)
        os.close(directory)
    return len(files) / (time.monotonic() - begun)


def send(port, token, files, clients):
    """Has that many connections send one file after the other each; seconds. One thread and plain sockets: what the client takes of the
    processors, the server does not get."""
    requests = [(f"PUT /acme/debian/pool/stable/main/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
                 f"Content-Length: {len(body)}\r\n\r\n").encode() + body for body in files][::-1]
    selector = selectors.DefaultSelector()

    def next_one(connection):
        if not requests:
            selector.unregister(connection)
            connection.close()
            return False
        connection.setblocking(True)
        connection.sendall(requests.pop())
        return True
    begun = time.monotonic()
    open_connections = 0
    for _ in range(clients):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection, selectors.EVENT_READ)
        open_connections += next_one(connection)
    while open_connections:
        for key, _ in selector.select():
            answer = key.fileobj.recv(65536)
            while b"\r\n\r\n" not in answer:
                answer += key.fileobj.recv(65536)
            head, _, rest = answer.partition(b"\r\n\r\n")
            if b" 201 " not in head.split(b"\r\n")[0]:
                sys.exit(f"not taken: {answer[:500]}")
            length = int(re.search(rb"(?i)content-length: *(\d+)", head)[1])
            while len(rest) < length:
                rest += key.fileobj.recv(65536)
            open_connections -= not next_one(key.fileobj)
    return time.monotonic() - begun


def uploads(indexgen, folder, files, clients, wrapper=(), environment=()):
    """Acknowledged uploads a second."""
    subprocess.run([indexgen, "init", "--unsigned", folder], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    token = subprocess.run([indexgen, "--site", folder, "--quiet", "token", "create", "--owner", "acme", "--type", "debian"],
                           check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    server = subprocess.Popen([*wrapper, indexgen, "--site", folder, "serve", "--no-generate", "--listen", "127.0.0.1:0"],
                              stderr=subprocess.PIPE, text=True, env={**os.environ, **dict(environment)})
    port = None
    for line in server.stderr:
        found = re.search(r'"address":"127\.0\.0\.1:(\d+)"', line)
        if found:
            port = int(found[1])
            break
    threading.Thread(target=server.stderr.read, daemon=True).start()
    seconds = send(port, token, files, clients)
    server.send_signal(signal.SIGTERM)
    server.wait(60)
    return len(files) / seconds


def main():
    arguments = sys.argv[1:]
    count = 800
    if "--count" in arguments:
        at = arguments.index("--count")
        count = int(arguments[at + 1])
        del arguments[at:at + 2]
    if len(arguments) < 2:
        sys.exit(__doc__)
    indexgen, folder = os.path.abspath(arguments[0]), os.path.abspath(arguments[1])
    rounds = int(arguments[2]) if len(arguments) > 2 else 3
    os.makedirs(folder, exist_ok=True)
    files = [deb(number, os.urandom(10_000)) for number in range(count)]
    layer = f"{folder}/swallow.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", layer, "-x", "c", "-"], input=SWALLOWING.encode(), check=True)
    best = {}
    serial = 0

    def place():
        nonlocal serial
        serial += 1
        return f"{folder}/run-{serial}"

    for turn in range(rounds):
        where = place()
        os.makedirs(where)
        peer = loop(where, files[:300])
        shutil.rmtree(where)
        best["loop"] = max(best.get("loop", 0), peer)
        print(json.dumps({"round": turn, "what": "loop", "per_second": round(peer, 1)}), flush=True)
        for clients in (8, 64):
            for what, environment in (("durable", {}), ("swallowed", {"LD_PRELOAD": layer})):
                where = place()
                rate = uploads(indexgen, where, files, clients, environment=environment.items())
                shutil.rmtree(where)
                key = f"{what} {clients}"
                best[key] = max(best.get(key, 0), rate)
                print(json.dumps({"round": turn, "what": what, "clients": clients, "per_second": round(rate, 1),
                                  "times_the_loop": round(rate / peer, 1)}), flush=True)
    for key, rate in best.items():
        print(json.dumps({"best": key, "per_second": round(rate, 1), "times_the_loop": round(rate / best["loop"], 1)}))
    if shutil.which("strace"):
        for clients in (1, 8, 64):
            where, log = place(), f"{folder}/trace"
            some = files[:max(40, 6 * clients)]
            uploads(indexgen, where, some, clients,
                    wrapper=("strace", "-D", "-f", "-qq", "-e", "trace=fsync,fdatasync,syncfs", "-o", log))
            time.sleep(1)
            with open(log, encoding="utf-8") as trace:
                calls = sum(1 for line in trace if "resumed" not in line)
            shutil.rmtree(where)
            print(json.dumps({"syncs": calls, "uploads": len(some), "clients": clients}))
    os.remove(layer)


if __name__ == "__main__":
    main()
