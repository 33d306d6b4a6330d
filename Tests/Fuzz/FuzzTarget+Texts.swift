@testable import Formats
@testable import IndexGen

/// What stands inside the containers, and the settings file.
extension FuzzTarget {
    static let texts = [
        FuzzTarget("control") { (bytes) throws(BrokenPromise) in
            let stanza = Result { () throws(Refusal) in try Deb822Stanza(bytes.span) }
            switch stanza {
            case .failure(let refusal): try check(refusal)
            case .success(let stanza):
                let again = Result { () throws(Refusal) in try Deb822Stanza(stanza.bytes.span) }
                try promise((try? again.get()) == stanza, "a stanza is read otherwise once it is written: \(again)")
            }
            // A package without anything but this control file.
            let name = [UInt8]("x.deb\n")
            return try package(Debian(), name + Wrapping.deb(control: bytes))
        },
        FuzzTarget("metadata") { (bytes) throws(BrokenPromise) in
            let metadata = try read { (_) throws(Refusal) in try PyPIMetadata(bytes.span) }
            guard let metadata else { return false }
            for line in [metadata.name, metadata.version, metadata.summary, metadata.requiresPython ?? ""] {
                try check(line: line, "a field of the metadata")
            }
            try check(path: "\(metadata.project)/\(metadata.parsedVersion.normal)")
            let facts = PyPIFacts(
                project: metadata.project, version: metadata.parsedVersion.normal, requiresPython: metadata.requiresPython,
                metadataDigest: [UInt8](repeating: 0xAB, count: 32))
            let again = Result { () throws(Refusal) in try PyPIFacts(facts.encoded) }
            try promise((try? again.get()) == facts, "facts are read otherwise than they were written: \(again)")
            let pieces = PyPIFragments(facts, of: Wrapping.upload(named: "x.whl", of: bytes), annotations: Annotations())
            try WellFormed.html(line: pieces.html)
            try WellFormed.json(pieces.json)
            return true
        },
        FuzzTarget("chart-yaml") { (bytes) throws(BrokenPromise) in
            let document = try read { (budget) throws(Refusal) in
                Document(node: try YAMLDocument.read(bytes, subject: "Chart.yaml", within: budget))
            }
            if let document { try written(document.node) }
            let fragments = try read { (budget) throws(Refusal) in
                var chart = try HelmChart(bytes, from: "Chart.yaml", within: budget)
                if chart.apiVersion.isEmpty { chart.apiVersion = "v2" }
                try chart.validate()
                return try HelmEntry(chart, of: Wrapping.upload(named: "x.tgz", of: bytes)).fragments()
            }
            if let fragments { try WellFormed.helm(fragments) }
            return fragments != nil
        },
        FuzzTarget("settings") { (bytes) throws(BrokenPromise) in
            let settings: Settings
            do {
                settings = try SettingsFile.read(bytes, named: "indexgen.yaml", for: .standard)
            } catch let fault as SettingsError {
                try promise(
                    fault.line >= 1 && fault.column >= 1 && !fault.message.isEmpty, "a fault without place or words: \(fault)")
                try check(line: fault.description, "a fault")
                return false
            } catch {
                throw BrokenPromise("a fault without a place: \(error)")
            }
            do { try OwnerName.check(settings.owner) } catch { throw BrokenPromise("\(error)") }
            try check(line: settings.baseURL, "the address")
            try promise(!settings.baseURL.contains { " '\"<>;{}\\$".contains($0) }, "an address that must be quoted")
            for (_, value) in settings.coordinates { try check(line: value, "a default") }
            try promise(
                settings.retention >= 0 && settings.fileBytes > 0 && settings.budget.depth > 0, "a number below its range")
            return true
        },
        FuzzTarget("xml") { (bytes) throws(BrokenPromise) in
            let events = try read { (budget) throws(Refusal) in try xml(bytes, budget) }
            guard let events else { return false }
            var open: [XMLName] = []
            var written: [UInt8] = []
            for event in events {
                switch event {
                case .start(let name, let attributes):
                    try promise(open.isEmpty == written.isEmpty, "a second element beside the first")
                    try promise(open.count < Budget().depth, "elements deeper than the budget allows")
                    try promise(Set(attributes.map(\.name)).count == attributes.count, "an attribute twice")
                    open.append(name)
                    write(name, attributes, to: &written)
                case .text(let text):
                    try promise(!open.isEmpty && !text.isEmpty, "text outside of the document, or none")
                    _ = try FuzzTarget.text(text, "text")
                    escape(text, to: &written)
                case .end(let name):
                    try promise(open.popLast() == name, "an end of what did not begin")
                    written += "</e>".utf8
                }
            }
            try promise(open.isEmpty && !written.isEmpty, "a document without an end")
            // Written anew with names in attributes, so that any name can be written; it must say the same.
            let again = Result { () throws(Refusal) in try xml(written, roomy) }
            try promise(
                (try? again.get())?.count == events.count, "a document is read otherwise once it is written anew: \(again)")
            return true
        },
        FuzzTarget("versions") { (bytes) throws(BrokenPromise) in
            let parts = bytes.split(separator: 10, maxSplits: 1, omittingEmptySubsequences: false).map { Array($0) }
            return try versions(parts[0], parts.count > 1 ? parts[1] : parts[0])
        },
    ]

    /// Escapes and wrappers make a document longer than it was.
    private static let roomy: Budget = {
        var budget = Budget()
        budget.memberBytes *= 8
        return budget
    }()

    private static func xml(_ bytes: [UInt8], _ budget: Budget) throws(Refusal) -> [XMLEvent] {
        var events: [XMLEvent] = []
        try XMLReader.read(bytes.span, of: "x.xml", within: budget) { (event) throws(Refusal) in events.append(event) }
        return events
    }

    private static func write(_ name: XMLName, _ attributes: [XMLAttribute], to bytes: inout [UInt8]) {
        bytes += "<e".utf8
        // As many attributes as an element may have leave no room for the name.
        if attributes.count < 256 {
            bytes += " n=\"".utf8
            escape(Array("\(name.namespace) \(name.local)".utf8), to: &bytes)
            bytes += "\"".utf8
        }
        for (index, attribute) in attributes.enumerated() {
            bytes += " a\(index)=\"".utf8
            escape(Array(attribute.value.utf8), to: &bytes)
            bytes += "\"".utf8
        }
        bytes += ">".utf8
    }

    /// Everything that means something becomes a reference.
    private static func escape(_ text: [UInt8], to bytes: inout [UInt8]) {
        for byte in text {
            if byte < 0x20 || "<>&\"'".utf8.contains(byte) { bytes += "&#\(byte);".utf8 } else { bytes.append(byte) }
        }
    }

    /// A document that equals itself even where it holds NaN.
    private struct Document: Equatable {
        var node: YAMLNode

        static func == (a: Document, b: Document) -> Bool {
            switch (a.node, b.node) {
            case (.real(let one), .real(let other)): one == other || (one.isNaN && other.isNaN)
            case (.sequence(let one), .sequence(let other)):
                one.elementsEqual(other) { Document(node: $0) == Document(node: $1) }
            case (.mapping(let one), .mapping(let other)):
                one.elementsEqual(other) { $0.key == $1.key && Document(node: $0.value) == Document(node: $1.value) }
            default: a.node == b.node
            }
        }
    }

    /// Whatever was read can be written in both forms and read again.
    private static func written(_ node: YAMLNode) throws(BrokenPromise) {
        do throws(Refusal) { try HelmFields.checkNumbers(in: node, of: "x") } catch { return }
        guard hasShortKeys(node) else { return }
        var json: [UInt8] = []
        YAMLWriter.appendJSON(node, to: &json)
        try WellFormed.json(json)
        var block: [UInt8] = []
        YAMLWriter.append(items: [node], indent: 0, to: &block)
        try WellFormed.same(yaml: block, json: [UInt8(ascii: "[")] + json + [UInt8(ascii: "]")])
    }

    /// YAML has no longer ones, and charts with such are refused.
    private static func hasShortKeys(_ node: YAMLNode) -> Bool {
        switch node {
        case .sequence(let items): return items.allSatisfy { hasShortKeys($0) }
        case .mapping(let members):
            return members.allSatisfy { member in
                var key: [UInt8] = []
                YAMLScalar.appendQuoted(member.key, to: &key)
                return key.count <= 1_000 && hasShortKeys(member.value)
            }
        default: return true
        }
    }

    // MARK: - Versions

    private static func versions(_ a: [UInt8], _ b: [UInt8]) throws(BrokenPromise) -> Bool {
        var accepted = false
        if let one = try? DebianVersion(a), let other = try? DebianVersion(b) {
            accepted = true
            let order = one.compared(to: other)
            try promise(order.signum() == -other.compared(to: one).signum(), "Debian: the order has no direction")
            try check(one.sortKey, other.sortKey, order)
            try promise((one.canonical == other.canonical) == (order == 0), "Debian: equal versions in two normal forms")
            let normal = DebianVersion(one.canonical)
            try promise(
                normal?.compared(to: one) == 0 && normal?.canonical == one.canonical, "Debian: a normal form that is none")
        }
        let left = String(decoding: a, as: UTF8.self), right = String(decoding: b, as: UTF8.self)
        if let one = PEP440(left), let other = PEP440(right) {
            accepted = true
            try promise(
                (one.canonical == other.canonical) == (one.sortKey == other.sortKey), "PEP 440: equal keys of two versions")
            try check(one.sortKey, other.sortKey)
            try promise(PEP440(one.normal)?.normal == one.normal, "PEP 440: a normal form that is none")
            try promise(PEP440(one.canonical)?.canonical == one.canonical, "PEP 440: a canonical form that is none")
        }
        if let one = SemanticVersion(left), let other = SemanticVersion(right) {
            accepted = true
            try check(one.sortKey, other.sortKey)
            if one.identity.utf8.count <= SemanticVersion.lengthLimit {
                try promise(SemanticVersion(one.identity)?.identity == one.identity, "semantic: an identity that is none")
            }
        }
        let order = RPMVersion.compare(a.span, b.span)
        try promise(order.signum() == -RPMVersion.compare(b.span, a.span).signum(), "RPM: the order has no direction")
        try check(RPMVersion.sortKey(a.span), RPMVersion.sortKey(b.span), order)
        if let one = RPMVersion(left), let other = RPMVersion(right) {
            try promise((one.canonical == other.canonical) == (one.sortKey == other.sortKey), "RPM: equal keys of two versions")
            try check(one.sortKey, other.sortKey)
        }
        _ = PEP440Specifiers.isValid(left)
        _ = ASCII.matches(pattern: left, right)
        return accepted
    }

    /// Keys are in the versions' order, and none is the beginning of another.
    private static func check(_ one: [UInt8], _ other: [UInt8], _ order: Int? = nil) throws(BrokenPromise) {
        if let order {
            let byKey = one == other ? 0 : one.lexicographicallyPrecedes(other) ? -1 : 1
            try promise(byKey == order.signum(), "sort keys are not in the versions' order")
        }
        guard one != other else { return }
        try promise(!one.starts(with: other) && !other.starts(with: one), "a sort key is the beginning of another one")
    }
}
