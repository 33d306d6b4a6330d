// What Swift cannot call of SQLite, since it takes variable arguments. The library itself is linked by GRDB.
int sqlite3_config(int option, ...);

// Stops SQLite counting its memory, which takes a mutex around every allocation. Before the first connection only.
static inline int sqlite3_count_no_memory(void) {
    return sqlite3_config(9 /* SQLITE_CONFIG_MEMSTATUS */, 0);
}
