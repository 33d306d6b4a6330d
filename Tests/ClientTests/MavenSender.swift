import Foundation
import Testing

@testable import Kit

/// Sends what Maven's clients send, with curl, and reads what is public; paths are below the folders of one group.
struct MavenSender {
    let sandbox: Sandbox
    let token: String
    let group: String
    private let site: Site
    private let folder: String
    /// Of the group's folder, with a slash at its end.
    var address: String { site.url + folder }

    init(_ site: Site, _ owner: String, group: String = MavenKit.group) throws {
        self.site = site
        self.group = group
        sandbox = try Sandbox("maven")
        token = try site.token(owner)
        folder = "/\(owner)/maven/\(group.replacingOccurrences(of: ".", with: "/"))/"
    }

    // MARK: Versions of the artifact lib

    /// - Parameter ending: what stands behind the version: `.pom`, `-sources.jar`.
    func path(_ version: String, _ ending: String) -> String { "lib/\(version)/lib-\(version)\(ending)" }

    /// The POM, or a jar that no other version and no other classifier has.
    func bytes(_ version: String, _ ending: String) -> [UInt8] {
        ending == ".pom"
            ? MavenKit.bytes(MavenKit.pom(group: group, version: version)) : MavenKit.jar([("which.txt", version + ending)]).bytes
    }

    /// Sends a file that is not there yet.
    ///
    /// - Parameter isLast: whether the version is complete with it; then it is public afterwards.
    func send(_ version: String, _ ending: String, isLast: Bool) throws {
        let answer = try put(path(version, ending), bytes(version, ending), waits: isLast)
        #expect(answer.status == 201 && answer.says("waiting") != isLast, "\(version)\(ending): \(answer)")
    }

    /// Publishes a version with the least that it needs.
    func release(_ version: String) throws {
        try send(version, ".jar", isLast: false)
        try send(version, ".pom", isLast: true)
    }

    /// The body of metadata of lib that has these versions.
    func versions(_ versions: String...) -> String {
        "<groupId>\(group)</groupId><artifactId>lib</artifactId><versioning><release>\(versions[0])</release><versions>"
            + versions.map { "<version>\($0)</version>" }.joined() + "</versions></versioning>"
    }

    /// The versions that an artifact's metadata have; none where there are no metadata.
    func listed(_ artifact: String = "lib") throws -> [String] {
        let answer = try get("\(artifact)/maven-metadata.xml")
        guard answer.status == 200 else { return [] }
        return answer.text.components(separatedBy: "<version>").dropFirst().map { $0.components(separatedBy: "</version>")[0] }
    }

    // MARK: Requests

    /// - Parameter waits: until what is sent is public, where it makes something complete.
    func put(_ path: String, _ bytes: [UInt8], waits: Bool = true) throws -> Curl.Answer {
        let file = try sandbox.write("sent", "")
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return try Curl.put(file, to: "\(address)\(path)\(waits ? "?wait=1" : "")", token: token)
    }

    func put(_ path: String, _ text: String, waits: Bool = true) throws -> Curl.Answer {
        try put(path, MavenKit.bytes(text), waits: waits)
    }

    func get(_ path: String) throws -> Response { try site.get(folder + path) }

    func expect(_ status: Int, from answer: Curl.Answer, _ words: String = "") {
        #expect(answer.status == status && (words.isEmpty || answer.says(words)), "\(status) \(words): \(answer)")
    }

    func expect(_ status: Int, at path: String) throws {
        let answer = try get(path)
        #expect(answer.status == status, "\(path): \(answer)")
    }

    /// The four digests, as this machine's programs say them.
    func sums(_ bytes: [UInt8]) throws -> [(algorithm: String, sum: String)] {
        let file = try sandbox.write("summed", "")
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return try ["md5", "sha1", "sha256", "sha512"].map { algorithm in
            (algorithm, String(try Tool.succeed(["\(algorithm)sum", file]).prefix { $0 != " " }))
        }
    }
}
