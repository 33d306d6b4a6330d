// Writes down every call of a program that changes files below RECORD_ROOT or makes them durable, in the order in which they took
// effect, with all bytes written. Loaded before libc (LD_PRELOAD) by PowerCutTests, which make from the record what may be on a disk
// after its power was cut.
//
// RECORD_LOG gets one record for each call: eight numbers of 64 bits (kind, a, b, c, lengths of three strings, 0), then the strings
// (name, other name, bytes). Files and folders are named by their inode numbers. What goes to standard output, and every HTTP response
// that begins with a status 2xx, is in the record, too: from there on somebody relies on what it says.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { ROOT, CREATE, FOLDER, LINK, UNLINK, RENAME, WRITE, TRUNCATE, SYNC, SYNC_ALL, SAID, MODE, EXCHANGE };

#define REAL(result, name, ...) \
    static result (*real)(__VA_ARGS__); \
    if (!real) real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static const char *root;
static size_t root_length;
static int record = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static ssize_t (*put)(int, const struct iovec *, int);

static void note(enum kind kind, uint64_t a, uint64_t b, uint64_t c, const char *name, const char *other, const void *bytes, size_t size) {
    uint64_t head[8] = {kind, a, b, c, name ? strlen(name) : 0, other ? strlen(other) : 0, size, 0};
    struct iovec parts[4] = {{head, sizeof head}, {(void *)name, head[4]}, {(void *)other, head[5]}, {(void *)bytes, size}};
    size_t length = sizeof head + head[4] + head[5] + size;
    // Files in memory take it whole; anything else would be a record that cannot be read.
    if (put(record, parts, 4) != (ssize_t)length) abort();
}

__attribute__((constructor)) static void set_up(void) {
    const char *file = getenv("RECORD_LOG"), *folder = getenv("RECORD_ROOT");
    if (!file || !folder) return;
    put = (ssize_t(*)(int, const struct iovec *, int))dlsym(RTLD_NEXT, "writev");
    struct stat there;
    if (stat(folder, &there) != 0) return;
    int (*make)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
    record = make(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (record < 0) abort();
    root_length = strlen(folder);
    root = folder;
    note(ROOT, there.st_ino, 0, 0, NULL, NULL, NULL, 0);
}

// A call and its record are one step: between threads by the mutex, between processes by the lock of the file.
static void begin(void) {
    pthread_mutex_lock(&lock);
    while (flock(record, LOCK_EX) != 0 && errno == EINTR) {}
}
static void end(void) {
    int before = errno;
    flock(record, LOCK_UN);
    pthread_mutex_unlock(&lock);
    errno = before;
}

// MARK: Where

static int is_below(const char *path) {
    return strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == 0);
}

static int path_of(int file, char *out) {
    char link[64];
    if (file == AT_FDCWD)
        strcpy(link, "/proc/self/cwd");
    else
        snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, out, PATH_MAX - 1);
    if (length <= 0) return 0;
    out[length] = 0;
    return 1;
}

// The folder of a path and the name in it; false when it is outside.
static int place(int folder, const char *path, uint64_t *inode, char *name) {
    if (!root || !path) return 0;
    int before = errno;
    char full[2 * PATH_MAX];
    struct stat there;
    if (*path == '/') {
        snprintf(full, sizeof full, "%s", path);
    } else {
        if (!path_of(folder, full)) return errno = before, 0;
        size_t length = strlen(full);
        snprintf(full + length, sizeof full - length, "/%s", path);
    }
    char *slash = strrchr(full, '/');
    snprintf(name, NAME_MAX + 1, "%s", slash + 1);
    *slash = 0;
    int inside = is_below(full) && stat(full, &there) == 0;
    if (inside) *inode = there.st_ino;
    errno = before;
    return inside;
}

// The inode of an open file; false when it is outside.
static int inode_of(int file, struct stat *there) {
    if (!root || file < 0) return 0;
    int before = errno;
    char path[PATH_MAX];
    int inside = path_of(file, path) && is_below(path) && fstat(file, there) == 0;
    errno = before;
    return inside;
}

static uint64_t inode_at(int folder, const char *path) {
    struct stat there;
    return fstatat(folder, path, &there, AT_SYMLINK_NOFOLLOW) == 0 ? there.st_ino : 0;
}

// MARK: Opening

static int opened(int (*body)(int, const char *, int, mode_t), int folder, const char *path, int flags, mode_t mode) {
    uint64_t parent = 0;
    char name[NAME_MAX + 1];
    if (!(flags & (O_CREAT | O_TRUNC)) || (flags & O_TMPFILE) == O_TMPFILE || !place(folder, path, &parent, name))
        return body(folder, path, flags, mode);
    begin();
    int existed = faccessat(folder, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    int file = body(folder, path, flags, mode);
    struct stat made;
    if (file >= 0 && fstat(file, &made) == 0 && S_ISREG(made.st_mode)) {
        if (!existed) note(CREATE, parent, made.st_ino, made.st_mode & 07777, name, NULL, NULL, 0);
        else if (flags & O_TRUNC) note(TRUNCATE, made.st_ino, 0, 0, NULL, NULL, NULL, 0);
    }
    end();
    return file;
}

#define LAST_MODE(flags) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { \
        va_list list; \
        va_start(list, flags); \
        mode = va_arg(list, mode_t); \
        va_end(list); \
    }

static int really_open(int folder, const char *path, int flags, mode_t mode) {
    REAL(int, "openat", int, const char *, int, ...);
    return real(folder, path, flags, mode);
}

int open(const char *path, int flags, ...) { LAST_MODE(flags) return opened(really_open, AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { LAST_MODE(flags) return opened(really_open, AT_FDCWD, path, flags, mode); }
int openat(int folder, const char *path, int flags, ...) { LAST_MODE(flags) return opened(really_open, folder, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) { LAST_MODE(flags) return opened(really_open, folder, path, flags, mode); }
int creat(const char *path, mode_t mode) { return opened(really_open, AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return opened(really_open, AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

// MARK: Writing

// Standard output of the program that was started, and what a server answers.
static void said(int file, const struct iovec *parts, int count) {
    char bytes[1 << 16];
    size_t size = 0;
    for (int i = 0; i < count; i++) {
        size_t room = sizeof bytes - size, some = parts[i].iov_len < room ? parts[i].iov_len : room;
        memcpy(bytes + size, parts[i].iov_base, some);
        size += some;
    }
    int is_answer = size > 10 && memcmp(bytes, "HTTP/1.1 2", 10) == 0;
    // Only the program itself is relied on; gpg's output goes through a pipe of its own.
    if (!is_answer && (file != STDOUT_FILENO || strcmp(program_invocation_short_name, "indexgen") != 0)) return;
    begin();
    note(SAID, 0, 0, 0, NULL, NULL, bytes, size);
    end();
}

// What lies in a file now, from an offset on: for copies whose bytes never pass through the program.
static void note_content(int file, uint64_t inode, uint64_t offset, uint64_t size) {
    char link[64], bytes[1 << 16];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    int copy = really_open(AT_FDCWD, link, O_RDONLY | O_CLOEXEC, 0);
    if (copy < 0) abort();
    while (size > 0) {
        ssize_t some = pread(copy, bytes, size < sizeof bytes ? size : sizeof bytes, offset);
        if (some <= 0) break;
        note(WRITE, inode, offset, 0, NULL, NULL, bytes, some);
        offset += some;
        size -= some;
    }
    close(copy);
}

static uint64_t place_after(int file, ssize_t size, const struct stat *there) {
    return (fcntl(file, F_GETFL) & O_APPEND) ? (uint64_t)there->st_size - size : (uint64_t)lseek(file, 0, SEEK_CUR) - size;
}

// Before the bytes are sent: whoever reads them may rely on them at once.
#define ANSWERED(file, parts, count) \
    if (root) said(file, parts, count)

#define WRITES(file, call, where, vector, count) \
    struct stat there; \
    if (!inode_of(file, &there) || !S_ISREG(there.st_mode)) return call; \
    begin(); \
    ssize_t written = call; \
    if (written > 0 && fstat(file, &there) == 0) { \
        uint64_t offset = where; \
        ssize_t rest = written; \
        for (int i = 0; i < (count) && rest > 0; i++) { \
            size_t some = (size_t)rest < (vector)[i].iov_len ? (size_t)rest : (vector)[i].iov_len; \
            note(WRITE, there.st_ino, offset, 0, NULL, NULL, (vector)[i].iov_base, some); \
            offset += some; \
            rest -= some; \
        } \
    } \
    end(); \
    return written;

ssize_t write(int file, const void *bytes, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    struct iovec part = {(void *)bytes, size};
    ANSWERED(file, &part, 1);
    WRITES(file, real(file, bytes, size), place_after(file, written, &there), &part, 1)
}
ssize_t writev(int file, const struct iovec *parts, int count) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    ANSWERED(file, parts, count);
    WRITES(file, real(file, parts, count), place_after(file, written, &there), parts, count)
}
ssize_t send(int file, const void *bytes, size_t size, int flags) {
    REAL(ssize_t, "send", int, const void *, size_t, int);
    struct iovec part = {(void *)bytes, size};
    ANSWERED(file, &part, 1);
    return real(file, bytes, size, flags);
}
ssize_t sendmsg(int file, const struct msghdr *message, int flags) {
    REAL(ssize_t, "sendmsg", int, const struct msghdr *, int);
    ANSWERED(file, message->msg_iov, message->msg_iovlen);
    return real(file, message, flags);
}

#define PWRITE(name, type) \
    ssize_t name(int file, const void *bytes, size_t size, type place) { \
        REAL(ssize_t, #name, int, const void *, size_t, type); \
        struct iovec part = {(void *)bytes, size}; \
        WRITES(file, real(file, bytes, size, place), place, &part, 1) \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define PWRITEV(name, type) \
    ssize_t name(int file, const struct iovec *parts, int count, type place) { \
        REAL(ssize_t, #name, int, const struct iovec *, int, type); \
        WRITES(file, real(file, parts, count, place), place, parts, count) \
    }
PWRITEV(pwritev, off_t)
PWRITEV(pwritev64, off64_t)

#define COPIES(file, call) \
    struct stat there; \
    if (!inode_of(file, &there)) return call; \
    begin(); \
    ssize_t copied = call; \
    if (copied >= 0 && fstat(file, &there) == 0) note_content(file, there.st_ino, 0, there.st_size); \
    end(); \
    return copied;

ssize_t copy_file_range(int from, off64_t *i, int to, off64_t *o, size_t size, unsigned flags) {
    REAL(ssize_t, "copy_file_range", int, off64_t *, int, off64_t *, size_t, unsigned);
    COPIES(to, real(from, i, to, o, size, flags))
}
ssize_t sendfile(int to, int from, off_t *offset, size_t size) {
    REAL(ssize_t, "sendfile", int, int, off_t *, size_t);
    COPIES(to, real(to, from, offset, size))
}
ssize_t sendfile64(int to, int from, off64_t *offset, size_t size) {
    REAL(ssize_t, "sendfile64", int, int, off64_t *, size_t);
    COPIES(to, real(to, from, offset, size))
}
int ioctl(int file, unsigned long request, ...) {
    va_list list;
    va_start(list, request);
    void *argument = va_arg(list, void *);
    va_end(list);
    REAL(int, "ioctl", int, unsigned long, ...);
    if (request != FICLONE) return real(file, request, argument);
    COPIES(file, real(file, request, argument))
}

#define SIZED(name, type) \
    int name(int file, type size) { \
        REAL(int, #name, int, type); \
        struct stat there; \
        if (!inode_of(file, &there)) return real(file, size); \
        begin(); \
        int result = real(file, size); \
        if (result == 0) note(TRUNCATE, there.st_ino, size, 0, NULL, NULL, NULL, 0); \
        end(); \
        return result; \
    }
SIZED(ftruncate, off_t)
SIZED(ftruncate64, off64_t)

#define ALLOCATED(name, type) \
    int name(int file, int mode, type offset, type size) { \
        REAL(int, #name, int, int, type, type); \
        struct stat there; \
        if (!inode_of(file, &there)) return real(file, mode, offset, size); \
        begin(); \
        int result = real(file, mode, offset, size); \
        if (result == 0 && fstat(file, &there) == 0) note(TRUNCATE, there.st_ino, there.st_size, 0, NULL, NULL, NULL, 0); \
        end(); \
        return result; \
    }
ALLOCATED(fallocate, off_t)
ALLOCATED(fallocate64, off64_t)

// MARK: Durability. The record comes after the call: what it promises holds from then on.

#define SYNCS(name, is_data) \
    int name(int file) { \
        REAL(int, #name, int); \
        struct stat there; \
        if (!inode_of(file, &there)) return real(file); \
        begin(); \
        int result = real(file); \
        if (result == 0) note(SYNC, there.st_ino, is_data, 0, NULL, NULL, NULL, 0); \
        end(); \
        return result; \
    }
SYNCS(fsync, 0)
SYNCS(fdatasync, 1)

int syncfs(int file) {
    REAL(int, "syncfs", int);
    struct stat there;
    if (!inode_of(file, &there)) return real(file);
    begin();
    int result = real(file);
    if (result == 0) note(SYNC_ALL, there.st_ino, 0, 0, NULL, NULL, NULL, 0);
    end();
    return result;
}
void sync(void) {
    REAL(void, "sync", void);
    if (!root) return real();
    begin();
    real();
    note(SYNC_ALL, 0, 0, 0, NULL, NULL, NULL, 0);
    end();
}

// MARK: Names

static int renamed(int a, const char *from, int b, const char *to, unsigned flags) {
    REAL(int, "renameat2", int, const char *, int, const char *, unsigned);
    uint64_t source = 0, target = 0;
    char name[NAME_MAX + 1], other[NAME_MAX + 1];
    if (!place(a, from, &source, name) || !place(b, to, &target, other)) return real(a, from, b, to, flags);
    begin();
    // Two names of one file: the kernel does nothing.
    int is_same = inode_at(a, from) == inode_at(b, to);
    int result = real(a, from, b, to, flags);
    if (result == 0 && !is_same) note(flags & RENAME_EXCHANGE ? EXCHANGE : RENAME, source, target, 0, name, other, NULL, 0);
    end();
    return result;
}
int rename(const char *from, const char *to) { return renamed(AT_FDCWD, from, AT_FDCWD, to, 0); }
int renameat(int a, const char *from, int b, const char *to) { return renamed(a, from, b, to, 0); }
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) { return renamed(a, from, b, to, flags); }

int linkat(int a, const char *from, int b, const char *to, int flags) {
    REAL(int, "linkat", int, const char *, int, const char *, int);
    uint64_t target = 0, inside = 0;
    char name[NAME_MAX + 1], other[NAME_MAX + 1];
    if (!place(b, to, &target, name)) return real(a, from, b, to, flags);
    begin();
    int result = real(a, from, b, to, flags);
    struct stat made;
    if (result == 0 && fstatat(b, to, &made, AT_SYMLINK_NOFOLLOW) == 0) {
        // A file that comes from outside, with what is in it.
        if (!place(a, from, &inside, other)) {
            int file = really_open(b, to, O_RDONLY | O_CLOEXEC, 0);
            note(CREATE, target, made.st_ino, made.st_mode & 07777, name, NULL, NULL, 0);
            if (file >= 0) {
                note_content(file, made.st_ino, 0, made.st_size);
                close(file);
            }
        } else {
            note(LINK, target, made.st_ino, 0, name, NULL, NULL, 0);
        }
    }
    end();
    return result;
}
int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }

int mkdirat(int folder, const char *path, mode_t mode) {
    REAL(int, "mkdirat", int, const char *, mode_t);
    uint64_t parent = 0;
    char name[NAME_MAX + 1];
    if (!place(folder, path, &parent, name)) return real(folder, path, mode);
    begin();
    int result = real(folder, path, mode);
    struct stat made;
    if (result == 0 && fstatat(folder, path, &made, AT_SYMLINK_NOFOLLOW) == 0)
        note(FOLDER, parent, made.st_ino, made.st_mode & 07777, name, NULL, NULL, 0);
    end();
    return result;
}
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

int unlinkat(int folder, const char *path, int flags) {
    REAL(int, "unlinkat", int, const char *, int);
    uint64_t parent = 0;
    char name[NAME_MAX + 1];
    if (!place(folder, path, &parent, name)) return real(folder, path, flags);
    begin();
    int result = real(folder, path, flags);
    if (result == 0) note(UNLINK, parent, 0, 0, name, NULL, NULL, 0);
    end();
    return result;
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path) {
    int result = unlinkat(AT_FDCWD, path, 0);
    return result != 0 && errno == EISDIR ? unlinkat(AT_FDCWD, path, AT_REMOVEDIR) : result;
}

// MARK: Modes

static int moded(int result, int folder, const char *path) {
    struct stat there;
    uint64_t parent;
    char name[NAME_MAX + 1];
    if (result == 0 && place(folder, path, &parent, name) && fstatat(folder, path, &there, AT_SYMLINK_NOFOLLOW) == 0) {
        begin();
        note(MODE, there.st_ino, there.st_mode & 07777, 0, NULL, NULL, NULL, 0);
        end();
    }
    return result;
}
int fchmod(int file, mode_t mode) {
    REAL(int, "fchmod", int, mode_t);
    int result = real(file, mode);
    struct stat there;
    if (result == 0 && inode_of(file, &there)) {
        begin();
        note(MODE, there.st_ino, mode & 07777, 0, NULL, NULL, NULL, 0);
        end();
    }
    return result;
}
int chmod(const char *path, mode_t mode) {
    REAL(int, "chmod", const char *, mode_t);
    return moded(real(path, mode), AT_FDCWD, path);
}
int fchmodat(int folder, const char *path, mode_t mode, int flags) {
    REAL(int, "fchmodat", int, const char *, mode_t, int);
    return moded(real(folder, path, mode, flags), folder, path);
}
