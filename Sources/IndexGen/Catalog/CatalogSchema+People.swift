extension CatalogSchema {
    /// What the pages for people say of packages, and which of them wait to be made.
    ///
    /// - `portrait` has what lists say of a package that is there: the newest version and its summary. Lists are made from it without a look
    ///   at versions, and change when it does.
    /// - `version.order_key` is the ecosystem's (`orderKey(ofVersion:)`); empty for one that no page has looked at yet.
    /// - `repository.portrayed` is the last change of which `stale` knows all consequences.
    static let people = """
        ALTER TABLE version ADD COLUMN order_key BLOB NOT NULL DEFAULT x'';
        CREATE INDEX version_order ON version (package_id, order_key);
        CREATE TABLE portrait (
            package_id INTEGER PRIMARY KEY,             -- without a reference: what is pruned is found here
            repository_id INTEGER NOT NULL REFERENCES repository (id),
            name TEXT NOT NULL,
            range TEXT NOT NULL,                        -- of names, whose page lists it
            version TEXT NOT NULL,                      -- the newest
            summary TEXT NOT NULL,
            changed INTEGER NOT NULL                    -- when the newest file came in
        );
        CREATE INDEX portrait_range ON portrait (repository_id, range, name);
        CREATE INDEX portrait_changed ON portrait (repository_id, changed);
        CREATE TABLE word (
            shard TEXT NOT NULL,                        -- of the search index
            package_id INTEGER NOT NULL,
            PRIMARY KEY (shard, package_id)
        ) WITHOUT ROWID;
        CREATE INDEX word_package ON word (package_id);
        CREATE TABLE stale (
            kind TEXT NOT NULL,                         -- package, range, shard
            repository_id INTEGER NOT NULL,             -- 0: of the site
            key TEXT NOT NULL,                          -- a package's id, a range, a shard
            PRIMARY KEY (kind, repository_id, key)
        ) WITHOUT ROWID;
        CREATE TABLE shard (
            id INTEGER PRIMARY KEY,
            prefix TEXT NOT NULL UNIQUE,
            split TEXT NOT NULL,                        -- prefixes, with blanks between them
            common TEXT NOT NULL                        -- words, likewise
        );
        ALTER TABLE repository ADD COLUMN portrayed INTEGER NOT NULL DEFAULT 0;
        """
}
