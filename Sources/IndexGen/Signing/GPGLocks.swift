internal import Formats
internal import Glibc

/// The lock files of a GnuPG home that nobody holds any more. gpg waits for them for ever when they are empty, as a power cut leaves
/// them, or when another process has the holder's number by now.
///
/// GnuPG (common/dotlock.c) writes its process number, right-aligned in ten places, and the machine's name, a line each, into
/// `.#lk0xADDRESS.MACHINE.NUMBER`, and links that to `NAME.lock`. A lock is live while a process with that number runs a program of
/// GnuPG's and began before the lock was made.
struct GPGLocks {
    private let folder: String
    private let machine: String

    init(in folder: String) {
        self.folder = folder
        var name = utsname()
        uname(&name)
        machine = withUnsafeBytes(of: &name.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// Where GnuPG 2.2 to 2.5 have locks, below the home.
    private static let places = ["", "private-keys-v1.d", "public-keys.d", "openpgp-revocs.d"]

    /// Removes the stale ones.
    func sweep() throws {
        let home = try Folder(folder)
        for place in Self.places {
            guard let inner = place.isEmpty ? home : try? home.folder(place) else { continue }
            for name in try inner.names() where name.hasSuffix(".lock") || name.hasPrefix(".#lk") {
                guard let status = try inner.status(name), status.kind == .file else { continue }
                if try !isHeld(name, in: inner, since: status.modified) { try inner.remove(name) }
            }
        }
    }

    private func isHeld(_ name: String, in inner: Folder, since made: Timestamp) throws -> Bool {
        let bytes: [UInt8]
        do {
            bytes = try inner.open(name).read(at: 0, count: 512)
        } catch let error as SystemError where error.code == ENOENT {
            return true
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { $0.drop { $0 == " " } }
        // The file that is about to become a lock has its number in its name before it has it inside.
        let number = name.hasPrefix(".#lk") ? name.split(separator: ".").last : lines.first
        guard let process = number.flatMap({ Int32($0) }), process > 0 else { return false }
        // Another machine's processes cannot be seen from here, and two machines must not use one site.
        if lines.count > 1, String(lines[1]) != machine { return false }
        return Self.isGnuPG(process, begunBefore: made)
    }

    /// Whether a process runs a program of GnuPG's. Where the system does not say (no `/proc`), every live process may.
    private static func isGnuPG(_ process: Int32, begunBefore made: Timestamp) -> Bool {
        guard kill(process, 0) == 0 || errno == EPERM else { return false }
        guard let stat = try? Files.read("/proc/\(process)/stat") else { return true }
        // proc(5): the name, in parentheses that may hold more of them, then fields from the third on; the 22nd: when it began, in ticks
        // after the machine did.
        let text = String(decoding: stat, as: UTF8.self)
        guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")") else { return true }
        let program = text[text.index(after: open)..<close]
        guard programs.contains(where: program.hasPrefix) else { return false }
        let fields = text[close...].split(separator: " ")
        guard fields.count > 20, let ticks = Int64(fields[20]), let boot = bootTime() else { return true }
        let begun = boot + ticks / Int64(sysconf(Int32(_SC_CLK_TCK)))
        // Both times are rounded.
        return begun <= made.seconds + 2
    }

    private static let programs = ["gpg", "keyboxd", "scdaemon", "dirmngr", "tpm2daemon"]

    /// proc(5), `btime`: seconds since 1970.
    private static func bootTime() -> Int64? {
        guard let stat = try? Files.read("/proc/stat") else { return nil }
        let line = String(decoding: stat, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Int64($0.dropFirst(6)) }
    }
}
