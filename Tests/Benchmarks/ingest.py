#!/usr/bin/env python3
"""Uploads packages to `indexgen serve` from several clients at once, on loopback only, and says how long it took.

usage: ingest.py URL TOKEN PATH CLIENTS [--public DIR] FILE...
URL      http://127.0.0.1:PORT (anything else than loopback is refused)
PATH     where packages are PUT, /acme/rpm/el9/upload
--public the group's public folder: waits until its primary.xml lists all files, and says how long that took after the last
         acknowledgement

Every client keeps one connection and sends one file after the other. Prints one JSON object: acknowledged, refused (with the first
reason), seconds, per second, percentiles of an upload's duration in milliseconds. Acknowledged names go to standard error, one a line
as they come, so that whoever kills the server knows what was promised."""
import gzip
import http.client
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.parse

arguments = sys.argv[1:]
public = None
if "--public" in arguments:
    at = arguments.index("--public")
    public = arguments[at + 1]
    del arguments[at:at + 2]
if len(arguments) < 5:
    sys.exit(__doc__)
url, token, path, clients = arguments[:4]
files = arguments[4:]
address = urllib.parse.urlsplit(url)
if address.hostname not in ("127.0.0.1", "::1", "localhost"):
    sys.exit("only loopback is loaded")

lock = threading.Lock()
waiting = list(enumerate(files))[::-1]
durations, refused, sizes = [], [], []


def client():
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    while True:
        with lock:
            if not waiting:
                return
            _, name = waiting.pop()
        with open(name, "rb") as file:
            body = file.read()
        begun = time.monotonic()
        try:
            connection.request("PUT", path, body, {"Authorization": "Bearer " + token})
            answer = connection.getresponse()
            text = answer.read()
            status = answer.status
        except OSError as error:
            status, text = 0, str(error).encode()
        except http.client.HTTPException as error:
            status, text = 0, repr(error).encode()
        taken = time.monotonic() - begun
        with lock:
            if status in (200, 201):
                durations.append(taken)
                sizes.append(len(body))
                print(os.path.basename(name), file=sys.stderr, flush=True)
            else:
                refused.append(f"{status} {text[:300].decode(errors='replace')}")
                if status == 0:
                    waiting.clear()
                    return


def listed():
    """The file names that the public group lists."""
    try:
        with open(os.path.join(public, "repodata/repomd.xml"), encoding="utf-8") as file:
            href = re.search(r'href="(repodata/[^"]*primary[^"]*)"', file.read())[1]
        with open(os.path.join(public, href), "rb") as file:
            raw = file.read()
    except OSError:
        return set()
    if href.endswith(".zst"):
        raw = subprocess.run(["zstd", "-dcq"], input=raw, stdout=subprocess.PIPE, check=True).stdout
    elif href.endswith(".gz"):
        raw = gzip.decompress(raw)
    return set(re.findall(r'<location href="[^"]*/([^"/]+)"', raw.decode()))


begun = time.monotonic()
threads = [threading.Thread(target=client) for _ in range(int(clients))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
seconds = time.monotonic() - begun
result = {
    "acknowledged": len(durations), "refused": len(refused), "bytes": sum(sizes), "seconds": round(seconds, 3),
    "per_second": round(len(durations) / seconds, 1),
}
if refused:
    result["first_refusal"] = refused[0]
if durations:
    ordered = sorted(durations)
    for percent in (50, 90, 99, 100):
        result[f"p{percent}_ms"] = round(1000 * ordered[min(len(ordered) - 1, len(ordered) * percent // 100)], 1)
if public and not refused:
    wanted = {os.path.basename(name) for name in files}
    while wanted - listed():
        if time.monotonic() - begun - seconds > 60:
            result["missing"] = len(wanted - listed())
            break
        time.sleep(0.05)
    result["public_after_s"] = round(time.monotonic() - begun - seconds, 2)
print(json.dumps(result))
