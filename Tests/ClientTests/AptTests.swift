import Foundation
import Testing

/// apt and dpkg with a root, lists, keys and settings of their own.
struct Apt {
    let sandbox: Sandbox
    let site: Site

    /// Trusts one key alone, insists on by-hash, and sees nothing of this machine.
    ///
    /// - Parameters:
    ///   - trusting: Whether an unsigned site is to be trusted without a signature.
    ///   - keyed: Whether the owner's key is fetched first.
    init(
        _ site: Site, owner: String, distribution: String = "stable", component: String = "main", trusting: Bool = true,
        keyed: Bool = true
    ) throws {
        self.site = site
        sandbox = try Sandbox("apt")
        let root = sandbox.path
        let system = "\(root)/system"
        for part in [
            "lists/partial", "cache/archives/partial", "etc/apt.conf.d", "etc/preferences.d", "etc/sources.list.d", "log",
            "system/var/lib/dpkg/info", "system/var/lib/dpkg/updates", "system/var/log", "download",
        ] {
            try sandbox.folder(part)
        }
        try sandbox.write("system/var/lib/dpkg/status", "")
        try sandbox.write("system/var/lib/dpkg/available", "")
        if site.isSigned, keyed {
            let key = try site.get("/\(owner)/debian/repository.key")
            guard key.status == 200 else { throw Failure("no key: \(key)") }
            try sandbox.write("key.asc", key.text)
        }
        let trust = site.isSigned ? "signed-by=\(root)/key.asc" : trusting ? "trusted=yes" : ""
        try sandbox.write(
            "etc/sources.list",
            "deb [arch=amd64 by-hash=force \(trust)] \(site.url)/\(owner)/debian \(distribution) \(component)\n")
        try sandbox.write(
            "apt.conf",
            """
            Dir::State "\(root)"; Dir::State::lists "\(root)/lists"; Dir::State::status "\(system)/var/lib/dpkg/status";
            Dir::State::extended_states "\(root)/extended_states"; Dir::Cache "\(root)/cache"; Dir::Log "\(root)/log";
            Dir::Etc "\(root)/etc"; Dir::Etc::trusted "/dev/null"; Dir::Etc::trustedparts "/dev/null";
            APT::Architecture "amd64"; APT::Architectures { "amd64"; }; APT::Sandbox::User "root"; APT::Get::Assume-Yes "true";
            Acquire::Languages "none"; Acquire::Retries "0"; Acquire::http::Proxy "DIRECT"; Debug::NoLocking "true";
            DPkg::Options { "--root=\(system)"; "--force-unsafe-io"; "--log=\(root)/log/dpkg.log"; };
            DPkg::Run-Directory "/";

            """)
    }

    func run(_ arguments: String...) throws -> Outcome {
        try Tool.run(
            arguments, environment: ["APT_CONFIG": "\(sandbox.path)/apt.conf", "DEBIAN_FRONTEND": "noninteractive"],
            in: sandbox.path + "/download")
    }

    func update() throws -> Outcome { try run("apt-get", "update") }

    /// The version that apt would install; nil when it knows none.
    func candidate(_ package: String) throws -> String? {
        let policy = try run("apt-cache", "policy", package)
        let line = policy.output.components(separatedBy: "\n").first { $0.contains("Candidate:") }
        return line.flatMap { $0.components(separatedBy: ": ").last }.flatMap { $0 == "(none)" ? nil : $0 }
    }
}

extension Outcome {
    /// apt's warnings and errors.
    var complaints: [String] {
        output.components(separatedBy: "\n").filter { $0.hasPrefix("W:") || $0.hasPrefix("E:") || $0.hasPrefix("Err") }
    }
    /// What apt fetched anew.
    var fetched: [String] { lines(startingWith: "Get:") }
}

extension Clients {
    @Suite(.needs("apt-get", "dpkg")) struct AptTests {
        let site: Site

        init() throws { site = try .current }

        @Test func `apt updates without a complaint, and the second time fetches nothing`() throws {
            try site.add(Checkout.samples("debian", "1.0"), owner: "apt-update")
            let apt = try Apt(site, owner: "apt-update")
            var first: Outcome?
            let requests = try site.server.requests { first = try apt.update() }
            let update = try #require(first)
            #expect(update.succeeded && update.complaints.isEmpty, "\(update)")
            #expect(requests.contains { $0.contains("/by-hash/SHA256/") && $0.hasSuffix(" 200") }, "\(requests)")
            #expect(!requests.contains { $0.contains("/Packages") || $0.hasSuffix(" 404") }, "\(requests)")
            let second = try apt.update()
            #expect(second.succeeded && second.fetched.isEmpty && !second.lines(startingWith: "Hit:").isEmpty, "\(second)")
        }

        @Test func `apt finds, shows and downloads packages`() throws {
            try site.add(Checkout.samples("debian"), owner: "apt-show")
            let apt = try Apt(site, owner: "apt-show")
            #expect(try apt.update().succeeded)
            let search = try apt.run("apt-cache", "search", "hello")
            #expect(search.says("indexgen-hello - says hello from 1.1") && search.says("indexgen-hello-data - what"), "\(search)")
            let madison = try apt.run("apt-cache", "madison", "indexgen-hello")
            #expect(madison.says("1.1-1") && madison.says("1.0-1"), "\(madison)")
            let show = try apt.run("apt-cache", "show", "indexgen-hello-data=1.0-1")
            #expect(show.says("Architecture: all") && show.says("SHA256: ") && show.says("Filename: pool/"), "\(show)")
            #expect(try apt.candidate("indexgen-hello") == "1.1-1")
            let download = try apt.run("apt-get", "download", "indexgen-hello=1.0-1")
            #expect(download.succeeded && apt.sandbox.has("download/indexgen-hello_1.0-1_amd64.deb"), "\(download)")
        }

        @Test func `apt installs with dependencies, then upgrades to what came later`() throws {
            try site.add(Checkout.samples("debian", "1.0"), owner: "apt-upgrade")
            let apt = try Apt(site, owner: "apt-upgrade")
            #expect(try apt.update().succeeded)
            let install = try apt.run("apt-get", "install", "indexgen-hello")
            #expect(install.succeeded, "\(install)")
            #expect(try apt.sandbox.text("system/usr/share/indexgen-hello/greeting") == "Hello from 1.0\n")
            nextSecond()
            try site.add(Checkout.samples("debian", "1.1"), owner: "apt-upgrade")
            let update = try apt.update()
            #expect(update.succeeded && update.complaints.isEmpty, "\(update)")
            let upgrade = try apt.run("apt-get", "upgrade")
            #expect(upgrade.succeeded, "\(upgrade)")
            // The data package is for `all`, and seen through amd64.
            #expect(try apt.sandbox.text("system/usr/share/indexgen-hello/greeting") == "Hello from 1.1\n")
            let status = try apt.sandbox.text("system/var/lib/dpkg/status")
            #expect(status.components(separatedBy: "Version: 1.1-1").count == 3, "\(status)")
        }

        @Test func `distributions and components keep their packages apart`() throws {
            try site.add(Checkout.samples("debian", "1.0"), owner: "apt-apart", "--distribution", "old", "--component", "main")
            try site.add(Checkout.samples("debian", "1.1"), owner: "apt-apart", "--distribution", "new", "--component", "extra")
            for (distribution, component, version) in [("old", "main", "1.0-1"), ("new", "extra", "1.1-1")] {
                let apt = try Apt(site, owner: "apt-apart", distribution: distribution, component: component)
                let update = try apt.update()
                #expect(update.succeeded && update.complaints.isEmpty, "\(update)")
                #expect(try apt.candidate("indexgen-hello") == version)
            }
        }

        @Test func `a tampered Packages is refused`() throws {
            try site.add(Checkout.samples("debian", "1.0"), owner: "apt-packages")
            let apt = try Apt(site, owner: "apt-packages")
            let damaged = try site.files(below: "apt-packages/debian/dists/stable/main")
            #expect(!damaged.isEmpty)
            for file in damaged { try site.replace(file, flipMiddle) }
            let update = try apt.update()
            #expect(!update.succeeded && update.says("Hash Sum mismatch"), "\(update)")
            #expect(try apt.candidate("indexgen-hello") == nil)
        }

        @Test func `a tampered InRelease is refused`() throws {
            try site.add(Checkout.samples("debian", "1.0"), owner: "apt-inrelease")
            let apt = try Apt(site, owner: "apt-inrelease")
            try site.replace("apt-inrelease/debian/dists/stable/InRelease") { bytes in
                let text = String(decoding: bytes, as: UTF8.self)
                bytes = Data(text.replacingOccurrences(of: "Origin: apt-inrelease", with: "Origin: somebody-else").utf8)
            }
            let update = try apt.update()
            #expect(!update.succeeded && update.says("BADSIG"), "\(update)")
            #expect(try apt.candidate("indexgen-hello") == nil)
        }

        @Test func `another key's signature is refused`() throws {
            try site.add(Checkout.samples("debian", "1.0"), owner: "apt-key")
            let apt = try Apt(site, owner: "apt-key")
            let keyring = try apt.sandbox.folder("gnupg")
            chmod(keyring, 0o700)
            let gpg = ["gpg", "--homedir", keyring, "--batch", "--passphrase", ""]
            try Tool.succeed(gpg + ["--quick-generate-key", "stranger", "ed25519", "sign", "never"])
            let strangers = try Tool.succeed(gpg + ["--armor", "--export"])
            _ = try? Tool.run(["gpgconf", "--homedir", keyring, "--kill", "all"])
            try apt.sandbox.write(
                "key.asc", String(strangers[(strangers.range(of: "-----BEGIN")?.lowerBound ?? strangers.startIndex)...]))
            let update = try apt.update()
            #expect(!update.succeeded && update.says("NO_PUBKEY"), "\(update)")
        }

        @Test func `an older index does not take the place of a newer one`() throws {
            let release = "apt-older/debian/dists/stable/InRelease"
            try site.add(Checkout.samples("debian", "1.0"), owner: "apt-older")
            let older = try site.read(release)
            nextSecond()
            try site.add(Checkout.samples("debian", "1.1"), owner: "apt-older")
            let apt = try Apt(site, owner: "apt-older")
            #expect(try apt.update().succeeded)
            #expect(try apt.candidate("indexgen-hello") == "1.1-1")
            nextSecond()
            try site.replace(release) { $0 = older }
            _ = try apt.update()
            #expect(try apt.candidate("indexgen-hello") == "1.1-1")
            // Whoever knows no better may have it: what it names is there still.
            let newcomer = try Apt(site, owner: "apt-older")
            let update = try newcomer.update()
            #expect(update.succeeded && update.complaints.isEmpty, "\(update)")
            #expect(try newcomer.candidate("indexgen-hello") == "1.0-1")
        }

        @Test func `Release with Release.gpg does as well as InRelease`() throws {
            try site.add(Checkout.samples("debian", "1.0"), owner: "apt-detached")
            try FileManager.default.removeItem(atPath: site.file("apt-detached/debian/dists/stable/InRelease"))
            let apt = try Apt(site, owner: "apt-detached")
            var update: Outcome?
            let requests = try site.server.requests { update = try apt.update() }
            #expect(update?.succeeded == true && update?.complaints.isEmpty == true, "\(update as Any)")
            #expect(requests.contains { $0.hasSuffix("/Release.gpg 200") }, "\(requests)")
            #expect(try apt.candidate("indexgen-hello") == "1.0-1")
            try site.replace("apt-detached/debian/dists/stable/Release") { $0.append(contentsOf: "Extra: field\n".utf8) }
            let other = try Apt(site, owner: "apt-detached")
            let refused = try other.update()
            #expect(!refused.succeeded && refused.says("BADSIG"), "\(refused)")
        }

        @Test func `a tampered package is not installed`() throws {
            try site.add(Checkout.samples("debian", "1.0"), owner: "apt-deb")
            let apt = try Apt(site, owner: "apt-deb")
            #expect(try apt.update().succeeded)
            for file in try site.files(below: "apt-deb/debian/pool") { try site.replace(file, flipMiddle) }
            let install = try apt.run("apt-get", "install", "indexgen-hello")
            #expect(!install.succeeded && install.says("Hash Sum mismatch"), "\(install)")
            #expect(!apt.sandbox.has("system/usr/share/indexgen-hello/greeting"))
        }

        @Test func `a removed package is gone with the next update`() throws {
            try site.add(Checkout.samples("debian"), owner: "apt-remove")
            let apt = try Apt(site, owner: "apt-remove")
            #expect(try apt.update().succeeded)
            nextSecond()
            try site.indexgen("remove", "apt-remove/debian", "indexgen-hello", "1.1-1")
            #expect(try apt.update().complaints.isEmpty)
            #expect(try apt.candidate("indexgen-hello") == "1.0-1")
        }
    }
}
