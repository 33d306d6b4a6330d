// Makes one call of a program fail as a full or a broken disk would. Loaded before libc (LD_PRELOAD) by FaultTests.
//
// Calls that change something below FAULT_ROOT are counted; number FAULT_AT fails with the error number FAULT_ERRNO. With FAULT_MODE
// `sticky` so do all after it, as far as a full disk (ENOSPC) would refuse them; with `short` it writes only half, and so do all
// after it. Every counted call is written to FAULT_LOG: its number, `!` if it failed, its name and its path. FAULT_PROGRAM names the
// program that it is about; the others that it starts are left alone.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(result, name, ...) \
    static result (*real)(__VA_ARGS__); \
    if (!real) real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static const char *root;
static size_t root_length;
static long at;
static int code, is_sticky, is_short, log_descriptor = -1;
static atomic_long count;

__attribute__((constructor)) static void set_up(void) {
    const char *program = getenv("FAULT_PROGRAM"), *mode = getenv("FAULT_MODE"), *file = getenv("FAULT_LOG");
    if (!program || strcmp(program, program_invocation_short_name) != 0 || !getenv("FAULT_ROOT") || !file) return;
    at = atol(getenv("FAULT_AT"));
    code = atoi(getenv("FAULT_ERRNO"));
    is_sticky = mode && strcmp(mode, "sticky") == 0;
    is_short = mode && strcmp(mode, "short") == 0;
    log_descriptor = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    root_length = strlen(getenv("FAULT_ROOT"));
    root = getenv("FAULT_ROOT");
}

// The path that a folder and a path from it stand for; false when nobody asks for it.
static int resolve(int folder, const char *path, char *out) {
    char base[PATH_MAX];
    if (!path) path = "";
    if (*path == '/') {
        snprintf(out, PATH_MAX, "%s", path);
        return 1;
    }
    char link[64];
    if (folder == AT_FDCWD)
        snprintf(link, sizeof link, "/proc/self/cwd");
    else
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t length = readlink(link, base, sizeof base - 1);
    if (length <= 0) return 0;
    base[length] = 0;
    if (strlen(base) + strlen(path) + 2 > PATH_MAX) return 0;
    strcpy(out, base);
    if (*path) strcat(strcat(out, "/"), path);
    return 1;
}

enum kind { MAKES, WRITES, SYNCS, REMOVES };

// Counts a call; true when it must fail. errno is as it was unless it fails.
static int fails(enum kind kind, const char *call, int folder, const char *path) {
    if (!root) return 0;
    int before = errno;
    char full[PATH_MAX];
    if (!resolve(folder, path, full) || strncmp(full, root, root_length) != 0 || (full[root_length] != '/' && full[root_length])) {
        errno = before;
        return 0;
    }
    long number = atomic_fetch_add(&count, 1) + 1;
    int hit = at > 0 && (number == at || ((is_sticky || is_short) && number > at));
    if (is_short && kind != WRITES) hit = 0;
    // A full disk still lets files go and takes other times and modes.
    if (is_sticky && code == ENOSPC && kind == REMOVES) hit = 0;
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%ld %s %s %s\n", number, hit ? "!" : "-", call, full);
    static ssize_t (*put)(int, const void *, size_t);
    if (!put) put = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    if (log_descriptor >= 0 && put(log_descriptor, line, length) < 0) abort();
    errno = hit ? code : before;
    return hit;
}

// MARK: Opening

static int creates(int flags, int folder, const char *path) {
    if (!(flags & (O_CREAT | O_TRUNC)) || (flags & O_TMPFILE) == O_TMPFILE) return 0;
    // What is there already needs no room.
    return !(is_sticky && code == ENOSPC && !(flags & O_EXCL) && faccessat(folder, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0);
}

#define MODE(flags, last) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { \
        va_list list; \
        va_start(list, last); \
        mode = va_arg(list, mode_t); \
        va_end(list); \
    }

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        MODE(flags, flags) \
        REAL(int, #name, const char *, int, ...); \
        if (creates(flags, AT_FDCWD, path) && fails(MAKES, "open", AT_FDCWD, path)) return -1; \
        return real(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int folder, const char *path, int flags, ...) { \
        MODE(flags, flags) \
        REAL(int, #name, int, const char *, int, ...); \
        if (creates(flags, folder, path) && fails(MAKES, "openat", folder, path)) return -1; \
        return real(folder, path, flags, mode); \
    }
OPENAT(openat)
OPENAT(openat64)

long syscall(long number, ...) {
    va_list list;
    va_start(list, number);
    long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long), d = va_arg(list, long), e = va_arg(list, long),
         f = va_arg(list, long);
    va_end(list);
    REAL(long, "syscall", long, ...);
    if (number == SYS_openat2) {
        const struct open_how *how = (const struct open_how *)c;
        if (creates(how->flags, a, (const char *)b) && fails(MAKES, "openat2", a, (const char *)b)) return -1;
    }
    return real(number, a, b, c, d, e, f);
}

// MARK: Writing

static size_t half(size_t size) { return size > 1 ? size / 2 : size; }

ssize_t write(int file, const void *bytes, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    if (fails(WRITES, "write", file, 0)) {
        if (!is_short) return -1;
        size = half(size);
    }
    return real(file, bytes, size);
}

#define PWRITE(name, offset_type) \
    ssize_t name(int file, const void *bytes, size_t size, offset_type offset) { \
        REAL(ssize_t, #name, int, const void *, size_t, offset_type); \
        if (fails(WRITES, "pwrite", file, 0)) { \
            if (!is_short) return -1; \
            size = half(size); \
        } \
        return real(file, bytes, size, offset); \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define SIMPLE(kind, result, call, subject, parameters, arguments, types) \
    result call parameters { \
        REAL(result, #call, types); \
        if (fails(kind, #call, subject)) return -1; \
        return real arguments; \
    }
#define TYPES(...) __VA_ARGS__
#define AT(folder, path) folder, path

SIMPLE(WRITES, ssize_t, writev, AT(f, 0), (int f, const struct iovec *v, int n), (f, v, n), TYPES(int, const struct iovec *, int))
SIMPLE(WRITES, ssize_t, pwritev, AT(f, 0), (int f, const struct iovec *v, int n, off_t o), (f, v, n, o),
       TYPES(int, const struct iovec *, int, off_t))
SIMPLE(WRITES, ssize_t, pwritev64, AT(f, 0), (int f, const struct iovec *v, int n, off64_t o), (f, v, n, o),
       TYPES(int, const struct iovec *, int, off64_t))
SIMPLE(WRITES, ssize_t, copy_file_range, AT(t, 0), (int s, off64_t *i, int t, off64_t *o, size_t n, unsigned g), (s, i, t, o, n, g),
       TYPES(int, off64_t *, int, off64_t *, size_t, unsigned))
SIMPLE(WRITES, int, fallocate, AT(f, 0), (int f, int m, off_t o, off_t n), (f, m, o, n), TYPES(int, int, off_t, off_t))
SIMPLE(WRITES, int, fallocate64, AT(f, 0), (int f, int m, off64_t o, off64_t n), (f, m, o, n), TYPES(int, int, off64_t, off64_t))
SIMPLE(REMOVES, int, ftruncate, AT(f, 0), (int f, off_t n), (f, n), TYPES(int, off_t))
SIMPLE(REMOVES, int, ftruncate64, AT(f, 0), (int f, off64_t n), (f, n), TYPES(int, off64_t))

int posix_fallocate(int file, off_t offset, off_t length) {
    REAL(int, "posix_fallocate", int, off_t, off_t);
    return fails(WRITES, "posix_fallocate", file, 0) ? code : real(file, offset, length);
}

int ioctl(int file, unsigned long request, ...) {
    va_list list;
    va_start(list, request);
    void *argument = va_arg(list, void *);
    va_end(list);
    REAL(int, "ioctl", int, unsigned long, ...);
    if (request == FICLONE && fails(WRITES, "ioctl", file, 0)) return -1;
    return real(file, request, argument);
}

// MARK: Durability

SIMPLE(SYNCS, int, fsync, AT(f, 0), (int f), (f), TYPES(int))
SIMPLE(SYNCS, int, fdatasync, AT(f, 0), (int f), (f), TYPES(int))
SIMPLE(SYNCS, int, syncfs, AT(f, 0), (int f), (f), TYPES(int))
SIMPLE(SYNCS, int, sync_file_range, AT(f, 0), (int f, off64_t o, off64_t n, unsigned g), (f, o, n, g),
       TYPES(int, off64_t, off64_t, unsigned))

// MARK: Names

SIMPLE(MAKES, int, rename, AT(AT_FDCWD, t), (const char *s, const char *t), (s, t), TYPES(const char *, const char *))
SIMPLE(MAKES, int, renameat, AT(d, t), (int c, const char *s, int d, const char *t), (c, s, d, t),
       TYPES(int, const char *, int, const char *))
SIMPLE(MAKES, int, renameat2, AT(d, t), (int c, const char *s, int d, const char *t, unsigned g), (c, s, d, t, g),
       TYPES(int, const char *, int, const char *, unsigned))
SIMPLE(MAKES, int, link, AT(AT_FDCWD, t), (const char *s, const char *t), (s, t), TYPES(const char *, const char *))
SIMPLE(MAKES, int, linkat, AT(d, t), (int c, const char *s, int d, const char *t, int g), (c, s, d, t, g),
       TYPES(int, const char *, int, const char *, int))
SIMPLE(MAKES, int, symlink, AT(AT_FDCWD, t), (const char *s, const char *t), (s, t), TYPES(const char *, const char *))
SIMPLE(MAKES, int, symlinkat, AT(d, t), (const char *s, int d, const char *t), (s, d, t), TYPES(const char *, int, const char *))
SIMPLE(MAKES, int, mkdir, AT(AT_FDCWD, p), (const char *p, mode_t m), (p, m), TYPES(const char *, mode_t))
SIMPLE(MAKES, int, mkdirat, AT(d, p), (int d, const char *p, mode_t m), (d, p, m), TYPES(int, const char *, mode_t))
SIMPLE(REMOVES, int, unlink, AT(AT_FDCWD, p), (const char *p), (p), TYPES(const char *))
SIMPLE(REMOVES, int, unlinkat, AT(d, p), (int d, const char *p, int g), (d, p, g), TYPES(int, const char *, int))
SIMPLE(REMOVES, int, rmdir, AT(AT_FDCWD, p), (const char *p), (p), TYPES(const char *))

// MARK: Times and modes

SIMPLE(REMOVES, int, futimens, AT(f, 0), (int f, const struct timespec t[2]), (f, t), TYPES(int, const struct timespec *))
SIMPLE(REMOVES, int, utimensat, AT(d, p), (int d, const char *p, const struct timespec t[2], int g), (d, p, t, g),
       TYPES(int, const char *, const struct timespec *, int))
SIMPLE(REMOVES, int, fchmod, AT(f, 0), (int f, mode_t m), (f, m), TYPES(int, mode_t))
SIMPLE(REMOVES, int, chmod, AT(AT_FDCWD, p), (const char *p, mode_t m), (p, m), TYPES(const char *, mode_t))
SIMPLE(REMOVES, int, fchmodat, AT(d, p), (int d, const char *p, mode_t m, int g), (d, p, m, g), TYPES(int, const char *, mode_t, int))
