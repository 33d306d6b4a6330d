import Formats
import Foundation

/// The requests of the OCI Distribution Specification 1.1, sent as they are: to the address `/v2/OWNER/IMAGE` of a site.
struct ContainerRegistry {
    let site: Site
    /// `OWNER/IMAGE`.
    let name: String
    /// Sent as a Basic password; nil: nobody is named.
    let token: String?

    init(_ site: Site, _ name: String, token: String?) {
        self.site = site
        self.name = name
        self.token = token
    }

    /// Another image, to the same sender.
    func beside(_ other: String) -> ContainerRegistry { ContainerRegistry(site, other, token: token) }

    func send(
        _ method: String, _ path: String, headers: [String: String] = [:], body: Data? = nil, chunked: Bool = false
    ) throws -> Response {
        var headers = headers
        if let token { headers["Authorization"] = Self.basic("ci", token) }
        return try HTTP.send(port: site.server.port, method, path, headers: headers, body: body, chunked: chunked)
    }

    static func basic(_ user: String, _ password: String) -> String {
        "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    }

    /// An address below the image's.
    func at(_ rest: String) -> String { "/v2/\(name)/\(rest)" }

    func get(_ rest: String, headers: [String: String] = [:]) throws -> Response { try send("GET", at(rest), headers: headers) }
    func head(_ rest: String) throws -> Response { try send("HEAD", at(rest)) }
    func delete(_ rest: String) throws -> Response { try send("DELETE", at(rest)) }

    // MARK: Uploads

    /// Begins an upload.
    /// - Returns: where it goes on.
    func begin() throws -> String {
        let answer = try send("POST", at("blobs/uploads/"), headers: ["Content-Length": "0"])
        guard answer.status == 202, let place = answer["location"] else { throw Failure("no upload: \(answer) \(answer.text)") }
        return Self.path(place)
    }

    /// Sends a blob in two requests, as most clients do.
    @discardableResult
    func push(_ blob: Data, as digest: String? = nil) throws -> Response {
        try finish(begin(), as: digest ?? Self.sha256(blob), blob)
    }

    /// Ends an upload, with what is left of the content.
    func finish(_ place: String, as digest: String, _ rest: Data = Data(), headers: [String: String] = [:]) throws -> Response {
        try send(
            "PUT", Self.adding("digest=" + digest.replacingOccurrences(of: ":", with: "%3A"), to: place), headers: headers,
            body: rest)
    }

    @discardableResult
    func put(_ manifest: ContainerManifestText, as reference: String? = nil, type: String? = nil) throws -> Response {
        try send(
            "PUT", at("manifests/\(reference ?? manifest.digest)"), headers: ["Content-Type": type ?? manifest.type],
            body: manifest.bytes)
    }

    /// Sends an image with all that it names.
    func push(_ image: ContainerImage, as tag: String? = nil) throws {
        for blob in image.blobs {
            let answer = try push(blob)
            guard answer.status == 201 else { throw Failure("a blob was refused: \(answer) \(answer.text)") }
        }
        let answer = try put(image.manifest, as: tag)
        guard answer.status == 201 else { throw Failure("a manifest was refused: \(answer) \(answer.text)") }
    }

    // MARK: Texts

    /// Of a Location, which may be a whole address: what is asked for there.
    static func path(_ location: String) -> String {
        guard location.hasPrefix("http"), let url = URLComponents(string: location) else { return location }
        return url.percentEncodedPath + (url.percentEncodedQuery.map { "?\($0)" } ?? "")
    }

    static func adding(_ parameter: String, to address: String) -> String {
        address + (address.contains("?") ? "&" : "?") + parameter
    }

    static func sha256(_ bytes: Data) -> String { "sha256:" + Site.sha256(bytes) }
    static func sha512(_ bytes: Data) -> String { "sha512:" + Hex.string(SHA512.of([UInt8](bytes))) }
}

extension Response {
    /// The body as JSON.
    var json: [String: Any] { (try? JSONSerialization.jsonObject(with: body) as? [String: Any]) ?? [:] }

    /// The codes of OCI's errors.
    var codes: [String] { (json["errors"] as? [[String: Any]] ?? []).compactMap { $0["code"] as? String } }

    /// The texts in a list.
    func texts(_ member: String) -> [String] { json[member] as? [String] ?? [] }

    /// What an index lists.
    var manifests: [[String: Any]] { json["manifests"] as? [[String: Any]] ?? [] }
}
