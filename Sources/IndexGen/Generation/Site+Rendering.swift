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

    /// Where files of an ecosystem are listed by now; nil for one that would not be let in today, which stays where it is.
    func listing(_ ecosystem: any Ecosystem) -> (Catalog.Rerendering) throws -> [Listing]? {
        { file in
            let repository = try self.repository(owner: file.file.owner, type: file.file.type, publicKey: nil)
            return try? ecosystem.place(file.record, of: file.upload, in: repository).listings
        }
    }

    /// What an ecosystem's fragments and listings depend on besides their files: those that were made under another value are out of date.
    func rendition(of profile: EcosystemProfile) -> [UInt8] {
        let options = settings.options[profile.id] ?? Options()
        let listings = profile.listingOptions.filter { options.flag($0, for: "") ?? false }.map { " \($0)" }
        return [UInt8]("\(profile.revision) \(profile.namesAddress ? settings.baseURL : "")\(listings.joined())".utf8)
    }
}
