internal import Formats

/// Atom feeds (RFC 4287) of the newest packages.
struct Feed {
    let site: Site

    /// - Parameter lines: the newest first, each with its repository.
    func plan(_ lines: [PortraitLine]) -> DocumentPlan {
        let base = site.settings.baseURL
        var xml: [UInt8] = []
        xml.append(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>Newest packages</title>\n"
        )
        xml.append("<id>")
        HTMLText.append(attribute: "\(base)/", to: &xml)
        xml.append("</id>\n<link rel=\"self\" href=\"")
        HTMLText.append(attribute: "\(base)/feed.atom", to: &xml)
        xml.append("\"/>\n<author><name>indexgen</name></author>\n<updated>")
        xml.append(Timestamp(seconds: lines.first?.changed ?? 0).rfc3339)
        xml.append("</updated>\n")
        for line in lines {
            guard let repository = line.repository, let folder = PeoplePath.package(line.name, of: repository) else { continue }
            var address: [UInt8] = []
            HTMLText.append(attribute: "\(base)/", to: &address)
            HTMLText.append(path: folder, to: &address)
            xml.append("<entry>\n<title>")
            HTMLText.append(attribute: "\(line.name) \(line.version) · \(repository.owner)/\(repository.type)", to: &xml)
            // The same package again with another version is another entry.
            xml.append("</title>\n<id>")
            xml += address
            xml.append("/#")
            HTMLText.append(segment: line.version, to: &xml)
            xml.append("</id>\n<link href=\"")
            xml += address
            xml.append("/\"/>\n<updated>\(Timestamp(seconds: line.changed).rfc3339)</updated>\n<summary>")
            HTMLText.append(attribute: line.summary, to: &xml)
            xml.append("</summary>\n</entry>\n")
        }
        xml.append("</feed>\n")
        return DocumentPlan(path: "feed.atom", body: [.literal(xml)], rank: .list)
    }
}
