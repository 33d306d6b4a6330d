import Foundation
import Testing

@testable import Kit

/// What Maven's clients send, piece by piece, and what becomes of it: with curl, which stops where they would go on.
extension Clients {
    @Suite(
        .needs("curl", "gpg"),
        .withSite(settings: "maven: {artifacts: {\"com.example.kept:*\": {snapshot_builds: 2}}}", ingest: true))
    struct MavenUploadTests {
        let site: Site

        init() throws { site = try .current }

        @Test func `a version becomes visible with its POM and its jar, and not before`() throws {
            let maven = try MavenSender(site, "maven-order")
            for (version, order) in [("1.0.0", [".pom", "-sources.jar", ".jar"]), ("1.1.0", ["-sources.jar", ".jar", ".pom"])] {
                for (number, ending) in order.enumerated() {
                    try maven.send(version, ending, isLast: number == 2)
                    // The client's metadata do not bring it about, either.
                    if number < 2 {
                        try maven.expect(
                            200, from: maven.put("lib/maven-metadata.xml", MavenKit.metadata(maven.versions("9.9.9"))))
                        for other in order { try maven.expect(404, at: maven.path(version, other)) }
                    }
                    #expect(try maven.listed() == (version == "1.0.0" ? [] : ["1.0.0"]) + (number == 2 ? [version] : []))
                }
                for ending in order { try maven.expect(200, at: maven.path(version, ending)) }
            }
            // A parent, a BOM or what has moved away waits for nothing.
            for (artifact, packaging, more) in [
                ("parent", "pom", ""),
                (
                    "moved", "",
                    "<distributionManagement><relocation><artifactId>lib</artifactId></relocation></distributionManagement>"
                ),
            ] {
                let pom = MavenKit.pom(artifact: artifact, version: "1.0", packaging: packaging, more: more)
                try maven.expect(201, from: maven.put("\(artifact)/1.0/\(artifact)-1.0.pom", pom))
                try maven.expect(200, at: "\(artifact)/1.0/\(artifact)-1.0.pom")
                #expect(try maven.listed(artifact) == ["1.0"])
            }
            // A signature that is none is refused by itself, and the jar that waits stays.
            try maven.send("3.0.0", ".jar", isLast: false)
            try maven.expect(400, from: maven.put(maven.path("3.0.0", ".jar.asc"), "junk"))
            try maven.send("3.0.0", ".pom", isLast: true)
            try maven.expect(200, at: maven.path("3.0.0", ".jar"))
            try maven.expect(404, at: maven.path("3.0.0", ".jar.asc"))
            // Half a deployment: what is refused does not come with the rest.
            try maven.expect(400, from: maven.put(maven.path("2.0.0", ".jar"), "junk"))
            try maven.send("2.0.0", ".pom", isLast: false)
            try maven.expect(404, at: maven.path("2.0.0", ".pom"))
            #expect(try maven.listed() == ["1.0.0", "1.1.0", "3.0.0"])
        }

        @Test func `a file of a release has one content for ever, and may be sent again`() throws {
            let maven = try MavenSender(site, "maven-again")
            try maven.release("1.0.0")
            for (ending, other) in [
                (".jar", MavenKit.jar([("x", "y")]).bytes), (".pom", MavenKit.bytes(MavenKit.pom(more: "<name>x</name>"))),
            ] {
                let path = maven.path("1.0.0", ending)
                try maven.expect(200, from: maven.put(path, maven.bytes("1.0.0", ending)))
                try maven.expect(409, from: maven.put(path, other), "publish new bytes under a new version")
                #expect(try [UInt8](maven.get(path).body) == maven.bytes("1.0.0", ending))
            }
            // More may come along later, and has one content from then on.
            let documents = maven.path("1.0.0", "-javadoc.jar")
            try maven.expect(201, from: maven.put(documents, MavenKit.jar([("a", "b")]).bytes))
            try maven.expect(409, from: maven.put(documents, MavenKit.jar([("a", "c")]).bytes))
            // Nor has it another one when it is gone.
            try site.indexgen("remove", "maven-again/maven", "com.example.demo:lib", "1.0.0")
            for suffix in ["", ".md5", ".sha1", ".sha256", ".sha512"] {
                try maven.expect(404, at: "lib/maven-metadata.xml\(suffix)")
            }
            let jar = maven.path("1.0.0", ".jar"), pom = maven.path("1.0.0", ".pom")
            maven.expect(201, from: try maven.put(jar, MavenKit.jar([("x", "y")]).bytes))
            maven.expect(409, from: try maven.put(pom, maven.bytes("1.0.0", ".pom")), "publish new bytes under a new version")
            #expect(try maven.listed() == [])
            _ = try maven.put(jar, maven.bytes("1.0.0", ".jar"))
            _ = try maven.put(pom, maven.bytes("1.0.0", ".pom"))
            #expect(try maven.listed() == ["1.0.0"] && [UInt8](maven.get(jar).body) == maven.bytes("1.0.0", ".jar"))
        }

        @Test func `checksums are compared, and metadata are read and not believed`() throws {
            let maven = try MavenSender(site, "maven-sums")
            let waiting = maven.path("1.0.0", ".pom")
            try maven.send("1.0.0", ".pom", isLast: false)
            for round in ["waiting", "public"] {
                for (algorithm, sum) in try maven.sums(maven.bytes("1.0.0", ".pom")) {
                    let wrong = sum.hasPrefix("0") ? "1" + sum.dropFirst() : "0" + sum.dropFirst()
                    try maven.expect(200, from: maven.put("\(waiting).\(algorithm)", sum, waits: false))
                    try maven.expect(
                        200, from: maven.put("\(waiting).\(algorithm)", "\(sum.uppercased())  lib-1.0.0.pom\n", waits: false))
                    try maven.expect(400, from: maven.put("\(waiting).\(algorithm)", wrong, waits: false), "not \(wrong)")
                    try maven.expect(400, from: maven.put("\(waiting).\(algorithm)", "junk", waits: false), "hexadecimal")
                    if round == "public" { #expect(try maven.get("\(waiting).\(algorithm)").text == sum) }
                }
                if round == "waiting" { try maven.send("1.0.0", ".jar", isLast: true) }
            }
            try maven.expect(404, from: maven.put(maven.path("1.0.0", "-none.jar.sha1"), String(repeating: "0", count: 40)))

            let before = try maven.get("lib/maven-metadata.xml").text
            let more =
                maven.versions("9.9.9") + "<plugins><plugin><prefix>evil</prefix><artifactId>lib</artifactId></plugin></plugins>"
            try maven.expect(200, from: maven.put("lib/maven-metadata.xml", MavenKit.metadata(more)))
            try maven.expect(200, from: maven.put("lib/maven-metadata.xml.sha1", String(repeating: "0", count: 40)))
            for (path, text, words) in [
                ("other/maven-metadata.xml", MavenKit.metadata(more), "com/example/demo/other"),
                ("lib/maven-metadata.xml", "junk", "maven-metadata.xml"), ("lib/maven-metadata.xml.sha1", "junk", "hexadecimal"),
                (
                    "lib/maven-metadata.xml", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><metadata>&e;</metadata>",
                    "DOCTYPE"
                ),
            ] { try maven.expect(400, from: maven.put(path, text), words) }
            #expect(try maven.get("lib/maven-metadata.xml").text == before)
            for path in ["maven-metadata.xml", "other/maven-metadata.xml"] { try maven.expect(404, at: path) }
        }

        @Test func `what cannot be at its address is refused with words in the reason phrase`() throws {
            let maven = try MavenSender(site, "maven-refused")
            let pom = MavenKit.pom(), jar = MavenKit.jar().bytes
            for (path, bytes, words) in [
                ("other/1.0.0/other-1.0.0.pom", MavenKit.bytes(pom), "artifactId"),
                ("lib/2.0.0/lib-2.0.0.pom", MavenKit.bytes(pom), "version"),
                ("lib/1.0.0/lib-2.0.0.jar", jar, "does not begin with 'lib-1.0.0'"),
                ("lib/1.0.0/lib-1.0.0.war", MavenKit.bytes("junk"), "its content is none"),
                ("lib/1.0-snapshot/lib-1.0-snapshot.jar", jar, "SNAPSHOT in capitals"),
                ("lib/1.0%24%7Brevision%7D/lib-1.0%24%7Brevision%7D.jar", jar, "an expression"),
                ("lib/1.0.0/lib-1.0.0.pom", MavenKit.bytes("<!DOCTYPE x []>" + pom), ""),
            ] { try maven.expect(400, from: maven.put(path, bytes), words) }
            let file = try maven.sandbox.write("pom", pom), address = maven.address + "lib/1.0.0/lib-1.0.0.pom"
            for (token, status) in try [(nil, 401), ("ixg_wrong", 401), (site.token("somebody-else"), 403)] as [(String?, Int)] {
                let answer = try Curl.put(file, to: address, token: token)
                #expect(answer.status == status, "\(answer)")
            }
            // Maven shows no more of an answer than this line.
            let head = try Tool.succeed([
                "curl", "--disable", "--silent", "--include", "-u", "ci:\(maven.token)", "--upload-file", file,
                maven.address + "lib/2.0.0/lib-2.0.0.pom",
            ])
            #expect(head.contains("HTTP/1.1 400 the POM has the version '1.0.0', and its address says '2.0.0'"), "\(head)")
            #expect(!FileManager.default.fileExists(atPath: site.file("maven-refused/maven")))
        }

        @Test func `signatures are kept as they came, and gpg finds them good`() throws {
            let maven = try MavenSender(site, "maven-signed")
            try maven.release("1.0.0")
            let home = try maven.sandbox.folder("gpg")
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: home)
            func gpg(_ arguments: String...) throws -> Outcome {
                try Tool.run(["gpg", "--batch", "--homedir", home, "--passphrase", ""] + arguments, environment: ["HOME": home])
            }
            let made = try gpg("--quick-generate-key", "tester@example.org", "ed25519", "sign", "never")
            #expect(made.succeeded, "\(made)")
            for ending in [".pom", ".jar"] {
                let file = "\(maven.sandbox.path)/signed\(ending)"
                try Data(maven.bytes("1.0.0", ending)).write(to: URL(fileURLWithPath: file))
                let signed = try gpg("--armor", "--detach-sign", file)
                #expect(signed.succeeded, "\(signed)")
                let bytes = try Data(contentsOf: URL(fileURLWithPath: file + ".asc"))
                let path = maven.path("1.0.0", ending) + ".asc"
                try maven.expect(201, from: maven.put(path, [UInt8](bytes)))
                let got = try maven.get(path)
                #expect(got.body == bytes && got["content-type"]?.hasPrefix("text/plain") == true, "\(got)")
                #expect(try maven.get(path + ".sha1").text == maven.sums([UInt8](bytes)).first { $0.algorithm == "sha1" }?.sum)
                let verified = try gpg(
                    "--verify", file + ".asc", site.file("maven-signed/maven/com/example/demo/\(maven.path("1.0.0", ending))"))
                #expect(verified.succeeded && verified.says("Good signature"), "\(verified)")
            }
            try maven.expect(400, from: maven.put(maven.path("1.0.0", "-x.jar.asc"), "junk"), "armored")
            _ = try Tool.run(["gpgconf", "--homedir", home, "--kill", "all"])
        }

        @Test func `the files of Gradle come in, of which the module is held against its address`() throws {
            let maven = try MavenSender(site, "maven-gradle")
            let jar = maven.path("1.0.0", ".jar"), module = maven.path("1.0.0", ".module")
            try maven.send("1.0.0", ".jar", isLast: false)
            for (algorithm, sum) in try maven.sums(maven.bytes("1.0.0", ".jar")) {
                try maven.expect(200, from: maven.put("\(jar).\(algorithm)", sum))
            }
            try maven.expect(201, from: maven.put(module, MavenKit.module(), waits: false))
            try maven.send("1.0.0", ".pom", isLast: true)
            let got = try maven.get(module)
            #expect(got.text == MavenKit.module() && got["content-type"] == "application/json", "\(got)")
            // It asks for the head of a jar before the jar.
            let head = try HTTP.get(port: site.server.port, "/maven-gradle/maven/com/example/demo/\(jar)", method: "HEAD")
            let length = try maven.get(jar).body.count
            #expect(head.status == 200 && head.body.isEmpty && head["content-length"] == "\(length)", "\(head)")
            #expect(head["cache-control"] == "max-age=31536000, immutable" && head["content-type"] == "application/java-archive")
            let metadata = try maven.get("lib/maven-metadata.xml")
            #expect(
                metadata["cache-control"] == "no-cache" && metadata["content-type"]?.hasPrefix("text/xml") == true, "\(metadata)")
            try maven.release("1.1.0")
            let wrong = maven.path("1.1.0", ".module")
            try maven.expect(400, from: maven.put(wrong, MavenKit.module()), "component.version")
            try maven.expect(404, at: wrong)
        }

        @Test func `of the builds of a snapshot the newest stay`() throws {
            for (group, stay) in [("com.example.kept", [3, 4]), ("com.example.all", [1, 2, 3, 4])] {
                let maven = try MavenSender(site, "maven-kept", group: group)
                let folder = "lib/2.0.0-SNAPSHOT"
                for number in 1...4 {
                    let stem = "\(folder)/lib-2.0.0-2026112\(number).120000-\(number)"
                    let pom = MavenKit.pom(group: group, version: "2.0.0-SNAPSHOT")
                    try maven.expect(201, from: maven.put("\(stem).pom", pom, waits: false))
                    try maven.expect(201, from: maven.put("\(stem).jar", MavenKit.jar([("n", "\(number)")]).bytes))
                    try maven.expect(409, from: maven.put("\(stem).jar", MavenKit.jar([("n", "other")]).bytes))
                    // Whoever has read the metadata before finds the files for a while.
                    for ending in ["pom", "jar"] { try maven.expect(200, at: "\(stem).\(ending)") }
                    let metadata = try maven.get("\(folder)/maven-metadata.xml").text
                    let build = "<buildNumber>\(number)</buildNumber>"
                    #expect(
                        metadata.contains(build) && metadata.contains("<value>2.0.0-2026112\(number).120000-\(number)</value>"))
                    #expect(metadata.components(separatedBy: "<snapshotVersion>").count == 3, "\(metadata)")
                }
                let listed = try site.indexgen("list", "maven-kept").components(separatedBy: "\n").filter {
                    $0.contains("\(group):lib")
                }
                let builds = Set(listed.compactMap { $0.components(separatedBy: ".120000-").last?.prefix(1) }.map(String.init))
                #expect(builds == Set(stay.map(String.init)) && listed.count == 2 * stay.count, "\(listed)")
                #expect(try maven.listed() == ["2.0.0-SNAPSHOT"])
            }
        }

        @Test func `a snapshot that names no build is one of its own`() throws {
            let maven = try MavenSender(site, "maven-unnamed")
            let stem = "lib/2.0-SNAPSHOT/lib-2.0-SNAPSHOT"
            var values: Set<String> = []
            for number in 1...2 {
                nextSecond()
                try maven.expect(201, from: maven.put("\(stem).pom", MavenKit.pom(version: "2.0-SNAPSHOT"), waits: false))
                let jar = MavenKit.jar([("n", "\(number)")]).bytes
                try maven.expect(201, from: maven.put("\(stem).jar", jar))
                let metadata = try maven.get("lib/2.0-SNAPSHOT/maven-metadata.xml").text
                let found = metadata.components(separatedBy: "<value>").dropFirst().map {
                    $0.components(separatedBy: "</value>")[0]
                }
                #expect(found.count == 2 && Set(found).count == 1, "\(metadata)")
                let value = try #require(found.first)
                #expect(try [UInt8](maven.get("lib/2.0-SNAPSHOT/lib-\(value).jar").body) == jar)
                values.insert(value)
            }
            #expect(values.count == 2)
        }

        @Test func `versions that many send at the same time are all listed`() throws {
            let maven = try MavenSender(site, "maven-many")
            let versions = (1...12).map { "1.\($0).0" }
            var arguments = ["curl", "--disable", "--silent", "--show-error", "--parallel", "--parallel-max", "12"]
            for version in versions {
                for ending in [".jar", ".pom"] {
                    let file = try maven.sandbox.write("many/\(version)\(ending)", "")
                    try Data(maven.bytes(version, ending)).write(to: URL(fileURLWithPath: file))
                    arguments += arguments.count > 7 ? ["--next", "--silent"] : []
                    arguments += ["-u", "ci:\(maven.token)", "--write-out", "%{http_code} ", "--output", "/dev/null"]
                    arguments += ["--upload-file", file, maven.address + maven.path(version, ending)]
                }
            }
            let sent = try Tool.run(arguments)
            #expect(sent.output.components(separatedBy: "201").count == 2 * versions.count + 1, "\(sent)")
            // What mvn sends last: when it is answered, all is there.
            try maven.expect(
                200, from: maven.put("lib/maven-metadata.xml", MavenKit.metadata(maven.versions("1.0")), waits: false))
            #expect(try maven.listed() == versions)
        }

        @Test func `a repository of Maven's layout is added as a folder, and goes one file at a time`() throws {
            let maven = try MavenSender(site, "maven-tree")
            let tree = try maven.sandbox.folder("tree")
            let folder = "\(tree)/com/example/demo"
            func write(_ path: String, _ bytes: [UInt8]) throws {
                try FileManager.default.createDirectory(
                    atPath: ("\(folder)/\(path)" as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
                try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(path)"))
            }
            for version in ["1.0.0", "1.1.0"] {
                for ending in [".pom", ".jar", "-sources.jar"] {
                    try write(maven.path(version, ending), maven.bytes(version, ending))
                    try write(maven.path(version, ending) + ".sha1", MavenKit.bytes(String(repeating: "0", count: 40)))
                }
            }
            try write(maven.path("1.1.0", ".jar.asc"), MavenKit.bytes(MavenKit.signature))
            try write(
                "lib/2.0.0-SNAPSHOT/lib-2.0.0-20261128.120000-2.pom", MavenKit.bytes(MavenKit.pom(version: "2.0.0-SNAPSHOT")))
            try write("lib/2.0.0-SNAPSHOT/lib-2.0.0-20261128.120000-2.jar", MavenKit.jar().bytes)
            try write("lib/maven-metadata.xml", MavenKit.bytes(MavenKit.metadata(maven.versions("9.9.9"))))
            try site.add([tree], owner: "maven-tree")
            #expect(try maven.listed() == ["1.0.0", "1.1.0", "2.0.0-SNAPSHOT"])
            #expect(try maven.get(maven.path("1.1.0", ".jar.asc")).text == MavenKit.signature)
            #expect(
                try maven.get("lib/2.0.0-SNAPSHOT/maven-metadata.xml").text.contains("<value>2.0.0-20261128.120000-2</value>"))
            for ending in [".pom", ".jar", "-sources.jar"] {
                let answer = try maven.get(maven.path("1.0.0", ending))
                #expect(answer.status == 200 && [UInt8](answer.body) == maven.bytes("1.0.0", ending), "\(ending): \(answer)")
            }

            for ending in [".pom", ".jar"] {
                let answer = try Curl.ask([
                    "-u", "ci:\(maven.token)", "-X", "DELETE", "\(maven.address)\(maven.path("1.1.0", ending))?wait=1",
                ])
                #expect(answer.status == 204, "\(answer)")
            }
            #expect(try maven.listed() == ["1.0.0", "2.0.0-SNAPSHOT"])
            #expect(try maven.get("lib/maven-metadata.xml").text.contains("<release>1.0.0</release>"))
        }
    }
}
