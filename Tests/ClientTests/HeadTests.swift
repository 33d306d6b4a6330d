import Corpus
import Foundation
import Testing

/// What holds for the samples of every type behind nginx: what HEAD says of a file is what GET says, and what is private is nobody's.
extension Clients {
    @Suite struct HeadTests {
        let site: Site

        init() throws { site = try .current }

        @Test(arguments: Specimen.all.map(\.type)) func `HEAD and GET agree on every public file`(type: String) throws {
            let owner = "head-\(type)"
            try site.addSamples(of: type, owner: owner)
            let files = try site.files(below: owner)
            #expect(files.count > 3)
            for path in files {
                let address = "/" + (path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path)
                for accept in [[:], ["Accept-Encoding": "gzip"]] {
                    let get = try HTTP.get(port: site.server.port, address, headers: accept)
                    let head = try HTTP.get(port: site.server.port, address, method: "HEAD", headers: accept)
                    #expect(get.status == 200 && head.status == 200, "\(path): \(get), \(head)")
                    #expect(head.body.isEmpty, "\(path)")
                    var (told, wanted) = (head.headers, get.headers)
                    for name in ["date", "connection"] { (told[name], wanted[name]) = (nil, nil) }
                    #expect(told == wanted, "\(path)")
                    #expect(head["content-length"] == "\(get.body.count)", "\(path): \(head)")
                }
            }
        }
    }

    /// Owners whose packages only holders of tokens read.
    @Suite(.withSite(settings: "private: [\"locked-*\"]\nreaders: tokens", ingest: true)) struct LockedTests {
        let site: Site

        init() throws { site = try .current }

        @Test(arguments: Specimen.all.map(\.type)) func `every file of a private owner wants a token that may read`(type: String)
            throws
        {
            let owner = "locked-\(type)"
            try site.addSamples(of: type, owner: owner)
            func basic(_ token: String) -> [String: String] {
                ["Authorization": "Basic " + Data("ci:\(token)".utf8).base64EncodedString()]
            }
            let reader = basic(try site.token(owner, rights: "read"))
            let strangers = [[:], basic(try site.token("somebody-else", rights: "read")), basic("ixg_wrong")]
            let files = try site.files(below: owner)
            #expect(files.count > 3)
            for path in files {
                let address = "/" + (path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path)
                #expect(try site.get(address, headers: reader).status == 200, "\(path)")
                for stranger in strangers {
                    let answer = try site.get(address, headers: stranger)
                    #expect([401, 403].contains(answer.status), "\(path): \(answer)")
                }
            }
        }
    }
}

extension Site {
    /// Adds the sample packages of a type.
    func addSamples(of type: String, owner: String) throws {
        let specimen = try Specimen.of(type)
        let root = "\(Checkout.samples)/\(type)"
        let samples = try FileManager.default.subpathsOfDirectory(atPath: root).sorted().map { "\(root)/\($0)" }.filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
        }
        for (places, paths) in Dictionary(grouping: samples, by: specimen.coordinates) {
            var arguments = [Tool.indexgen, "--site", folder, "add", "--owner", owner]
            if let type = specimen.spokenType { arguments += ["--type", type] }
            for (name, value) in places.sorted(by: { $0.key < $1.key }) { arguments += ["--\(name)", value] }
            try Tool.succeed(arguments + paths)
        }
    }
}
