/* Watches what a program does to its files: logs each change, or kills the program at one of them.
 *
 * LD_PRELOAD this. IOLOG_ROOT names the folder that is watched. With IOLOG_FILE every change is
 * appended there as: kind (1 byte), length of path (4), path, second number (8), length of data (4),
 * data. Kinds: W write (offset, data), T truncate (size), S sync, R rename (data = new path),
 * L link (data = new path), U unlink, C create. With IOLOG_KILL=n the program gets SIGKILL just
 * before the n-th change, counted from 1; with IOLOG_COUNT the number of changes is written there.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static int log_fd;
static pid_t begun; /* each process reads its orders anew: the driver forks one per trial */
static long changes, kill_at;
static const char *root;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void begin(void) {
    if (begun == getpid()) return;
    begun = getpid();
    changes = 0;
    const char *file = getenv("IOLOG_FILE"), *at = getenv("IOLOG_KILL");
    root = getenv("IOLOG_ROOT");
    kill_at = at ? atol(at) : 0;
    log_fd = file ? REAL(open)(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
}

static int watched(const char *path) {
    size_t n = root ? strlen(root) : 0; /* ends with a slash; the folder itself is watched too */
    if (!n || strstr(path, "-shm")) return 0;
    return !strncmp(path, root, n) || (strlen(path) == n - 1 && !strncmp(path, root, n - 1));
}

static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, PATH_MAX - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    char *gone = strstr(path, " (deleted)");
    if (gone) *gone = 0;
    return watched(path);
}

static void put(const void *data, size_t n) {
    const char *from = data;
    while (n) {
        ssize_t done = REAL(write)(log_fd, from, n);
        if (done <= 0) _exit(97);
        from += done;
        n -= (size_t)done;
    }
}

static void change(char kind, const char *path, uint64_t number, const void *data, uint32_t n) {
    changes++;
    const char *count = getenv("IOLOG_COUNT");
    if (count) {
        int fd = REAL(open)(count, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        char text[32];
        int m = snprintf(text, sizeof text, "%ld", changes);
        if (REAL(write)(fd, text, (size_t)m) != m) _exit(97);
        REAL(close)(fd);
    }
    if (kill_at && changes == kill_at) kill(getpid(), SIGKILL);
    if (log_fd < 0) return;
    uint32_t m = (uint32_t)strlen(path);
    put(&kind, 1);
    put(&m, 4);
    put(path, m);
    put(&number, 8);
    put(&n, 4);
    if (n) put(data, n);
}

#define WATCH_FD(fd, kind, number, data, n)                      \
    do {                                                         \
        char path[PATH_MAX];                                     \
        pthread_mutex_lock(&guard);                              \
        begin();                                                 \
        if (root && path_of(fd, path)) change(kind, path, number, data, (uint32_t)(n)); \
        pthread_mutex_unlock(&guard);                            \
    } while (0)

ssize_t pwrite(int fd, const void *b, size_t n, off_t at) {
    WATCH_FD(fd, 'W', (uint64_t)at, b, n);
    return REAL(pwrite)(fd, b, n, at);
}
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t at) {
    WATCH_FD(fd, 'W', (uint64_t)at, b, n);
    return REAL(pwrite64)(fd, b, n, at);
}
ssize_t write(int fd, const void *b, size_t n) {
    struct stat known;
    if (!fstat(fd, &known) && S_ISREG(known.st_mode)) {
        int flags = fcntl(fd, F_GETFL);
        off_t at = flags & O_APPEND ? known.st_size : lseek(fd, 0, SEEK_CUR);
        WATCH_FD(fd, 'W', (uint64_t)at, b, n);
    }
    return REAL(write)(fd, b, n);
}
int ftruncate(int fd, off_t size) {
    WATCH_FD(fd, 'T', (uint64_t)size, NULL, 0);
    return REAL(ftruncate)(fd, size);
}
int ftruncate64(int fd, off64_t size) {
    WATCH_FD(fd, 'T', (uint64_t)size, NULL, 0);
    return REAL(ftruncate64)(fd, size);
}
int fsync(int fd) {
    WATCH_FD(fd, 'S', 0, NULL, 0);
    return REAL(fsync)(fd);
}
int fdatasync(int fd) {
    WATCH_FD(fd, 'S', 0, NULL, 0);
    return REAL(fdatasync)(fd);
}

static void absolute(const char *path, char *full) {
    if (path[0] == '/') {
        snprintf(full, PATH_MAX, "%s", path);
        return;
    }
    char here[PATH_MAX / 2];
    if (!getcwd(here, sizeof here)) here[0] = 0;
    snprintf(full, PATH_MAX, "%s/%s", here, path);
}

static void watch_path(char kind, const char *path, const char *other) {
    char full[PATH_MAX], second[PATH_MAX] = "";
    absolute(path, full);
    if (other) absolute(other, second);
    pthread_mutex_lock(&guard);
    begin();
    if (root && watched(full)) change(kind, full, 0, second, (uint32_t)strlen(second));
    pthread_mutex_unlock(&guard);
}

int rename(const char *from, const char *to) {
    watch_path('R', from, to);
    return REAL(rename)(from, to);
}
int renameat(int a, const char *from, int b, const char *to) {
    if (a == AT_FDCWD && b == AT_FDCWD) watch_path('R', from, to);
    return REAL(renameat)(a, from, b, to);
}
int link(const char *from, const char *to) {
    watch_path('L', from, to);
    return REAL(link)(from, to);
}
int linkat(int a, const char *from, int b, const char *to, int flags) {
    if (a == AT_FDCWD && b == AT_FDCWD) watch_path('L', from, to);
    return REAL(linkat)(a, from, b, to, flags);
}
int unlink(const char *path) {
    watch_path('U', path, NULL);
    return REAL(unlink)(path);
}
int unlinkat(int at, const char *path, int flags) {
    if (at == AT_FDCWD && !flags) watch_path('U', path, NULL);
    return REAL(unlinkat)(at, path, flags);
}

#define OPENING(name)                                                        \
    int name(const char *path, int flags, ...) {                             \
        mode_t mode = 0;                                                     \
        if (flags & O_CREAT) {                                               \
            va_list rest;                                                    \
            va_start(rest, flags);                                           \
            mode = va_arg(rest, mode_t);                                     \
            va_end(rest);                                                    \
            if (access(path, F_OK)) watch_path('C', path, NULL);             \
        }                                                                    \
        return REAL(name)(path, flags, mode);                                \
    }
OPENING(open)
OPENING(open64)

#define OPENING_AT(name)                                                     \
    int name(int at, const char *path, int flags, ...) {                     \
        mode_t mode = 0;                                                     \
        if (flags & O_CREAT) {                                               \
            va_list rest;                                                    \
            va_start(rest, flags);                                           \
            mode = va_arg(rest, mode_t);                                     \
            va_end(rest);                                                    \
            if (at == AT_FDCWD && access(path, F_OK)) watch_path('C', path, NULL); \
        }                                                                    \
        return REAL(name)(at, path, flags, mode);                            \
    }
OPENING_AT(openat)
OPENING_AT(openat64)
