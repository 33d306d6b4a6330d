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

        /// Whether it is the file that a list names.
        func matches(_ part: PartsList.Part) -> Bool {
            size == part.size && digests.sha256 == part.sha256 && (part.md5 == nil || part.md5 == digests.md5)
                && (part.sha1 == nil || part.sha1 == digests.sha1)
        }
    }

    /// One sender's folder; to be used by whoever holds the lock.
    struct Shelf {
        private let name: String
        private let above: Folder
        private let folder: Folder
        private let names: Folder
        private let contents: Folder

        /// Makes what is missing of it.
        init(_ name: String, in above: Folder) throws {
            self.name = name
            self.above = above
            folder = try above.makeFolder(name, mode: 0o700).folder
            names = try folder.makeFolder("names", mode: 0o700).folder
            contents = try folder.makeFolder("contents", mode: 0o700).folder
        }

        /// What no file that waits is called.
        private static let unfinished = ".new"

        private func content(of record: Record) -> String { Hex.string(record.digests.sha256) }

        /// The files that wait, by name. What is not a whole record with its content was left by a crash, and counts as missing.
        func records() throws -> [String: Record] {
            var records: [String: Record] = [:]
            for name in try names.names() where name != Self.unfinished {
                guard let record = Record.read(try names.open(name).readAll(sizeHint: 256)) else { continue }
                let status = try contents.status(content(of: record))
                if status?.kind == .file, status?.size == record.size { records[name] = record }
            }
            return records
        }

        /// The lists that wait, by name.
        func lists(
            _ records: [String: Record], of assembly: any Assembly, at place: Coordinates
        ) throws -> [String: PartsList] {
            var lists: [String: PartsList] = [:]
            for (name, record) in records {
                guard case .list = try assembly.role(of: name, at: place) else { continue }
                // They were readable when they came.
                let bytes = try contents.open(content(of: record)).readAll(sizeHint: 16 << 10)
                lists[name] = try assembly.list(bytes.span, named: name, at: place)
            }
            return lists
        }

        /// Keeps a staged file under this name.
        func keep(_ staged: StagedFile, _ name: String, _ record: Record, instead old: Record?, others: [String: Record]) throws {
            guard try staged.move(to: content(of: record), in: contents) else {
                throw SystemError("move an upload to", contents.path, code: EXDEV)
            }
            // The way down to it, too: a run that was killed may have made these folders.
            for path in [contents.path, folder.path, above.path, Files.folder(of: above.path)] { try Files.syncFolder(path) }
            try write(record.line, as: name)
            guard let old, old.digests.sha256 != record.digests.sha256 else { return }
            try removeContent(of: old, unlessIn: others.filter { $0.key != name })
        }

        /// The last step of keeping a file: a record is there as a whole or not at all.
        private func write(_ line: [UInt8], as name: String) throws {
            try names.remove(Self.unfinished)
            do {
                let file = try names.create(Self.unfinished, mode: 0o600)
                try file.write(line)
                try file.sync()
            }
            guard try names.rename(Self.unfinished, to: names, name) else {
                preconditionFailure("a folder is on one file system")
            }
            try Files.syncFolder(names.path)
        }

        /// The bytes of a file that waits, for somebody who will take them away.
        func content(_ record: Record, staging: StagingFolder) throws -> PackageContent {
            let staged = staging.next()
            let code = staged.link(content(of: record), in: contents.descriptor)
            if code != 0 {
                // Some file systems know no second names.
                guard Files.isWithoutLink(code) else { throw SystemError("link", contents.path, code: code) }
                let copy = try staged.create()
                try Files.copy(contents.open(content(of: record)), to: copy)
                try copy.sync()
            }
            return PackageContent(
                received: nil, staged, digests: record.digests, size: record.size, modified: record.received)
        }

        func forget(_ name: String, _ records: inout [String: Record]) throws {
            guard let record = records.removeValue(forKey: name) else { return }
            try names.remove(name)
            try removeContent(of: record, unlessIn: records)
        }

        private func removeContent(of record: Record, unlessIn others: [String: Record]) throws {
            if others.values.contains(where: { $0.digests.sha256 == record.digests.sha256 }) { return }
            try contents.remove(content(of: record))
        }

        /// Removes what belongs to no record.
        func removeStrays(_ records: [String: Record]) throws {
            for name in try names.names() where records[name] == nil { try names.remove(name) }
            let known = Set(records.values.map { content(of: $0) })
            for name in try contents.names() where !known.contains(name) { try contents.remove(name) }
        }

        func removeIfEmpty() throws {
            for name in ["names", "contents"] { _ = try folder.removeEmptyFolder(name) }
            _ = try above.removeEmptyFolder(name)
        }
    }
}
