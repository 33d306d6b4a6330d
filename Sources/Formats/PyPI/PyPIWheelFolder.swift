/// What installers read in a wheel besides METADATA: WHEEL, RECORD, entry_points.txt, and the names below `*.data`.
///
/// pip and uv choose a wheel by its metadata and read these only when they have settled for it: one that they cannot read stops the
/// installation of the whole project, whatever other versions there are. What stops one of the two is refused (pip 26.3, uv 0.13).
enum PyPIWheelFolder {
    private static let remedy = "build the wheel again with a current build tool"

    /// - Parameter path: of the member, for refusals.
    static func checkWheel(_ bytes: [UInt8], at path: String) throws(Refusal) {
        try checkText(bytes, at: path)
        let header = PyPIHeader(["Wheel-Version"], in: bytes.span)
        let version: PyPIHeader.Field?
        do { version = try header.only("Wheel-Version") } catch { throw error.inside(path) }
        guard let version, version.isExact else {
            throw Refusal(
                .malformed, "it has no field Wheel-Version\(version == nil ? "" : " in this spelling, which uv wants")",
                at: path, remedy: remedy)
        }
        guard isReadable(version.value) else {
            throw Refusal(
                .unsupported,
                "the wheel's format '\(String(version.value.unicodeScalars.prefix(20)))' is neither 0.1 nor 1 with a second number",
                at: "\(path), line \(version.line), field Wheel-Version",
                remedy: "build it with a tool that writes wheels of version 1.0")
        }
    }

    /// `1.` and numbers, and `0.1`, which the first tools wrote (2012) and both installers take to this day.
    private static func isReadable(_ version: String) -> Bool {
        if version == "0.1" { return true }
        let parts = version.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count > 1 && parts[0].elementsEqual("1".utf8)
            && parts.dropFirst().allSatisfy { !$0.isEmpty && $0.count <= 9 && $0.allSatisfy(ASCII.isDigit) }
    }

    /// Rows of path, digest and size, with commas between them (RFC 4180).
    static func checkRecord(_ bytes: [UInt8], at path: String) throws(Refusal) {
        try checkText(bytes, at: path)
        func refusal(_ what: String, _ line: Int) -> Refusal {
            Refusal(.malformed, what, at: "\(path), line \(line)", remedy: remedy)
        }
        let quote = UInt8(ascii: "\"")
        var line = 1, position = 0
        while position < bytes.count {
            var commas = 0, field = position
            let start = position
            var size = 0..<0
            while position < bytes.count, bytes[position] != 10, bytes[position] != 13 {
                if bytes[position] == quote, position == field {
                    // Up to the quote that ends it; two of them are one inside.
                    position += 1
                    while position < bytes.count,
                        bytes[position] != quote || position + 1 < bytes.count && bytes[position + 1] == quote
                    {
                        position += bytes[position] == quote ? 2 : 1
                    }
                    guard position < bytes.count else { throw refusal("a quoted name has no end", line) }
                    position += 1
                    continue
                }
                if bytes[position] == UInt8(ascii: ",") {
                    commas += 1
                    if commas == 3 { size = field..<position }
                    field = position + 1
                }
                position += 1
            }
            if position == start { throw refusal("a row is empty, which stops pip", line) }
            if commas == 2 { size = field..<position }
            guard commas > 1, bytes[size].allSatisfy(ASCII.isDigit) else {
                throw refusal("a row is not a path, a digest and a size, which stops uv", line)
            }
            if position < bytes.count {
                position += bytes[position] == 13 && position + 1 < bytes.count && bytes[position + 1] == 10 ? 2 : 1
            }
            line += 1
        }
    }

    /// Sections of `NAME = VALUE`; in those for scripts, of which installers make commands, `NAME = MODULE:FUNCTION`.
    static func checkEntryPoints(_ bytes: [UInt8], at path: String) throws(Refusal) {
        try checkText(bytes, at: path)
        var isScripts = false, isBegun = false
        var seen: Set<[UInt8]> = []
        var number = 0
        for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
            number += 1
            let text = trimmed(line)
            guard let first = text.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { continue }
            if first == UInt8(ascii: "[") {
                isBegun = true
                isScripts = [Array("[console_scripts]".utf8), Array("[gui_scripts]".utf8)].contains(Array(text))
                seen = []
                continue
            }
            guard isBegun else {
                throw Refusal(
                    .malformed, "a line stands in no section, which stops uv", at: "\(path), line \(number)",
                    remedy: "correct the project's entry points and build the wheel again")
            }
            guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else {
                throw Refusal(
                    .malformed, "an entry point is not written as NAME = MODULE:OBJECT, which stops pip and uv",
                    at: "\(path), line \(number)", remedy: "correct the project's entry points and build the wheel again")
            }
            guard isScripts, line.first != 32, line.first != 9 else { continue }
            let name = trimmed(text[..<equals]), value = trimmed(text[(equals + 1)...])
            let target = trimmed(value.prefix { $0 != UInt8(ascii: "[") }).split(
                separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard !name.isEmpty, !name.contains(UInt8(ascii: "/")), !name.contains(UInt8(ascii: "\\")), target.count == 2,
                target.allSatisfy({ !trimmed($0).isEmpty && !trimmed($0).contains(32) }), seen.insert(Array(name)).inserted
            else {
                throw Refusal(
                    .malformed, "a command is not written as NAME = MODULE:FUNCTION, has a path for a name, or is there twice",
                    at: "\(path), line \(number)", remedy: "correct the project's scripts and build the wheel again")
            }
        }
    }

    /// Below `NAME-VERSION.data` stand folders of the five kinds that installers know.
    static func checkData(_ name: String) throws(Refusal) {
        // Most members are elsewhere.
        guard PyPIPackage.isTop(of: name, endingWith: ".data") else { return }
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 2, omittingEmptySubsequences: false)
        guard let top = parts.first, parts.count > 1, !parts[1].isEmpty else { return }
        let kind = String(Substring(parts[1]))
        guard parts.count == 3, ["purelib", "platlib", "headers", "scripts", "data"].contains(kind) else {
            throw Refusal(
                .malformed, "what lies below \(Substring(top)) is not in a folder purelib, platlib, headers, scripts or data",
                at: name,
                remedy: remedy)
        }
    }

    private static func checkText(_ bytes: [UInt8], at path: String) throws(Refusal) {
        guard let fault = UTF8Fault.first(in: bytes.span) else { return }
        throw Refusal(
            .malformed, "it is not UTF-8", at: "\(path), line \(fault.line), byte \(fault.offset)", remedy: remedy)
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        while let first = bytes.first, first <= 32 { bytes.removeFirst() }
        while let last = bytes.last, last <= 32 { bytes.removeLast() }
        return bytes
    }
}
