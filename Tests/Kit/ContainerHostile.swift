@testable import Formats

/// Manifests that must not come in: what is not JSON, what no client would read, and what two clients would read otherwise.
enum ContainerHostile {
    static let all = syntax + kinds + members + descriptors + layouts
    /// Those that are manifests.
    static let manifests = syntax + kinds + members + descriptors

    private static let manifest = ContainerBuilder().text

    private static func text(_ what: String, _ cause: Refusal.Cause, _ words: String, _ text: String) -> HostileSample {
        HostileSample(what, cause, words) { [UInt8](text) }
    }

    static let syntax: [HostileSample] = [
        text("no content", .truncated, "ends where a value belongs", ""),
        text("a blank", .truncated, "ends where a value belongs", " \n"),
        text("a word", .malformed, "where a value belongs", "manifest"),
        text("HTML", .malformed, "where a value belongs", "<html></html>"),
        text("a list", .malformed, "is not an object", "[]"),
        text("a text", .malformed, "is not an object", #""x""#),
        text("a number", .malformed, "is not an object", "2"),
        text("null", .malformed, "is not an object", "null"),
        text("two manifests", .malformed, "where its end belongs", manifest + manifest),
        text("something behind it", .malformed, "where its end belongs", manifest + ";"),
        text("a NUL behind it", .malformed, "where its end belongs", manifest + "\0"),
        text("a comment", .malformed, "has '/' where", "{/* x */}"),
        text("a comma too many", .malformed, "has '}' where", #"{"schemaVersion":2,}"#),
        text("single quotes", .malformed, "has ''' where", "{'schemaVersion':2}"),
        text("half a manifest", .truncated, "ends where", String(manifest.prefix(manifest.count / 2))),
        text("all but the last byte", .truncated, "ends where", String(manifest.dropLast())),
        text("a byte order mark", .malformed, "begins with a byte order mark", "\u{FEFF}" + manifest),
        HostileSample("Latin-1", .malformed, "is not UTF-8") { [UInt8](#"{"a":""#) + [0xE9] + [UInt8](#""}"#) },
        HostileSample("an overlong slash", .malformed, "is not UTF-8") { [UInt8](#"{"a":""#) + [0xC0, 0xAF] + [UInt8](#""}"#) },
        HostileSample("UTF-16", .malformed, "is not UTF-8") { [0xFE, 0xFF, 0, 0x7B, 0, 0x7D] },
        text("a line end in a text", .malformed, "control character", "{\"a\":\"\n\"}"),
        text("half a surrogate pair", .malformed, "surrogate", #"{"a":"\ud800"}"#),
        text("an unknown escape", .malformed, "escape", #"{"a":"\x41"}"#),
        text("schemaVersion twice", .ambiguous, "twice", #"{"schemaVersion":2,"schemaVersion":2}"#),
        text("config twice", .ambiguous, "twice", manifest.dropLast() + #","config":{}}"#),
        text("layers twice", .ambiguous, "twice", manifest.dropLast() + #","layers":[]}"#),
        text("a name twice, once escaped", .ambiguous, "twice", manifest.dropLast() + #","\u006cayers":[]}"#),
        text(
            "a digest twice", .ambiguous, "twice",
            ContainerBuilder().with("config", #"{"digest":"sha256:00","digest":"sha256:11"}"#).text),
        text("lists a thousand deep", .limit, "nested deeper", #"{"a":"# + String(repeating: "[", count: 1_000)),
        text(
            "objects a hundred deep", .limit, "nested deeper", String(repeating: #"{"a":"#, count: 100) + "1"),
        HostileSample("more than 4 MiB of blanks", .limit, "more than 4 MiB") {
            [UInt8](manifest) + [UInt8](repeating: 32, count: ContainerManifest.sizeLimit)
        },
        HostileSample("an annotation of 5 MB", .limit, "more than 4 MiB") {
            ContainerBuilder().with("annotations", "{\"a\":\"\(String(repeating: "x", count: 5_000_000))\"}").bytes
        },
        HostileSample("gzip", .malformed, "UTF-8") { [UInt8](manifest).gzip },
    ]

    private static func lacking(_ name: String, _ words: String) -> HostileSample {
        HostileSample("without \(name)", .malformed, words) { ContainerBuilder().without(name).bytes }
    }

    /// An image with this member.
    private static func with(
        _ what: String, _ cause: Refusal.Cause, _ words: String, _ name: String, _ json: String, _ kind: ContainerKind = .manifest
    ) -> HostileSample {
        HostileSample(what, cause, words) { ContainerBuilder(kind).with(name, json).bytes }
    }

    static let kinds: [HostileSample] = [
        lacking("schemaVersion", "schema version 2"),
        with("schema version 1", .unsupported, "schema 1, which no client reads", "schemaVersion", "1"),
        with("schema version 3", .malformed, "schema version 2", "schemaVersion", "3"),
        with("schema version 0", .malformed, "schema version 2", "schemaVersion", "0"),
        with("schema version -2", .malformed, "schema version 2", "schemaVersion", "-2"),
        with("a schema version as a text", .malformed, "schema version 2", "schemaVersion", #""2""#),
        with("a schema version with a fraction", .malformed, "schema version 2", "schemaVersion", "2.0"),
        with("a schema version with an exponent", .malformed, "schema version 2", "schemaVersion", "2e0"),
        with(
            "a schema version of many digits", .malformed, "schema version 2", "schemaVersion", String(repeating: "2", count: 99)),
        with("a schema version that is null", .malformed, "schema version 2", "schemaVersion", "null"),
        with(
            "Docker's schema 1 by its type", .unsupported, "schema 1, which no client reads", "mediaType",
            #""application/vnd.docker.distribution.manifest.v1+json""#),
        with(
            "Docker's signed schema 1", .unsupported, "schema 1, which no client reads", "mediaType",
            #""application/vnd.docker.distribution.manifest.v1+prettyjws""#),
        text(
            "Docker's schema 1 as it was", .unsupported, "schema 1, which no client reads",
            #"{"schemaVersion":1,"name":"a","tag":"b","architecture":"amd64","fsLayers":[],"history":[],"signatures":[]}"#),
        with(
            "OCI's withdrawn artifact manifest", .unsupported, "withdrawn", "mediaType",
            #""application/vnd.oci.artifact.manifest.v1+json""#),
        with("another JSON type", .unsupported, "not the media type of a manifest", "mediaType", #""application/json""#),
        with(
            "the type of a configuration", .unsupported, "not the media type of a manifest", "mediaType",
            ContainerBuilder.quoted(ContainerBuilder.configType)),
        with(
            "a type in capitals", .unsupported, "not the media type of a manifest", "mediaType",
            #""APPLICATION/vnd.oci.image.manifest.v1+json""#),
        with(
            "a type with a parameter", .unsupported, "not the media type of a manifest", "mediaType",
            #""application/vnd.oci.image.manifest.v1+json; charset=utf-8""#),
        with(
            "a type with a blank behind it", .unsupported, "not the media type of a manifest", "mediaType",
            #""application/vnd.oci.image.manifest.v1+json ""#),
        with("a type that is a number", .malformed, "mediaType of the manifest is not a text", "mediaType", "7"),
        with("a type that is a list", .malformed, "mediaType of the manifest is not a text", "mediaType", "[]"),
        with(
            "an image that calls itself an index", .ambiguous, "is an image", "mediaType",
            ContainerBuilder.quoted(ContainerKind.index.mediaType)),
        with(
            "an image that calls itself Docker's list", .ambiguous, "is an image", "mediaType",
            ContainerBuilder.quoted(ContainerKind.dockerList.mediaType)),
        with(
            "an index that calls itself an image", .ambiguous, "is an index", "mediaType",
            ContainerBuilder.quoted(ContainerKind.manifest.mediaType), .index),
        with(
            "a list that calls itself Docker's image", .ambiguous, "is an index", "mediaType",
            ContainerBuilder.quoted(ContainerKind.docker.mediaType), .dockerList),
        with("an image with manifests", .ambiguous, "both manifests", "manifests", "[]"),
        with("a Docker image with manifests", .ambiguous, "both manifests", "manifests", "[]", .docker),
        with("an index with layers", .ambiguous, "both manifests", "layers", "[]", .index),
        with("an index with a config", .ambiguous, "both manifests", "config", "{}", .index),
        with("a list with layers", .ambiguous, "both manifests", "layers", "[]", .dockerList),
        text("neither layers nor manifests", .malformed, "neither a config", #"{"schemaVersion":2}"#),
        text("only nulls", .malformed, "neither a config", #"{"schemaVersion":2,"layers":null,"manifests":null,"config":null}"#),
    ]

    static let members: [HostileSample] = [
        lacking("config", "has no config"),
        lacking("layers", "has no layers"),
        with("a config that is null", .malformed, "descriptor that is not an object", "config", "null"),
        with("a config that is a list", .malformed, "descriptor that is not an object", "config", "[]"),
        with("a config that is a text", .malformed, "descriptor that is not an object", "config", #""sha256:00""#),
        with("layers that are an object", .malformed, "layers of the manifest are not a list", "layers", "{}"),
        with("layers that are a text", .malformed, "layers of the manifest are not a list", "layers", #""x""#),
        with("a layer that is a text", .malformed, "descriptor that is not an object", "layers", #"["x"]"#),
        with("a layer that is null", .malformed, "descriptor that is not an object", "layers", "[null]"),
        with("a layer in a list", .malformed, "descriptor that is not an object", "layers", "[[{}]]"),
        with("manifests that are an object", .malformed, "manifests of the manifest are not a list", "manifests", "{}", .index),
        with("manifests that are true", .malformed, "manifests of the manifest are not a list", "manifests", "true", .index),
        with("a manifest that is a number", .malformed, "descriptor that is not an object", "manifests", "[2]", .index),
        HostileSample("an index without manifests", .malformed, "has no manifests") {
            ContainerBuilder(.index).without("manifests").bytes
        },
        with(
            "a subject that is a digest", .malformed, "descriptor that is not an object", "subject",
            "\"\(ContainerBuilder.digest("x"))\""),
        with("an empty subject", .malformed, "descriptor without a media type", "subject", "{}"),
        with("a subject that is a list", .malformed, "descriptor that is not an object", "subject", "[]"),
        with("an artifact type that is a number", .malformed, "artifactType of the manifest is not a text", "artifactType", "1"),
        with("an artifact type of one word", .malformed, "artifactType that is not a media type", "artifactType", #""sbom""#),
        with(
            "an artifact type with a line end", .malformed, "artifactType that is not a media type", "artifactType", #""a/b\n""#),
        with(
            "an artifact type with a parameter", .malformed, "artifactType that is not a media type", "artifactType",
            #""a/b;c=d""#),
        with("annotations that are a list", .malformed, "annotations that are not texts", "annotations", "[]"),
        with("an annotation that is a number", .malformed, "annotations that are not texts", "annotations", #"{"a":1}"#),
        with("an annotation that is null", .malformed, "annotations that are not texts", "annotations", #"{"a":null}"#),
        with("an annotation that is an object", .malformed, "annotations that are not texts", "annotations", #"{"a":{}}"#),
        with("an annotation twice", .ambiguous, "twice", "annotations", #"{"a":"1","a":"2"}"#),
    ]
}
