import Foundation
import Testing

extension Clients.Containers {
    /// The category "discovery": what is there.
    @Suite struct DiscoveryTests {
        let site: Site
        let token: String

        init() throws {
            site = try .current
            token = try site.token("find")
        }

        private func registry(_ name: String) -> ContainerRegistry { ContainerRegistry(site, name, token: token) }
        private func everybody(_ name: String) -> ContainerRegistry { ContainerRegistry(site, name, token: nil) }

        @Test func `tags are listed in byte order, whole and a page at a time`() throws {
            let registry = registry("find/tagged"), everybody = everybody("find/tagged")
            let image = try ContainerImage("tags\n")
            try registry.push(image)
            let tags = ["1.0", "1.10", "1.2", "A", "_x", "a", "b"]
            for tag in tags.shuffled() { #expect(try registry.put(image.manifest, as: tag).status == 201) }
            let all = try everybody.get("tags/list")
            #expect(all.status == 200 && all.texts("tags") == tags && all.json["name"] as? String == "find/tagged", "\(all.text)")
            #expect(all["content-type"] == "application/json" && all["link"] == nil, "\(all)")
            let head = try everybody.head("tags/list")
            #expect(head.status == 200 && head["content-length"] == "\(all.body.count)" && head.body.isEmpty, "\(head)")
            // Behind each tag, there or not.
            for last in ["1.10", "1.11", "", "b", "zzz"] {
                let rest = try everybody.get("tags/list?last=\(last)")
                #expect(rest.status == 200 && rest.texts("tags") == tags.filter { $0 > last }, "\(last): \(rest.text)")
            }
            // By the links, until there is none.
            var seen: [String] = []
            var address: String? = everybody.at("tags/list?n=3")
            while let next = address {
                let page = try everybody.send("GET", next)
                #expect(page.status == 200 && page.texts("tags").count <= 3, "\(page.text)")
                seen += page.texts("tags")
                address = page["link"].map { link in
                    #expect(link.hasSuffix("; rel=\"next\""), "\(link)")
                    return ContainerRegistry.path(String(link.dropFirst().prefix { $0 != ">" }))
                }
                if seen.count > tags.count { break }
            }
            #expect(seen == tags)
            let none = try everybody.get("tags/list?n=0")
            #expect(none.status == 200 && none.texts("tags") == [] && none["link"] == nil, "\(none) \(none.text)")
            let wrong = try everybody.get("tags/list?n=x")
            #expect(wrong.status == 400 && wrong.codes.count == 1, "\(wrong.text)")
            let both = try everybody.get("tags/list?n=2&last=1.2")
            #expect(both.texts("tags") == ["A", "_x"], "\(both.text)")
        }

        @Test func `an image that is not there has no tags`() throws {
            for rest in ["tags/list", "tags/list?n=2"] {
                let answer = try everybody("find/nothing").get(rest)
                #expect(answer.status == 404 && answer.codes == ["NAME_UNKNOWN"], "\(rest): \(answer) \(answer.text)")
            }
        }

        @Test func `what is about a manifest is listed, and chosen by its type`() throws {
            let registry = registry("find/referred"), everybody = everybody("find/referred")
            let image = try ContainerImage("referred\n")
            try registry.push(image, as: "subject")
            let types = ["application/vnd.example.one", "application/vnd.example.two"]
            let artifacts = try types.map { type in
                try ContainerImage(
                    artifact: "about \(type)", type: type, subject: image.manifest.descriptor,
                    annotations: ["org.example.hello": type])
            }
            for artifact in artifacts { try registry.push(artifact) }
            // Without a type of its own it has that of its configuration.
            let plain = try ContainerImage("plain\n", more: ["subject": image.manifest.descriptor])
            try registry.push(plain)
            let index = try ContainerManifestText.index(
                [image.descriptor("amd64")], more: ["artifactType": types[0], "subject": image.manifest.descriptor])
            #expect(try registry.put(index).status == 201)

            func list(_ query: String = "") throws -> Response {
                let answer = try everybody.get("referrers/\(image.digest)\(query)")
                #expect(answer.status == 200 && answer["content-type"] == ContainerManifestText.index, "\(answer)")
                #expect(answer.json["mediaType"] as? String == ContainerManifestText.index)
                #expect(answer.json["schemaVersion"] as? Int == 2)
                return answer
            }
            func digests(_ answer: Response) -> Set<String> { Set(answer.manifests.compactMap { $0["digest"] as? String }) }
            let all = try list()
            #expect(digests(all) == Set(artifacts.map(\.digest) + [plain.digest, index.digest]), "\(all.text)")
            #expect(all["oci-filters-applied"] == nil)
            for (artifact, type) in zip(artifacts, types) {
                let entry = try #require(all.manifests.first { $0["digest"] as? String == artifact.digest })
                #expect(entry["artifactType"] as? String == type && entry["mediaType"] as? String == ContainerManifestText.image)
                #expect(entry["size"] as? Int == artifact.manifest.bytes.count)
                #expect(entry["annotations"] as? [String: String] == ["org.example.hello": type])
            }
            let config = try #require(all.manifests.first { $0["digest"] as? String == plain.digest })
            #expect(config["artifactType"] as? String == ContainerManifestText.config)
            let chosen = try list("?artifactType=" + types[0])
            #expect(chosen["oci-filters-applied"] == "artifactType", "\(chosen)")
            #expect(digests(chosen) == [artifacts[0].digest, index.digest], "\(chosen.text)")
            #expect(digests(try list("?artifactType=application%2Fvnd.example.two")) == [artifacts[1].digest])
            #expect(digests(try list("?artifactType=application/vnd.example.none")) == [])
        }

        @Test func `what nobody is about has an empty list, be it there or not`() throws {
            let digest = ContainerRegistry.sha256(Data("alone".utf8))
            for (name, query) in [("find/referred", ""), ("find/nothing-at-all", ""), ("find/referred", "?artifactType=a/b")] {
                let answer = try everybody(name).get("referrers/\(digest)\(query)")
                #expect(answer.status == 200 && answer["content-type"] == ContainerManifestText.index, "\(answer)")
                #expect(answer.manifests.isEmpty && answer.json["manifests"] != nil, "\(answer.text)")
            }
        }

        @Test func `the images of the site and of an owner are listed`() throws {
            let image = try ContainerImage("catalogued\n")
            for name in ["find/catalog", "find/team/catalog"] { try registry(name).push(image, as: "1") }
            let site = try everybody("find/catalog").send("GET", "/v2/_catalog")
            #expect(
                site.status == 200 && Set(["find/catalog", "find/team/catalog"]).isSubset(of: site.texts("repositories")),
                "\(site.text)")
            let page = try everybody("find/catalog").send("GET", "/v2/_catalog?n=1&last=find/b")
            #expect(page.texts("repositories") == ["find/catalog"] && page["link"] != nil, "\(page) \(page.text)")
            let own = try everybody("find").get("_catalog")
            #expect(own.status == 200 && own.texts("repositories").contains("find/team/catalog"), "\(own) \(own.text)")
        }
    }
}
