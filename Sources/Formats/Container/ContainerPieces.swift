/// Blobs come in pieces, or at once, or from another image (OCI Distribution Specification 1.1, "Pushing Blobs").
struct ContainerPieces: Pieces {
    func digest(_ text: String) throws(Refusal) -> PieceDigest { try ContainerDigest.read(text) }

    func path(of digest: PieceDigest, in package: String) throws(Refusal) -> PublicPath {
        try PublicPath("\(package)/\(ContainerPath.blob(digest))")
    }

    /// Clients name what they got from other registries, too (containerd 1.6): there is no such owner here then.
    func source(_ text: String) -> (owner: String, package: String)? {
        guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        let owner = String(text[..<slash]), image = String(text[text.utf8.index(after: slash)...])
        guard !owner.isEmpty, ContainerName.fault(in: image, of: owner) == nil else { return nil }
        return (owner, image)
    }

    func words(for report: SessionReport, at question: Question) -> UploadAnswer {
        switch report {
        case .going(let session, let received):
            ContainerDialect.empty(202, headers(session, received, question))
        case .status(let session, let received):
            ContainerDialect.empty(204, headers(session, received, question))
        case .cancelled: ContainerDialect.empty(204)
        case .unknown: ContainerFault(.blobUploadUnknown, "there is no such upload here, or it is another sender's").answer(404)
        case .outOfPlace(let session, let received):
            ContainerFault(.blobUploadInvalid, "the next byte is number \(received), counted from 0")
                .answer(416, headers: headers(session, received, question))
        }
    }

    /// `Range` has the offset of the last byte. Of nothing it cannot say it: Docker's registry has `0-0` then as for one byte, clients read that
    /// of an upload that has just begun, and the conformance suite wants it also of one whose first chunk was refused.
    private func headers(_ session: String, _ received: Int, _ question: Question) -> [String: String] {
        let path = "\(ContainerPath.blobs)/uploads/\(PercentEncoding.component(session))"
        return [
            "Location": ContainerDialect.address(path, of: question), "Docker-Upload-UUID": session,
            "Range": "0-\(max(received - 1, 0))",
        ]
    }
}
