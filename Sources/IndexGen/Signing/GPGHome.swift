internal import Glibc

/// A GnuPG home. Its agent's sockets must have paths below 108 bytes, so a deep folder is reached by a short link: the same one for
/// all calls, since every name of the folder gets an agent of its own.
final class GPGHome: Sendable {
    let folder: String
    let arguments: [String]
    private let shortcut: String?

    init(_ folder: String) throws {
        self.folder = folder
        if folder.utf8.count <= 80 {
            shortcut = nil
            arguments = Self.common(folder)
            return
        }
        let template = "/tmp/indexgen-gpg-\(String(UInt64.random(in: .min ... .max), radix: 16))"
        guard symlink(folder, template) == 0 else { throw SystemError("link", template) }
        shortcut = template
        arguments = Self.common(template)
    }

    deinit {
        if let shortcut { unlink(shortcut) }
    }

    private static func common(_ home: String) -> [String] {
        ["--homedir", home, "--batch", "--yes", "--no-tty", "--quiet", "--no-permission-warning", "--trust-model", "always"]
    }
}
