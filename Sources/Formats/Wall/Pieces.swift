/// How packages come that are sent in pieces, over several requests (`Route.Purpose.session`): what they are called, and what clients are
/// told on the way.
package protocol Pieces: Sendable {
    /// What a digest in an address means.
    ///
    /// - Throws: for a text that no client sends, or an algorithm that is not known.
    func digest(_ text: String) throws(Refusal) -> PieceDigest

    /// Where what has a digest lies in a package, below `OWNER/TYPE/`.
    func path(of digest: PieceDigest, in package: String) throws(Refusal) -> PublicPath

    /// The package that is meant by the `from` of a request, and its owner; nil where it cannot be one of this registry.
    func source(_ text: String) -> (owner: String, package: String)?

    /// What a client is told of a step.
    func words(for report: SessionReport, at question: Question) -> UploadAnswer
}

/// A digest as a client names it.
package struct PieceDigest: Equatable, Sendable {
    package var algorithm: Digests.Algorithm
    /// As many as the algorithm's digests have.
    package var bytes: [UInt8]
    /// As it was written: also the name of the file that has it.
    package var text: String

    package init(algorithm: Digests.Algorithm, bytes: [UInt8], text: String) {
        self.algorithm = algorithm
        self.bytes = bytes
        self.text = text
    }
}

/// How a step of an upload in pieces ended, where it did not bring the package in.
package enum SessionReport: Sendable {
    /// It has begun, or has more now: so many bytes.
    case going(session: String, received: Int)
    case status(session: String, received: Int)
    case cancelled
    /// The sender has no such upload here.
    case unknown
    /// The next bytes are others than those that were sent.
    case outOfPlace(session: String, received: Int)
}
