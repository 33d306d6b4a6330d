#!/bin/sh
# build.sh [FOLDER]   Builds every sample package into FOLDER (default: dist beside this script).
# Needs rpmbuild, dpkg-deb, python3, tar and gzip. Times come from SOURCE_DATE_EPOCH, so that a second build gives the same bytes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dist=${1:-$here/dist}
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-1767225600}" TZ=UTC LC_ALL=C.UTF-8
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for type in rpm debian pypi helm goproxy cargo npm arch alpine maven container generic; do
    rm -rf "${dist:?}/$type"
    mkdir -p "$dist/$type"
done
dist=$(cd "$dist" && pwd)

# build_rpm VERSION DIST
build_rpm() {
    rpmbuild --quiet -bb --target x86_64 \
        --define "_topdir $work/rpm" --define "_rpmdir $dist/rpm" --define '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' \
        --define "dbpath $work/rpmdb" --define "_dbpath $work/rpmdb" --define '_buildhost build.invalid' \
        --define 'use_source_date_epoch_as_buildtime 1' --define 'clamp_mtime_to_source_date_epoch 1' \
        --define '_binary_payload w9.gzdio' --define "sample_version $1" --define "dist $2" "$here/rpm/indexgen-hello.spec"
}

# build_deb NAME ARCHITECTURE VERSION DEPENDS SUMMARY, from the files in $work/deb
build_deb() {
    mkdir -p "$work/deb/DEBIAN"
    {
        printf 'Package: %s\nVersion: %s\nArchitecture: %s\n' "$1" "$3" "$2"
        printf 'Maintainer: indexgen samples <samples@example.org>\nSection: misc\nPriority: optional\n'
        [ -z "$4" ] || printf 'Depends: %s\n' "$4"
        printf 'Homepage: https://example.org/indexgen-hello\nDescription: %s\n One of the sample packages of indexgen.\n' "$5"
    } > "$work/deb/DEBIAN/control"
    dpkg-deb --root-owner-group -Zxz --build "$work/deb" "$dist/debian/$1_$3_$2.deb" > /dev/null
    rm -rf "$work/deb"
}

# build_chart FOLDER VERSION
build_chart() {
    mkdir -p "$work/helm"
    cp -R "$here/helm/$1" "$work/helm/$1"
    sed "s/@VERSION@/$2/g" "$here/helm/$1/Chart.yaml" > "$work/helm/$1/Chart.yaml"
    # The chart's own description comes first, as in what helm packages.
    tar -C "$work/helm" --format=ustar --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u=rw,go=r -cf - \
        "$1/Chart.yaml" "$1/values.yaml" "$1/templates/configmap.yaml" | gzip -9n > "$dist/helm/$1-$2.tgz"
    rm -rf "$work/helm"
}

build_rpm 1.0 .el9
build_rpm 1.1 .el9
build_rpm 1.1 .fc41

for version in 1.0 1.1; do
    install -D -m 755 "$here/debian/indexgen-hello" "$work/deb/usr/bin/indexgen-hello"
    build_deb indexgen-hello amd64 "$version-1" "indexgen-hello-data (>= $version)" "says hello from $version"
    mkdir -p "$work/deb/usr/share/indexgen-hello"
    echo "Hello from $version" > "$work/deb/usr/share/indexgen-hello/greeting"
    build_deb indexgen-hello-data all "$version-1" "" "what indexgen-hello says"
done

python3 "$here/pypi/make.py" "$dist/pypi" 1.0 wheel
python3 "$here/pypi/make.py" "$dist/pypi" 1.1 wheel sdist

build_chart indexgen-hello 1.0.0
build_chart indexgen-hello 1.1.0
build_chart indexgen-hello-v1 0.9.0

python3 "$here/goproxy/make.py" "$dist/goproxy" v1.0.0 v1.1.0 v1.2.0-rc.1
python3 "$here/cargo/make.py" "$dist/cargo" 1.0.0 1.1.0 2.0.0-rc.1
python3 "$here/npm/make.py" "$dist/npm" 1.0.0 1.1.0 2.0.0-rc.1
python3 "$here/arch/make.py" "$dist/arch" 1.10 1.9
python3 "$here/alpine/make.py" "$dist/alpine" 1.10 1.9
python3 "$here/maven/make.py" "$dist/maven" 1.0.0 1.1.0 1.2.0-20260101.000000-1
python3 "$here/container/make.py" "$dist/container" 1.0 1.1
python3 "$here/generic/make.py" "$dist/generic" 1.0.0 1.1.0
