/// Further addresses of a repository's files. Each is looked for before any file is, and the first that fits is taken, so that an
/// address that needs two of them (a database of another name on a mirror's layout) is the matter of one.
enum ArchAliases {
    /// Gitea answers any name of a database with the one that it has, and repo-add's names end in `.tar.gz`. Published ones are
    /// left out: `\g{-2}` is the last part of the repository's name, whatever captures stand in front.
    static let all: [PathAlias] = [
        // Databases on a mirror's layout: REPOSITORY/os/ARCHITECTURE.
        PathAlias("arch/((?:[^/]+/)*?([^/]+)/)os/([^/]+)/[^/]+\(ending)", is: "arch/$1$3/$2.$4$5"),
        PathAlias("arch/((?:[^/]+/)*?([^/]+))/([^/]+)/(?!\\g{-2}\(published))[^/]+\(ending)", is: "arch/$1/$3/$2.$4$5"),
        // Those of the repository without a name.
        PathAlias("arch/([^/]+)/(?!packages\(published))[^/]+\(ending)", is: "arch/$1/packages.$2$3"),
        // Packages for any machine, below the folder of whatever machine.
        PathAlias("arch/((?:[^/]+/)*?)(?:os/)?(?!any/)[^/]+/([^/]+-any\\.pkg\\.tar[^/]*)", is: "arch/$1any/$2"),
        PathAlias("arch/((?:[^/]+/)*?[^/]+/)os/([^/]+/[^/]+)", is: "arch/$1$2"),
    ]

    private static let ending = "\\.(db|files)(?:\\.tar(?:\\.[a-z0-9]+)?)?(\\.sig)?"
    private static let published = "\\.(?:db|files)(?:\\.sig)?$"
}
