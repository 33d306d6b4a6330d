extension CatalogSchema {
    /// What stands in a repository of another type for a version, and why what could stand there does not.
    ///
    /// And marks that were taken back after a change are found without a look at all others.
    static let counterparts = """
        CREATE TABLE counterpart (
            file_id INTEGER NOT NULL REFERENCES file (id),      -- what stands there
            version_id INTEGER NOT NULL REFERENCES version (id),    -- for this one
            own INTEGER NOT NULL,                       -- 1: it also came in by itself, and stays when the other goes
            PRIMARY KEY (file_id, version_id)
        ) WITHOUT ROWID;
        CREATE INDEX counterpart_version ON counterpart (version_id);
        CREATE TABLE obstacle (
            version_id INTEGER NOT NULL REFERENCES version (id),
            type TEXT NOT NULL,                         -- where it would stand
            package TEXT NOT NULL,                      -- as what; empty where that is not known
            what TEXT NOT NULL,                         -- for people
            PRIMARY KEY (version_id, type)
        ) WITHOUT ROWID;
        CREATE INDEX obstacle_package ON obstacle (package);
        CREATE INDEX mark_cleared ON mark (cleared_in) WHERE cleared_in IS NOT NULL;
        """
}
