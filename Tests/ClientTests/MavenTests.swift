import Foundation
import Testing

@testable import Kit

/// The real mvn, which gets its own plug-ins from a folder: it deploys through nginx to `indexgen serve`, and resolves what became static
/// files. To start it takes seconds, so each run does much.
extension Clients {
    @Suite(.needsMaven, .withSite(ingest: true)) struct MavenTests {
        let site: Site

        init() throws { site = try .current }

        private func maven(_ owner: String, below prefix: String = "") throws -> MavenTool {
            try MavenTool(site, owner: owner, below: prefix, token: site.token(owner))
        }

        @Test func `what is deployed is listed as mvn itself lists it in a folder, and resolved in every way`() throws {
            let maven = try maven("maven")
            let versions = ["1.0.0", "1.1.0", "1.2.0-beta-1", "1.10.0", "2.0.0-SNAPSHOT", "2.0.0-SNAPSHOT"]
            let built = try versions.enumerated().map { number, version in
                try maven.build(version, "build \(number)", hasSources: !version.hasSuffix("SNAPSHOT"))
            }
            let reference = try maven.sandbox.folder("reference")
            let deployed = try maven.deploy(built, to: [("folder", "file://\(reference)"), ("reg", maven.registry)])
            #expect(deployed.succeeded, "\(deployed)")
            try compare("maven/maven", with: reference)

            let stamped = try #require(
                site.get("/maven/maven/com/example/demo/lib/2.0.0-SNAPSHOT/maven-metadata.xml").text
                    .components(separatedBy: "<value>").last?.components(separatedBy: "</value>").first)
            #expect(stamped.hasPrefix("2.0.0-20") && stamped.hasSuffix("-2"), "\(stamped)")
            let first = String(stamped.dropLast()) + "1"
            maven.forget()
            let (outcome, found) = try maven.resolve([
                .init(name: "exact", version: "1.1.0"), .init(name: "range", version: "[1.0,1.10)"),
                .init(name: "releases", version: "[1.0,3.0)"), .init(name: "open", version: "[1.0,3.0)", snapshots: true),
                .init(name: "latest", version: "LATEST"), .init(name: "release", version: "RELEASE"),
                .init(name: "snapshot", version: "2.0.0-SNAPSHOT", snapshots: true),
                .init(name: "build", version: first, snapshots: true), .init(name: "none", version: "9.9.9"),
            ])
            let expected = [
                "exact": "1.1.0", "range": "1.2.0-beta-1", "releases": "1.10.0", "open": "2.0.0-SNAPSHOT", "latest": "1.10.0",
                "release": "1.10.0", "snapshot": "2.0.0-SNAPSHOT", "build": "2.0.0-SNAPSHOT",
            ]
            #expect(found == expected.mapValues { ["lib:\($0)"] }, "\(outcome)")
            #expect(!outcome.succeeded && outcome.says("Could not find artifact com.example.demo:lib:jar:9.9.9"), "\(outcome)")
            for (path, bytes) in [
                ("1.10.0/lib-1.10.0.jar", built[3].jar), ("2.0.0-SNAPSHOT/lib-\(stamped).jar", built[5].jar),
                ("2.0.0-SNAPSHOT/lib-\(first).jar", built[4].jar),
            ] {
                #expect(try maven.downloaded("lib/\(path)") == Data(contentsOf: URL(fileURLWithPath: bytes)), "\(path)")
            }
        }

        /// Every file of a repository that mvn wrote into a folder is public, and documents say the same but for what is better here.
        private func compare(_ repository: String, with reference: String) throws {
            var documents = 0
            for path in try FileManager.default.subpathsOfDirectory(atPath: reference).sorted() {
                let theirs = try? Data(contentsOf: URL(fileURLWithPath: "\(reference)/\(path)"))
                guard let theirs else { continue }
                let name = (path as NSString).lastPathComponent
                let ours = try site.get("/\(repository)/\(path)")
                #expect(ours.status == 200, "\(path): \(ours)")
                if name == "maven-metadata.xml" {
                    documents += 1
                    let (own, other) = (lines(ours.text), lines(String(decoding: theirs, as: UTF8.self)))
                    #expect(own == other, "\(path)")
                    for (suffix, program) in [
                        ("md5", "md5sum"), ("sha1", "sha1sum"), ("sha256", "sha256sum"), ("sha512", "sha512sum"),
                    ] {
                        let sum = try Tool.succeed([program, site.file("\(repository)/\(path)")])
                        #expect(try site.get("/\(repository)/\(path).\(suffix)").text == sum.prefix { $0 != " " }, "\(path)")
                    }
                } else if !name.hasPrefix("maven-metadata.xml.") {
                    #expect(ours.body == theirs, "\(path)")
                }
            }
            #expect(documents == 2)
        }

        /// Without the time of the last change, and without `<latest>`, which mvn does not write here.
        private func lines(_ metadata: String) -> [String] {
            metadata.components(separatedBy: "\n").filter { !$0.contains("<lastUpdated>20") && !$0.contains("<latest>") }
        }

        @Test func `modules are deployed at once, and a tampered jar of one is refused with -C`() throws {
            let maven = try maven("maven-modules", below: "/api/packages")
            try writeModules(maven)
            let deployed = try maven.run(
                in: "modules", "--threads", "2", try MavenTool.goal("jar", "jar"), try MavenTool.goal("deploy", "deploy"))
            #expect(deployed.succeeded, "\(deployed)")
            let folder = "maven-modules/maven/com/example/demo"
            #expect(try site.get("/\(folder)/maven-metadata.xml").text.contains("<prefix>shout</prefix>"))
            for module in ["parent", "bom", "lib", "app", "demo-maven-plugin"] {
                let metadata = try site.get("/\(folder)/\(module)/maven-metadata.xml")
                #expect(metadata.text.contains("<release>1.0.0</release>"), "\(module): \(metadata.text)")
            }

            // So plug-ins are there, which -C would refuse: Debian has no checksums of them.
            maven.forget()
            let right = try maven.resolve([.init(name: "right", artifact: "app", version: "1.0.0")])
            #expect(right.found == ["right": ["app:1.0.0", "lib:1.0.0"]], "\(right.outcome)")
            let jar = "\(folder)/lib/1.0.0/lib-1.0.0.jar", bytes = try site.read(jar)
            try site.replace(jar, flipMiddle)
            maven.forget()
            let wrong = try maven.resolve([.init(name: "wrong", artifact: "app", version: "1.0.0")], "--strict-checksums")
            #expect(wrong.found.isEmpty && wrong.outcome.says("Checksum validation failed"), "\(wrong.outcome)")
            try site.replace(jar) { $0 = bytes }

            // The plug-in is found by its prefix and in its newest version, and read; it has no such goal.
            maven.forget()
            try maven.sandbox.folder("empty")
            let shouted = try maven.run(in: "empty", "shout:quietly")
            #expect(
                shouted.says(
                    "Could not find goal 'quietly' in plugin com.example.demo:demo-maven-plugin:1.0.0 among available goals"),
                "\(shouted)")
        }

        /// A parent with a BOM, a library, what needs it, and a plug-in with a prefix of its own.
        private func writeModules(_ maven: MavenTool) throws {
            let modules = ["bom", "lib", "app", "demo-maven-plugin"]
            try maven.write(
                "modules/pom.xml", "parent", "1.0.0", group: MavenKit.group, pom: "pom",
                """
                <modules>\(modules.map { "<module>\($0)</module>" }.joined())</modules>
                <distributionManagement><repository><id>reg</id><url>\(maven.registry)</url></repository></distributionManagement>

                """)
            let parent = """
                <parent><groupId>\(MavenKit.group)</groupId><artifactId>parent</artifactId><version>1.0.0</version></parent>

                """
            let lib = """
                <dependencies><dependency>
                  <groupId>\(MavenKit.group)</groupId><artifactId>lib</artifactId><version>${project.version}</version>
                </dependency></dependencies>

                """
            for module in modules {
                let packaging = module == "bom" ? "pom" : module.hasSuffix("plugin") ? "maven-plugin" : ""
                try maven.write(
                    "modules/\(module)/pom.xml", module, "", group: "", pom: packaging, parent + (module == "app" ? lib : ""))
                if module != "bom" { try maven.sandbox.write("modules/\(module)/target/classes/\(module).txt", "\(module)\n") }
            }
            try maven.sandbox.write(
                "modules/demo-maven-plugin/target/classes/META-INF/maven/plugin.xml",
                """
                <plugin><name>Demo</name><groupId>\(MavenKit.group)</groupId><artifactId>demo-maven-plugin</artifactId>
                <version>1.0.0</version><goalPrefix>shout</goalPrefix><mojos><mojo><goal>hello</goal>
                <implementation>demo.Hello</implementation><language>java</language></mojo></mojos></plugin>
                """)
        }

        @Test func `the same release may be deployed again, and another one of its version may not`() throws {
            let maven = try maven("maven-again")
            let built = try maven.build("1.0.0"), other = try maven.build("1.0.0", "other")
            let deployed = try maven.deploy([built, built, other, built])
            #expect(!deployed.succeeded && deployed.says("reg-2)") && !deployed.says("reg-3)"), "\(deployed)")
            #expect(deployed.says("409") && deployed.says("publish new bytes under a new version"), "\(deployed)")
            #expect(try site.get("/maven-again/maven/com/example/demo/lib/1.0.0/lib-1.0.0.jar").body == built.bytes(built.jar))
        }
    }

    /// An owner whose packages only those with a password get.
    @Suite(.needsMaven, .withSite(settings: "private: [secret]", ingest: true)) struct PrivateMavenTests {
        @Test func `a server's password reads and deploys, and a wrong one does neither`() throws {
            let site = try Site.current
            let token = try site.token("secret")
            try Data("\(Site.reader.name):{PLAIN}\(Site.reader.password)\nci:{PLAIN}\(token)\n".utf8)
                .write(to: URL(fileURLWithPath: site.folder + "/readers.htpasswd"))
            var maven = try MavenTool(site, owner: "secret", token: token)
            let deployed = try maven.deploy([maven.build("1.0.0")])
            #expect(deployed.succeeded, "\(deployed)")
            maven.user = Site.reader
            maven.forget()
            let read = try maven.resolve([.init(name: "reader", version: "1.0.0")])
            #expect(read.found == ["reader": ["lib:1.0.0"]], "\(read.outcome)")
            maven.user?.password = "sesame"
            maven.forget()
            let refused = try maven.resolve([.init(name: "stranger", version: "1.0.0")])
            #expect(refused.found.isEmpty && refused.outcome.says("401"), "\(refused.outcome)")
        }
    }
}
