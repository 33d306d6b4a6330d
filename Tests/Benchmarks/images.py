#!/usr/bin/env python3
"""Pushes images to `indexgen serve` by several clients side by side, on loopback only, as docker and skopeo do it.

usage: images.py URL TOKEN OWNER CLIENTS IMAGES [LAYERS [BYTES]]
URL     http://127.0.0.1:PORT (anything else than loopback is refused)
IMAGES  that each client pushes, each under a tag of its own in an image of the client's; LAYERS (5) of BYTES (4096) in each

Every blob is asked for (HEAD), begun (POST), sent (PATCH) and finished (PUT), then the manifest is put; every layer is another one. Each
client is a process with one connection, and sends a request when the one before it is answered. What is sent, with its digests, is made
before the clock starts, and requests are written to the socket as they are: on a machine whose processors the server shares with its
clients, these should cost as little as they can. A client that takes its time to compress layers costs the server nothing.

Prints one JSON object: manifests and blobs acknowledged a second, percentiles of what a manifest took in milliseconds, and CPU seconds of
all clients together and of whoever is named in the environment: CPU_OF="serve=PID nginx=PID,PID".
With WHOLE in the environment a blob comes with the request that finishes it, without a PATCH, as containerd and oras send it.
With LOG in the environment what was acknowledged is written to standard error, a line each."""
import base64
import hashlib
import json
import os
import socket
import sys
import time
import urllib.parse

if len(sys.argv) < 6:
    sys.exit(__doc__)
url, token, owner = sys.argv[1:4]
clients, images = int(sys.argv[4]), int(sys.argv[5])
layers = int(sys.argv[6]) if len(sys.argv) > 6 else 5
size = int(sys.argv[7]) if len(sys.argv) > 7 else 4096
address = urllib.parse.urlsplit(url)
if address.hostname not in ("127.0.0.1", "::1", "localhost"):
    sys.exit("only loopback is measured")
always = (
    f"Host: {address.netloc}\r\nAuthorization: Basic " + base64.b64encode(f"ci:{token}".encode()).decode() + "\r\n").encode()
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
CONFIG = "application/vnd.oci.image.config.v1+json"
whole, log = "WHOLE" in os.environ, "LOG" in os.environ


class Connection:
    def __init__(self):
        self.socket = socket.create_connection((address.hostname, address.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""

    def more(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("the server has closed the connection")
        self.rest += piece

    def ask(self, method, path, body=b"", kind=b""):
        """Status, Location and body of the answer."""
        head = b"%s %s HTTP/1.1\r\n%s%s" % (method, path, always, kind)
        if method != b"HEAD":
            head += b"Content-Length: %d\r\n" % len(body)
        if len(body) < 65536:
            self.socket.sendall(head + b"\r\n" + body)
        else:
            self.socket.sendall(head + b"\r\n")
            self.socket.sendall(body)
        while (end := self.rest.find(b"\r\n\r\n")) < 0:
            self.more()
        lines = self.rest[:end].split(b"\r\n")
        self.rest = self.rest[end + 4:]
        location, length = None, 0
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            name = name.lower()
            if name == b"location":
                location = value.strip()
            elif name == b"content-length" and method != b"HEAD":
                length = int(value)
            elif name == b"transfer-encoding":
                raise ValueError("an answer in chunks")
        while len(self.rest) < length:
            self.more()
        text, self.rest = self.rest[:length], self.rest[length:]
        return int(lines[0][9:12]), location, text


def acknowledged(*words):
    if log:
        os.write(2, (" ".join(words) + "\n").encode())


class Image:
    """One image of a client, complete; its layers are `unique` at their begin and have `filling` behind it."""

    def __init__(self, number, image, filling):
        self.blobs, described = [], []
        for _ in range(layers):
            unique = os.urandom(min(size, 32))
            digest = "sha256:" + hashlib.sha256(unique + filling).hexdigest()
            self.blobs.append((unique, filling, digest))
            described.append({"mediaType": LAYER, "digest": digest, "size": size})
        config = json.dumps({"architecture": "amd64", "os": "linux", "n": f"{number}/{image}/{time.time()}"}).encode()
        digest = "sha256:" + hashlib.sha256(config).hexdigest()
        self.blobs.append((config, b"", digest))
        self.manifest = json.dumps({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "digest": digest, "size": len(config)}, "layers": described}).encode()
        self.digest = "sha256:" + hashlib.sha256(self.manifest).hexdigest()


def push(number, start, took):
    """One client; milliseconds of its manifests are added to `took`."""
    filling = os.urandom(max(0, size - 32))
    ready = [Image(number, image, filling) for image in range(images)]
    connection = Connection()
    name = f"/v2/{owner}/load{number}".encode()
    start()

    def blob(content, digest):
        said = digest.encode()
        if connection.ask(b"HEAD", name + b"/blobs/" + said)[0] == 200:
            return
        status, place, _ = connection.ask(b"POST", name + b"/blobs/uploads/")
        assert status == 202, status
        kind = b"Content-Type: application/octet-stream\r\n"
        if not whole:
            status, place, _ = connection.ask(b"PATCH", place, content, kind)
            assert status == 202, status
        finish = place + b"?digest=" + said.replace(b":", b"%3A")
        status, _, text = connection.ask(b"PUT", finish, content if whole else b"", kind if whole else b"")
        assert status == 201, (status, text)
        took["blobs"] += 1
        acknowledged("blob", f"{owner}/load{number}", digest)

    for image, parts in enumerate(ready):
        for unique, rest, digest in parts.blobs:
            blob(unique + rest, digest)
        begun = time.monotonic()
        status, _, text = connection.ask(
            b"PUT", name + b"/manifests/v%d" % image, parts.manifest, b"Content-Type: %s\r\n" % MANIFEST.encode())
        assert status == 201, (status, text)
        acknowledged("tag", f"{owner}/load{number}", f"v{image}", parts.digest)
        took["ms"].append((time.monotonic() - begun) * 1000)


def client(number, results, ready, go):
    took = {"blobs": 0, "ms": [], "fault": None, "cpu": 0.0}

    def start():
        os.write(ready, b".")
        os.read(go, 1)
        took["cpu"] = -sum(os.times()[:2])

    try:
        push(number, start, took)
    except Exception as fault:
        took["fault"] = repr(fault)
        if not took["cpu"]:
            os.write(ready, b".")
    took["cpu"] += sum(os.times()[:2])
    with os.fdopen(results, "w") as file:
        json.dump(took, file)


def processors():
    """CPU seconds by name of the processes that the environment names."""
    seconds = {}
    for word in os.environ.get("CPU_OF", "").split():
        name, _, numbers = word.partition("=")
        seconds[name] = 0.0
        for number in numbers.split(","):
            with open(f"/proc/{number}/stat", encoding="ascii") as file:
                fields = file.read().rpartition(")")[2].split()
            seconds[name] += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds


ready, is_ready = os.pipe()
going, go = os.pipe()
answers = []
for number in range(clients):
    answer, results = os.pipe()
    if os.fork() == 0:
        os.close(answer)
        client(number, results, is_ready, going)
        os._exit(0)
    os.close(results)
    answers.append(answer)
for _ in range(clients):
    os.read(ready, 1)
before = processors()
begun = time.monotonic()
os.write(go, b"." * clients)
results = []
for answer in answers:
    with os.fdopen(answer) as file:
        results.append(json.load(file))
seconds = time.monotonic() - begun
after = processors()
took = sorted(ms for result in results for ms in result["ms"])
print(json.dumps({
    "manifests": len(took), "manifests_s": round(len(took) / seconds, 1),
    "blobs_s": round(sum(result["blobs"] for result in results) / seconds, 1), "seconds": round(seconds, 2),
    "p50_ms": round(took[len(took) // 2], 1) if took else None, "p99_ms": round(took[int(len(took) * 0.99)], 1) if took else None,
    "cpu_s": {"clients": round(sum(result["cpu"] for result in results), 2)}
    | {name: round(after[name] - before[name], 2) for name in after},
    "faults": [result["fault"] for result in results if result["fault"]][:3]}))
