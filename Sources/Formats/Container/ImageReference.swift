/// An image that a layout or an archive names, and what it calls it.
package struct ImageReference: Equatable, Sendable {
    /// Of its manifest.
    package var descriptor: ContainerDescriptor
    /// Without registry and tag; nil where nobody says it.
    package var image: String?
    /// Nil where it has none.
    package var tag: String?

    /// Takes apart what tools call an image: `app:1.0`, `docker.io/library/app:1.0`, `localhost:5000/team/app@sha256:…`, or a tag
    /// alone.
    ///
    /// The first part is a registry where it has a dot or a colon, or is `localhost` (docker's rule). `library/` is what Docker
    /// Hub has in front of names without an owner.
    static func names(in text: String) -> (image: String?, tag: String?) {
        var rest = text.utf8[...]
        if let at = rest.firstIndex(of: UInt8(ascii: "@")) { rest = rest[..<at] }
        var tag: String?
        let slash = rest.lastIndex(of: UInt8(ascii: "/"))
        if let colon = rest.lastIndex(of: UInt8(ascii: ":")), slash.map({ $0 < colon }) ?? true {
            tag = String(decoding: rest[rest.index(after: colon)...], as: UTF8.self)
            rest = rest[..<colon]
        }
        var parts = rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        if parts.count > 1, let host = parts.first, host == "localhost" || host.contains(".") || host.contains(":") {
            parts.removeFirst()
            if host == "docker.io" || host == "index.docker.io", parts.count == 2, parts[0] == "library" { parts.removeFirst() }
        }
        let image = parts.joined(separator: "/")
        return (image.isEmpty ? nil : image, tag)
    }

    /// - Parameters:
    ///   - name: of the whole image (containerd's annotation).
    ///   - reference: a tag or, from some tools, the whole name (OCI's annotation).
    /// - Throws: `.placement` for names and tags that no registry has.
    init(_ descriptor: ContainerDescriptor, name: String?, reference: String?, at place: String) throws(Refusal) {
        self.descriptor = descriptor
        if let name, !name.isEmpty { (image, tag) = Self.names(in: name) }
        if let reference, !reference.isEmpty {
            if ContainerName.isTag(reference) {
                tag = reference
            } else if image == nil {
                (image, tag) = Self.names(in: reference)
            }
        }
        // Its owner is said later.
        if let image, let fault = ContainerName.fault(in: image, of: "") {
            throw Refusal(
                .placement, "the image's name '\(ASCII.line(String(image.prefix(100))))' \(fault)", at: place,
                remedy: "give it another name and save it again")
        }
        if let tag, !ContainerName.isTag(tag) {
            throw Refusal(
                .placement, "'\(ASCII.line(String(tag.prefix(100))))' is not a tag: \(ContainerName.rule)", at: place,
                remedy: "tag the image otherwise and save it again")
        }
    }
}
