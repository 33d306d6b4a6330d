import Formats
import Foundation
import Testing

@testable import IndexGen

/// Links to the folder of the newest: they move, come and go with the documents that they belong to.
@Suite struct FolderLinkTests {
    private static let settings = "toy:\n  last: true\n"

    private func target(_ test: TestSite) -> String? {
        Files.target(ofLink: "\(test.site.publicRoot)/acme/toy/main/best").map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `a link follows the newest folder, and goes with the last`() throws {
        let test = try TestSite(settings: Self.settings)
        try test.add([test.toy("ball", "1", shelf: "b")])
        try test.generate()
        #expect(target(test) == "b")
        try test.add([test.toy("ball", "1", shelf: "a")])
        try test.generate()
        #expect(target(test) == "b")
        try test.add([test.toy("ball", "1", shelf: "c")])
        try test.generate()
        #expect(target(test) == "c")
        #expect(try Files.read("\(test.site.publicRoot)/acme/toy/main/best/index").count > 0)
        #expect(try test.faults() == [])
        let grown = try test.tree()
        try test.startOver()
        #expect(try test.tree() == grown && target(test) == "c")
        for (shelf, left) in [("c", "b"), ("b", "a"), ("a", nil)] {
            let row = try #require(try test.catalog.repositories().first)
            let files = try test.catalog.snapshot { try $0.files(in: row) }.filter { $0.architecture == shelf }
            try test.catalog.remove(files, author: "tester")
            try test.generate()
            #expect(target(test) == left)
            #expect(try test.faults() == [])
        }
    }

    @Test func `a link that leads elsewhere, and what is in its place, are faults that generate mends`() throws {
        let test = try TestSite(settings: Self.settings)
        try test.add([test.toy("ball", "1", shelf: "b"), test.toy("ball", "1", shelf: "a")])
        try test.generate()
        let path = "\(test.site.publicRoot)/acme/toy/main/best"
        for damage in ["a", "", nil] as [String?] {
            try FileManager.default.removeItem(atPath: path)
            if let damage {
                if damage.isEmpty {
                    try Files.replace(path, with: [UInt8]("b"))
                } else {
                    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: damage)
                }
            }
            #expect(try test.faults().map(\.path) == ["acme/toy/main/best"])
            try test.generate(everything: true)
            #expect(try test.faults() == [])
            #expect(target(test) == "b")
        }
    }

    @Test(arguments: [
        ("tool/1.0", "tool", "1.0"), ("tool", "", "tool"), ("a/b/c", "a/x", "../b/c"), ("a", "b/c", "../../a"),
    ])
    func `paths are written from other folders`(path: String, folder: String, relative: String) {
        #expect(Files.relative(path, from: folder) == relative)
    }
}
