extension CatalogSchema {
    /// Entries that are made of rendered documents. They have no history: whoever renders a past state makes them again.
    static let echoes = """
        ALTER TABLE scope ADD COLUMN echoed INTEGER NOT NULL DEFAULT 0;     -- 1: its entries are echoes of other scopes' documents
        ALTER TABLE document ADD COLUMN digests BLOB NOT NULL DEFAULT x'';  -- besides SHA-256, that its plan asks for
        CREATE TABLE echo (
            partition_id INTEGER NOT NULL REFERENCES partition (id),
            sort_key BLOB NOT NULL,
            scope_id INTEGER NOT NULL REFERENCES scope (id),    -- of whose documents it is made
            slot_id INTEGER NOT NULL REFERENCES slot (id),
            bytes BLOB NOT NULL,
            PRIMARY KEY (partition_id, sort_key, scope_id, slot_id)
        ) WITHOUT ROWID;
        CREATE INDEX echo_scope ON echo (scope_id);
        -- Which of them came, went or changed since what lists them was published.
        CREATE TABLE echo_change (
            partition_id INTEGER NOT NULL REFERENCES partition (id),
            sort_key BLOB NOT NULL,
            PRIMARY KEY (partition_id, sort_key)
        ) WITHOUT ROWID;
        """
}
