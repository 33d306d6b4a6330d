import Testing

@testable import Formats
@testable import Kit

/// Which files are several in one.
@Suite struct ContainerBundlesTests {
    private static let digits = String(repeating: "a1", count: 32)

    private static func tar(_ paths: String...) -> [UInt8] { paths.reduce(TarBuilder()) { $0.file($1, "x") }.bytes }

    private func form(_ bytes: [UInt8], _ filename: String = "image.tar", isAsked: Bool) -> BundleForm {
        ContainerBundles().recognise(Glimpse(bytes.span, filename: filename), of: bytes.span, isAsked: isAsked)
    }

    @Test(arguments: [false, true]) func `layouts and archives of docker are known, plain and packed`(isAsked: Bool) {
        let layout = Self.tar("blobs/sha256/\(Self.digits)", "index.json", "oci-layout")
        let docker = Self.tar("\(Self.digits)/layer.tar", "\(Self.digits).json", "repositories", "manifest.json")
        for bytes in [layout, docker] {
            #expect(form(bytes, isAsked: isAsked) == .plain)
            #expect(form(bytes.gzip, isAsked: isAsked) == .packed)
            #expect(form(bytes.zstd, isAsked: isAsked) == .packed)
            #expect(form(bytes, "sha256:\(Self.digits)", isAsked: isAsked) == .none, "a blob may be such an archive")
        }
    }

    @Test func `other archives are not, whatever they hold besides`() {
        for bytes in [
            Self.tar("package/package.json", "package/manifest.json"), Self.tar("manifest.json", "background.js"),
            Self.tar("a/oci-layout"), Self.tar("blobs.txt"), Self.tar("\(Self.digits).json"), [UInt8]("text".utf8), [],
        ] {
            #expect(form(bytes, isAsked: false) == .none)
        }
        #expect(form(Self.tar("package/index.js").gzip, isAsked: true) == .none)
        let chart = Self.tar("hello/Chart.yaml", "hello/values.yaml").gzip
        #expect(form(chart, isAsked: false) == .none, "charts are Helm's")
        #expect(form(chart, isAsked: true) == .plain)
    }
}
