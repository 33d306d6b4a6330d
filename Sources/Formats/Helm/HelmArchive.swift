/// Reads a chart's archive as helm's loader does (3.17.3, 4.1.4, 4.2.3): the first component of each name as it is stored is dropped,
/// whatever it is, so that `./Chart.yaml` is a chart's metadata and `./NAME/Chart.yaml` is not.
enum HelmArchive {
    /// Helm's own bound for a chart, beyond which its clients refuse it.
    static let expandedLimit = 100 << 20
    /// Helm's bound for each file of a chart from 3.17.3 to 4.1; others have none but that of the chart.
    static let formerFileLimit = 5 << 20
    /// Chart.yaml and requirements.yaml: every client of the repository reads what they say.
    private static let metadataLimit = 5 << 20

    private static let subject = "the chart archive"
    private static let remedy = "package the chart again with helm package"

    /// By the Chart.yaml in a chart's folder.
    static func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition {
        guard glimpse.codec == .gzip else { return .no }
        var isChart = false
        glimpse.look(into: bytes) { member in
            let name = try? inner(member.header.storedPath)
            isChart = member.header.kind == .file && name == Array("Chart.yaml".utf8)
            return isChart
        }
        if isChart { return .surely }
        return ASCII.lowered(glimpse.filename).hasSuffix(".tgz") ? .perhaps : .no
    }

    /// A chart, and the first of its files that is larger than some helms accept.
    struct Reading {
        var chart: HelmChart
        var largeFile: (path: String, size: Int)?
        /// What `helm show readme` shows; nil where there is none, or nobody asked.
        var readme: (bytes: [UInt8], isMarkdown: Bool)?
        /// values.yaml; nil where there is none, or nobody asked.
        var values: [UInt8]?
    }

    /// Bytes of a readme and of a values.yaml that are taken.
    private static let longestText = 256 << 10

    /// The chart's metadata, from Chart.yaml and, where there is one, requirements.yaml. Every member's name is checked.
    ///
    /// - Parameters:
    ///   - fileLimit: bytes that each of its files may have (the setting `file_bytes`).
    ///   - isPortrayed: whether readme and values are taken as well. Nothing is refused for their sake.
    static func chart(
        in bytes: Span<UInt8>, fileLimit: Int = expandedLimit, within budget: Budget, isPortrayed: Bool = false
    ) throws(Refusal) -> Reading {
        guard Codec.recognise(bytes) == .gzip else {
            throw Refusal(.unsupported, "the file is not a gzip archive", at: "byte 0", remedy: remedy)
        }
        var budget = budget
        // Room for headers besides the contents, which are counted below.
        budget.expandedBytes = min(budget.expandedBytes, expandedLimit + (32 << 20))
        budget.memberBytes = min(budget.memberBytes, metadataLimit)
        var total = 0
        var largeFile: (path: String, size: Int)?
        var seen: Set<[UInt8]> = []
        let wanted: Set<[UInt8]> = [Array("Chart.yaml".utf8), Array("requirements.yaml".utf8)]
        var misplaced: String?
        var texts = Texts(longest: min(longestText, budget.memberBytes))
        let contents = try Tar.scan(bytes, compressed: .gzip, subject: subject, within: budget) {
            (member) throws(Refusal) -> TarChoice in
            if member.kind == .directory { return .skip }
            let path = try inner(member.storedPath)
            if member.kind == .file {
                guard member.size <= fileLimit else {
                    throw Refusal(
                        .limit, "a file in the chart has \(member.size) bytes, more than \(fileLimit)", at: member.path,
                        remedy: fileLimit < expandedLimit
                            ? "remove the file from the chart, or raise file_bytes below helm: in indexgen.yaml"
                            : "remove the file from the chart: helm takes 100 MiB for all of them")
                }
                if member.size > formerFileLimit, largeFile == nil { largeFile = (member.path, member.size) }
                total += member.size
                guard total <= expandedLimit else {
                    throw Refusal(
                        .limit, "the chart is larger than helm accepts (100 MiB)", at: member.path,
                        remedy: "make the chart smaller")
                }
            }
            guard wanted.contains(path) else {
                if isPortrayed, texts.isWanted(path, member) { return .take }
                if path.suffix(11).elementsEqual("/Chart.yaml".utf8), misplaced == nil {
                    misplaced = String(decoding: member.storedPath, as: UTF8.self)
                }
                return .skip
            }
            guard member.kind == .file else {
                throw Refusal(.malformed, "the chart's metadata is a link", at: member.path, remedy: remedy)
            }
            guard seen.insert(path).inserted else {
                throw Refusal(.ambiguous, "the archive holds this file twice", at: member.path, remedy: remedy)
            }
            return .take
        }
        var chart: HelmChart?
        var requirements: [UInt8]?
        for content in contents {
            if texts.take(content) { continue }
            let text = withoutMark(content.bytes)
            if try inner(content.member.storedPath) == Array("Chart.yaml".utf8) {
                chart = try HelmChart(text, from: "Chart.yaml", within: budget)
            } else {
                requirements = text
            }
        }
        guard var chart else {
            if let misplaced {
                throw Refusal(
                    .malformed,
                    "Chart.yaml is missing: helm drops the first part of each name and then looks for Chart.yaml alone",
                    at: misplaced, remedy: "pack the chart's folder as NAME/…, without ./ before it (helm package does)")
            }
            throw Refusal(.malformed, "Chart.yaml is missing", at: subject, remedy: remedy)
        }
        if chart.apiVersion.isEmpty { chart.apiVersion = "v1" }
        if let requirements { try chart.merge(requirements, from: "requirements.yaml", within: budget) }
        try chart.validate()
        return Reading(chart: chart, largeFile: largeFile, readme: texts.readme, values: texts.values)
    }

    /// The texts for people in a chart's folder, each from the first member of its name.
    private struct Texts {
        let longest: Int
        private(set) var readme: (bytes: [UInt8], isMarkdown: Bool)?
        private(set) var values: [UInt8]?
        private var places: (readme: Int?, values: Int?)
        private var isMarkdown = false

        init(longest: Int) { self.longest = longest }

        /// - Parameter path: below the chart's folder.
        mutating func isWanted(_ path: [UInt8], _ member: TarMember) -> Bool {
            guard member.kind == .file, !member.isSparse, member.size <= longest, path.count <= 11 else { return false }
            if places.values == nil, path.elementsEqual("values.yaml".utf8) {
                places.values = member.index
                return true
            }
            // As helm's `findReadme` (4.2.3), whatever the case.
            let name = ASCII.lowered(String(decoding: path, as: UTF8.self))
            guard places.readme == nil, ["readme.md", "readme.txt", "readme"].contains(name) else { return false }
            places.readme = member.index
            isMarkdown = name != "readme.txt"
            return true
        }

        /// Whether the content is one of them.
        mutating func take(_ content: TarContent) -> Bool {
            let place = content.member.index
            guard place == places.readme || place == places.values else { return false }
            let text = HelmArchive.withoutMark(content.bytes)
            if place == places.values { values = text } else { readme = (text, isMarkdown) }
            return true
        }
    }

    /// A member's path below the chart's folder.
    ///
    /// A name with a backslash was written on Windows; then `\` separates (and `/` is not a separator). Refused as helm refuses: what
    /// has no folder, leads out of it (any name that begins with two dots), is absolute behind the folder, or names a drive.
    private static func inner(_ path: [UInt8]) throws(Refusal) -> [UInt8] {
        let slash = UInt8(ascii: "/"), backslash = UInt8(ascii: "\\"), dot = UInt8(ascii: ".")
        func refusal(_ what: String) -> Refusal {
            Refusal(.malformed, what, at: String(decoding: path, as: UTF8.self), remedy: remedy)
        }
        let separator = path.contains(backslash) ? backslash : slash
        guard let end = path.firstIndex(of: separator) else {
            if path == Array("Chart.yaml".utf8) { throw refusal("Chart.yaml is not in a folder") }
            throw refusal("the archive has a file outside the chart's folder")
        }
        if end + 1 < path.count, path[end + 1] == separator || path[end + 1] == slash {
            throw refusal("the archive has two separators behind the chart's folder, which helm takes for an absolute path")
        }
        var components: [ArraySlice<UInt8>] = []
        for component in path[(end + 1)...].split(separator: separator, omittingEmptySubsequences: true) {
            // The slashes in a name from Windows separate after all, once it is unpacked.
            for part in component.split(separator: slash) where part != [dot] {
                guard part != [dot, dot] else { throw refusal("the archive has a name with `..`") }
                components.append(part)
            }
        }
        guard path[..<end] != Array("Chart.yaml".utf8)[...] else { throw refusal("Chart.yaml is not in a folder") }
        guard let first = components.first else { throw refusal("the archive has a file outside the chart's folder") }
        if first.starts(with: [dot, dot]) {
            throw refusal("the archive has a name that begins with two dots, which helm refuses")
        }
        if first.count == 2, let letter = first.first, ASCII.isLetter(letter), first.last == UInt8(ascii: ":") {
            throw refusal("the archive has a name with a drive letter")
        }
        return Array(components.joined(separator: [slash]))
    }

    private static func withoutMark(_ bytes: [UInt8]) -> [UInt8] {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }
}
