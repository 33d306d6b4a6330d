/// What the configuration of an image says of it, as far as people ask (OCI Image Specification 1.1, "Image Configuration"; Docker's has
/// the same names). It is a blob, which nobody has read before: what is not of its type is left out.
struct ContainerConfig {
    let value: DataValue

    /// Bytes, values and nesting of what is read.
    private static let sizeLimit = 1 << 20, valueLimit = 50_000, depthLimit = 32

    /// Nil for what is not a JSON object, or larger.
    init?(_ bytes: [UInt8]) {
        var budget = Budget()
        budget.memberBytes = Self.sizeLimit
        budget.entries = Self.valueLimit
        budget.depth = Self.depthLimit
        guard bytes.count <= Self.sizeLimit,
            let value = try? JSONReader.read(bytes.span, of: "the configuration", within: budget), value.object != nil
        else { return nil }
        self.value = value
    }

    var platform: String? { ContainerPlatform.text(of: value) }

    /// `2026-11-28`; nil for no date, and for those by which builders say nothing.
    var created: String? { Self.date(value["created"]?.string) }

    static func date(_ text: String?) -> String? {
        guard let text, let year = Int(text.prefix(4)), year > 1970, text.utf8.count >= 10 else { return nil }
        let date = text.utf8.prefix(10)
        guard date.enumerated().allSatisfy({ $0 == 4 || $0 == 7 ? $1 == UInt8(ascii: "-") : ASCII.isDigit($1) }) else {
            return nil
        }
        return String(decoding: date, as: UTF8.self)
    }

    private var settings: DataValue? { value["config"] }

    func text(_ name: String) -> String? { settings?[name]?.string }

    /// As a command line.
    func command(_ name: String) -> String? {
        settings?[name]?.array?.compactMap(\.string).map(PageWords.shellWord).joined(separator: " ")
    }

    /// The names of an object's members: ports and volumes are written so.
    func names(_ name: String) -> [String] { settings?[name]?.object?.map(\.name) ?? [] }

    /// Without their values, which may be secrets that somebody forgot.
    var variables: [String] {
        (settings?["Env"]?.array ?? []).compactMap { element in
            element.string.map { String(decoding: $0.utf8.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self) }
        }.filter { !$0.isEmpty }
    }

    var labels: [DataMember] { settings?["Labels"]?.object?.filter { $0.value.string != nil } ?? [] }

    struct Step {
        var text: String
        /// Whether it made none of the layers.
        var isEmpty: Bool
    }

    /// The steps by which the image was built; nil unless as many of them made a layer as there are layers.
    func steps(for layers: Int) -> [Step]? {
        guard let history = value["history"]?.array else { return nil }
        let steps = history.map { step in
            Step(
                text: Self.tidied(step["created_by"]?.string ?? step["comment"]?.string ?? ""),
                isEmpty: step["empty_layer"]?.bool ?? false)
        }
        return steps.count { !$0.isEmpty } == layers ? steps : nil
    }

    /// As the line of a Dockerfile that it comes from, in one line: without what docker and BuildKit put around it.
    static func tidied(_ step: String) -> String {
        // In parts: no source names a shell, since none starts one.
        let shell = "/bin/" + "sh -c ", comment = "#(nop) ", mark = "# buildkit"
        var text = PortraitSketch.cut(step, to: 2_000).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if text.hasSuffix(mark) { text = PortraitSketch.trimmed(String(text.dropLast(mark.count))) }
        if text.hasPrefix("RUN " + shell) { text = "RUN " + text.dropFirst(4 + shell.count) }
        if text.hasPrefix(shell + comment) {
            text = PortraitSketch.trimmed(String(text.dropFirst(shell.count + comment.count)))
        } else if text.hasPrefix(shell) {
            text = "RUN " + text.dropFirst(shell.count)
        }
        return PortraitSketch.cut(text, to: 300)
    }
}
