#include <sqlite3.h>

// What Swift cannot call of SQLite, since it takes variable arguments.

// Stops SQLite counting its memory, which takes a mutex around every allocation. Before the first connection only.
static inline int sqlite3_count_no_memory(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

// Switches one of a connection's settings (SQLITE_DBCONFIG_…).
static inline int sqlite3_switch(sqlite3 *connection, int setting, int is_on) {
    return sqlite3_db_config(connection, setting, is_on, (int *)0);
}
