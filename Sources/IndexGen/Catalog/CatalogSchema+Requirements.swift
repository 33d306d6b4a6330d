extension CatalogSchema {
    /// Which files are of no use without which others, and which are there only for others. A removed file keeps what it requires, for its
    /// return.
    ///
    /// `file.released` is the last time at which something that requires the file went: it says so, too, when nothing else is left of that.
    ///
    /// And marks that stand for no version are found without a look at those that do: an image has thousands of tags.
    static let requirements = """
        CREATE TABLE requirement (
            file_id INTEGER NOT NULL REFERENCES file (id),
            required_id INTEGER NOT NULL REFERENCES file (id),
            PRIMARY KEY (file_id, required_id)
        ) WITHOUT ROWID;
        CREATE INDEX requirement_required ON requirement (required_id);
        ALTER TABLE file ADD COLUMN part INTEGER NOT NULL DEFAULT 0;        -- 1: it goes when nothing requires it
        ALTER TABLE file ADD COLUMN released INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX file_part ON file (repository_id, received) WHERE part = 1 AND removed_in IS NULL;
        CREATE INDEX mark_versions ON mark (version_id) WHERE version_id IS NOT NULL;
        CREATE INDEX mark_of_all ON mark (subject, subject_id) WHERE cleared_in IS NULL AND version_id IS NULL;
        """
}
