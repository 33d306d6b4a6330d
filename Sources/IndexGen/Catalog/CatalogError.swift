/// What the database said, for people: which file, what is wrong, what to do.
struct CatalogError: Error, CustomStringConvertible {
    var description: String

    init(_ error: DatabaseError, of site: String) {
        description =
            "the catalog \(Files.join(site, "state/catalog.sqlite")): \(error.message); \(Self.remedy(for: error.reason))"
    }

    private static func remedy(for reason: DatabaseError.Reason) -> String {
        switch reason {
        case .full: "make room there and run this again: nothing is lost"
        case .disk: "check the disk (is it full? dmesg), then run this again and: indexgen verify"
        case .denied:
            "the user who runs indexgen must be able to write to that folder and the files in it, and there must be room"
        case .busy: "another indexgen has been writing for two minutes; run this again when it is done"
        case .damaged:
            "restore it from a backup (with indexgen stopped, and without its -wal and -shm); then run: indexgen verify --repair"
        case .other: "run: indexgen verify"
        }
    }
}
