#!/usr/bin/env python3
"""Pushes images to `indexgen serve` by several clients side by side, on loopback only, as docker and skopeo do it.

usage: images.py URL TOKEN OWNER CLIENTS IMAGES [LAYERS [BYTES]]
URL     http://127.0.0.1:PORT (anything else than loopback is refused)
IMAGES  that each client pushes, each under a tag of its own in an image of the client's; LAYERS (5) of BYTES (4096) in each

Every blob is asked for, begun, sent and finished; every layer is another one. Prints one JSON object: manifests and blobs acknowledged a
second, and percentiles of what a manifest took in milliseconds. With LOG in the environment what was acknowledged is written to standard
error, a line each."""
import base64
import hashlib
import http.client
import json
import os
import sys
import threading
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
basic = "Basic " + base64.b64encode(f"ci:{token}".encode()).decode()
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
took, blobs, faults = [], [0] * clients, []


def acknowledged(*words):
    if "LOG" in os.environ:
        os.write(2, (" ".join(words) + "\n").encode())


def push(number):
    connection = http.client.HTTPConnection(address.hostname, address.port)

    def ask(method, path, body=b"", **more):
        headers = {"Authorization": basic} | {name.replace("_", "-"): value for name, value in more.items()}
        connection.request(method, path, body if method != "HEAD" else None, headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location"), answer.read()

    name = f"/v2/{owner}/load{number}"

    def blob(content):
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        if ask("HEAD", f"{name}/blobs/{digest}")[0] == 200:
            return digest
        status, place, _ = ask("POST", f"{name}/blobs/uploads/")
        assert status == 202, status
        status, place, _ = ask("PATCH", place, content, Content_Type="application/octet-stream")
        assert status == 202, status
        status, _, text = ask("PUT", f"{place}?digest={digest.replace(':', '%3A')}")
        assert status == 201, (status, text)
        blobs[number] += 1
        acknowledged("blob", f"{owner}/load{number}", digest)
        return digest

    try:
        for image in range(images):
            parts = [os.urandom(size) for _ in range(layers)]
            described = [
                {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": blob(part), "size": len(part)}
                for part in parts
            ]
            config = json.dumps({"architecture": "amd64", "os": "linux", "n": f"{number}/{image}/{time.time()}"}).encode()
            manifest = json.dumps({
                "schemaVersion": 2, "mediaType": MANIFEST,
                "config": {
                    "mediaType": "application/vnd.oci.image.config.v1+json", "digest": blob(config), "size": len(config)},
                "layers": described}).encode()
            begun = time.monotonic()
            status, _, text = ask("PUT", f"{name}/manifests/v{image}", manifest, Content_Type=MANIFEST)
            assert status == 201, (status, text)
            acknowledged("tag", f"{owner}/load{number}", f"v{image}", "sha256:" + hashlib.sha256(manifest).hexdigest())
            took.append((time.monotonic() - begun) * 1000)
    except Exception as fault:
        faults.append(repr(fault))


begun = time.monotonic()
threads = [threading.Thread(target=push, args=(number,)) for number in range(clients)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
seconds = time.monotonic() - begun
took.sort()
print(json.dumps({
    "manifests": len(took), "manifests_s": round(len(took) / seconds, 1), "blobs_s": round(sum(blobs) / seconds, 1),
    "seconds": round(seconds, 2), "p50_ms": round(took[len(took) // 2], 1) if took else None,
    "p99_ms": round(took[int(len(took) * 0.99)], 1) if took else None, "faults": faults[:3]}))
