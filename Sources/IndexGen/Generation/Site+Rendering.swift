internal import Formats

extension Site {
    /// Renders the pieces of a file again that depend on its marks, from its facts and never from the file.
    func rendering(_ ecosystem: any Ecosystem) -> @Sendable (Catalog.Rerendering, Annotations) throws -> [Fragment] {
        { file, annotations in
            let repository = try self.repository(owner: file.file.owner, type: file.file.type, publicKey: nil)
            return ecosystem.fragments(
                of: file.record, from: file.upload, at: file.placement,
                annotations: ecosystem.profile.marks(with: .fragments, of: annotations), in: repository)
        }
    }

    /// What the site's key makes of what an ecosystem has it sign; nil where that is nothing, or there is no key.
    func signature(of record: PackageRecord, from upload: Upload, _ ecosystem: any Ecosystem) throws -> TextSignature? {
        guard let text = ecosystem.signedText(of: record, from: upload), let key = try plainKey(of: ecosystem.profile.id) else {
            return nil
        }
        var encoded: [UInt8] = []
        encoded.append(base64: try key.sign(text))
        return TextSignature(key: key.publicKey.name, text: String(decoding: encoded, as: UTF8.self))
    }

    /// What an ecosystem's fragments depend on besides their files: those that were rendered under another value are out of date.
    func rendition(of profile: EcosystemProfile) -> [UInt8] {
        [UInt8]("\(profile.revision) \(profile.namesAddress ? settings.baseURL : "")".utf8)
    }
}
