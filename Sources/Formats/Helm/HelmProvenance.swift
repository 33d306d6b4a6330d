/// A chart's provenance file: a cleartext-signed message (RFC 9580 section 7) that holds the chart's metadata and the digest of its
/// archive. The structure is checked, the signature is not: that takes a keyring, and is the client's business (`helm verify`).
struct HelmProvenance {
    var chart: HelmChart
    /// The digest that the message claims for `NAME-VERSION.tgz`; 32 bytes.
    var sha256: [UInt8]

    static let sizeLimit = 1 << 20
    private static let subject = "the provenance file"
    private static let remedy = "sign the chart again with helm package --sign"

    static func opens(_ bytes: Span<UInt8>) -> Bool { bytes.has("-----BEGIN PGP SIGNED MESSAGE-----") }

    /// Other signed messages (Debian's .dsc) open alike; only helm's go on with `...` and `files:`.
    static func recognise(_ bytes: Span<UInt8>, filename: String) -> Recognition {
        let length = min(bytes.count, sizeLimit)
        for position in 0..<length where bytes[position] == 10 {
            if bytes.has("\n...\nfiles:", at: position) || bytes.has("\n...\r\nfiles:", at: position) { return .surely }
        }
        return ASCII.lowered(filename).hasSuffix(".prov") ? .perhaps : .no
    }

    init(_ bytes: Span<UInt8>, within budget: Budget) throws(Refusal) {
        guard bytes.count <= Self.sizeLimit else {
            throw Refusal(.limit, "\(Self.subject) is larger than 1 MiB", at: "byte \(Self.sizeLimit)", remedy: Self.remedy)
        }
        let parts = try Self.parts(of: Self.lines(bytes))
        var chart = try HelmChart(parts.metadata, from: Self.subject, within: budget)
        if chart.apiVersion.isEmpty { chart.apiVersion = "v1" }
        try chart.validate()
        let path = try HelmChart.path(name: chart.name, version: chart.version)
        let sums = try YAMLDocument.read(parts.sums, subject: Self.subject, within: budget)
        guard case .mapping(let members) = sums, let files = members.first(where: { $0.key == "files" }),
            case .mapping(let listed) = files.value, listed.count == 1, let file = listed.first, case .text(let sum) = file.value
        else {
            throw Refusal(.malformed, "\(Self.subject) does not name exactly one file", at: "files", remedy: Self.remedy)
        }
        guard Array(file.key.utf8) == Array(path.utf8) else {
            throw Refusal(
                .ambiguous, "\(Self.subject) speaks of \(file.key) but holds the metadata of \(path)", at: "files",
                remedy: Self.remedy)
        }
        let digits = Array(sum.utf8)
        guard digits.starts(with: "sha256:".utf8), let digest = Hex.bytes(digits.dropFirst(7)), digest.count == 32 else {
            throw Refusal(.malformed, "\(Self.subject) has no SHA-256 digest", at: "files, \(file.key)", remedy: Self.remedy)
        }
        self.chart = chart
        sha256 = digest
    }

    /// Without their ends (LF or CRLF).
    private static func lines(_ bytes: Span<UInt8>) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = 0
        for position in 0...bytes.count where position == bytes.count || bytes[position] == 10 {
            let end = position > start && position > 0 && bytes[position - 1] == 13 ? position - 1 : position
            lines.append(bytes.copied(start..<end))
            start = position + 1
        }
        return lines
    }

    /// The two halves of the signed text. Nothing may stand before, after or between the parts of the message.
    private static func parts(of lines: [[UInt8]]) throws(Refusal) -> (metadata: [UInt8], sums: [UInt8]) {
        func refusal(_ what: String, _ line: Int) -> Refusal {
            Refusal(.malformed, "\(subject) \(what)", at: "line \(line + 1)", remedy: remedy)
        }
        func isLine(_ index: Int, _ text: String) -> Bool { index < lines.count && lines[index] == Array(text.utf8) }
        guard isLine(0, "-----BEGIN PGP SIGNED MESSAGE-----") else { throw refusal("does not begin as a signed message", 0) }
        var index = 1
        while index < lines.count, !lines[index].isEmpty {
            // A reader that skips unknown headers and one that does not would see different texts.
            guard lines[index].starts(with: "Hash: ".utf8) else { throw refusal("has an armor header other than Hash", index) }
            index += 1
        }
        index += 1
        var halves: [[UInt8]] = [[]]
        while index < lines.count, !isLine(index, "-----BEGIN PGP SIGNATURE-----") {
            var line = lines[index]
            if line.first == UInt8(ascii: "-") {
                guard line.starts(with: "- ".utf8) else { throw refusal("has a line with an unescaped dash", index) }
                line.removeFirst(2)
            }
            if line == Array("...".utf8) {
                halves.append([])
            } else {
                halves[halves.count - 1] += line + [10]
            }
            index += 1
        }
        guard index < lines.count else {
            throw Refusal(
                .truncated, "\(subject) ends before its signature", at: "line \(lines.count)", remedy: "send the file again")
        }
        guard halves.count == 2 else { throw refusal("does not consist of metadata, `...` and files", index) }
        index += 1
        while index < lines.count, !isLine(index, "-----END PGP SIGNATURE-----") {
            guard lines[index].first != UInt8(ascii: "-") else { throw refusal("has a broken signature", index) }
            index += 1
        }
        guard index < lines.count else {
            throw Refusal(
                .truncated, "\(subject) ends within its signature", at: "line \(lines.count)", remedy: "send the file again")
        }
        guard lines[(index + 1)...].allSatisfy({ $0.isEmpty }) else { throw refusal("goes on after its signature", index + 1) }
        return (halves[0], halves[1])
    }
}
