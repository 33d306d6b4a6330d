internal import Formats

/// A value of `indexgen.yaml`, with its place. Scalars are texts: what a word means (`true`, `90s`, `0660`) is up to the key.
struct SettingsNode {
    enum Content {
        /// `isPlain`: without quotes.
        case scalar(String, isPlain: Bool)
        case sequence([SettingsNode])
        /// In the file's order; no key is there twice.
        case mapping([(key: SettingsNode, value: SettingsNode)])
    }

    var content: Content
    /// Both from 1; columns count characters. An alias has the place of what it stands for.
    var line: Int
    var column: Int

    var scalar: (string: String, isPlain: Bool)? {
        if case .scalar(let text, let isPlain) = content { (text, isPlain) } else { nil }
    }
    var sequence: [SettingsNode]? { if case .sequence(let items) = content { items } else { nil } }
    var mapping: [(key: SettingsNode, value: SettingsNode)]? { if case .mapping(let members) = content { members } else { nil } }

    /// Written as nothing at all, `~` or `null`. Other words for it, `Null` and `NULL`, are texts.
    var isNull: Bool { if let scalar { scalar.isPlain && ["", "~", "null"].contains(scalar.string) } else { false } }
}
