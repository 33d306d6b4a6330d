/// POMs and jars as tests want them.
enum MavenKit {
    static let group = "com.example.demo"
    static let folder = "com/example/demo/lib/1.0.0"

    /// A POM of `com.example.demo:lib:1.0.0`, of which a part may be another; what is empty is left out.
    static func pom(
        group: String = MavenKit.group, artifact: String = "lib", version: String = "1.0.0", packaging: String = "",
        more: String = "", head: String = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    ) -> String {
        func element(_ name: String, _ text: String) -> String { text.isEmpty ? "" : "  <\(name)>\(text)</\(name)>\n" }
        return head + "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n  <modelVersion>4.0.0</modelVersion>\n"
            + element("groupId", group) + element("artifactId", artifact) + element("version", version)
            + element("packaging", packaging) + more + "</project>\n"
    }

    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// A manifest, and whatever else.
    static func jar(_ files: [(String, String)] = []) -> ZipBuilder {
        var zip = ZipBuilder().file("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n\r\n").file("lib.txt", "lib 1.0.0\n")
        for (name, content) in files { zip = zip.file(name, content) }
        return zip
    }

    static func properties(_ group: String, _ artifact: String, _ version: String) -> (String, String) {
        (
            "META-INF/maven/\(group)/\(artifact)/pom.properties",
            "#Created by Apache Maven 3.8.7\nversion=\(version)\ngroupId=\(group)\nartifactId=\(artifact)\n"
        )
    }

    static func plugin(prefix: String = "demo", artifact: String = "demo-maven-plugin", more: String = "") -> ZipBuilder {
        jar([("META-INF/maven/plugin.xml", pluginText(prefix: prefix, artifact: artifact, more: more))])
    }

    static func pluginText(prefix: String = "demo", artifact: String = "demo-maven-plugin", more: String = "") -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <plugin><name>Demo &amp; more</name><groupId>\(group)</groupId><artifactId>\(artifact)</artifactId>\
        <goalPrefix>\(prefix)</goalPrefix>\(more)<mojos><mojo><name>other</name><goal>x</goal></mojo></mojos></plugin>
        """
    }

    static func module(
        group: String = MavenKit.group, module: String = "lib", version: String = "1.0.0", format: String = "1.1",
        more: String = ""
    ) -> String {
        """
        {"formatVersion": "\(format)", "component": {"group": "\(group)", "module": "\(module)", "version": "\(version)"\(more)},
        "createdBy": {"gradle": {"version": "8.5"}}, "variants": []}
        """
    }

    static let signature = "-----BEGIN PGP SIGNATURE-----\n\niHUEABYKAB0WIQ\n=abcd\n-----END PGP SIGNATURE-----\n"

    static func metadata(_ content: String) -> String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<metadata>\n\(content)</metadata>\n"
    }
}
