/// What comes beside a distribution file in PyPI's upload form (the legacy API), held against the file.
///
/// twine 7.0 and uv 0.13 send all of the file's metadata once more, in two different orders, with the digests `sha256_digest` and
/// `blake2_256_digest`; older clients send `md5_digest`. What is asked for here is what PyPI asks for; the metadata fields but for name
/// and version are not read, since the archive says the same and is what installers go by.
enum PyPIForm {
    /// All that is read here.
    static let fields: Set = [
        ":action", "protocol_version", "name", "version", "filetype", "pyversion", "sha256_digest", "blake2_256_digest",
        "md5_digest",
    ]

    static func check(_ form: Form, of record: PackageRecord, upload: Upload) throws(Refusal) {
        guard try form.value(":action") == "file_upload" else {
            throw refusal(
                .unsupported, "the form does not ask for :action=file_upload", ":action",
                remedy: "upload with twine or uv publish; registering and documentation uploads are gone from PyPI as well")
        }
        guard try form.value("protocol_version") ?? "1" == "1" else {
            throw refusal(
                .unsupported, "the upload protocol is not version 1", "protocol_version",
                remedy: "upload with twine or uv publish")
        }
        try checkRelease(form, record)
        try checkKind(form, PyPIFilename(upload.filename))
        try checkDigests(form, upload.digests)
    }

    private static func checkRelease(_ form: Form, _ record: PackageRecord) throws(Refusal) {
        if let name = try form.value("name") {
            let normal = PyPIProjectName.normalised(name.utf8).map { String(decoding: $0, as: UTF8.self) }
            guard normal == record.nameIdentity else {
                throw refusal(
                    .ambiguous, "the form says project \(printable(name)), the file's own metadata says \(record.name)", "name",
                    remedy: "build the file again and upload it with twine or uv publish, which take the name from it")
            }
        }
        if let version = try form.value("version") {
            guard PEP440(version)?.canonical == record.versionIdentity else {
                throw refusal(
                    .ambiguous, "the form says version \(printable(version)), the file's own metadata says \(record.version)",
                    "version",
                    remedy: "build the file again and upload it with twine or uv publish, which take the version from it")
            }
        }
    }

    /// PyPI's rules: `source` or nothing for a source archive, anything for a wheel (clients send the first tag, all of them, or the
    /// version of the Python that they ran on).
    private static func checkKind(_ form: Form, _ filename: PyPIFilename) throws(Refusal) {
        let filetype = try form.value("filetype"), pyversion = try form.value("pyversion") ?? ""
        switch filename.kind {
        case .wheel:
            guard filetype == "bdist_wheel" else { throw wrongType(filetype, "bdist_wheel") }
            guard !pyversion.isEmpty, pyversion != "source" else {
                throw refusal(
                    .malformed, "the form names no Python version for a wheel", "pyversion",
                    remedy: "send the wheel's Python tag, such as py3")
            }
        case .sourceArchive:
            guard filetype == "sdist" else { throw wrongType(filetype, "sdist") }
            guard pyversion.isEmpty || pyversion == "source" else {
                throw refusal(
                    .malformed, "the form names a Python version for a source archive", "pyversion", remedy: "send 'source'")
            }
        }
    }

    private static func wrongType(_ filetype: String?, _ right: String) -> Refusal {
        let what = filetype.map { "the form says filetype \(printable($0))" } ?? "the form says no filetype"
        return refusal(.ambiguous, "\(what) for a file that is a \(right) by its name", "filetype", remedy: "send \(right)")
    }

    /// At least one digest, and every one that is given must be right: it is what proves that the file arrived whole.
    private static func checkDigests(_ form: Form, _ digests: Digests) throws(Refusal) {
        var given = 0
        for (field, digest) in [
            ("sha256_digest", digests.sha256), ("blake2_256_digest", digests.blake2b256), ("md5_digest", digests.md5),
        ] {
            // Some clients send the fields that they have no value for.
            guard let text = try form.value(field), !text.isEmpty else { continue }
            guard let digest else {
                throw refusal(
                    .unsupported, "this digest is not computed here", field, remedy: "send sha256_digest instead")
            }
            guard let claimed = Hex.bytes(text.utf8), claimed.count == digest.count else {
                throw refusal(
                    .malformed, "the form's digest is not \(2 * digest.count) hexadecimal digits", field,
                    remedy: "upload with twine or uv publish")
            }
            guard claimed == digest else {
                throw refusal(
                    .malformed,
                    "the form's digest is \(Hex.string(claimed)), the file that arrived has \(Hex.string(digest))", field,
                    remedy: "the file was damaged on its way or changed after it was digested: upload it again")
            }
            given += 1
        }
        guard given > 0 else {
            throw refusal(
                .malformed, "the form has no digest of the file", "sha256_digest",
                remedy: "send sha256_digest (twine and uv publish do)")
        }
    }

    private static func refusal(_ cause: Refusal.Cause, _ what: String, _ field: String, remedy: String) -> Refusal {
        Refusal(cause, what, at: "form field \(field)", remedy: remedy)
    }

    /// A sender's word, cut short and without what could drive a terminal.
    private static func printable(_ text: String) -> String {
        let kept = text.unicodeScalars.prefix(64).map { (0x20..<0x7F).contains($0.value) ? Character($0) : "?" }
        return "'" + String(kept) + "'"
    }
}
