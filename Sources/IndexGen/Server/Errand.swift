#if Serve
internal import Formats
internal import HTTPTypes

/// What somebody wants who sends a request: its method and path, understood.
enum Errand: Sendable {
    case health, ready, metrics
    case upload(Upload)
    case removal(Removal)
    case marking(Marking)
    case question(Question)
    case common(Common)
    case reading(Reading)
    case piece(Piece)

    struct Upload: Sendable {
        var owner: String
        var ecosystem: any Ecosystem
        var body: Route.Body
        /// Of a form, besides the files.
        var fields: Set<String>
        var withBLAKE2: Bool
        /// Whether the answer comes when the package is public.
        var waits: Bool
        var coordinates: Coordinates
        /// Where the address holds it.
        var filename: String?
        /// Of the package, where the address holds it.
        var name: String?
        /// The folder of the address, below `OWNER/TYPE/`.
        var folder: String
        /// Where it was sent.
        var asked: Formats.Question
    }

    /// A step of an upload in pieces.
    struct Piece: Sendable {
        var owner: String
        var ecosystem: any Ecosystem
        var pieces: any Pieces
        var step: Route.SessionStep
        var coordinates: Coordinates
        var asked: Formats.Question
    }

    struct Removal: Sendable {
        var owner: String
        /// Below `OWNER/TYPE/`.
        var address: PackageAddress
        var ecosystem: any Ecosystem { address.ecosystem }
    }

    struct Marking: Sendable {
        var owner: String
        var ecosystem: any Ecosystem
        var kind: MarkKind
        var isSet: Bool
        /// Of kinds with keys.
        var key: String
        var value: Route.MarkValue
        var name: String
        /// Nil: of all versions.
        var version: String?
        var waits: Bool
        /// What its client reads in an answer; nil: nothing.
        var confirmation: UploadAnswer?
    }

    struct Common: Sendable {
        var owner: String
        var ecosystem: any Ecosystem
        /// Below `OWNER/TYPE/`.
        var path: String
    }

    /// Whether somebody may fetch a file, as nginx asks for whoever wants it.
    struct Reading: Sendable {
        var owner: String
        /// The ecosystem's identifier; nil: the owner's own folder.
        var type: String?
        /// Below `OWNER/TYPE/`.
        var path: [String]
    }

    struct Question: Sendable {
        var ecosystem: any Ecosystem
        var asked: Formats.Question
        var need: Formats.Question.Need
    }

    /// A request, understood: what is wanted, and at which of an ecosystem's addresses.
    struct Understood: Sendable {
        var errand: Errand
        /// Nil where it is at the address of no route.
        var asked: Formats.Question?
    }

    /// - Parameters:
    ///   - path: of the request, undecoded, without its query.
    ///   - parameters: of the query.
    ///   - base: the components of the path in `base_url`, which some clients put in the middle of theirs.
    /// - Throws: `Answer`: 400 for a path that no client sends, 404, 405.
    static func understood(
        _ method: HTTPRequest.Method, _ path: String, _ parameters: (String) -> String? = { _ in nil }, _ ecosystems: Ecosystems,
        below base: [String] = []
    ) throws(Answer) -> Understood {
        let decoded = try Self.components(path)
        if let ecosystem = ecosystems.all.first(where: { $0.profile.siteBase != nil && $0.profile.siteBase == decoded.first }) {
            let rest = Array(decoded.dropFirst())
            if let found = try match(method, rest, ecosystem.profile.siteRoutes, of: "", ecosystem, parameters) { return found }
            guard rest.count > 1 else { throw .notFound() }
            return try understood(method, [rest[0], ecosystem.profile.segment] + rest.dropFirst(), parameters, ecosystems)
        }
        var components = Self.reordered(decoded, ecosystems, below: base)
        if components.starts(with: ["api", "packages"]) { components.removeFirst(2) }
        if components.first == "-" {
            return Understood(
                errand: try components.starts(with: ["-", "readers"])
                    ? Self.reading(method, Array(components.dropFirst(2)), ecosystems, below: base)
                    : Self.housekeeping(method, components))
        }
        return try understood(method, components, parameters, ecosystems)
    }

    init(_ method: HTTPRequest.Method, _ path: String, _ ecosystems: Ecosystems, below base: [String] = []) throws(Answer) {
        self = try Self.understood(method, path, { _ in nil }, ecosystems, below: base).errand
    }

    /// - Parameter components: `OWNER/TYPE/REST`.
    private static func understood(
        _ method: HTTPRequest.Method, _ components: [String], _ parameters: (String) -> String?, _ ecosystems: Ecosystems
    ) throws(Answer) -> Understood {
        guard components.count >= 2, let ecosystem = ecosystems[components[1]] else { throw .notFound() }
        let owner = components[0]
        do {
            try OwnerName.check(owner)
        } catch {
            throw .problem(.badRequest, cause: "owner", "\(error)")
        }
        let rest = Array(components.dropFirst(2))
        if let found = try match(method, rest, ecosystem.profile.routes, of: owner, ecosystem, parameters) { return found }
        guard method == .delete, !rest.isEmpty else { throw .notFound(ecosystem) }
        return Understood(errand: .removal(Removal(owner: owner, address: PackageAddress(rest, ecosystem))))
    }

    /// What the first of some routes says that matches; nil where none does, or where a file's own path may be meant.
    ///
    /// - Parameter rest: of the path, below `OWNER/TYPE/` or below the component of a site's own routes.
    private static func match(
        _ method: HTTPRequest.Method, _ rest: [String], _ routes: [Route], of owner: String, _ ecosystem: any Ecosystem,
        _ parameters: (String) -> String?
    ) throws(Answer) -> Understood? {
        var allowed: [String] = []
        for route in routes {
            guard let captures = route.path.match(rest) else { continue }
            let wanted = method == .head ? .get : method
            guard let method = route.methods.first(where: { $0.rawValue == wanted.rawValue }) else {
                allowed += route.methods.map(\.rawValue).filter { !allowed.contains($0) }
                continue
            }
            var asked = Formats.Question(owner: owner, route: route.path.text, method: method, captures: captures)
            for name in route.parameters { asked.parameters[name] = parameters(name) }
            return Understood(errand: errand(by: route, asked, rest, of: owner, ecosystem), asked: asked)
        }
        if method == .delete || allowed.isEmpty { return nil }
        throw .methodNotAllowed(allowed)
    }

    private static func errand(
        by route: Route, _ asked: Formats.Question, _ rest: [String], of owner: String, _ ecosystem: any Ecosystem
    ) -> Errand {
        let captures = asked.captures
        let places = Set(ecosystem.profile.coordinates.map(\.name))
        let coordinates = Coordinates(captures.filter { key, _ in places.contains(key) })
        switch route.purpose {
        case .remove: return .removal(Removal(owner: owner, address: PackageAddress(rest, ecosystem)))
        case .common: return .common(Common(owner: owner, ecosystem: ecosystem, path: route.path.text))
        case .publish(let body, let fields, let withBLAKE2):
            return .upload(
                Upload(
                    owner: owner, ecosystem: ecosystem, body: body, fields: fields, withBLAKE2: withBLAKE2, waits: route.waits,
                    coordinates: coordinates,
                    filename: captures["filename"], name: captures["name"], folder: rest.dropLast().joined(separator: "/"),
                    asked: asked))
        case .mark(let name, let isSet, let value, let confirmation):
            guard let kind = ecosystem.profile.marks.first(where: { $0.name == name }), let package = captures["name"] else {
                preconditionFailure("a route's mark is one of its ecosystem, and its address has a name")
            }
            return .marking(
                Marking(
                    owner: owner, ecosystem: ecosystem, kind: kind, isSet: isSet, key: captures["key"] ?? "", value: value,
                    name: package, version: captures["version"], waits: route.waits, confirmation: confirmation))
        case .ask(let need): return .question(Question(ecosystem: ecosystem, asked: asked, need: need))
        case .session(let step):
            guard let pieces = ecosystem.pieces else { preconditionFailure("what comes in pieces is known as such") }
            return .piece(
                Piece(
                    owner: owner, ecosystem: ecosystem, pieces: pieces, step: step, coordinates: coordinates, asked: asked))
        }
    }

    /// What somebody who reads at an address would be said to have asked for; nil where it is no route's.
    static func question(reading rest: [String], of owner: String, _ ecosystem: any Ecosystem) -> Formats.Question? {
        for route in ecosystem.profile.routes where route.methods.contains(.get) {
            guard let captures = route.path.match(rest) else { continue }
            return Formats.Question(owner: owner, route: route.path.text, method: .get, captures: captures)
        }
        return nil
    }

    /// The ecosystem that an address is about, however wrong the rest of it is.
    static func ecosystem(at path: String, _ ecosystems: Ecosystems, below base: [String]) -> (any Ecosystem)? {
        guard let components = try? components(path) else { return nil }
        if let site = ecosystems.all.first(where: { $0.profile.siteBase != nil && $0.profile.siteBase == components.first }) {
            return site
        }
        let rest = reordered(components, ecosystems, below: base)[...]
        let parts = rest.starts(with: ["api", "packages"]) ? rest.dropFirst(2) : rest
        return parts.count > 1 ? ecosystems[parts[parts.startIndex + 1]] : nil
    }

    /// `WORD/OWNER/TYPE/REST` as `OWNER/TYPE/WORD/REST`, for types whose clients write it so (`leadingComponent`). Before the owner may
    /// stand what may stand before it elsewhere: the path of `base_url`, and Gitea's `api/packages`.
    private static func reordered(_ components: [String], _ ecosystems: Ecosystems, below base: [String]) -> [String] {
        let usual = components.starts(with: ["api", "packages"]) ? components.dropFirst(2) : components[...]
        if usual.count > 1, ecosystems[usual[usual.startIndex + 1]] != nil { return components }
        for prefix in [[], ["api", "packages"], base, base + ["api", "packages"]] {
            let rest = components.dropFirst()
            guard rest.starts(with: prefix) else { continue }
            let inner = rest.dropFirst(prefix.count)
            guard inner.count > 2, let word = ecosystems[inner[inner.startIndex + 1]]?.profile.leadingComponent,
                word == components.first
            else { continue }
            return Array(inner.prefix(2)) + [word] + inner.dropFirst(2)
        }
        return components
    }

    /// Gitea signs an RPM package when its upload is asked for with `?sign=true`. To ignore that would publish an unsigned one.
    ///
    /// - Parameter sign: the value of that parameter, in one of the forms that Go's `strconv.ParseBool` takes.
    /// - Throws: `Answer`: 400.
    static func checkQuery(_ sign: String?) throws(Answer) {
        guard let sign, !["", "0", "f", "false"].contains(ASCII.lowered(sign)) else { return }
        throw .problem(
            .badRequest, cause: "address",
            "?sign is not possible here: packages are published as they come, and what is signed is the index that has their digests; sign the package before you send it (rpmsign --addsign), and leave ?sign out"
        )
    }

    /// - Parameter address: what somebody wants to fetch.
    private static func reading(
        _ method: HTTPRequest.Method, _ address: [String], _ ecosystems: Ecosystems, below base: [String]
    ) throws(Answer) -> Errand {
        guard method == .get else { throw .methodNotAllowed(["GET"]) }
        if let ecosystem = ecosystems.all.first(where: { $0.profile.siteBase != nil && $0.profile.siteBase == address.first }) {
            guard address.count > 1 else { throw .notFound() }
            return .reading(Reading(owner: address[1], type: ecosystem.profile.id, path: Array(address.dropFirst(2))))
        }
        var address = address.starts(with: base) ? address.dropFirst(base.count) : address[...]
        if address.starts(with: ["api", "packages"]) { address = address.dropFirst(2) }
        guard let owner = address.popFirst() else { throw .notFound() }
        return .reading(
            Reading(owner: owner, type: address.first.flatMap { ecosystems[$0]?.profile.id }, path: Array(address.dropFirst())))
    }

    private static func housekeeping(_ method: HTTPRequest.Method, _ components: [String]) throws(Answer) -> Errand {
        let errand: Errand
        switch components.dropFirst().joined(separator: "/") {
        case "health": errand = .health
        case "ready": errand = .ready
        case "metrics": errand = .metrics
        default: throw .notFound()
        }
        guard method == .get || method == .head else { throw .methodNotAllowed(["GET", "HEAD"]) }
        return errand
    }

    /// The parts of a path, which is decoded first and taken apart afterwards, as nginx does it: `%2f` parts what `/` parts, so that no
    /// part can have a slash. One slash at its end is nothing; a part that could mean another folder is refused.
    private static func components(_ path: String) throws(Answer) -> [String] {
        guard path.utf8.count <= 4_096, path.hasPrefix("/") else {
            throw .problem(.badRequest, cause: "address", "the address is longer than 4096 bytes or has no path")
        }
        let fault = Answer.problem(.badRequest, cause: "address", "the address has a part that no file of a repository has")
        let bytes = path.utf8.dropFirst()
        // Hardly any address has something to decode.
        let isPlain = !bytes.contains(UInt8(ascii: "%"))
        guard let decoded = isPlain ? Array(bytes) : PercentEncoding.decoded(path.dropFirst().utf8) else { throw fault }
        var parts = decoded.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)[...]
        if parts.last?.isEmpty == true { parts.removeLast() }
        var components: [String] = []
        for part in parts {
            guard let text = String(validating: part, as: UTF8.self), !text.isEmpty, text != ".", text != "..",
                !part.contains(where: { ASCII.isControl($0) })
            else { throw fault }
            components.append(text)
        }
        return components
    }
}
#endif
