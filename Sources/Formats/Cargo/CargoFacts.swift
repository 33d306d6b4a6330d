/// What the catalog keeps of a crate for its line of the index to be written again without it: the whole `CargoRelease`.
///
/// A revision byte, then the members in their order. Counts and lengths are LEB128; a text is its length + 1 and its UTF-8, and 0 stands
/// for one that is not there. A dependency begins with a byte for its kind (bits 0 and 1), optional (2) and default features (3).
enum CargoFacts {
    private static let revision: UInt8 = 1
    private static let damaged = Refusal(.malformed, "the record of a crate is damaged", remedy: "ingest the file again")

    static func encoded(_ release: CargoRelease) -> [UInt8] {
        var writer = Writer()
        writer.text(release.name)
        writer.text(release.version)
        writer.text(release.links)
        writer.text(release.rustVersion)
        writer.number(release.dependencies.count)
        for dependency in release.dependencies {
            writer.bytes.append(
                dependency.kind.rawValue | (dependency.isOptional ? 4 : 0) | (dependency.usesDefaultFeatures ? 8 : 0))
            writer.text(dependency.name)
            writer.text(dependency.package)
            writer.text(dependency.requirement)
            writer.text(dependency.target)
            writer.text(dependency.registryIndex)
            writer.texts(dependency.features)
        }
        writer.number(release.features.count)
        for feature in release.features {
            writer.text(feature.name)
            writer.texts(feature.values)
        }
        return writer.bytes
    }

    /// - Throws: for bytes that this revision of the program did not write.
    static func release(_ facts: [UInt8]) throws(Refusal) -> CargoRelease {
        guard facts.first == revision else { throw damaged }
        var reader = Reader(rest: facts.dropFirst())
        var release = CargoRelease(name: try reader.text(), version: try reader.text())
        release.links = try reader.optionalText()
        release.rustVersion = try reader.optionalText()
        for _ in 0..<(try reader.number()) {
            let flags = try reader.byte()
            guard let kind = CargoDependency.Kind(rawValue: flags & 3), flags < 16 else { throw damaged }
            var dependency = CargoDependency(name: try reader.text(), requirement: "")
            dependency.kind = kind
            dependency.isOptional = flags & 4 != 0
            dependency.usesDefaultFeatures = flags & 8 != 0
            dependency.package = try reader.optionalText()
            dependency.requirement = try reader.text()
            dependency.target = try reader.optionalText()
            dependency.registryIndex = try reader.optionalText()
            dependency.features = try reader.texts()
            release.dependencies.append(dependency)
        }
        for _ in 0..<(try reader.number()) {
            release.features.append(CargoFeature(name: try reader.text(), values: try reader.texts()))
        }
        guard reader.rest.isEmpty else { throw damaged }
        return release
    }

    private struct Writer {
        var bytes = [CargoFacts.revision]

        mutating func number(_ number: Int) {
            var rest = UInt(bitPattern: number)
            while rest > 127 {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }

        mutating func text(_ text: String?) {
            guard let text else { return bytes.append(0) }
            number(text.utf8.count + 1)
            bytes.append(text)
        }

        mutating func texts(_ texts: [String]) {
            number(texts.count)
            for text in texts { self.text(text) }
        }
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func byte() throws(Refusal) -> UInt8 {
            guard let byte = rest.popFirst() else { throw damaged }
            return byte
        }

        mutating func number() throws(Refusal) -> Int {
            var number = 0
            for shift in stride(from: 0, to: 35, by: 7) {
                let byte = try byte()
                number |= Int(byte & 127) << shift
                if byte < 128 { return number }
            }
            throw damaged
        }

        mutating func optionalText() throws(Refusal) -> String? {
            let length = try number()
            if length == 0 { return nil }
            guard length - 1 <= rest.count else { throw damaged }
            defer { rest = rest.dropFirst(length - 1) }
            return String(decoding: rest.prefix(length - 1), as: UTF8.self)
        }

        mutating func text() throws(Refusal) -> String {
            guard let text = try optionalText() else { throw damaged }
            return text
        }

        mutating func texts() throws(Refusal) -> [String] {
            var texts: [String] = []
            for _ in 0..<(try number()) { texts.append(try text()) }
            return texts
        }
    }
}
