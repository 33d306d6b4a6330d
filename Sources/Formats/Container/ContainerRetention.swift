/// Which tags of an image go when an operator prunes, and which manifests without one. Blobs follow what needs them.
enum ContainerRetention {
    static let options = [
        RepositoryOption(
            "keep_tags", .number(0...1_000_000), "How many tags of an image prune keeps, those that were set last; 0 keeps all."),
        RepositoryOption(
            "keep_tag_days", .number(0...36_500),
            "For how many days prune keeps the other tags; with keep_tags a tag goes when neither keeps it, 0 says nothing."),
        RepositoryOption("keep_tags_like", .list, "Patterns of tags that prune keeps whatever their number and age."),
        RepositoryOption(
            "keep_untagged_days", .number(0...36_500),
            "For how many days prune keeps a manifest that has no tag any more and that no index names; 0 keeps it for ever."),
    ]

    static let marks = MarkRetention(
        mark: Container.tag, newest: "keep_tags", days: "keep_tag_days", protected: "keep_tags_like",
        unmarkedDays: "keep_untagged_days", isExempt: { isOfAnother($0) })

    /// `sha256-HEX`, with or without an ending: what clients without the referrers' address put a signature under (OCI Distribution Specification
    /// 1.1, "Referrers Tag Schema"; cosign's `.sig`, `.att` and `.sbom`).
    private static func isOfAnother(_ tag: String) -> Bool {
        guard let dash = tag.utf8.firstIndex(of: UInt8(ascii: "-")) else { return false }
        let hex = tag.utf8[tag.utf8.index(after: dash)...].prefix { $0 != UInt8(ascii: ".") }
        return ContainerDigest.parse("\(tag[..<dash]):\(Substring(hex))") != nil
    }
}
