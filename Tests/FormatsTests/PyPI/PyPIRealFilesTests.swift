import Foundation
import Testing

@testable import Formats
@testable import Kit

/// Published files, from the folder that `INDEXGEN_REAL_WHEELS` names, read by us and by Python.
@Suite(.enabled(if: PyPIRealFiles.folder != nil, "INDEXGEN_REAL_WHEELS names no folder of wheels and source archives"))
struct PyPIRealFilesTests {
    @Test func `every published file is recognised, admitted and listed`() throws {
        let names = try PyPIRealFiles.names
        #expect(names.count > 0)
        var shelf = PyPIShelf()
        for name in names {
            let bytes = try PyPIRealFiles.bytes(name)
            let clock = ContinuousClock.now
            #expect(PyPI().recognise(bytes.span, filename: name) >= (name.hasSuffix(".tar.gz") ? .perhaps : .surely), "\(name)")
            let spent = ContinuousClock.now - clock
            #expect(spent < .seconds(1), "\(name) took \(spent) to recognise")
            do { try shelf.add(name, bytes) } catch { Issue.record("\(name): \(error)") }
        }
        #expect(shelf.records.count == names.count)
        let pages = shelf.pages
        for name in names {
            #expect(pages.values.filter { $0.text.contains(">\(name)</a>") }.count == 1, "\(name)")
        }
    }

    @Test(.enabled(if: PyPIOracle.interpreter != nil, "INDEXGEN_PYTHON names no interpreter with the package `packaging`"))
    func `Python reads the same name, version, needs and metadata out of each file`() throws {
        let names = try PyPIRealFiles.names, folder = try #require(PyPIRealFiles.folder)
        let answers = try PyPIOracle.lines(
            """
            import email.parser, hashlib, re, tarfile, zipfile
            from packaging.utils import canonicalize_name, canonicalize_version
            for p in lines:
                def first(names): return [n for n in names if re.fullmatch('[^/]+([.]dist-info/METADATA|/PKG-INFO)', n)][0]
                if p.endswith('.tar.gz'):
                    with tarfile.open(p) as t: m = t.extractfile(first(t.getnames())).read()
                else:
                    with zipfile.ZipFile(p) as z: m = z.read(first(z.namelist()))
                h = email.parser.BytesParser().parsebytes(m)
                digest = hashlib.sha256(m).hexdigest() if p.endswith('.whl') else ''
                name, version = h['Name'], h['Version']
                needs = h['Requires-Python'] or ''
                print(canonicalize_name(name), name, version, canonicalize_version(version), needs, digest, sep='|')
            """, names.map { "\(folder)/\($0)" })
        #expect(answers.count == names.count)
        for (name, answer) in zip(names, answers) {
            let record = try PyPIKit.inspect(name, PyPIRealFiles.bytes(name)), facts = try PyPIFacts(record.facts)
            let ours = [
                record.nameIdentity, record.name, record.version, record.versionIdentity, facts.requiresPython ?? "",
                Hex.string(facts.metadataDigest ?? []),
            ].joined(separator: "|")
            #expect(ours == answer, "\(name)")
            #expect(
                record.sidecars.map { Hex.string(PyPIPackage.digest($0.bytes)) } == facts.metadataDigest.map { [Hex.string($0)] }
                    ?? [])
        }
    }

    /// Lays the tree out in the folder that `INDEXGEN_PYPI_SITE` names, for real clients to be tried on it.
    /// `INDEXGEN_PYPI_YANK` holds lines of `FILE=REASON`.
    @Test(.enabled(if: PyPIRealFiles.site != nil, "INDEXGEN_PYPI_SITE names no folder to write a tree to"))
    func `a tree can be laid out for clients`() throws {
        let site = URL(filePath: try #require(PyPIRealFiles.site))
        var yanked: [String: String] = [:]
        for line in (ProcessInfo.processInfo.environment["INDEXGEN_PYPI_YANK"] ?? "").split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { yanked[String(parts[0])] = String(parts[1]) }
        }
        var shelf = PyPIShelf()
        for name in try PyPIRealFiles.names { try shelf.add(name, PyPIRealFiles.bytes(name), yanked: yanked[name]) }
        func write(_ bytes: [UInt8], to path: String) throws {
            let file = site.appending(path: path)
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
        }
        for (path, bytes) in shelf.files { try write(bytes, to: path) }
        for (path, bytes) in shelf.pages {
            try write(bytes, to: path)
            try write(Encoding.gzip(level: 9).encode(bytes.span), to: path + ".gz")
        }
        #expect(FileManager.default.fileExists(atPath: site.appending(path: "simple/index.html").path))
    }
}

enum PyPIRealFiles {
    static let folder = ProcessInfo.processInfo.environment["INDEXGEN_REAL_WHEELS"]
    static let site = ProcessInfo.processInfo.environment["INDEXGEN_PYPI_SITE"]

    static var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: #require(folder)).sorted() }
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(filePath: "\(#require(folder))/\(name)")))
    }
}
