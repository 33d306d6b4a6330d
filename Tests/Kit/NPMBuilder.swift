internal import Formats

/// Builds a package's tarball, right in all that a test does not say otherwise:
/// `NPMBuilder("@acme/web", "1.0.0").with(#""license":"MIT""#).bytes`.
struct NPMBuilder {
    var name: String
    var version: String
    /// Further members of package.json.
    var members: [String] = []
    var files: [(String, String)] = []
    /// All of package.json, instead.
    var manifest: String?
    var folder = "package"

    init(_ name: String, _ version: String) {
        self.name = name
        self.version = version
    }

    func with(_ members: String) -> NPMBuilder {
        var copy = self
        copy.members.append(members)
        return copy
    }

    func manifest(_ text: String) -> NPMBuilder {
        var copy = self
        copy.manifest = text
        return copy
    }

    func file(_ path: String, _ content: String) -> NPMBuilder {
        var copy = self
        copy.files.append((path, content))
        return copy
    }

    var json: String {
        manifest ?? "{" + ([#""name":"\#(name)""#, #""version":"\#(version)""#] + members).joined(separator: ",") + "}"
    }

    var tar: TarBuilder {
        files.reduce(TarBuilder().file("\(folder)/package.json", json).file("\(folder)/index.js", "module.exports = 1;\n")) {
            $0.file("\(folder)/\($1.0)", $1.1)
        }
    }

    var bytes: [UInt8] { tar.bytes.gzip }

    /// Without the scope, as npm calls the attachment's last part.
    var filename: String { "\(name.split(separator: "/").last ?? "")-\(version).tgz" }
}

/// Builds a Sigstore bundle as `npm publish --provenance` brings it: `BundleBuilder("web", "1.0.0", of: tarball).bytes`. Its signature is none.
struct BundleBuilder {
    var mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"
    var material = #"{"certificate":{"rawBytes":"AAAA"},"tlogEntries":[{"logIndex":"1","integratedTime":"1700000000"}]}"#
    var payloadType = "application/vnd.in-toto+json"
    var signatures = #"[{"sig":"AAAA","keyid":""}]"#
    var subject: String
    var sha512: String
    var predicateType = #""https://slsa.dev/provenance/v1""#
    /// The whole statement, instead.
    var statement: String?
    /// The payload's base64, instead.
    var payload: String?
    /// The whole bundle, instead.
    var text: String?

    /// - Parameter sha512: in hexadecimal.
    init(_ name: String, _ version: String, sha512: String) {
        let purl = name.hasPrefix("@") ? "%40" + name.dropFirst() : name
        subject = #"[{"name":"pkg:npm/\#(purl)@\#(version)","digest":{"sha512":"\#(sha512)"}}]"#
        self.sha512 = sha512
    }

    /// A copy with other contents.
    func with(_ change: (inout BundleBuilder) -> Void) -> BundleBuilder {
        var copy = self
        change(&copy)
        return copy
    }

    var bytes: [UInt8] {
        if let text { return [UInt8](text.utf8) }
        let statement =
            statement
            ?? #"{"_type":"https://in-toto.io/Statement/v1","subject":\#(subject),"predicateType":\#(predicateType),"predicate":{}}"#
        let payload = payload ?? NPMText.base64([UInt8](statement.utf8))
        return [UInt8](
            #"""
            {"mediaType":"\#(mediaType)","verificationMaterial":\#(material),"dsseEnvelope":{"payload":"\#(payload)","payloadType":"\#(payloadType)","signatures":\#(signatures)}}
            """#
            .utf8)
    }
}

/// Base64 with padding, for fixtures.
enum NPMText {
    static func base64(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.append(base64: bytes)
        return text.text
    }
}
