import Testing

@testable import Formats
@testable import Kit

@Suite struct ArchivesTests {
    @Test func `a package made of all three archives is read back`() throws {
        let tar = TarBuilder().folder("./").file("./control", "Package: x\n").link("./a", to: "b").bytes
        let deb = ArBuilder().member("debian-binary", "2.0\n").member("control.tar.gz", tar.gzip).member("data.tar.xz", tar.xz)
            .bytes
        let members = try Ar.members(of: deb.span, within: Budget())
        #expect(members.map(\.name) == ["debian-binary", "control.tar.gz", "data.tar.xz"])
        for packed in [tar, tar.gzip, tar.xz, tar.zstd] {
            var paths: [String] = []
            let found = try Tar.scan(packed.span, compressed: Codec.recognise(packed.span), subject: "x.tar", within: Budget()) {
                member in
                paths.append(member.path)
                return member.path == "control" ? .take : .skip
            }
            #expect(found.map(\.bytes.text) == ["Package: x\n"])
            #expect(paths == ["", "control", "a"])
        }
        let wheel = ZipBuilder().file("x/__init__.py", "", deflate: false).file("x-1.dist-info/METADATA", "Name: x\n").bytes
        let zip = try Zip(wheel.span, subject: "x.whl", within: Budget())
        #expect(zip.members.map(\.name) == ["x/__init__.py", "x-1.dist-info/METADATA"])
        #expect(try zip.content(of: zip.members[1], in: wheel.span, within: Budget()).text == "Name: x\n")
    }
}
