import Foundation
import Testing

@testable import Kit

extension Trait where Self == ConditionTrait {
    /// Runs only with mvn and those of its plug-ins that Debian has, which come from a folder of this machine.
    static var needsMaven: Self {
        .enabled(
            if: MavenTool.isInstalled,
            """
            not installed: mvn and its plug-ins (Debian: maven libmaven-jar-plugin-java libmaven-deploy-plugin-java \
            libmaven-dependency-plugin-java)
            """)
    }
}

/// mvn with settings of its own, which know the registry as `reg` and Debian's folder in the place of Maven Central.
struct MavenTool {
    private static let debian = "/usr/share/maven-repo"

    static let isInstalled =
        Tool.path("mvn") != nil && ["jar", "deploy", "dependency"].allSatisfy { version(ofPlugin: "maven-\($0)-plugin") != nil }

    /// The newest version that Debian's packages have.
    private static func version(ofPlugin plugin: String) -> String? {
        let folder = "\(debian)/org/apache/maven/plugins/\(plugin)"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return versions.sorted { $0.compare($1, options: .numeric) == .orderedAscending }
            .last { FileManager.default.fileExists(atPath: "\(folder)/\($0)/\(plugin)-\($0).jar") }
    }

    /// `org.apache.maven.plugins:maven-jar-plugin:3.3.0:jar`, which asks nobody for a prefix or a version.
    static func goal(_ plugin: String, _ goal: String) throws -> String {
        let name = "maven-\(plugin)-plugin"
        return "org.apache.maven.plugins:\(name):\(try #require(version(ofPlugin: name))):\(goal)"
    }

    let sandbox: Sandbox
    let registry: String
    /// What mvn downloads, for all tests of a site: Debian's plug-ins are copied once.
    private let downloads: String
    /// Who reads and deploys; nobody where it is nil.
    var user: (name: String, password: String)?

    /// - Parameters:
    ///   - prefix: what stands before the owner, as in `/api/packages`.
    ///   - token: the password of a user `ci`.
    init(_ site: Site, owner: String, below prefix: String = "", token: String? = nil) throws {
        sandbox = try Sandbox("maven")
        registry = "\(site.url)\(prefix)/\(owner)/maven"
        downloads = site.sandbox.path + "/m2"
        user = token.map { ("ci", $0) }
        forget()
    }

    /// Forgets what came from any site.
    func forget() { try? FileManager.default.removeItem(atPath: downloads + "/com/example") }

    /// A file that mvn has downloaded: `lib/1.0.0/lib-1.0.0.jar`.
    func downloaded(_ path: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: "\(downloads)/com/example/demo/\(path)"))
    }

    private var settings: String {
        let central = """
            <id>central</id><url>file://\(Self.debian)</url><releases><checksumPolicy>ignore</checksumPolicy></releases>
            """
        let server = user.map {
            "<server><id>reg</id><username>\($0.name)</username><password>\($0.password)</password></server>"
        }
        return """
            <settings>
              <localRepository>\(downloads)</localRepository>
              <pluginGroups><pluginGroup>\(MavenKit.group)</pluginGroup></pluginGroups>
              <servers>\(server ?? "")</servers>
              <profiles><profile>
                <id>here</id>
                <repositories><repository>\(central)</repository></repositories>
                <pluginRepositories>
                  <pluginRepository>\(central)</pluginRepository>
                  <pluginRepository>\(repository(snapshots: false))</pluginRepository>
                </pluginRepositories>
              </profile></profiles>
              <activeProfiles><activeProfile>here</activeProfile></activeProfiles>
            </settings>
            """
    }

    private func repository(snapshots: Bool) -> String {
        let policy = "<checksumPolicy>fail</checksumPolicy>"
        return "<id>reg</id><url>\(registry)</url><releases>\(policy)</releases>"
            + "<snapshots><enabled>\(snapshots)</enabled>\(policy)</snapshots>"
    }

    /// Runs mvn in a folder of the sandbox.
    func run(in folder: String, _ arguments: String...) throws -> Outcome { try run(in: folder, arguments) }

    func run(in folder: String, _ arguments: [String]) throws -> Outcome {
        let settings = try sandbox.write("settings.xml", settings)
        return try Tool.run(
            ["mvn", "--batch-mode", "--no-transfer-progress", "--settings", settings] + arguments,
            environment: [
                // What starts soonest.
                "MAVEN_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Duser.home=\(sandbox.path)", "MAVEN_SKIP_RC": "1",
            ],
            in: sandbox.folder(folder), seconds: 300)
    }

    /// Writes a POM with what a project of these tests says besides, and runs nothing.
    func write(_ path: String, _ artifact: String, _ version: String = "1", group: String = "t", pom: String, _ more: String)
        throws
    {
        try sandbox.write(path, MavenKit.pom(group: group, artifact: artifact, version: version, packaging: pom, more: more))
    }

    // MARK: Deploying single files

    /// Files of one version, wherever they lie.
    struct Built {
        var pom: String
        var jar: String
        var sources: String?

        func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }
    }

    /// Makes the POM and the jar of a version of `com.example.demo:lib`.
    ///
    /// - Parameters:
    ///   - content: tells this jar from others of the version.
    ///   - packaging: none is `jar`.
    func build(_ version: String, _ content: String = "", hasSources: Bool = false) throws -> Built {
        let folder = try sandbox.folder("built/\(UUID().uuidString)")
        func write(_ name: String, _ bytes: [UInt8]) throws -> String {
            try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            return "\(folder)/\(name)"
        }
        let said = ("version.txt", "\(version) \(content)\n")
        return Built(
            pom: try write("lib.pom", MavenKit.bytes(MavenKit.pom(version: version))),
            jar: try write("lib.jar", MavenKit.jar([said]).bytes),
            sources: hasSources ? try write("lib-sources.jar", MavenKit.jar([said, ("Lib.java", "class Lib {}\n")]).bytes) : nil)
    }

    /// Deploys versions in their order, one after another by one mvn, which ends at the first that fails.
    ///
    /// - Parameter addresses: the repositories and the ids that Maven knows them by; all versions go to the first one first.
    func deploy(_ versions: [Built], to addresses: [(id: String, url: String)]) throws -> Outcome {
        var executions = ""
        for (id, url) in addresses {
            for (number, built) in versions.enumerated() {
                executions += """
                    <execution>
                      <id>\(id)-\(number)</id><phase>validate</phase><goals><goal>deploy-file</goal></goals>
                      <configuration>
                        <repositoryId>\(id)</repositoryId><url>\(url)</url><file>\(built.jar)</file><pomFile>\(built.pom)</pomFile>
                        \(built.sources.map { "<sources>\($0)</sources>" } ?? "")
                      </configuration>
                    </execution>

                    """
            }
        }
        let plugin = try Self.goal("deploy", "deploy-file").components(separatedBy: ":")
        try write(
            "deploy/pom.xml", "deployments", pom: "pom",
            """
            <build><plugins><plugin>
              <groupId>\(plugin[0])</groupId><artifactId>\(plugin[1])</artifactId><version>\(plugin[2])</version>
              <executions>\(executions)</executions>
            </plugin></plugins></build>

            """)
        return try run(in: "deploy", "validate")
    }

    func deploy(_ versions: [Built]) throws -> Outcome { try deploy(versions, to: [("reg", registry)]) }

    // MARK: Resolving

    /// What a project of its own requires.
    struct Requirement {
        /// The project's, for its answer to be found.
        var name: String
        var artifact = "lib"
        var version: String
        /// Whether the project's repositories have snapshots.
        var snapshots = false
    }

    /// Resolves requirements, each by a project of its own in one mvn.
    ///
    /// - Returns: what each project's class path has, as `lib:1.0.0`; nothing of those that failed.
    func resolve(_ requirements: [Requirement], _ options: String...) throws -> (outcome: Outcome, found: [String: [String]]) {
        try? FileManager.default.removeItem(atPath: sandbox.path + "/read")
        let modules = requirements.map { "<module>\($0.name)</module>" }.joined()
        try write("read/pom.xml", "all", pom: "pom", "<modules>\(modules)</modules>\n")
        for requirement in requirements {
            try write(
                "read/\(requirement.name)/pom.xml", requirement.name, pom: "pom",
                """
                <repositories><repository>\(repository(snapshots: requirement.snapshots))</repository></repositories>
                <dependencies><dependency>
                  <groupId>\(MavenKit.group)</groupId><artifactId>\(requirement.artifact)</artifactId>
                  <version>\(requirement.version)</version>
                </dependency></dependencies>

                """)
        }
        let outcome = try run(
            in: "read", ["--fail-at-end", try Self.goal("dependency", "list"), "-DoutputFile=list.txt"] + options)
        var found: [String: [String]] = [:]
        for requirement in requirements where sandbox.has("read/\(requirement.name)/list.txt") {
            // com.example.demo:lib:jar:1.0.0:compile -- module lib (auto)
            found[requirement.name] = try sandbox.text("read/\(requirement.name)/list.txt").components(separatedBy: "\n")
                .map { $0.trimmingCharacters(in: .whitespaces).components(separatedBy: " ")[0].components(separatedBy: ":") }
                .filter { $0.count == 5 }.map { "\($0[1]):\($0[3])" }
        }
        return (outcome, found)
    }
}
