/// The members of a package.json: those that npm, pnpm or yarn would stumble over are refused, the others written as npm writes them when it
/// publishes (@npmcli/package-json 5, normalize-package-data 6).
struct NPMFields {
    let name: String
    let hasGypFile: Bool
    private(set) var hasInstallScript = false
    private var mayBuild = true

    private static let installScripts = ["preinstall", "install", "postinstall"]

    init(name: String, hasGypFile: Bool) {
        self.name = name
        self.hasGypFile = hasGypFile
    }

    // MARK: Checks

    mutating func check(_ member: DataMember) throws(Refusal) {
        let key = member.name, value = member.value
        switch key {
        case "dependencies", "devDependencies", "optionalDependencies", "peerDependencies", "acceptDependencies":
            try Self.needTexts(value, at: key, named: "a version range")
        case "peerDependenciesMeta":
            for member in try Self.needObject(value, at: key) {
                _ = try Self.needObject(member.value, at: "\(key).\(Self.shown(member))")
            }
        case "bundleDependencies":
            guard value.bool == nil, value.object == nil else { break }
            try Self.needList(value, at: key)
        case "bin":
            if value.object != nil {
                try Self.needTexts(value, at: key, named: "a path")
            } else if value.array != nil {
                try Self.needList(value, at: key)
            } else if value.string == nil {
                throw Self.refusal("a text or an object of texts is expected", at: key)
            }
        case "os", "cpu", "libc":
            if value.string == nil { try Self.needList(value, at: key) }
        case "engines":
            // Once a list; npm passes over what is not for it.
            if value.array == nil { try Self.needTexts(value, at: key, named: "a version range") }
        case "scripts", "directories": _ = try Self.needObject(value, at: key)
        case "gypfile": mayBuild = value != .bool(false)
        default: break
        }
    }

    private static func needObject(_ value: DataValue, at place: String) throws(Refusal) -> [DataMember] {
        guard let members = value.object else { throw refusal("an object is expected", at: place) }
        return members
    }

    private static func needTexts(_ value: DataValue, at place: String, named what: String) throws(Refusal) {
        for member in try needObject(value, at: place) {
            guard member.value.string != nil else {
                throw refusal("\(what) is expected, as a text", at: "\(place).\(shown(member))")
            }
            // JavaScript would set something else than a member.
            guard member.name != "__proto__", !member.name.isEmpty else {
                throw refusal("a name is expected", at: "\(place).\(shown(member))")
            }
        }
    }

    private static func needList(_ value: DataValue, at place: String) throws(Refusal) {
        guard let elements = value.array, elements.allSatisfy({ $0.string != nil }) else {
            throw refusal("a list of texts is expected", at: place)
        }
    }

    private static func refusal(_ what: String, at place: String) -> Refusal { NPMManifest.refusal(.malformed, what, at: place) }

    private static func shown(_ member: DataMember) -> String { NPMManifest.shown(member.name) }

    // MARK: Forms

    mutating func normalised(_ members: [DataMember]) -> [DataMember] {
        var result: [DataMember] = []
        let dependencies = members.first { $0.name == "dependencies" }?.value.object ?? []
        for member in members {
            guard let value = normalised(member, dependencies) else { continue }
            result.append(DataMember(member.name, value))
        }
        if hasGypFile, mayBuild { addBuild(to: &result) }
        let scripts = result.first { $0.name == "scripts" }?.value
        hasInstallScript = Self.installScripts.contains { scripts?[$0] != nil }
        return result
    }

    /// The form that the registry has; nil for what it leaves out.
    private func normalised(_ member: DataMember, _ dependencies: [DataMember]) -> DataValue? {
        let value = member.value
        switch member.name {
        case "bin": return NPMBin.map(value, of: name).map { .object($0) }
        case "bundleDependencies":
            if let flag = value.bool { return flag ? .array(dependencies.map { .string($0.name) }) : nil }
            if let members = value.object { return .array(members.map { .string($0.name) }) }
            return value
        case "scripts": return .object((value.object ?? []).filter { $0.value.string != nil })
        case "description", "homepage", "main": return value.string == nil ? nil : value
        case "keywords":
            if let text = value.string { return .array(Self.keywords(text).map { .string($0) }) }
            return value.array.map { .array($0.filter { $0.string?.isEmpty == false }) }
        case "author": return NPMPeople.person(value)
        case "contributors", "maintainers": return value.array.map { .array($0.compactMap(NPMPeople.person)) }
        case "repository": return NPMPeople.repository(value)
        case "bugs":
            guard let text = value.string else { return value.object == nil ? nil : value }
            return .object([DataMember(text.utf8.contains(UInt8(ascii: "@")) && !text.utf8.contains(58) ? "email" : "url", value)]
            )
        default: return value
        }
    }

    private static func keywords(_ text: String) -> [String] {
        text.utf8.split { $0 == UInt8(ascii: ",") || $0 == 9 || $0 == 10 || $0 == 13 }
            .map { String(Substring($0.drop { $0 == 32 })) }.filter { !$0.isEmpty }
    }

    /// npm publishes a package with a recipe of node-gyp as one that is built when it is installed.
    private func addBuild(to members: inout [DataMember]) {
        let place = members.firstIndex { $0.name == "scripts" }
        var scripts = place.flatMap { members[$0].value.object } ?? []
        guard !scripts.contains(where: { $0.name == "install" || $0.name == "preinstall" }) else { return }
        scripts.append(DataMember("install", .string("node-gyp rebuild")))
        if let place { members[place].value = .object(scripts) } else { members.append(DataMember("scripts", .object(scripts))) }
        members.removeAll { $0.name == "gypfile" }
        members.append(DataMember("gypfile", .bool(true)))
    }
}
