#if Serve
internal import Formats
internal import Glibc
internal import HTTPTypes
internal import NIOCore

/// Where a request comes from, and what it is called in logs.
struct Sender: Sendable {
    /// An IP address; `local` or `local user 1000` for a socket in the file system.
    let address: String
    /// The sender's own, or a proxy's, when it is a word; else random.
    let request: String

    /// Who is at the other end of a connection.
    enum Peer: Equatable, Sendable {
        case address(String)
        /// Over a socket in the file system: a user of this machine; trusted as a proxy where only the operator's own may connect.
        case user(UInt32?, isTrusted: Bool)
    }

    /// - Parameter proxies: whose word is taken on where a request comes from.
    init(_ headers: HTTPFields, from peer: Peer, proxies: [NetworkRange]) {
        address = Self.address(headers, peer: peer, proxies: proxies)
        request = Self.word(headers[.requestID]) ?? Hex.string(RandomBytes.make(8))
    }

    /// The last address that no trusted proxy has. What the proxy next to us says of itself (X-Real-IP) comes first: a proxy that sets it
    /// may leave a client's own X-Forwarded-For as it is. It says nothing where it names another proxy of ours.
    static func address(_ headers: HTTPFields, peer: Peer, proxies: [NetworkRange]) -> String {
        func isProxy(_ address: String) -> Bool { proxies.contains { $0.contains(address) } }
        let nearest: String
        switch peer {
        case .address(let address):
            nearest = plain(address)
            guard isProxy(nearest) else { return nearest }
        case .user(let user, let isTrusted):
            nearest = "local"
            guard isTrusted else { return user.map { "local user \($0)" } ?? nearest }
        }
        let real = headers[.realIP].flatMap(Self.bare)
        if let real, !isProxy(real) { return real }
        var last = real
        for word in (headers[.forwardedFor] ?? "").split(separator: ",").reversed() {
            // What stands before something that is not an address was not written by a proxy of ours.
            guard let address = bare(String(word)) else { break }
            last = address
            if !isProxy(address) { return address }
        }
        return last ?? nearest
    }

    /// An address without blanks, brackets and port; nil for anything else.
    private static func bare(_ text: String) -> String? {
        var word = text.utf8.drop { $0 == 32 || $0 == 9 }
        while let last = word.last, last == 32 || last == 9 { word.removeLast() }
        var address = String(decoding: word, as: UTF8.self)
        if address.hasPrefix("["), let end = address.firstIndex(of: "]") {
            address = String(address[address.index(after: address.startIndex)..<end])
        } else if address.contains("."), let colon = address.lastIndex(of: ":"), !address[..<colon].contains(":") {
            address = String(address[..<colon])
        }
        return NetworkAddress.isAddress(address) ? plain(address) : nil
    }

    /// A socket for both families shows IPv4 addresses inside IPv6's.
    private static func plain(_ address: String) -> String {
        address.hasPrefix("::ffff:") && address.contains(".") ? String(address.dropFirst(7)) : address
    }

    private static func word(_ text: String?) -> String? {
        guard let text, (1...64).contains(text.utf8.count),
            text.utf8.allSatisfy({ ASCII.isAlphanumeric($0) || "-_.".utf8.contains($0) })
        else { return nil }
        return text
    }
}

/// Tells who is at the other end of a connection.
struct PeerReader: Sendable {
    /// Of the socket in the file system.
    var mode: mode_t
    var group: gid_t?

    /// SO_PEERCRED, as the kernel fills it in (unix(7)).
    private struct Credentials: Sendable {
        var process: Int32 = 0
        var user: UInt32 = 0
        var group: UInt32 = 0
    }

    /// Whoever may connect to a socket that is closed to others is the operator's own. At one that is open to others only root, the user
    /// of this process and the socket's group are.
    func peer(of channel: any Channel) async -> Sender.Peer {
        if let address = channel.remoteAddress?.ipAddress { return .address(address) }
        if mode & 0o002 == 0 { return .user(nil, isTrusted: true) }
        guard let options = channel as? any SocketOptionProvider,
            let credentials: Credentials = try? await options.unsafeGetSocketOption(
                level: NIOBSDSocket.OptionLevel(rawValue: SOL_SOCKET), name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
            ).get()
        else { return .user(nil, isTrusted: false) }
        return .user(
            credentials.user, isTrusted: [0, geteuid()].contains(credentials.user) || credentials.group == group)
    }
}
#endif
