import Corpus
import Foundation
import Testing

/// What HEAD says of a public file is what GET says, for the samples of every type.
extension Clients {
    @Suite struct HeadTests {
        let site: Site

        init() throws { site = try .current }

        @Test(arguments: Specimen.all.map(\.type)) func `HEAD and GET agree on every public file`(type: String) throws {
            let specimen = try Specimen.of(type)
            let owner = "head-\(type)"
            let folder = "\(Checkout.samples)/\(type)"
            let samples = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted().map { "\(folder)/\($0)" }.filter {
                path in
                var isFolder: ObjCBool = false
                return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
            }
            for (places, paths) in Dictionary(grouping: samples, by: specimen.coordinates) {
                var arguments = [Tool.indexgen, "--site", site.folder, "add", "--owner", owner]
                if let type = specimen.spokenType { arguments += ["--type", type] }
                for (name, value) in places.sorted(by: { $0.key < $1.key }) { arguments += ["--\(name)", value] }
                try Tool.succeed(arguments + paths)
            }
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
}
