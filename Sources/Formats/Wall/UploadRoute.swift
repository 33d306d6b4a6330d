/// An address to which an ecosystem's clients send packages over HTTP.
public struct UploadRoute: Sendable {
    public enum Method: String, Sendable {
        case post = "POST"
        case put = "PUT"
    }

    /// What the request's body is.
    public enum Body: Equatable, Sendable {
        /// A package file.
        case file
        /// `multipart/form-data` (RFC 7578): these fields hold files, taken in this order and all or none; what other fields say is
        /// checked by `Ecosystem.check`.
        case form(files: [String])
        /// Such a form or, with any other content type, the file of its first field alone.
        case fileOrForm(files: [String])
        /// One of several files that belong together; the last to arrive has all of them taken, all or none.
        case part
    }

    public var methods: [Method]
    /// Below `OWNER/TYPE/`. A capture called `filename` is the file's name, every other one a coordinate.
    public var path: PathPattern
    public var body: Body
    /// The fields of a form that `Ecosystem.check` reads, besides the files; what others hold is dropped as it comes.
    public var fields: Set<String>

    public init(_ methods: Method..., path: PathPattern, body: Body, fields: Set<String> = []) {
        self.methods = methods
        self.path = path
        self.body = body
        self.fields = fields
    }
}

/// An address by which an ecosystem's clients remove packages, besides the files' public paths.
public struct RemovalRoute: Sendable {
    /// Below `OWNER/TYPE/`. Captures: `name` (needed), `version`, `architecture`, and coordinates.
    public var path: PathPattern
    /// What clients of this route read in an answer to a removal; nil: nothing (204).
    public var confirmation: UploadAnswer?

    public init(path: PathPattern, confirmation: UploadAnswer? = nil) {
        self.path = path
        self.confirmation = confirmation
    }
}

/// A path with places for names: `{name}` stands for one component, `{name+}` for one or more, `{name*}` for any number.
///
/// At most one of a pattern's places takes several components.
public struct PathPattern: Sendable, ExpressibleByStringLiteral {
    private enum Component: Equatable {
        case literal(String)
        case capture(String)
        case captureMany(String, atLeast: Int)
    }

    /// As it was written.
    public let text: String
    private let components: [Component]
    private let many: Int?

    public init(stringLiteral pattern: String) {
        text = pattern
        let components = pattern.split(separator: "/").map { text -> Component in
            guard text.hasPrefix("{"), text.hasSuffix("}") else { return .literal(String(text)) }
            let name = text.dropFirst().dropLast()
            if name.hasSuffix("*") { return .captureMany(String(name.dropLast()), atLeast: 0) }
            if name.hasSuffix("+") { return .captureMany(String(name.dropLast()), atLeast: 1) }
            return .capture(String(name))
        }
        let places = components.indices.filter { if case .captureMany = components[$0] { true } else { false } }
        precondition(places.count <= 1, "a pattern with two open places means several things at once")
        self.components = components
        many = places.first
    }

    /// What stands in the places of a path that matches, several components with `/` between them; nil when it does not match.
    public func match(_ path: [String]) -> [String: String]? {
        guard let many else {
            return path.count == components.count ? Self.match(components[...], path[...]) : nil
        }
        let behind = components.count - many - 1
        guard case .captureMany(let name, let atLeast) = components[many], path.count >= many + atLeast + behind,
            let head = Self.match(components[..<many], path[..<many]),
            let tail = Self.match(components[(many + 1)...], path[(path.count - behind)...])
        else { return nil }
        let open = path[many..<(path.count - behind)].joined(separator: "/")
        return head.merging(tail) { first, _ in first }.merging([name: open]) { first, _ in first }
    }

    private static func match(_ components: ArraySlice<Component>, _ path: ArraySlice<String>) -> [String: String]? {
        var captures: [String: String] = [:]
        for (component, text) in zip(components, path) {
            switch component {
            case .literal(let literal): if literal != text { return nil }
            case .capture(let name): captures[name] = text
            case .captureMany: return nil
            }
        }
        return captures
    }
}

/// How an upload ended.
public enum UploadResult: Sendable {
    case created
    /// The same bytes were there already.
    case unchanged
    case refused(Refusal)
}

/// What a client is told, where it expects words of its own.
public struct UploadAnswer: Equatable, Sendable {
    public var status: Int
    /// The reason phrase of the status line; nil: the standard one.
    public var reason: String?
    public var contentType: String
    public var body: [UInt8]

    public init(status: Int, reason: String? = nil, contentType: String, body: [UInt8]) {
        self.status = status
        self.reason = reason
        self.contentType = contentType
        self.body = body
    }

    public static func json(_ status: Int, _ write: (inout JSONWriter) -> Void) -> UploadAnswer {
        var writer = JSONWriter()
        writer.beginObject()
        write(&writer)
        writer.endObject()
        return UploadAnswer(status: status, contentType: "application/json", body: writer.bytes)
    }
}
