import Testing

@testable import Formats
@testable import Kit

/// What pages say of npm's packages.
struct NPMPortraitTests {
    private func portrait(_ package: NPMBuilder) throws -> Portrait { try #require(try NPMShelf.record(package.bytes).portrait) }

    private func fact(_ label: String, _ portrait: Portrait) -> Portrait.Fact? { portrait.facts.first { $0.label == label } }

    private func groups(_ portrait: Portrait) -> [Portrait.Group] {
        guard case .groups(let groups)? = portrait.sections.first(where: { $0.id == "dependencies" })?.content else { return [] }
        return groups
    }

    @Test func `a package.json of today fills facts, readme and dependencies`() throws {
        let portrait = try portrait(
            NPMBuilder("@acme/forms", "3.0.2").with(
                #"""
                "license":"MIT","type":"module","types":"index.d.ts","engines":{"node":">=20","npm":"*","vscode":"^1"},
                "bin":{"forms":"cli.js"},"homepage":"https://forms.example.org/","author":"Ann <ann@example.org>",
                "repository":"github:acme/forms","bugs":"https://example.org/bugs","keywords":["forms","aria"],
                "maintainers":[{"name":"Bob"},{"email":"c@example.org"},7],"os":["linux","!win32"],
                "dependencies":{"lit":"^3"},"peerDependencies":{"typescript":">=5","vue":"3"},
                "peerDependenciesMeta":{"typescript":{"optional":true}},"devDependencies":{"tap":"*"},
                "optionalDependencies":{"fsevents":"2"},"bundleDependencies":["lit"]
                """#
            ).file("README.md", "# Forms\n"))
        #expect(fact("Licence", portrait)?.value == "MIT")
        #expect(fact("Node", portrait)?.value == "20 and later")
        #expect(fact("Engines", portrait)?.value == "npm, vscode ^1")
        #expect(fact("Module", portrait)?.value == "ES modules, types")
        #expect(fact("Commands", portrait)?.value == "forms")
        #expect(fact("Systems", portrait)?.value == "linux, !win32")
        #expect(fact("Homepage", portrait)?.link == "https://forms.example.org/")
        #expect(fact("Sources", portrait)?.link == "https://github.com/acme/forms")
        #expect(fact("Issues", portrait)?.link == "https://example.org/bugs")
        #expect(fact("Author", portrait) == .init("Author", "Ann", link: "mailto:ann@example.org"))
        #expect(fact("Maintainers", portrait)?.value == "Bob, c@example.org")
        #expect(fact("Keywords", portrait)?.value == "forms, aria")
        #expect(fact("Unpacked", portrait)?.value.hasSuffix(", 3 files") == true)
        #expect(portrait.sections.first == .readme([UInt8]("# Forms\n"), .markdown))
        #expect(
            groups(portrait) == [
                .init("Always", ["lit ^3"]), .init("Optional", ["fsevents 2"]),
                .init("Peer", ["typescript >=5, optional", "vue 3"]), .init("Development", ["tap *"]),
                .init("In the package", ["lit"]),
            ])
    }

    @Test func `addresses of git become those of pages, where hosts have them`() throws {
        for (address, link) in [
            ("git+https://example.org/a/b.git", "https://example.org/a/b"),
            ("git://github.com/a/b.git", "https://github.com/a/b"),
            ("git+ssh://git@gitlab.com/a/b.git", "https://gitlab.com/a/b"), ("git@github.com:a/b.git", "https://github.com/a/b"),
            ("git://github.com.example.org/a", "git://github.com.example.org/a"), ("git@", "git@"),
        ] {
            let package = NPMBuilder("web", "1.0.0").with("\"repository\":{\"type\":\"git\",\"url\":\"\(address)\"}")
            let portrait = try portrait(package)
            #expect(fact("Sources", portrait)?.link == link)
        }
    }

    @Test func `wrong types are left out, and lists are bounded`() throws {
        let odd = try portrait(
            NPMBuilder("web", "1.0.0").with(
                #""license":{"type":7},"licenses":[{"type":"MIT"},3],"homepage":[],"keywords":[1,"","a"],"author":3,"bugs":[],"engines":["node"],"repository":{"url":{}},"types":1,"os":"linux""#
            ))
        #expect(odd.facts.map(\.label) == ["Licence", "Systems", "Keywords", "Unpacked"])
        #expect(fact("Licence", odd)?.value == "MIT")
        let many = (0..<3_000).map { "\"p\($0)\":\"*\"" }.joined(separator: ",")
        let words = (0..<3_000).map { "\"k\($0)\"" }.joined(separator: ",")
        let large = try portrait(
            NPMBuilder("web", "1.0.0").with("\"devDependencies\":{\(many)},\"dependencies\":{\(many)},\"keywords\":[\(words)]"))
        #expect(groups(large).reduce(0) { $0 + $1.items.count } == 500)
        #expect(large.facts.allSatisfy { $0.value.unicodeScalars.count <= 400 })
    }

    @Test func `there is no portrait without pages`() throws {
        let bytes = NPMBuilder("web", "1.0.0").bytes
        let silent = Repository(owner: "acme", type: "npm", baseURL: "https://example.org", hasPages: false)
        let record = try NPM().inspect(NPMShelf.upload(bytes), bytes: bytes.span, in: silent, within: Budget())
        #expect(record.portrait == nil)
    }

    @Test func `lines to install have the scope alone come from here`() {
        func lines(_ name: String, _ version: String? = nil) -> [String] {
            let target = InstallationTarget(name: name, version: version, path: "x", filename: "x.tgz")
            return NPM().installations(of: target, in: NPMShelf().repository).flatMap(\.lines)
        }
        #expect(lines("web") == ["npm install web --registry=https://example.org/acme/npm/"])
        #expect(lines("@a/web", "1.0.0-rc.1") == ["npm install @a/web@1.0.0-rc.1 --@a:registry=https://example.org/acme/npm/"])
        #expect(lines("--global") == ["npm install --registry=https://example.org/acme/npm/ -- --global"])
    }

    @Test func `versions are in the order of Semantic Versioning`() {
        let ascending = [
            "odd", "0.9.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-rc.2", "1.0.0-rc.11", "1.0.0", "1.10.0",
        ]
        for ecosystem in [NPM(), Cargo(), Helm()] as [any Ecosystem] {
            let keys = ascending.map(ecosystem.orderKey(ofVersion:))
            for (a, b) in zip(keys, keys.dropFirst()) { #expect(a.lexicographicallyPrecedes(b)) }
            #expect(ascending.filter(ecosystem.isPrerelease(version:)) == Array(ascending[2...6]))
        }
    }
}
