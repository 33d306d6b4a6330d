/// The catalog's tables. Plain SQL that PostgreSQL would take with other names for the integer and byte types.
///
/// Gitea's model — repository (owner and type), package, version, file, blob, coordinates and marks — and beside it what generation needs:
/// scopes, partitions, listings, fragments, echoes, documents, artifacts. `journal.id` numbers the changes; listings carry the change
/// that added and the one that removed them, so that any past state can be rendered until it is pruned.
enum CatalogSchema {
    static let first = "0001 packages"

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration(first) { db in try db.execute(sql: packages) }
        migrator.registerMigration("0002 generation") { db in try db.execute(sql: generation) }
        migrator.registerMigration("0003 segments") { db in try db.execute(sql: segments) }
        migrator.registerMigration("0004 announcements") { db in try db.execute(sql: announcements) }
        migrator.registerMigration("0005 tokens") { db in try db.execute(sql: tokens) }
        migrator.registerMigration("0006 outbox") { db in try db.execute(sql: outbox) }
        migrator.registerMigration("0007 superseded signatures") { db in try db.execute(sql: supersededSignatures) }
        migrator.registerMigration("0008 tombstones and times") { db in try db.execute(sql: tombstones) }
        migrator.registerMigration("0009 identity of the catalog") { db in
            try db.execute(sql: doomed)
            try db.execute(
                sql: "INSERT INTO meta (key, value) VALUES ('identity', randomblob(16)) ON CONFLICT (key) DO NOTHING")
        }
        migrator.registerMigration("0010 ranks") { db in try db.execute(sql: ranks) }
        migrator.registerMigration("0011 owners") { db in try db.execute(sql: owners) }
        migrator.registerMigration("0012 strangers and usage") { db in try db.execute(sql: usage) }
        migrator.registerMigration("0014 customs") { db in try db.execute(sql: customs) }
        // What comes in is counted by `IngestWriter`, once for a transaction.
        migrator.registerMigration("0015 usage of transactions") { db in try db.execute(sql: "DROP TRIGGER usage_rises") }
        migrator.registerMigration("0016 tallies") { db in try db.execute(sql: tallies) }
        migrator.registerMigration("0017 coordinates and marks") { db in try db.execute(sql: marks) }
        migrator.registerMigration("0018 marks of versions") { db in try db.execute(sql: markedVersions) }
        migrator.registerMigration("0019 changes of repositories") { db in try db.execute(sql: changesOfRepositories) }
        migrator.registerMigration("0020 echoes") { db in try db.execute(sql: echoes) }
        migrator.registerMigration("0021 requirements") { db in try db.execute(sql: requirements) }
        migrator.registerMigration("0022 counterparts") { db in try db.execute(sql: counterparts) }
        migrator.registerMigration("0024 people") { db in try db.execute(sql: people) }
        return migrator
    }

    private static let packages = """
        CREATE TABLE repository (
            id INTEGER PRIMARY KEY,
            owner TEXT NOT NULL,
            owner_identity TEXT NOT NULL,
            type TEXT NOT NULL,
            UNIQUE (owner_identity, type)
        );
        CREATE TABLE package (
            id INTEGER PRIMARY KEY,
            repository_id INTEGER NOT NULL REFERENCES repository (id),
            name TEXT NOT NULL,
            identity TEXT NOT NULL,
            UNIQUE (repository_id, identity)
        );
        CREATE TABLE version (
            id INTEGER PRIMARY KEY,
            package_id INTEGER NOT NULL REFERENCES package (id),
            version TEXT NOT NULL,
            identity TEXT NOT NULL,
            summary TEXT NOT NULL,
            UNIQUE (package_id, identity)
        );
        CREATE TABLE blob (
            id INTEGER PRIMARY KEY,
            sha256 BLOB NOT NULL UNIQUE,
            sha1 BLOB NOT NULL,
            md5 BLOB NOT NULL,
            sha512 BLOB NOT NULL,
            size INTEGER NOT NULL
        );
        CREATE TABLE file (
            id INTEGER PRIMARY KEY,
            repository_id INTEGER NOT NULL REFERENCES repository (id),
            version_id INTEGER NOT NULL REFERENCES version (id),
            blob_id INTEGER NOT NULL REFERENCES blob (id),
            lead_id INTEGER REFERENCES file (id),       -- a sidecar's package; NULL for the package itself
            identity TEXT,                              -- NULL for a sidecar
            path TEXT NOT NULL,                         -- below OWNER/TYPE/
            filename TEXT NOT NULL,                     -- as it was sent
            architecture TEXT NOT NULL,
            modified INTEGER NOT NULL,
            received INTEGER NOT NULL,
            facts BLOB NOT NULL,
            revision INTEGER NOT NULL,                  -- of the ecosystem's fragments
            placed INTEGER NOT NULL,                    -- 1: it is in the public tree
            added_in INTEGER NOT NULL,
            removed_in INTEGER,
            UNIQUE (repository_id, identity),
            UNIQUE (repository_id, path)
        );
        CREATE INDEX file_version ON file (version_id);
        CREATE INDEX file_lead ON file (lead_id) WHERE lead_id IS NOT NULL;
        CREATE INDEX file_unplaced ON file (repository_id) WHERE placed = 0;
        -- "This key means these bytes", wherever they lie: one identity, one content.
        CREATE TABLE claim (
            repository_id INTEGER NOT NULL REFERENCES repository (id),
            identity TEXT NOT NULL,
            blob_id INTEGER NOT NULL REFERENCES blob (id),
            PRIMARY KEY (repository_id, identity)
        ) WITHOUT ROWID;
        CREATE TABLE property (
            subject TEXT NOT NULL,                      -- package, version or file
            subject_id INTEGER NOT NULL,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (subject, subject_id, name)
        ) WITHOUT ROWID;
        CREATE TABLE journal (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,                       -- add, return, remove, yank, unyank
            owner TEXT NOT NULL,
            type TEXT NOT NULL,
            package TEXT NOT NULL,
            version TEXT NOT NULL,
            path TEXT NOT NULL,                         -- below OWNER/TYPE/
            sha256 BLOB NOT NULL,
            detail TEXT NOT NULL
        );
        """

    private static let generation = """
        CREATE TABLE scope (
            id INTEGER PRIMARY KEY,
            repository_id INTEGER NOT NULL REFERENCES repository (id),
            key TEXT NOT NULL,
            revision INTEGER NOT NULL,                  -- rises with every change
            published INTEGER NOT NULL,                 -- the revision that is public
            changed INTEGER NOT NULL,
            UNIQUE (repository_id, key)
        );
        CREATE INDEX scope_dirty ON scope (repository_id) WHERE published < revision;
        CREATE TABLE partition (
            id INTEGER PRIMARY KEY,
            scope_id INTEGER NOT NULL REFERENCES scope (id),
            name TEXT NOT NULL,
            shared INTEGER NOT NULL,
            entries INTEGER NOT NULL,                   -- live ones
            revision INTEGER NOT NULL,
            UNIQUE (scope_id, name)
        );
        CREATE TABLE listing (
            partition_id INTEGER NOT NULL REFERENCES partition (id),
            sort_key BLOB NOT NULL,
            file_id INTEGER NOT NULL REFERENCES file (id),
            added_in INTEGER NOT NULL,
            removed_in INTEGER,
            PRIMARY KEY (partition_id, sort_key, file_id, added_in)
        ) WITHOUT ROWID;
        CREATE INDEX listing_file ON listing (file_id);
        CREATE TABLE slot (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        );
        CREATE TABLE fragment (
            file_id INTEGER NOT NULL REFERENCES file (id),
            slot_id INTEGER NOT NULL REFERENCES slot (id),
            bytes BLOB NOT NULL,
            PRIMARY KEY (file_id, slot_id)              -- file first: what comes in is appended, and pages are filled
        ) WITHOUT ROWID;
        CREATE TABLE document (
            id INTEGER PRIMARY KEY,
            repository_id INTEGER NOT NULL,             -- 0: the site's own pages
            scope_id INTEGER NOT NULL,                  -- 0: the repository as a whole
            path TEXT NOT NULL,                         -- the plan's
            fingerprint BLOB NOT NULL,                  -- of all that its bytes depend on
            sha256 BLOB NOT NULL,                       -- before encoding
            size INTEGER NOT NULL,
            UNIQUE (repository_id, path)
        );
        CREATE INDEX document_scope ON document (scope_id);
        CREATE TABLE artifact (
            path TEXT PRIMARY KEY,                      -- below public/
            document_id INTEGER NOT NULL REFERENCES document (id),
            position INTEGER NOT NULL,                  -- of the variant in its plan
            role TEXT NOT NULL,                         -- variant, by-hash, companion
            sha256 BLOB NOT NULL,
            size INTEGER NOT NULL,
            segments BLOB NOT NULL                      -- of which compressed segments it consists; a cache
        );
        CREATE INDEX artifact_document ON artifact (document_id);
        -- Public paths that nothing names any more and that stay for the grace period.
        CREATE TABLE retired (
            path TEXT PRIMARY KEY,                      -- below public/
            sha256 BLOB NOT NULL,
            size INTEGER NOT NULL,
            since INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE meta (
            key TEXT PRIMARY KEY,
            value BLOB NOT NULL
        ) WITHOUT ROWID;
        """

    /// What a publication is about to do, for the run after a crash.
    private static let announcements = """
        CREATE TABLE announced (
            path TEXT PRIMARY KEY                       -- below public/
        ) WITHOUT ROWID;
        -- Whose document it was: the last that a scope superseded stay until it supersedes the next. 0: a package, or a scope
        -- without documents.
        ALTER TABLE retired ADD COLUMN scope_id INTEGER NOT NULL DEFAULT 0;
        """

    /// A tree made from scratch must carry the same signatures as one that grew.
    private static let supersededSignatures = """
        ALTER TABLE document ADD COLUMN signatures BLOB NOT NULL DEFAULT x'';
        """

    /// In which order documents leave the public tree.
    private static let ranks = """
        ALTER TABLE document ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;    -- Rank
        """

    /// One spelling of an owner for all types: that of the first use. Repositories that came in under another one, as earlier versions
    /// allowed for a new type, keep their rows and so their public addresses.
    static let owners = """
        CREATE TABLE owner (
            identity TEXT PRIMARY KEY,                  -- A-Z as a-z
            name TEXT NOT NULL
        ) WITHOUT ROWID;
        INSERT INTO owner (identity, name)
            SELECT owner_identity, owner FROM repository r
            WHERE id = (SELECT MIN(id) FROM repository o WHERE o.owner_identity = r.owner_identity);
        """

    /// What hooks have not been told yet.
    private static let outbox = """
        CREATE TABLE event (
            id INTEGER PRIMARY KEY AUTOINCREMENT,       -- never given twice: receivers know events by it
            at INTEGER NOT NULL,
            owner TEXT NOT NULL,                        -- empty: the site's own pages and the ends of grace periods
            type TEXT NOT NULL,
            partitions TEXT NOT NULL,                   -- a line each, for the environment of commands
            payload BLOB NOT NULL                       -- JSON
        );
        CREATE TABLE delivery (
            hook TEXT NOT NULL,
            event_id INTEGER NOT NULL REFERENCES event (id),
            failures INTEGER NOT NULL,
            next_at INTEGER NOT NULL,                   -- not before
            dead INTEGER NOT NULL,                      -- 1: given up
            last_error TEXT NOT NULL,
            PRIMARY KEY (hook, event_id)
        ) WITHOUT ROWID;
        CREATE INDEX delivery_event ON delivery (event_id);
        ALTER TABLE repository ADD COLUMN told INTEGER NOT NULL DEFAULT 0;  -- the last change in the journal that an event is about
        """

    /// Blobs whose rows were pruned and whose files go next.
    private static let doomed = """
        CREATE TABLE doomed (
            sha256 BLOB PRIMARY KEY
        ) WITHOUT ROWID;
        """

    /// What was here once means these bytes for ever; and the newest time that anything was dated by.
    private static let tombstones = """
        CREATE TABLE tombstone (
            repository_id INTEGER NOT NULL REFERENCES repository (id),
            kind TEXT NOT NULL,                         -- path, identity or claim
            key TEXT NOT NULL,                          -- a path is one below OWNER/TYPE/
            sha256 BLOB NOT NULL,
            what TEXT NOT NULL,                         -- for people: name and version
            pruned INTEGER NOT NULL,
            PRIMARY KEY (repository_id, kind, key)
        ) WITHOUT ROWID;
        -- What was pruned before: the journal knows its paths.
        INSERT INTO tombstone (repository_id, kind, key, sha256, what, pruned)
            SELECT r.id, 'path', j.path, j.sha256, j.package || ' ' || j.version, j.at FROM journal j
            JOIN repository r ON r.owner_identity = LOWER(j.owner) AND r.type = j.type
            WHERE j.id IN (SELECT MAX(id) FROM journal GROUP BY LOWER(owner), type, path)
                AND NOT EXISTS (SELECT 1 FROM file f WHERE f.repository_id = r.id AND f.path = j.path);
        INSERT INTO meta (key, value) SELECT 'newest', MAX(
            COALESCE((SELECT MAX(at) FROM journal), 0), COALESCE((SELECT MAX(changed) FROM scope), 0),
            COALESCE((SELECT MAX(since) FROM retired), 0)) ON CONFLICT DO NOTHING;
        """

    /// Which segments of a document a change concerns.
    private static let segments = """
        ALTER TABLE scope ADD COLUMN shown INTEGER NOT NULL DEFAULT 0;      -- the last change in the journal that is public
        ALTER TABLE document ADD COLUMN cuts BLOB NOT NULL DEFAULT x'';     -- where segments begin; a cache
        """

    /// Who may change what over the network, where a change came from, and what was refused.
    private static let tokens = """
        CREATE TABLE token (
            id INTEGER PRIMARY KEY,
            handle TEXT NOT NULL UNIQUE,                -- the public half, by which it is found
            hash BLOB NOT NULL,                         -- SHA-256 of the secret half
            name TEXT NOT NULL,
            owner TEXT NOT NULL,                        -- a pattern
            type TEXT NOT NULL,                         -- a pattern
            scopes TEXT NOT NULL,                       -- patterns, one a line
            rights TEXT NOT NULL,                       -- upload,delete
            created INTEGER NOT NULL,
            expires INTEGER,                            -- NULL: never
            revoked INTEGER,
            last_used INTEGER                           -- the day's first second
        );
        ALTER TABLE journal ADD COLUMN origin TEXT NOT NULL DEFAULT '';     -- an address; empty on the command line
        CREATE TABLE refusal (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            origin TEXT NOT NULL,
            method TEXT NOT NULL,
            path TEXT NOT NULL,                         -- as it was asked for
            owner TEXT NOT NULL,
            type TEXT NOT NULL,
            status INTEGER NOT NULL,                    -- HTTP's
            detail TEXT NOT NULL,
            sha256 BLOB                                 -- NULL where no content was read
        );
        """

    /// Under which of its ecosystem's defaults a scope was begun.
    private static let customs = """
        ALTER TABLE scope ADD COLUMN customs INTEGER NOT NULL DEFAULT 0;
        """

    /// How large the fragments of a partition's entries are, in slots that are measured: `Tallies.begin` marks them and counts what is there,
    /// `IngestWriter` counts what comes in, once for a transaction, and triggers count what goes or changes.
    private static let tallies = """
        ALTER TABLE slot ADD COLUMN measured INTEGER NOT NULL DEFAULT 0;    -- 1: tally counts it
        CREATE TABLE tally (
            partition_id INTEGER NOT NULL REFERENCES partition (id),
            slot_id INTEGER NOT NULL REFERENCES slot (id),
            bytes INTEGER NOT NULL,                     -- of the fragments of all live listings
            PRIMARY KEY (partition_id, slot_id)
        ) WITHOUT ROWID;
        CREATE TRIGGER tally_of_listing_changed AFTER UPDATE OF removed_in ON listing
            WHEN (OLD.removed_in IS NULL) <> (NEW.removed_in IS NULL) BEGIN
            INSERT INTO tally (partition_id, slot_id, bytes)
                SELECT NEW.partition_id, s.id, CASE WHEN NEW.removed_in IS NULL THEN 1 ELSE -1 END * LENGTH(f.bytes)
                FROM slot s CROSS JOIN fragment f WHERE s.measured = 1 AND f.file_id = NEW.file_id AND f.slot_id = s.id
                ON CONFLICT (partition_id, slot_id) DO UPDATE SET bytes = bytes + excluded.bytes;
        END;
        CREATE TRIGGER tally_of_listing_deleted AFTER DELETE ON listing WHEN OLD.removed_in IS NULL BEGIN
            INSERT INTO tally (partition_id, slot_id, bytes)
                SELECT OLD.partition_id, s.id, -LENGTH(f.bytes) FROM slot s CROSS JOIN fragment f
                WHERE s.measured = 1 AND f.file_id = OLD.file_id AND f.slot_id = s.id
                ON CONFLICT (partition_id, slot_id) DO UPDATE SET bytes = bytes + excluded.bytes;
        END;
        CREATE TRIGGER tally_of_fragment_changed AFTER UPDATE OF bytes ON fragment
            WHEN (SELECT measured FROM slot WHERE id = NEW.slot_id) BEGIN
            INSERT INTO tally (partition_id, slot_id, bytes)
                SELECT l.partition_id, NEW.slot_id, LENGTH(NEW.bytes) - LENGTH(OLD.bytes) FROM listing l
                WHERE l.file_id = NEW.file_id AND l.removed_in IS NULL
                ON CONFLICT (partition_id, slot_id) DO UPDATE SET bytes = bytes + excluded.bytes;
        END;
        CREATE TRIGGER tally_of_fragment_deleted AFTER DELETE ON fragment
            WHEN (SELECT measured FROM slot WHERE id = OLD.slot_id) BEGIN
            INSERT INTO tally (partition_id, slot_id, bytes)
                SELECT l.partition_id, OLD.slot_id, -LENGTH(OLD.bytes) FROM listing l
                WHERE l.file_id = OLD.file_id AND l.removed_in IS NULL
                ON CONFLICT (partition_id, slot_id) DO UPDATE SET bytes = bytes + excluded.bytes;
        END;
        """

    /// Where a package's sender wanted it, and what people said of it afterwards. A mark that was taken back keeps its row, so that a past
    /// state has it. And a repository knows its public path.
    private static let marks = """
        CREATE TABLE coordinate (
            file_id INTEGER NOT NULL REFERENCES file (id),
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (file_id, name)
        ) WITHOUT ROWID;
        INSERT INTO coordinate (file_id, name, value)
            SELECT subject_id, name, value FROM property WHERE subject = 'file' AND name <> 'yanked';
        CREATE TABLE mark (
            subject TEXT NOT NULL,                      -- package, version or file
            subject_id INTEGER NOT NULL,
            name TEXT NOT NULL,
            key TEXT NOT NULL,                          -- tells marks of one kind apart; mostly empty
            value TEXT NOT NULL,
            set_in INTEGER NOT NULL,                    -- journal.id
            cleared_in INTEGER,
            PRIMARY KEY (subject, subject_id, name, key, set_in)
        ) WITHOUT ROWID;
        CREATE UNIQUE INDEX mark_live ON mark (subject, subject_id, name, key) WHERE cleared_in IS NULL;
        INSERT INTO mark (subject, subject_id, name, key, value, set_in, cleared_in)
            SELECT 'file', f.id, 'yanked', '', p.value, COALESCE((
                SELECT MAX(j.id) FROM journal j WHERE j.action = 'yank' AND j.path = f.path AND j.type = r.type
                    AND LOWER(j.owner) = r.owner_identity), f.added_in), f.removed_in
            FROM property p JOIN file f ON f.id = p.subject_id JOIN repository r ON r.id = f.repository_id
            WHERE p.subject = 'file' AND p.name = 'yanked';
        DROP TABLE property;
        ALTER TABLE repository ADD COLUMN segment TEXT NOT NULL DEFAULT ''; -- of public paths, behind the owner
        UPDATE repository SET segment = type;
        """

    /// A mark of a package may stand for one of its versions, and goes with it.
    private static let markedVersions = """
        ALTER TABLE mark ADD COLUMN version_id INTEGER REFERENCES version (id); -- which its value names
        CREATE INDEX mark_version ON mark (version_id) WHERE version_id IS NOT NULL AND cleared_in IS NULL;
        """

    /// A repository's changes are found without a look at those of others.
    private static let changesOfRepositories = """
        ALTER TABLE journal ADD COLUMN repository_id INTEGER REFERENCES repository (id);
        UPDATE journal SET repository_id = (
            SELECT id FROM repository r WHERE r.owner_identity = LOWER(journal.owner) AND r.type = journal.type);
        CREATE INDEX journal_repository ON journal (repository_id);
        """

    /// Refusals of strangers cannot push those of known tokens out; and how much every repository has, for quotas.
    private static let usage = """
        ALTER TABLE refusal ADD COLUMN stranger INTEGER NOT NULL DEFAULT 0; -- 1: no right token came with it
        UPDATE refusal SET stranger = 1 WHERE actor IN ('unknown', 'anonymous');
        CREATE INDEX refusal_stranger ON refusal (stranger, id);
        CREATE TABLE usage (
            repository_id INTEGER PRIMARY KEY REFERENCES repository (id),
            files INTEGER NOT NULL,                     -- packages; removed ones, too, until they are pruned
            bytes INTEGER NOT NULL
        );
        INSERT INTO usage (repository_id, files, bytes)
            SELECT r.id, COUNT(CASE WHEN f.lead_id IS NULL THEN f.id END), COALESCE(SUM(b.size), 0) FROM repository r
            LEFT JOIN file f ON f.repository_id = r.id LEFT JOIN blob b ON b.id = f.blob_id GROUP BY r.id;
        CREATE TRIGGER usage_begins AFTER INSERT ON repository BEGIN
            INSERT INTO usage (repository_id, files, bytes) VALUES (NEW.id, 0, 0);
        END;
        CREATE TRIGGER usage_ends AFTER DELETE ON repository BEGIN
            DELETE FROM usage WHERE repository_id = OLD.id;
        END;
        CREATE TRIGGER usage_rises AFTER INSERT ON file BEGIN
            UPDATE usage SET files = files + (NEW.lead_id IS NULL), bytes = bytes + (SELECT size FROM blob WHERE id = NEW.blob_id)
            WHERE repository_id = NEW.repository_id;
        END;
        CREATE TRIGGER usage_falls AFTER DELETE ON file BEGIN
            UPDATE usage SET files = files - (OLD.lead_id IS NULL), bytes = bytes - (SELECT size FROM blob WHERE id = OLD.blob_id)
            WHERE repository_id = OLD.repository_id;
        END;
        CREATE TRIGGER usage_changes AFTER UPDATE OF blob_id ON file BEGIN
            UPDATE usage SET bytes = bytes - (SELECT size FROM blob WHERE id = OLD.blob_id)
                + (SELECT size FROM blob WHERE id = NEW.blob_id)
            WHERE repository_id = NEW.repository_id;
        END;
        """
}
