internal import Formats

extension NPMHostile {
    private static let start = #"{"name":"web","version":"1.0.0","#

    static let syntax: [HostileSample] = [
        .npm(json: "", "an empty package.json", .truncated, "a value"),
        .npm(json: "[]", "a list", .malformed, "not an object"),
        .npm(json: "null", "null", .malformed, "not an object"),
        .npm(json: "\"web\"", "a text alone", .malformed, "not an object"),
        .npm(json: "{", "an object without an end", .truncated, "a name in quotation marks"),
        .npm(json: start + #""x":1"#, "an object that is cut off", .truncated, "a comma"),
        .npm(json: start + #""x":1,}"#, "a comma too many", .malformed, "a name in quotation marks"),
        .npm(json: start + #""x":1} {}"#, "a second object behind it", .malformed, "its end"),
        .npm(json: start + #"// why\n"x":1}"#, "a comment", .malformed, "a name in quotation marks"),
        .npm(json: start + #"'x':1}"#, "apostrophes", .malformed, "a name in quotation marks"),
        .npm(json: start + #""x":NaN}"#, "NaN", .malformed, "a value"),
        .npm(json: start + #""x":01}"#, "a number with a zero in front", .malformed, "a comma"),
        .npm(json: start + #""x":+1}"#, "a number with a plus", .malformed, "a value"),
        .npm(json: start + "\"x\":\"\u{1}\"}", "a control character", .malformed, "control character"),
        .npm(json: start + #""x":"\x"}"#, "an escape that JSON does not know", .malformed, "does not know"),
        .npm(json: start + #""x":"\ud800"}"#, "half a surrogate pair", .malformed, "surrogate"),
        .npm(json: start + #""name":"other"}"#, "a name twice", .ambiguous, "'name' twice"),
        .npm(json: start + #""version":"1.0.0"}"#, "a version twice, the same", .ambiguous, "'version' twice"),
        .npm(json: start + #""\u006eame":"other"}"#, "a name twice, spelled otherwise", .ambiguous, "'name' twice"),
        .npm(json: start + #""dependencies":{"a":"1","a":"2"}}"#, "a dependency twice", .ambiguous, "'a' twice"),
        .npm(json: start + #""scripts":{"install":"a","install":"b"}}"#, "a script twice", .ambiguous, "'install' twice"),
        .npm(json: start + #""x":"# + String(repeating: "[", count: 5_000), "brackets without end", .limit, "deeper"),
        .npm(
            json: start + #""x":"# + String(repeating: "{\"a\":", count: 5_000), "objects without end", .limit, "deeper"),
        .npm(
            json: start + #""x":"# + String(repeating: "[", count: 60) + String(repeating: "]", count: 60) + "}",
            "sixty brackets", .limit, "deeper"),
        HostileSample("a package.json that is not UTF-8", .malformed, "not UTF-8") {
            TarBuilder().file("package/package.json", Array(start.utf8) + [0x22, 0xFF, 0x22]).bytes.gzip
        },
        HostileSample("a package.json of UTF-16", .malformed, "") {
            TarBuilder().file("package/package.json", start.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), 0] }).bytes.gzip
        },
        HostileSample("a package.json of zeros", .malformed, "control character") {
            TarBuilder().file("package/package.json", [UInt8](repeating: 0, count: 64)).bytes.gzip
        },
        .npm(
            members: #""x":""# + String(repeating: "x", count: 1_100_000) + "\"", "a version of more than 1 MiB",
            "takes more than",
            .limit),
    ]

    static let identities: [HostileSample] = [
        .npm(json: #"{"version":"1.0.0"}"#, "no name", .malformed, "has no name"),
        .npm(json: #"{"name":"web"}"#, "no version", .malformed, "has no version"),
        .npm(json: #"{"name":1,"version":"1.0.0"}"#, "a name that is a number", .malformed, "a text is expected"),
        .npm(json: #"{"name":null,"version":"1.0.0"}"#, "a name that is null", .malformed, "a text is expected"),
        .npm(json: #"{"name":["web"],"version":"1.0.0"}"#, "a name in a list", .malformed, "a text is expected"),
        .npm(json: #"{"name":"web","version":1.0}"#, "a version that is a number", .malformed, "a text is expected"),
        .npm(json: #"{"name":"web","version":{}}"#, "a version that is an object", .malformed, "a text is expected"),
        .npm(json: #"{"Name":"web","version":"1.0.0"}"#, "a name in capitals", .malformed, "has no name"),
        .npm(name: "", "it is empty"), .npm(name: " web", "outside of printable"), .npm(name: "Web", "holds a capital"),
        .npm(name: ".web", "begins with '.'"), .npm(name: "_web", "begins with '_'"), .npm(name: "..", "begins with '.'"),
        .npm(name: ".", "begins with '.'"), .npm(name: "we b", "outside of printable"), .npm(name: "wéb", "outside of printable"),
        .npm(name: "we%62", "holds '%'"), .npm(name: "we+b", "holds '+'"), .npm(name: "we:b", "holds ':'"),
        .npm(name: "we!b", "holds '!'"), .npm(name: "we*b", "holds '*'"), .npm(name: "we?b", "holds '?'"),
        .npm(name: "we#b", "holds '#'"), .npm(name: "<web>", "holds '<'"), .npm(name: "we'b", "holds '''"),
        .npm(name: "web/x", "without a scope"), .npm(name: "/web", "without a scope"), .npm(name: "../web", "without a scope"),
        .npm(name: "../../etc/passwd", "without a scope"), .npm(name: "a/../b", "without a scope"),
        .npm(name: "@acme", "@SCOPE/NAME"), .npm(name: "@acme/", "is empty"), .npm(name: "@/web", "its scope is empty"),
        .npm(name: "@acme/web/x", "@SCOPE/NAME"), .npm(name: "@acme/../x", "@SCOPE/NAME"),
        .npm(name: "@acme/..", "begins with '.'"),
        .npm(name: "@../web", "begins with '.'"), .npm(name: "@acme//web", "@SCOPE/NAME"), .npm(name: "@@acme/web", "holds '@'"),
        .npm(name: "@acme/web@1", "holds '@'"), .npm(name: "web@1.0.0", "holds '@'"), .npm(name: "@acme/.web", "begins with '.'"),
        .npm(name: "@acme/_web", "begins with '_'"), .npm(name: "@Acme/web", "holds a capital"),
        .npm(name: "node_modules", "kept for something else"), .npm(name: "favicon.ico", "kept for something else"),
        .npm(name: "-", "kept for something else"), .npm(name: "index.html", "kept for something else"),
        .npm(name: "index.json", "kept for something else"), .npm(name: "@acme/-", "kept for something else"),
        .npm(name: "@node_modules/x", "kept for something else"),
        .npm(name: String(repeating: "a", count: 215), "more than 214 bytes"),
        .npm(name: "@" + String(repeating: "a", count: 300) + "/b", "more than 214 bytes"),
        .npm(version: "", "it is empty"), .npm(version: "1", "three numbers"), .npm(version: "1.0", "three numbers"),
        .npm(version: "1.0.0.0", "4 numbers"), .npm(version: "01.0.0", "three numbers"), .npm(version: "1.00.0", "three numbers"),
        .npm(version: "-1.0.0", "does not begin with a number"), .npm(version: "1.0.0-", "empty"),
        .npm(version: "1.0.0-01", "zero"),
        .npm(version: "1.0.0+", "empty"), .npm(version: "1.0.0+a+b", "holds '+'"), .npm(version: "1.0.0-a..b", "empty"),
        .npm(version: "1.0.0-a_b", "holds '_'"), .npm(version: "1.0.0/../x", "no dash between"),
        .npm(version: "1.0.0 x", "blank"),
        .npm(version: "1.0.0-é", "printable ASCII"), .npm(version: "latest", "begin with a number"),
        .npm(version: "x.y.z", "begin"),
        .npm(version: "1.x", "a number is missing"), .npm(version: "^1.0.0", "begin with a number"),
        .npm(version: "1.0.0a", "no dash between"), .npm(version: "V1.0.0", "capital V"),
        .npm(version: "9007199254740992.0.0", "larger than 9007199254740991"),
        .npm(version: "1.0.18446744073709551616", "larger than"),
        .npm(version: "1.0.0-" + String(repeating: "a", count: 300), "more than 200 bytes"),
        HostileSample("a name and a version too long for a file", .limit, "too long for a file's name") {
            NPMBuilder(String(repeating: "a", count: 214), "1.0.0-" + String(repeating: "b", count: 60)).bytes
        },
    ]

    static let fields: [HostileSample] = [
        .npm(members: #""dependencies":[]"#, "dependencies in a list", "an object is expected"),
        .npm(members: #""dependencies":"a""#, "dependencies that are a text", "an object is expected"),
        .npm(members: #""dependencies":null"#, "dependencies that are null", "an object is expected"),
        .npm(members: #""dependencies":{"a":1}"#, "a dependency on a number", "package.json, dependencies.a"),
        .npm(members: #""dependencies":{"a":{}}"#, "a dependency on an object", "a version range is expected"),
        .npm(members: #""dependencies":{"":"1"}"#, "a dependency without a name", "a name is expected"),
        .npm(members: #""dependencies":{"__proto__":"1"}"#, "a dependency on __proto__", "a name is expected"),
        .npm(members: #""devDependencies":{"a":null}"#, "a dependency of developers on null", "devDependencies.a"),
        .npm(members: #""optionalDependencies":{"a":true}"#, "an optional dependency on true", "optionalDependencies.a"),
        .npm(members: #""peerDependencies":{"a":["1"]}"#, "a peer dependency on a list", "peerDependencies.a"),
        .npm(members: #""peerDependencies":7"#, "peer dependencies that are a number", "an object is expected"),
        .npm(members: #""acceptDependencies":[1]"#, "accepted dependencies in a list", "an object is expected"),
        .npm(members: #""peerDependenciesMeta":[]"#, "peerDependenciesMeta in a list", "an object is expected"),
        .npm(members: #""peerDependenciesMeta":{"a":true}"#, "peerDependenciesMeta that is true", "peerDependenciesMeta.a"),
        .npm(members: #""bundleDependencies":"a""#, "bundled dependencies that are a text", "a list of texts"),
        .npm(members: #""bundleDependencies":[1]"#, "bundled dependencies that are numbers", "a list of texts"),
        .npm(members: #""bundledDependencies":7"#, "bundledDependencies that are a number", "a list of texts"),
        .npm(members: #""bin":7"#, "a command that is a number", "a text or an object"),
        .npm(members: #""bin":{"a":7}"#, "a command whose file is a number", "package.json, bin.a"),
        .npm(members: #""bin":{"":"a.js"}"#, "a command without a name", "a name is expected"),
        .npm(members: #""bin":[{}]"#, "commands that are objects", "a list of texts"),
        .npm(members: #""bin":{"__proto__":"x"}"#, "a command called __proto__", "a name is expected"),
        .npm(members: #""os":7"#, "an operating system that is a number", "a list of texts"),
        .npm(members: #""cpu":[7]"#, "a processor that is a number", "a list of texts"),
        .npm(members: #""libc":{}"#, "a C library that is an object", "a list of texts"),
        .npm(members: #""engines":"node""#, "engines that are a text", "an object is expected"),
        .npm(members: #""engines":{"node":18}"#, "an engine that is a number", "engines.node"),
        .npm(members: #""scripts":"x""#, "scripts that are a text", "an object is expected"),
        .npm(members: #""scripts":[]"#, "scripts in a list", "an object is expected"),
        .npm(members: #""directories":[]"#, "directories in a list", "an object is expected"),
    ]
}
