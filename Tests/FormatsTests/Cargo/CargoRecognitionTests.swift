import Testing

@testable import Formats
@testable import Kit

@Suite struct CargoRecognitionTests {
    private func recognise(_ bytes: [UInt8], _ filename: String) -> Recognition {
        Cargo().recognise(bytes.span, filename: filename)
    }

    @Test func `a crate is one by its name and its Cargo toml, or plainly by its content`() {
        let plain = CrateBuilder("web", "1.0.0").bytes
        let packaged = CrateBuilder("web", "1.0.0").file("Cargo.toml.orig", "").bytes
        #expect(recognise(plain, "web-1.0.0.crate") == .surely)
        #expect(recognise(plain, "WEB.CRATE") == .surely)
        #expect(recognise(plain, "download") == .surely)
        #expect(recognise(plain, "") == .surely)
        #expect(recognise(packaged, "web-1.0.0.tar.gz") == .surely)
        #expect(Cargo().announces(filename: "web-1.0.0.crate"))
    }

    @Test func `archives of sources, charts and Python's archives are not crates`() {
        let plain = CrateBuilder("web", "1.0.0")
        #expect(recognise(plain.bytes, "web-1.0.0.tar.gz") == .no)
        #expect(recognise(plain.bytes, "web-1.0.0.tgz") == .no)
        #expect(recognise(plain.file("Cargo.toml.orig", "").file("PKG-INFO", "").bytes, "web-1.0.0.tar.gz") == .no)
        #expect(recognise(plain.file("PKG-INFO", "").bytes, "web") == .no)
        #expect(recognise(plain.file("Chart.yaml", "").bytes, "web") == .no)
        #expect(recognise(HelmChartBuilder("web", "1.0.0").bytes, "web-1.0.0.tgz") == .no)
        var folder = plain
        folder.folder = "web-main"
        #expect(recognise(folder.bytes, "web") == .no)
    }

    @Test func `other content under a crate's name is not one, and other archives may be`() {
        #expect(recognise([1, 2, 3], "web-1.0.0.crate") == .no)
        #expect(recognise([], "web-1.0.0.crate") == .no)
        #expect(recognise(TarBuilder().file("x", "y").bytes.gzip, "web-1.0.0.crate") == .perhaps)
        #expect(recognise(Array(CrateBuilder("web", "1.0.0").bytes.prefix(40)), "web-1.0.0.crate") == .perhaps)
    }

    @Test func `no other type takes a crate for its own`() {
        let bytes = CrateBuilder("web", "1.0.0").file("Cargo.toml.orig", "").bytes
        for ecosystem in Ecosystems.standard.all where ecosystem.profile.id != "cargo" {
            for name in ["web-1.0.0.crate", "download", ""] {
                #expect(ecosystem.recognise(bytes.span, filename: name) < .surely, "\(ecosystem.profile.id)")
            }
        }
    }
}
