#!/usr/bin/env python3
"""Uploads packages to `indexgen serve` beside a crowd of connections that hold places without using them, on loopback only.

usage: crowd.py URL TOKEN PATH CROWD FILE...
URL    http://127.0.0.1:PORT (anything else than loopback is refused)
PATH   where packages are PUT, /acme/rpm/el9/upload
CROWD  how many of what, with commas between: bodies:300 (uploads with the token that send four bytes now and then),
       strangers:300 (the same without a token), headers:500 (that send a line now and then), idle:1000, forms:60 (POSTs to
       PATH whose text never ends)

The crowd is there before the first file is sent, each on a connection of its own, and whoever is sent away comes back at once. The files go
one after the other, each on a connection of its own. Prints one JSON object: taken, refused (with the first reason), percentiles of an
upload's duration in milliseconds, and how often the crowd was sent away."""
import asyncio
import http.client
import json
import sys
import threading
import time
import urllib.parse

if len(sys.argv) < 6:
    sys.exit(__doc__)
url, token, path, crowd = sys.argv[1:5]
files = sys.argv[5:]
address = urllib.parse.urlsplit(url)
if address.hostname not in ("127.0.0.1", "::1", "localhost"):
    sys.exit("only loopback is crowded")
present = {}
returns = 0
over = threading.Event()


def begin(kind):
    """What one of the crowd sends first, and then again and again."""
    bearer = f"Authorization: Bearer {token}\r\n"
    if kind in ("bodies", "strangers"):
        head = f"PUT {path} HTTP/1.1\r\nHost: a\r\n{bearer if kind == 'bodies' else ''}Content-Length: 1000000\r\n\r\n"
        return head.encode() + b"\xed\xab\xee\xdb", b"\0\0\0\0", 1.0
    if kind == "headers":
        return f"PUT {path} HTTP/1.1\r\nHost: a\r\n".encode(), b"X-More: 1\r\n", 1.0
    if kind == "forms":
        head = f"POST {path} HTTP/1.1\r\nHost: a\r\n{bearer}Content-Type: multipart/form-data; boundary=X\r\nContent-Length: 40000000\r\n\r\n"
        text = b'--X\r\nContent-Disposition: form-data; name="description"\r\n\r\n' + b"d" * (2 << 20)
        return head.encode() + text, b"d" * 65536, 0.5
    return b"", b"", 5.0


async def one(kind):
    global returns
    first, more, pause = begin(kind)
    while not over.is_set():
        try:
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
        except OSError:
            await asyncio.sleep(0.2)
            continue
        present[kind] = present.get(kind, 0) + 1
        try:
            writer.write(first)
            await writer.drain()
            while not over.is_set():
                try:
                    if await asyncio.wait_for(reader.read(4096), pause) == b"":
                        break
                except asyncio.TimeoutError:
                    writer.write(more)
                    await writer.drain()
        except OSError:
            pass
        present[kind] -= 1
        returns += 1
        writer.close()
        await asyncio.sleep(0.05)


async def gather(kinds):
    await asyncio.gather(*(one(kind) for kind, count in kinds for _ in range(count)))


kinds = [(word.split(":")[0], int(word.split(":")[1])) for word in crowd.split(",") if word]
thread = threading.Thread(target=lambda: asyncio.run(gather(kinds)), daemon=True)
thread.start()
# All have come by then; how many are still there is the server's affair.
time.sleep(3)
durations, refused = [], []
for name in files:
    with open(name, "rb") as file:
        body = file.read()
    begun = time.monotonic()
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
    try:
        connection.request("PUT", path, body, {"Authorization": "Bearer " + token})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status in (200, 201):
            durations.append(time.monotonic() - begun)
        else:
            refused.append(f"{answer.status} {text[:300].decode(errors='replace')}")
    except (OSError, http.client.HTTPException) as error:
        refused.append(repr(error))
    connection.close()
    time.sleep(0.02)
result = {"taken": len(durations), "refused": len(refused), "crowd": dict(present), "sent_away": returns}
over.set()
if refused:
    result["first_refusal"] = refused[0]
if durations:
    ordered = sorted(durations)
    for percent in (50, 99, 100):
        result[f"p{percent}_ms"] = round(1000 * ordered[min(len(ordered) - 1, len(ordered) * percent // 100)], 1)
print(json.dumps(result), flush=True)
