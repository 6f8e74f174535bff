/* Stands between a program and the C library. KILL_AT=n kills the process before the n-th call that changes the
 * disk; where that is a write, half of it is done. FAULTS names a file: calls whose names it contains fail by EIO.
 * DAYS_AHEAD names a file: the clock is ahead by the number of days in it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static atomic_int calls;

static int is_at(void) {
    const char *at = getenv("KILL_AT");
    return at && atomic_fetch_add(&calls, 1) + 1 == atoi(at);
}

static void die(void) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

/* The text of the file that the environment names; empty if there is none. */
static void text_of(const char *name, char words[256]) {
    memset(words, 0, 256);
    const char *path = getenv(name);
    if (!path) return;
    int fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
    if (fd < 0) return;
    syscall(SYS_read, fd, words, 255);
    syscall(SYS_close, fd);
}

static int fails(const char *call) {
    char words[256];
    text_of("FAULTS", words);
    if (!strstr(words, call)) return 0;
    errno = EIO;
    return 1;
}

ssize_t write(int fd, const void *bytes, size_t count) {
    if (fd > 2) {
        if (is_at()) {
            syscall(SYS_write, fd, bytes, count / 2);
            die();
        }
        if (fails("write")) {
            syscall(SYS_write, fd, bytes, count / 2);
            errno = EIO;
            return -1;
        }
    }
    return syscall(SYS_write, fd, bytes, count);
}

int fdatasync(int fd) {
    if (is_at()) die();
    return fails("fdatasync") ? -1 : syscall(SYS_fdatasync, fd);
}

int fsync(int fd) {
    if (is_at()) die();
    return fails("fsync") ? -1 : syscall(SYS_fsync, fd);
}

int ftruncate64(int fd, off64_t length) {
    if (is_at()) die();
    return fails("ftruncate") ? -1 : syscall(SYS_ftruncate, fd, length);
}

int rename(const char *from, const char *to) {
    if (is_at()) die();
    return fails("rename") ? -1 : syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int open64(const char *path, int flags, ...) {
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
        if (is_at()) die();
        if (fails("open")) return -1;
    }
    return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int done = syscall(SYS_clock_gettime, clock, now);
    if (done == 0 && clock == CLOCK_REALTIME) {
        int saved = errno;
        char days[256];
        text_of("DAYS_AHEAD", days);
        now->tv_sec += atol(days) * 86400;
        errno = saved;
    }
    return done;
}
