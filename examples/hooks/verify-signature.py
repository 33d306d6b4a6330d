#!/usr/bin/env python3
"""verify-signature.py SECRET_FILE [PORT]   A receiver of webhooks: takes what is signed with the secret, prints each event once.

It listens on 127.0.0.1 (port 0: any that is free) and says where. An event may come more than once, after a crash between its delivery and
the note about it; its number tells, and the number is part of what is signed, so nobody can send an old one again under a new number.
"""
import hashlib
import hmac
import http.server
import json
import sys


def is_signed(body: bytes, signature: str, secret: bytes) -> bool:
    expected = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())


class Receiver(http.server.BaseHTTPRequestHandler):
    secret = b""
    seen = set()                # a receiver that is started again needs this on disk

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not is_signed(body, self.headers.get("X-Indexgen-Signature", ""), self.secret):
            self.answer(403, "the signature is wrong")
            return
        number = json.loads(body)["event"]
        if number not in self.seen:
            self.seen.add(number)
            print(body.decode(), flush=True)
        self.answer(200, "taken")

    def answer(self, status, text):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with open(sys.argv[1], "rb") as file:
        Receiver.secret = file.read().rstrip(b"\r\n")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 8000), Receiver)
    print("listening on http://127.0.0.1:%d/" % server.server_port, flush=True)
    server.serve_forever()
