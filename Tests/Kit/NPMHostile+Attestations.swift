internal import Formats

extension NPMHostile {
    private static let sum = String(repeating: "ab", count: 64)

    static let bundles: [HostileSample] = [
        .bundle("a bundle that is cut off", .truncated, "a name in quotation marks") { $0.text = "{" },
        .bundle("an empty object for a bundle", .unsupported, "not a Sigstore bundle") { $0.text = "{}" },
        .bundle("a bundle that says mediaType twice", .ambiguous, "'mediaType' twice") {
            $0.text = #"{"mediaType":"a","mediaType":"b"}"#
        },
        .bundle("a bundle of another media type", .unsupported, "not a Sigstore bundle") { $0.mediaType = "application/json" },
        .bundle("a bundle without material", .malformed, "nothing to verify it by") { $0.material = "null" },
        .bundle("a bundle with a message's signature", .unsupported, "without a DSSE envelope") {
            $0.text =
                #"{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{},"messageSignature":{}}"#
        },
        .bundle("a bundle of another payload", .unsupported, "not a statement of in-toto") { $0.payloadType = "text/plain" },
        .bundle("a bundle without signatures", .malformed, "not signed") { $0.signatures = "[]" },
        .bundle("a bundle whose signatures are an object", .malformed, "not signed") { $0.signatures = "{}" },
        .bundle("a bundle with an empty signature", .malformed, "not signed") { $0.signatures = #"[{"sig":""}]"# },
        .bundle("a bundle with a signature that is a number", .malformed, "not signed") { $0.signatures = #"[{"sig":1}]"# },
        .bundle("a payload that is not base64", .malformed, "not base64") { $0.payload = "e30*" },
        .bundle("a payload without padding", .malformed, "not base64") { $0.payload = "e30" },
        .bundle("a payload with bits too many", .malformed, "not base64") { $0.payload = "e31=" },
        .bundle("a payload in base64 for addresses", .malformed, "not base64") { $0.payload = "e30_" },
        .bundle("an empty payload", .truncated, "a value") { $0.payload = "" },
        .bundle("a bundle of 5 MB", .limit, "more than") { $0.mediaType += String(repeating: "x", count: 5 << 20) },
        .bundle("a bundle that is deep", .limit, "deeper") { $0.material = String(repeating: "[", count: 5_000) },
        .bundle("a bundle with a control character", .malformed, "control character") { $0.mediaType += "\u{1}" },
        .bundle("text behind the bundle", .malformed, "its end") { $0.text = $0.bytes.text + "x" },
    ]

    static let statements: [HostileSample] = [
        .bundle("a statement that is a list", .unsupported, "something other than a statement") { $0.statement = "[]" },
        .bundle("a statement that is not JSON", .malformed, "a value") { $0.statement = "x" },
        .bundle("a statement of another type", .unsupported, "something other than a statement") {
            $0.statement = #"{"_type":"https://example.org/Statement/v1"}"#
        },
        .bundle("a statement with _type twice", .ambiguous, "'_type' twice") { $0.statement = #"{"_type":"a","_type":"b"}"# },
        .bundle("a statement about nothing", .ambiguous, "exactly one file") { $0.subject = "[]" },
        .bundle("a statement about two files", .ambiguous, "exactly one file") { $0.subject = "[{},{}]" },
        .bundle("a statement about an object", .ambiguous, "exactly one file") { $0.subject = "{}" },
        .bundle("a statement about a file without a name", .malformed, "not about a package of npm") { $0.subject = "[{}]" },
        .bundle("a statement about a package of PyPI", .malformed, "not about a package of npm") {
            $0.subject = #"[{"name":"pkg:pypi/web@1.0.0","digest":{"sha512":"\#(sum)"}}]"#
        },
        .bundle("a statement about no version", .malformed, "names no version") {
            $0.subject = #"[{"name":"pkg:npm/web","digest":{"sha512":"\#(sum)"}}]"#
        },
        .bundle("a statement about a scope alone", .malformed, "names no version") {
            $0.subject = #"[{"name":"pkg:npm/%40acme","digest":{"sha512":"\#(sum)"}}]"#
        },
        .bundle("a statement about a name that leads out", .malformed, "not a package's name") {
            $0.subject = #"[{"name":"pkg:npm/../../x@1.0.0","digest":{"sha512":"\#(sum)"}}]"#
        },
        .bundle("a statement about a name that is escaped", .malformed, "not a package's name") {
            $0.subject = #"[{"name":"pkg:npm/%2e%2e@1.0.0","digest":{"sha512":"\#(sum)"}}]"#
        },
        .bundle("a statement about a version that is a tag", .malformed, "not a version") {
            $0.subject = #"[{"name":"pkg:npm/web@latest","digest":{"sha512":"\#(sum)"}}]"#
        },
        .bundle("a statement about a version that leads out", .malformed, "not a version") {
            $0.subject = #"[{"name":"pkg:npm/web@1.0.0/../x","digest":{"sha512":"\#(sum)"}}]"#
        },
        .bundle("a statement without a digest", .malformed, "no SHA-512") { $0.subject = #"[{"name":"pkg:npm/web@1.0.0"}]"# },
        .bundle("a statement with SHA-256 alone", .malformed, "no SHA-512") {
            $0.subject = #"[{"name":"pkg:npm/web@1.0.0","digest":{"sha256":"\#(sum)"}}]"#
        },
        .bundle("a statement with half a digest", .malformed, "no SHA-512") {
            $0.subject = #"[{"name":"pkg:npm/web@1.0.0","digest":{"sha512":"\#(sum.prefix(64))"}}]"#
        },
        .bundle("a statement with a digest that is not hexadecimal", .malformed, "no SHA-512") {
            $0.subject = #"[{"name":"pkg:npm/web@1.0.0","digest":{"sha512":"\#(sum.dropLast())g"}}]"#
        },
        .bundle("a statement that states nothing", .malformed, "what it states") { $0.predicateType = "null" },
        .bundle("a statement that states an empty text", .malformed, "what it states") { $0.predicateType = "\"\"" },
    ]
}
