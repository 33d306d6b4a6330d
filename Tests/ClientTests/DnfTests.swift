import Foundation
import Testing

/// dnf with an install root, cache and settings of its own, and the site's own `.repo` file.
struct Dnf {
    let sandbox: Sandbox

    /// - Parameter groups: their `.repo` files are fetched from the site and used as they are.
    init(_ site: Site, owner: String, groups: [String]) throws {
        sandbox = try Sandbox("dnf")
        let path = sandbox.path
        for folder in ["cache", "log", "persist", "vars", "root", "plugins"] { try sandbox.folder(folder) }
        for group in groups {
            let file = try site.get("/\(owner)/rpm/\(group).repo")
            guard file.status == 200 else { throw Failure("no .repo file: \(file)") }
            try sandbox.write("repos/\(owner)-\(group.replacingOccurrences(of: "/", with: "-")).repo", file.text)
        }
        try sandbox.write(
            "dnf.conf",
            """
            [main]
            cachedir=\(path)/cache
            reposdir=\(path)/repos
            varsdir=\(path)/vars
            persistdir=\(path)/persist
            logdir=\(path)/log
            pluginpath=\(path)/plugins
            plugins=0
            retries=1
            timeout=20
            proxy=
            skip_if_unavailable=0
            install_weak_deps=0
            optional_metadata_types=filelists,other

            """)
    }

    func run(_ arguments: String...) throws -> Outcome { try run(arguments) }

    func run(_ arguments: [String]) throws -> Outcome {
        let path = sandbox.path
        return try Tool.run(
            [
                "dnf", "-q", "-y", "-c", "\(path)/dnf.conf", "--installroot=\(path)/root", "--releasever=9", "--forcearch=x86_64",
                "--setopt=reposdir=\(path)/repos", "--setopt=cachedir=\(path)/cache",
            ] + arguments,
            // Debian's rpm keeps its database below the user's home folder, inside the root: it must be the same each time.
            environment: ["HOME": path])
    }

    /// Every package that dnf knows, as name-version-release.arch.
    func packages() throws -> [String] {
        let outcome = try run("repoquery", "--qf", "package %{name}-%{version}-%{release}.%{arch}")
        return outcome.lines(startingWith: "package ").map { String($0.dropFirst(8)) }.sorted()
    }

    /// Like a client whose cache has expired.
    func refresh() throws -> Outcome { try run("--refresh", "makecache") }
}

extension Clients {
    @Suite(.needs("dnf")) struct DnfTests {
        let site: Site

        init() throws { site = try .current }

        @Test(arguments: ["el9", "gz9", "fedora/41"])
        func `dnf checks the signature, lists, and reads files and changes`(group: String) throws {
            let owner = "dnf-" + group.replacingOccurrences(of: "/", with: "")
            try site.add(Checkout.samples("rpm", "el9"), owner: owner, "--group", group)
            let dnf = try Dnf(site, owner: owner, groups: [group])
            let repo = try site.get("/\(owner)/rpm/\(group).repo").text
            #expect(repo.contains("repo_gpgcheck=1") && repo.contains("/repository.key"), "\(repo)")
            let made = try dnf.run("makecache")
            #expect(made.succeeded, "\(made)")
            let leaf = try site.files(below: "\(owner)/rpm/\(group)/repodata").filter { $0.contains("-primary.xml.") }
            #expect(leaf.count == 1 && leaf[0].hasSuffix(group == "gz9" ? ".gz" : ".zst"), "\(leaf)")
            #expect(
                try dnf.packages() == [
                    "indexgen-hello-1.0-1.el9.x86_64", "indexgen-hello-1.1-1.el9.x86_64",
                    "indexgen-hello-data-1.0-1.el9.noarch", "indexgen-hello-data-1.1-1.el9.noarch",
                ])
            let files = try dnf.run("repoquery", "-l", "indexgen-hello-1.1")
            #expect(files.says("/etc/indexgen-hello.conf") && files.says("/usr/bin/indexgen-hi"), "\(files)")
            let changes = try dnf.run("repoquery", "--changelogs", "indexgen-hello-1.1")
            #expect(changes.says("Say it again, & <louder>"), "\(changes)")
            let provides = try dnf.run("repoquery", "--whatprovides", "greeting = 1.0")
            #expect(provides.says("indexgen-hello-0:1.0-1.el9.x86_64"), "\(provides)")
            let owners = try dnf.run("repoquery", "--whatprovides", "/usr/share/indexgen-hello/greeting")
            #expect(owners.says("indexgen-hello-data"), "\(owners)")
        }

        @Test func `dnf installs with dependencies, then upgrades to what came later`() throws {
            try site.add(Checkout.samples("rpm", "1.0", "el9"), owner: "dnf-upgrade", "--group", "el9")
            let dnf = try Dnf(site, owner: "dnf-upgrade", groups: ["el9"])
            let install = try dnf.run("install", "indexgen-hello")
            #expect(install.succeeded, "\(install)")
            #expect(try dnf.sandbox.text("root/usr/share/indexgen-hello/greeting") == "Hello from 1.0\n")
            nextSecond()
            try site.add(Checkout.samples("rpm", "1.1", "el9"), owner: "dnf-upgrade", "--group", "el9")
            let upgrade = try dnf.run("--refresh", "upgrade")
            #expect(upgrade.succeeded, "\(upgrade)")
            #expect(try dnf.sandbox.text("root/usr/share/indexgen-hello/greeting") == "Hello from 1.1\n")
        }

        @Test func `groups keep their packages apart`() throws {
            try site.add(Checkout.samples("rpm", "1.1", "el9"), owner: "dnf-groups", "--group", "el9")
            try site.add(Checkout.samples("rpm", "1.1", "fc41"), owner: "dnf-groups", "--group", "fedora/41")
            let el9 = try Dnf(site, owner: "dnf-groups", groups: ["el9"]).packages()
            #expect(el9 == ["indexgen-hello-1.1-1.el9.x86_64", "indexgen-hello-data-1.1-1.el9.noarch"])
            let fedora = try Dnf(site, owner: "dnf-groups", groups: ["fedora/41"]).packages()
            #expect(fedora == ["indexgen-hello-1.1-1.fc41.x86_64", "indexgen-hello-data-1.1-1.fc41.noarch"])
            // Both at once: two repositories with identifiers of their own.
            #expect(try Dnf(site, owner: "dnf-groups", groups: ["el9", "fedora/41"]).packages() == (el9 + fedora).sorted())
        }

        @Test func `a tampered repomd is refused`() throws {
            try site.add(Checkout.samples("rpm", "1.0", "el9"), owner: "dnf-repomd", "--group", "el9")
            try site.replace("dnf-repomd/rpm/el9/repodata/repomd.xml") { $0.append(contentsOf: "<!-- -->\n".utf8) }
            let made = try Dnf(site, owner: "dnf-repomd", groups: ["el9"]).run("makecache")
            #expect(!made.succeeded && (made.says("bad PGP signature") || made.says("bad GPG signature")), "\(made)")
        }

        @Test func `a missing signature is refused`() throws {
            try site.add(Checkout.samples("rpm", "1.0", "el9"), owner: "dnf-unsigned", "--group", "el9")
            try FileManager.default.removeItem(atPath: site.file("dnf-unsigned/rpm/el9/repodata/repomd.xml.asc"))
            let made = try Dnf(site, owner: "dnf-unsigned", groups: ["el9"]).run("makecache")
            #expect(!made.succeeded && made.says("repomd.xml.asc"), "\(made)")
        }

        @Test func `a tampered primary is refused`() throws {
            try site.add(Checkout.samples("rpm", "1.0", "el9"), owner: "dnf-primary", "--group", "el9")
            for file in try site.files(below: "dnf-primary/rpm/el9/repodata") where file.contains("-primary.") {
                try site.replace(file, flipMiddle)
            }
            let dnf = try Dnf(site, owner: "dnf-primary", groups: ["el9"])
            var made: Outcome?
            let requests = try site.server.requests { made = try dnf.run("makecache") }
            // Quiet dnf does not say why; it was there, and was not taken.
            #expect(requests.contains { $0.contains("-primary.xml.zst 200") }, "\(requests)")
            #expect(made?.succeeded == false && made?.says("-primary.xml.zst") == true, "\(made as Any)")
        }

        @Test func `a tampered package is not installed`() throws {
            try site.add(Checkout.samples("rpm", "1.0", "el9"), owner: "dnf-rpm", "--group", "el9")
            for file in try site.files(below: "dnf-rpm/rpm/el9/package") { try site.replace(file, flipMiddle) }
            let dnf = try Dnf(site, owner: "dnf-rpm", groups: ["el9"])
            let install = try dnf.run("install", "indexgen-hello")
            #expect(!install.succeeded, "\(install)")
            #expect(!dnf.sandbox.has("root/usr/share/indexgen-hello/greeting"))
        }

        @Test func `a client that holds the old repomd can still fetch all that it names`() throws {
            try site.add(Checkout.samples("rpm", "1.0", "el9"), owner: "dnf-old", "--group", "el9")
            let old = try site.files(below: "dnf-old/rpm/el9/repodata").filter { !$0.contains("repomd.xml") }
            nextSecond()
            try site.add(Checkout.samples("rpm", "1.1", "el9"), owner: "dnf-old", "--group", "el9")
            #expect(old.count == 3)
            for file in old {
                let answer = try site.get("/" + file)
                #expect(answer.status == 200 && file.contains("/" + Site.sha256(answer.body) + "-"), "\(file) \(answer)")
            }
        }
    }
}
