import Foundation
import Glibc
import Testing

/// Root at work on the site of a service's user.
@Suite(.serialized, .enabled(if: geteuid() == 0, "only root can act as somebody else"))
struct OwnerTests {
    /// Nobody's.
    private static let user: uid_t = 54_321

    @Test func `what root does belongs to the site's owner, also what root alone may read`() throws {
        let victim = try Victim(emptyIn: FileManager.default.temporaryDirectory.path)
        chmod(victim.folder, 0o755)
        mkdir(victim.site, 0o755)
        chown(victim.site, Self.user, Self.user)
        let packages = try KillTests.Packages(1, in: victim.folder + "/packages").paths
        for package in packages { chmod(package, 0o600) }
        chmod(victim.folder + "/packages", 0o700)
        for verb in [
            ["init"], ["add"] + packages, ["add", "--link", victim.folder + "/packages"], ["generate", "--all"], ["prune"],
            ["list"],
        ] {
            try victim.succeed(verb)
        }
        var foreign: [String] = []
        var count = 0
        for path in try FileManager.default.subpathsOfDirectory(atPath: victim.site) {
            var info = stat()
            guard lstat("\(victim.site)/\(path)", &info) == 0 else { continue }
            count += 1
            if info.st_uid != Self.user || info.st_gid != Self.user { foreign.append(path) }
        }
        #expect(count > 40)
        #expect(foreign == [])
        guard let setpriv = Victim.find("setpriv") else {
            print("skipped: the owner's own verify, setpriv is not installed (util-linux)")
            return
        }
        // Where the program lies, its user need not be able to go.
        chmod(victim.folder, 0o755)
        let copy = victim.folder + "/indexgen"
        // By a program of its own: a child that another test starts meanwhile would hold our copy open, and nobody could run it.
        _ = try victim.run(program: try #require(Victim.find("cp")), [Victim.program, copy])
        let run = try victim.run(
            program: setpriv,
            ["--reuid", "\(Self.user)", "--regid", "\(Self.user)", "--clear-groups", copy, "--site", victim.site, "verify"])
        #expect(run.status == 0, "\(run.output) \(run.diagnostics)")
    }
}
