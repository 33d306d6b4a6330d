internal import Formats

/// Scheme, host, port and path of `base_url`.
struct WebAddress: Equatable {
    /// A name, an IPv4 address, or an IPv6 address in brackets.
    var host: String
    /// What a plain HTTP server behind this address listens on: the port that the URL names, else 80 (TLS ends in front of it).
    var port: Int
    /// Without a slash at its end.
    var path: String

    /// - Parameter url: without a slash at its end, and without a fault.
    init(_ url: String) {
        let parts = Self.parts(url)
        host = parts.host.isEmpty ? "localhost" : parts.host
        port = parts.isSecure ? 80 : parts.port.flatMap { Int($0) } ?? 80
        path = parts.path
    }

    /// What nginx is to listen on: a loopback address alone where the site is reached by one, else every address of both families.
    var listens: [String] {
        switch host {
        case "localhost": ["127.0.0.1:\(port)", "[::1]:\(port)"]
        case "[::1]": ["[::1]:\(port)"]
        case let host where host.hasPrefix("127.") && NetworkAddress.isAddress(host): ["\(host):\(port)"]
        default: ["\(port)", "[::]:\(port)"]
        }
    }

    /// Why a text cannot be the site's address; nil where it can.
    ///
    /// It becomes part of URLs, of an nginx configuration, of `.repo` files and of HTML, so it holds nothing but what stands for itself
    /// in all of them.
    static func fault(in url: String) -> String? {
        func fault(_ why: String) -> String { "'\(url)' \(why); write it as https://packages.example.org" }
        guard url.hasPrefix("https://") || url.hasPrefix("http://") else { return fault("is not an address") }
        let parts = parts(url)
        if parts.authority.contains("@") {
            return fault("holds a user or a password, which everybody who reads a page or a .repo file would see")
        }
        guard isHost(parts.host) else { return fault("is not an address") }
        if let port = parts.port {
            guard port.utf8.allSatisfy(ASCII.isDigit), let number = Int(port), (1...65_535).contains(number) else {
                return fault("is not an address: its port is not a number from 1 to 65535")
            }
        }
        for part in parts.path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst() {
            guard !part.isEmpty, part.first != UInt8(ascii: "."), !part.starts(with: "_indexgen".utf8),
                part.allSatisfy({ ASCII.isAlphanumeric($0) || "-._~+@:".utf8.contains($0) })
            else {
                return fault(
                    "is not an address: a part of its path is empty, begins with a dot, or holds other characters than letters, digits and - . _ ~ + @ :"
                )
            }
        }
        return nil
    }

    private static func isHost(_ host: String) -> Bool {
        if host.hasPrefix("[") {
            return host.hasSuffix("]") && host.contains(":") && NetworkAddress.isAddress(String(host.dropFirst().dropLast()))
        }
        return (1...253).contains(host.utf8.count) && host.utf8.allSatisfy { ASCII.isAlphanumeric($0) || "-._".utf8.contains($0) }
    }

    private static func parts(_ url: String) -> (isSecure: Bool, authority: String, host: String, port: String?, path: String) {
        let isSecure = url.hasPrefix("https://")
        let rest = url.dropFirst(isSecure ? 8 : 7)
        let authority = rest.prefix { $0 != "/" }
        let path = String(rest.dropFirst(authority.count))
        // The colons of an IPv6 address stand in brackets.
        let close = authority.hasPrefix("[") ? authority.firstIndex(of: "]") : nil
        let hostEnd = close.map { authority.index(after: $0) } ?? authority.firstIndex(of: ":") ?? authority.endIndex
        let behind = authority[hostEnd...]
        let host = String(authority[..<hostEnd])
        guard behind.hasPrefix(":") else {
            // What stands behind the bracket without a colon is not a port, and no host either.
            return (isSecure, String(authority), behind.isEmpty ? host : String(authority), nil, path)
        }
        return (isSecure, String(authority), host, String(behind.dropFirst()), path)
    }
}
