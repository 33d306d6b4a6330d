internal import Formats
internal import Glibc

extension Incoming {
    /// What is known of a file that waits, as its record's one line says it.
    struct Record: Equatable {
        var digests: Digests
        /// Bytes.
        var size: Int
        var received: Timestamp

        init(digests: Digests, size: Int, received: Timestamp) {
            self.digests = digests
            self.digests.blake2b256 = nil
            self.size = size
            self.received = received
        }

        /// Nil for a line that this program did not write.
        static func read(_ line: [UInt8]) -> Record? {
            let words = line.split { $0 == 32 || $0 == 10 }.map { Array($0) }
            guard words.count == 7, words[0] == [UInt8]("1") else { return nil }
            let digests = words[1...4].compactMap { Hex.bytes($0) }
            guard digests.map(\.count) == [32, 20, 16, 64], let size = Int(String(decoding: words[5], as: UTF8.self)),
                let received = Int64(String(decoding: words[6], as: UTF8.self))
            else { return nil }
            return Record(
                digests: Digests(sha256: digests[0], sha1: digests[1], md5: digests[2], sha512: digests[3]), size: size,
                received: Timestamp(seconds: received))
        }

        var line: [UInt8] {
            let hex = [digests.sha256, digests.sha1, digests.md5, digests.sha512].map { Hex.string($0) }
            return [UInt8]("1 \(hex.joined(separator: " ")) \(size) \(received.seconds)\n")
        }

        /// Whether it is the file that a `.changes` file lists.
        func matches(_ file: DebianChanges.File) -> Bool {
            size == file.size && digests.sha256 == file.sha256 && digests.md5 == file.md5
                && (file.sha1 == nil || file.sha1 == digests.sha1)
        }
    }

    /// One sender's folder; to be used by whoever holds the lock.
    struct Folder {
        let path: String

        private var names: String { path + "/names" }
        private var contents: String { path + "/contents" }

        private func content(of record: Record) -> String { "\(contents)/\(Hex.string(record.digests.sha256))" }

        /// The files that wait, by name. What is no whole record with its content was left by a crash, and counts as missing.
        func records() throws -> [String: Record] {
            var records: [String: Record] = [:]
            for name in try Files.names(in: names) where DebianChanges.isName(name) {
                guard let record = Record.read(try Files.read("\(names)/\(name)")) else { continue }
                let status = try FileStatus.of(content(of: record))
                if status?.kind == .file, status?.size == record.size { records[name] = record }
            }
            return records
        }

        /// The `.changes` files that wait, by name.
        func uploads(_ records: [String: Record]) throws -> [String: DebianChanges] {
            var uploads: [String: DebianChanges] = [:]
            for (name, record) in records where name.hasSuffix(".changes") {
                // They were readable when they came.
                let bytes = try Files.read(content(of: record))
                uploads[name] = try DebianChanges(bytes.span)
            }
            return uploads
        }

        /// Keeps a staged file under this name.
        func keep(_ staged: StagedFile, _ name: String, _ record: Record, instead old: Record?, others: [String: Record]) throws {
            for folder in [names, contents] { try Files.makeFolder(folder, mode: 0o700) }
            try staged.move(to: content(of: record))
            try Files.syncFolder(contents)
            try Files.replace("\(names)/\(name)", with: record.line, mode: 0o600)
            try Files.syncFolder(names)
            guard let old, old.digests.sha256 != record.digests.sha256 else { return }
            try removeContent(of: old, unlessIn: others.filter { $0.key != name })
        }

        /// The bytes of a file that waits, for somebody who will take them away.
        func content(_ record: Record, staging: StagingFolder) throws -> PackageContent {
            let staged = staging.next()
            let source = content(of: record), target = try staged.path()
            // Some file systems know no second names.
            if Glibc.link(source, target) != 0 { try Files.copy(source, to: target) }
            return PackageContent(
                received: nil, staged, digests: record.digests, size: record.size, modified: record.received)
        }

        func forget(_ name: String, _ records: inout [String: Record]) throws {
            guard let record = records.removeValue(forKey: name) else { return }
            try Files.remove("\(names)/\(name)")
            try removeContent(of: record, unlessIn: records)
        }

        private func removeContent(of record: Record, unlessIn others: [String: Record]) throws {
            if others.values.contains(where: { $0.digests.sha256 == record.digests.sha256 }) { return }
            try Files.remove(content(of: record))
        }

        /// Removes what belongs to no record.
        func removeStrays(_ records: [String: Record]) throws {
            for name in try Files.names(in: names) where records[name] == nil { try Files.remove("\(names)/\(name)") }
            let known = Set(records.values.map { Hex.string($0.digests.sha256) })
            for name in try Files.names(in: contents) where !known.contains(name) { try Files.remove("\(contents)/\(name)") }
        }

        func removeIfEmpty() {
            for folder in [names, contents, path] { _ = Files.removeEmptyFolder(folder) }
        }
    }
}
