"""make.py FOLDER TAG...   Writes manifests that need no blobs: an empty index for each tag, about a manifest that is elsewhere."""

import hashlib
import json
import pathlib
import sys

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"

folder = pathlib.Path(sys.argv[1])
for tag in sys.argv[2:]:
    about = f"indexgen-hello {tag}".encode()
    index = {
        "schemaVersion": 2,
        "mediaType": INDEX,
        "artifactType": "application/vnd.example.greeting.v1",
        "manifests": [],
        "subject": {"mediaType": MANIFEST, "digest": f"sha256:{hashlib.sha256(about).hexdigest()}", "size": len(about)},
        "annotations": {
            "org.opencontainers.image.title": "indexgen-hello",
            "org.opencontainers.image.description": "A sample of indexgen",
            "org.opencontainers.image.version": tag,
        },
    }
    path = folder / "indexgen-hello" / tag / "index.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(index, indent=2) + "\n")
