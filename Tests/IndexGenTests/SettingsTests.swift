import Formats
import Testing

@testable import IndexGen

@Suite struct SettingsTests {
    private func read(_ text: String) throws -> Settings {
        try SettingsFile.read([UInt8](text), named: "indexgen.yaml", for: Ecosystems([Toy()]))
    }

    @Test func `every key is optional`() throws {
        for text in ["", "# nothing", "{}", "defaults:\n"] { #expect(try read(text).owner == "packages") }
    }

    @Test func `what is set is read`() throws {
        let settings = try read(
            """
            base_url: https://packages.example.org/sub/
            defaults: {owner: acme, group: el9}
            retention: 2d
            limits: {ratio: 7}
            signing: {keys: [0123456789ABCDEF0123456789ABCDEF01234567]}
            toy:
              motto: hi
              groups:
                "el*": {motto: el}
                el9: {motto: nine}
            """)
        #expect(settings.baseURL == "https://packages.example.org/sub")
        #expect(settings.owner == "acme")
        #expect(settings.retention == 172_800)
        #expect(settings.budget.ratio == 7)
        #expect(settings.signingKeys.count == 1)
        let options = settings.options["toy"]
        #expect(options?.text("motto", for: "fedora") == "hi")
        #expect(options?.text("motto", for: "el8") == "el")
        #expect(options?.text("motto", for: "el9") == "nine")
        let coordinates = settings.coordinates(for: Toy().profile, given: Coordinates())
        #expect(coordinates["group"] == "el9")
    }

    @Test(arguments: [
        ("colour: red", 1, 1, "unknown key 'colour'"),
        ("defaults:\n  owner: acme\n  shade: 1", 3, 3, "unknown key 'shade'"),
        ("toy:\n  groups:\n    el9:\n      size: 1", 4, 7, "unknown key 'size'"),
        ("retention: soon", 1, 12, "no duration"),
        ("limits: {ratio: none}", 1, 17, "whole number"),
        ("base_url: packages.example.org", 1, 11, "no address"),
        ("base_url: 'http://x/a;b'", 1, 11, "no address"),
        ("base_url: 'http://x/$uri'", 1, 11, "no address"),
        ("defaults: {owner: ../x}", 1, 19, "cannot be an owner"),
        ("toy: [1]", 1, 6, "mapping"),
        ("signing: {keys: [abc]}", 1, 17, "no key fingerprint"),
        ("retention: 1h\ntoy: \u{1}", 2, 6, "U+1: control characters are not allowed"),
    ])
    func `a fault is named with line and column`(text: String, line: Int, column: Int, message: String) throws {
        let error = #expect(throws: SettingsError.self) { try read(text) }
        #expect(error?.line == line)
        #expect(error?.column == column)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test func `broken YAML and doubled keys are faults with a place`() {
        #expect(throws: SettingsError.self) { try read("a: [") }
        #expect(throws: SettingsError.self) { try read("retention: 1h\nretention: 2h") }
    }

    @Test func `the settings file that init writes is read back`() throws {
        let text = SettingsTemplate.text(baseURL: "http://127.0.0.1:8080")
        let settings = try SettingsFile.read([UInt8](text), named: "indexgen.yaml", for: .standard)
        #expect(settings.baseURL == "http://127.0.0.1:8080")
    }

    @Test(arguments: [
        ("http://localhost", "localhost", 80, ""), ("http://127.0.0.1:8080/pkg", "127.0.0.1", 8080, "/pkg"),
        ("https://x.example", "x.example", 80, ""),
    ])
    func `nginx listens where the address says`(url: String, host: String, port: Int, path: String) {
        let address = WebAddress(url)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.path == path)
    }
}
