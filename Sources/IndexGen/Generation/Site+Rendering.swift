internal import Formats

extension Site {
    /// Renders the pieces of a file again that depend on its marks, from its facts and never from the file.
    func rendering(_ ecosystem: any Ecosystem) -> @Sendable (Catalog.Rerendering, Annotations) throws -> [Fragment] {
        { file, annotations in
            let repository = try self.repository(owner: file.file.owner, type: file.file.type, publicKey: nil)
            return ecosystem.fragments(
                of: file.record, from: file.upload, at: file.placement, annotations: annotations, in: repository)
        }
    }
}
