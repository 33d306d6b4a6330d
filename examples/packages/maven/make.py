"""make.py FOLDER VERSION...   Makes POMs and jars as Maven does, without Maven and without Java, and the same way every time.

A version may be a build of a snapshot, such as 1.2.0-20260101.000000-1."""

import os
import pathlib
import re
import sys
import time
import zipfile

HERE = pathlib.Path(__file__).parent
NAME = "indexgen-hello"

when = time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", 1767225600)))[:6]
folder = pathlib.Path(sys.argv[1])
bom = (HERE / "bom.xml").read_text()
(folder / f"indexgen-bom-{re.search('<version>(.*)<', bom)[1]}.pom").write_text(bom)
for build in sys.argv[2:]:
    version = re.sub(r"-\d{8}\.\d{6}-\d+$", "-SNAPSHOT", build)
    pom = (HERE / "pom.xml").read_text().replace("@VERSION@", version)
    (folder / f"{NAME}-{build}.pom").write_text(pom)
    inside = f"META-INF/maven/org.example/{NAME}"
    members = {
        "META-INF/MANIFEST.MF": f"Manifest-Version: 1.0\r\nImplementation-Version: {version}\r\n\r\n",
        f"{inside}/pom.xml": pom,
        f"{inside}/pom.properties": f"version={version}\ngroupId=org.example\nartifactId={NAME}\n",
        "org/example/hello.txt": f"Hello from {version}\n",
    }
    with zipfile.ZipFile(folder / f"{NAME}-{build}.jar", "w") as jar:
        for name, text in members.items():
            member = zipfile.ZipInfo(name, when)
            member.compress_type, member.create_system, member.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            jar.writestr(member, text, zipfile.ZIP_DEFLATED, 9)
