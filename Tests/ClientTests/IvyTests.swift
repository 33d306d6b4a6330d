import Foundation
import Testing

@testable import Kit

extension Trait where Self == ConditionTrait {
    /// Runs only with Debian's Ivy, which is one jar that starts by itself.
    static var needsIvy: Self {
        .enabled(
            if: Tool.path("java") != nil && FileManager.default.fileExists(atPath: Clients.IvyTests.jar),
            "not installed: ivy (Debian: ivy)")
    }
}

/// The real Ivy, for which a repository of Maven's is one among several kinds.
extension Clients {
    @Suite(.needsIvy, .needs("curl"), .withSite(ingest: true)) struct IvyTests {
        static let jar = "/usr/share/java/ivy.jar"

        @Test func `a range, the latest release and a snapshot are got, and a tampered jar is not`() throws {
            let site = try Site.current
            let maven = try MavenSender(site, "ivy")
            for version in ["1.0.0", "1.2.0-beta-1", "1.10.0"] { try maven.release(version) }
            let snapshot = "lib/2.0.0-SNAPSHOT/lib-2.0.0-20261128.120000-1"
            try maven.expect(201, from: maven.put("\(snapshot).pom", MavenKit.pom(version: "2.0.0-SNAPSHOT"), waits: false))
            try maven.expect(201, from: maven.put("\(snapshot).jar", MavenKit.jar().bytes))

            let sandbox = try Sandbox("ivy")
            let settings = try sandbox.write(
                "settings.xml",
                """
                <ivysettings><caches defaultCacheDir="\(sandbox.path)/cache"/><settings defaultResolver="site"/><resolvers>
                <ibiblio name="site" m2compatible="true" root="\(site.url)/ivy/maven/" checksums="sha1,md5"/>
                </resolvers></ivysettings>
                """)
            func get(_ version: String) throws -> (outcome: Outcome, files: [String]) {
                for folder in ["cache", "got"] { try? FileManager.default.removeItem(atPath: "\(sandbox.path)/\(folder)") }
                let outcome = try Tool.run(
                    [
                        "java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Duser.home=\(sandbox.path)", "-jar", Self.jar,
                        "-settings", settings, "-dependency", MavenKit.group, "lib", version, "-retrieve",
                        "got/[artifact]-[revision].[ext]",
                    ], in: sandbox.path)
                return (outcome, (try? FileManager.default.contentsOfDirectory(atPath: sandbox.path + "/got").sorted()) ?? [])
            }
            for (asked, version) in [
                ("[1.0,1.10)", "1.2.0-beta-1"), ("latest.release", "1.10.0"), ("2.0.0-SNAPSHOT", "2.0.0-SNAPSHOT"),
            ] {
                let (outcome, files) = try get(asked)
                #expect(outcome.succeeded && files == ["lib-\(version).jar"], "\(asked): \(files), \(outcome)")
            }
            try site.replace("ivy/maven/com/example/demo/\(maven.path("1.0.0", ".jar"))", flipMiddle)
            let (outcome, files) = try get("1.0.0")
            #expect(!outcome.succeeded && files.isEmpty && outcome.says("invalid sha1"), "\(files), \(outcome)")
        }
    }
}
