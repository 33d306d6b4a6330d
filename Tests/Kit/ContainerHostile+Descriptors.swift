@testable import Formats

extension ContainerHostile {
    private static let hex = String(ContainerBuilder.digest("layer").dropFirst(7))

    /// An image whose layer has these members.
    private static func layer(
        _ what: String, _ cause: Refusal.Cause, _ words: String, type: String = "\"\(ContainerBuilder.layerType)\"",
        digest: String = "\"\(ContainerBuilder.digest("layer"))\"", size: String = "5", more: String = ""
    ) -> HostileSample {
        HostileSample(what, cause, words) {
            ContainerBuilder().with("layers", #"[{"mediaType":\#(type),"digest":\#(digest),"size":\#(size)\#(more)}]"#).bytes
        }
    }

    private static func digest(_ what: String, _ digest: String, _ cause: Refusal.Cause = .malformed) -> HostileSample {
        layer(
            "a digest \(what)", cause, cause == .unsupported ? "by an algorithm that is not known" : "is not a digest",
            digest: ContainerBuilder.quoted(digest))
    }

    private static func size(_ what: String, _ size: String) -> HostileSample {
        layer("a size \(what)", .malformed, "size is not a number of bytes", size: size)
    }

    private static func type(_ what: String, _ type: String) -> HostileSample {
        layer("a media type \(what)", .malformed, "descriptor without a media type", type: type)
    }

    static let descriptors: [HostileSample] = [
        type("that is null", "null"), type("that is a number", "1"), type("without a character", #""""#),
        type("of one word", #""layer""#), type("with two slashes", #""a/b/c""#), type("with nothing before its slash", #""/b""#),
        type("with nothing behind its slash", #""a/""#), type("with a blank", #""a/b c""#), type("with a line end", #""a/b\n""#),
        type("with a parameter", #""a/b; c=d""#), type("with a star", #""*/*""#), type("that is not ASCII", #""a/é""#),
        type("of 300 characters", "\"a/\(String(repeating: "b", count: 300))\""),
        digest("without a character", ""), digest("without an algorithm", hex),
        digest("with nothing before its colon", ":" + hex, .unsupported),
        digest("with nothing behind its colon", "sha256:"), digest("that is too short", "sha256:" + hex.dropLast()),
        digest("that is too long", "sha256:\(hex)0"), digest("of half its length", "sha256:" + hex.prefix(32)),
        digest("in capitals", "sha256:" + String(repeating: "A", count: 64)),
        digest("with a capital", "sha256:\(hex.dropLast())F"), digest("with another letter", "sha256:\(hex.dropLast())g"),
        digest("with a blank in front", " sha256:" + hex, .unsupported), digest("with a blank behind", "sha256:\(hex) "),
        digest("with a blank behind its colon", "sha256: " + hex.dropLast()),
        digest("of an algorithm in capitals", "SHA256:" + hex, .unsupported),
        digest("by MD5", "md5:" + hex.prefix(32), .unsupported),
        digest("by SHA-1", "sha1:" + hex.prefix(40), .unsupported),
        digest("by SHA-384", "sha384:\(hex)\(hex.prefix(32))", .unsupported),
        digest("by two algorithms", "sha256+b64u:" + hex, .unsupported),
        digest("by SHA-512 with SHA-256's length", "sha512:" + hex),
        digest("by SHA-256 with SHA-512's length", "sha256:\(hex)\(hex)"), digest("that is a path", "../../../etc/passwd"),
        digest("with a path in it", "sha256:../../../../../../../../../../../../../../../../../../etc/passwd"),
        digest("with a slash", "sha256:\(hex.dropLast(1))/"), digest("with a NUL", "sha256:\(hex.dropLast())\0"),
        digest("with a line end", "sha256:\(hex)\n"), digest("that is a tag", "latest"),
        digest("in digits of another script", "sha256:" + String(repeating: "٣", count: 32)),
        layer("a digest that is a number", .malformed, "descriptor without a digest", digest: "1"),
        layer("a digest that is null", .malformed, "descriptor without a digest", digest: "null"),
        size("below 0", "-1"), size("with a fraction", "5.0"), size("with an exponent", "5e0"), size("that is a text", #""5""#),
        size("that is null", "null"), size("that is true", "true"), size("above 2^53 - 1", "9007199254740992"),
        size("above 2^63", "9223372036854775808"), size("of a hundred digits", String(repeating: "9", count: 100)),
        size("of minus nothing at all, with a fraction", "-0.0"), size("that is a list", "[5]"),
        layer("urls that are a text", .malformed, "urls are not a list of texts", more: #","urls":"https://example.org""#),
        layer("urls that are numbers", .malformed, "urls are not a list of texts", more: #","urls":[1]"#),
        layer(
            "a layer's annotations that are a text", .malformed, "annotations that are not texts", more: #","annotations":"a""#),
        layer(
            "a layer's annotation that is a number", .malformed, "annotations that are not texts",
            more: #","annotations":{"a":1}"#),
        layer("data that is a number", .malformed, "data that is not base64", more: #","data":1"#),
        layer("data that is not base64", .malformed, "data that is not base64", more: #","data":"bGF5ZX$=""#),
        layer("data without its padding", .malformed, "data that is not base64", more: #","data":"bGF5ZXI""#),
        layer("data in the alphabet of URLs", .malformed, "data that is not base64", more: #","data":"_-A=""#),
        layer("data of another length", .ambiguous, "data of other content", more: #","data":"bGF5ZXIh""#),
        layer("data of another content", .ambiguous, "data of other content", more: #","data":"bGF5ZXM=""#),
        layer("empty data", .ambiguous, "data of other content", more: #","data":"""#),
        HostileSample("two sizes of one content", .ambiguous, "two sizes of one content") {
            let layer = ContainerBuilder.descriptor(ContainerBuilder.layerType, "layer")
            return ContainerBuilder().with("layers", "[\(layer),\(layer.replacing("\"size\":5", with: "\"size\":6"))]").bytes
        },
        HostileSample("a configuration that is also a layer of another size", .ambiguous, "two sizes of one content") {
            let layer = ContainerBuilder.descriptor(ContainerBuilder.layerType, "config")
            return ContainerBuilder().with("layers", "[\(layer.replacing("\"size\":6", with: "\"size\":7"))]").bytes
        },
        HostileSample("an index that names Docker's schema 1", .unsupported, "schema 1, which no client reads") {
            let type = "application/vnd.docker.distribution.manifest.v1+json"
            return ContainerBuilder(.index).with("manifests", "[\(ContainerBuilder.descriptor(type, "x"))]").bytes
        },
        HostileSample("an index that names an artifact manifest", .unsupported, "withdrawn") {
            let type = "application/vnd.oci.artifact.manifest.v1+json"
            return ContainerBuilder(.index).with("manifests", "[\(ContainerBuilder.descriptor(type, "x"))]").bytes
        },
        HostileSample("the last of many layers without a digest", .malformed, "descriptor without a digest") {
            let layers = (0..<500).map { ContainerBuilder.descriptor(ContainerBuilder.layerType, "layer \($0)") }
            return ContainerBuilder().with("layers", "[\(layers.joined(separator: ",")),{\"mediaType\":\"a/b\",\"size\":1}]")
                .bytes
        },
    ]
}
