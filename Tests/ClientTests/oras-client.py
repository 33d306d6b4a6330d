#!/usr/bin/env python3
"""Drives oras-py, which has no command of its own, for Tests/ClientTests/ContainerOrasTests.swift. Its last line is a JSON object.
usage: oras-client.py HOST TOKEN push IMAGE:TAG FILE          pushes a file as an artifact
       oras-client.py HOST TOKEN chunks IMAGE:TAG FILE        the same, in chunks
       oras-client.py HOST TOKEN attach IMAGE:TAG FILE TAG    pushes a file that is about an image, under a tag
       oras-client.py HOST TOKEN discover IMAGE:TAG           what is about an image
       oras-client.py HOST TOKEN pull IMAGE:TAG FOLDER        fetches the files of an artifact
       oras-client.py HOST TOKEN tags IMAGE [NUMBER]          lists tags, or as many of them
TOKEN may be "-": nobody is named."""
import hashlib
import json
import sys

import oras.client
import oras.oci

host, token, verb, image, *rest = sys.argv[1:]
client = oras.client.OrasClient(hostname=host, insecure=True, tls_verify=False)
if token != "-":
    client.auth.set_basic_auth("ci", token)
target = f"{host}/{image}"


def manifest_of(name):
    """The bytes of a manifest, asked for as oras-py asks for it."""
    container = client.get_container(name)
    client.auth.load_configs(container)
    answer = client.do_request(
        f"http://{container.manifest_url()}", "GET",
        headers={"Accept": "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json"})
    answer.raise_for_status()
    return container, answer


def push(files, to, **more):
    answer = client.push(target=to, files=files, disable_path_validation=True, quiet=True, **more)
    return {"status": answer.status_code, "location": answer.headers.get("Location"), "subject": answer.headers.get("OCI-Subject")}


if verb == "push":
    said = push([rest[0] + ":text/plain"], target)
elif verb == "chunks":
    said = push([rest[0] + ":text/plain"], target, do_chunked=True, chunk_size=1000)
elif verb == "attach":
    _, answer = manifest_of(target)
    subject = oras.oci.Subject(
        answer.headers["Content-Type"], "sha256:" + hashlib.sha256(answer.content).hexdigest(), len(answer.content))
    said = push([rest[0] + ":application/spdx+json"], target.rsplit(":", 1)[0] + ":" + rest[1], subject=subject)
elif verb == "discover":
    container, answer = manifest_of(target)
    digest = "sha256:" + hashlib.sha256(answer.content).hexdigest()
    found = client.do_request(f"http://{host}/v2/{container.api_prefix}/referrers/{digest}", "GET")
    found.raise_for_status()
    said = {"manifests": found.json()["manifests"]}
elif verb == "pull":
    said = {"files": client.pull(target=target, outdir=rest[0])}
elif verb == "tags":
    said = {"tags": client.get_tags(target, N=int(rest[0]) if rest else None)}
print(json.dumps(said))
