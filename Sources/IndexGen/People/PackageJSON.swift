internal import Formats

/// The same as a page says, for programs: `package.json` beside it.
enum PackageJSON {
    /// - Parameter baseURL: of the site; addresses of files are absolute.
    static func document(of view: PackageView, in repository: RepositoryRow, baseURL: String) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("owner", repository.owner)
        json.member("type", repository.type)
        json.member("name", view.name)
        json.member("version", view.main.version)
        json.member("summary", view.main.summary)
        json.key("versions")
        json.beginArray()
        for version in view.versions { append(version, in: repository, baseURL, &json) }
        json.endArray()
        // The index of the repository has all of them.
        json.member("complete", !view.hasMore)
        json.endObject()
        return json.bytes + [10]
    }

    private static func append(
        _ version: PackageView.Version, in repository: RepositoryRow, _ baseURL: String, _ json: inout JSONWriter
    ) {
        json.beginObject()
        json.member("version", version.version)
        json.member("published", version.received.rfc3339)
        if !version.tags.isEmpty {
            json.key("tags")
            json.beginArray()
            for tag in version.tags { json.value(tag) }
            json.endArray()
        }
        let marks = version.annotations.all.filter(\.key.isEmpty)
        if !marks.isEmpty {
            json.key("marks")
            json.beginObject()
            for mark in marks { json.member(mark.kind, mark.value) }
            json.endObject()
        }
        json.key("files")
        json.beginArray()
        for file in version.files {
            json.beginObject()
            json.member("name", file.filename)
            var url = Array("\(baseURL)/".utf8)
            HTMLText.append(path: "\(repository.path)/\(file.path)", to: &url)
            json.member("url", String(decoding: url, as: UTF8.self))
            if !file.architecture.isEmpty { json.member("architecture", file.architecture) }
            json.member("size", file.size)
            json.member("sha256", Hex.string(file.sha256))
            json.member("published", file.received.rfc3339)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }
}
