/* SPDX-License-Identifier: Apache-2.0 */
/* An LD_PRELOAD library that counts file operations under one folder and makes the n-th one fail.
 *
 *   LATENT_FAULT_FOLDER  absolute path; only operations on it are counted
 *   LATENT_FAULT_AT      number of the operation (from 1); 0 counts only
 *   LATENT_FAULT_KIND    kill | kill-after | ENOSPC | EIO | short (write half, then die)
 *   LATENT_FAULT_COUNT   file that receives the number of operations at exit
 *
 * ENOSPC and EIO last: from the n-th operation on, every one that could fail so does, as on a disk that stays full,
 * unless LATENT_FAULT_ONCE is set. Counted are open for writing, write, pwrite, fsync, rename, link, unlink, mkdir and
 * posix_fallocate: what the engine's files part and libhdf5 use.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { kMaxDescriptor = 4096 };
static char folder[PATH_MAX];
static long faultAt;
static char kind[32];
static int once;
static long count;
static char watched[kMaxDescriptor];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void die(void) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

__attribute__((constructor)) static void start(void) {
    const char* text = getenv("LATENT_FAULT_FOLDER");
    if (text) snprintf(folder, sizeof folder, "%s", text);
    text = getenv("LATENT_FAULT_AT");
    faultAt = text ? atol(text) : 0;
    text = getenv("LATENT_FAULT_KIND");
    snprintf(kind, sizeof kind, "%s", text ? text : "kill");
    once = getenv("LATENT_FAULT_ONCE") != NULL;
}

__attribute__((destructor)) static void report(void) {
    const char* path = getenv("LATENT_FAULT_COUNT");
    if (!path) return;
    char text[32];
    int length = snprintf(text, sizeof text, "%ld\n", count);
    long file = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file >= 0) {
        syscall(SYS_write, file, text, (size_t)length);
        syscall(SYS_close, file);
    }
}

static int isInside(const char* path) {
    return folder[0] && path && strncmp(path, folder, strlen(folder)) == 0;
}

/* What the n-th operation is to do: 0 go on, else an errno. Kills when it is time to. */
static int strike(void) {
    pthread_mutex_lock(&mutex);
    const long mine = ++count;
    pthread_mutex_unlock(&mutex);
    if (faultAt == 0 || (once ? mine != faultAt : mine < faultAt)) return 0;
    if (strcmp(kind, "kill") == 0) die();
    if (strcmp(kind, "ENOSPC") == 0) return ENOSPC;
    if (strcmp(kind, "EIO") == 0) return EIO;
    return mine == faultAt ? -1 : 0; /* kill-after, short */
}

#define REAL(type, name, ...)         \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static int opened(int descriptor, const char* path) {
    if (descriptor >= 0 && descriptor < kMaxDescriptor) watched[descriptor] = (char)isInside(path);
    return descriptor;
}

#define OPEN_BODY(name)                                                    \
    mode_t mode = 0;                                                       \
    if (flags & (O_CREAT | __O_TMPFILE)) {                                 \
        va_list list;                                                      \
        va_start(list, flags);                                             \
        mode = va_arg(list, mode_t);                                       \
        va_end(list);                                                      \
    }                                                                      \
    REAL(int, name, const char*, int, ...);                                \
    int outcome = 0;                                                       \
    if (isInside(path) && (flags & O_CREAT) && (outcome = strike()) > 0) { \
        errno = outcome;                                                   \
        return -1;                                                         \
    }                                                                      \
    int descriptor = opened(real(path, flags, mode), path);                \
    if (outcome < 0) die();                                                \
    return descriptor;

int open(const char* path, int flags, ...) { OPEN_BODY("open") }
int open64(const char* path, int flags, ...) { OPEN_BODY("open64") }

static int isWatched(int descriptor) {
    return descriptor >= 0 && descriptor < kMaxDescriptor && watched[descriptor];
}

int close(int descriptor) {
    REAL(int, "close", int);
    if (descriptor >= 0 && descriptor < kMaxDescriptor) watched[descriptor] = 0;
    return real(descriptor);
}

ssize_t write(int descriptor, const void* bytes, size_t length) {
    REAL(ssize_t, "write", int, const void*, size_t);
    int outcome = isWatched(descriptor) ? strike() : 0;
    if (outcome > 0) {
        /* A disk that fills up takes a part first. */
        if (outcome == ENOSPC && length > 8) real(descriptor, bytes, length / 2);
        errno = outcome;
        return -1;
    }
    ssize_t written =
        real(descriptor, bytes, outcome < 0 && strcmp(kind, "short") == 0 ? length / 2 : length);
    if (outcome < 0) die();
    return written;
}

#define PWRITE_BODY(name)                                                                                 \
    REAL(ssize_t, name, int, const void*, size_t, off64_t);                                               \
    int outcome = isWatched(descriptor) ? strike() : 0;                                                   \
    if (outcome > 0) {                                                                                    \
        errno = outcome;                                                                                  \
        return -1;                                                                                        \
    }                                                                                                     \
    ssize_t written =                                                                                     \
        real(descriptor, bytes, outcome < 0 && strcmp(kind, "short") == 0 ? length / 2 : length, offset); \
    if (outcome < 0) die();                                                                               \
    return written;

ssize_t pwrite(int descriptor, const void* bytes, size_t length, off_t offset){PWRITE_BODY("pwrite")} ssize_t
    pwrite64(int descriptor, const void* bytes, size_t length, off64_t offset){PWRITE_BODY("pwrite64")}
#define SIMPLE(type, name, condition, parameters, arguments, types) \
    type name parameters {                                          \
        static type(*real) types;                                   \
        if (!real) real = (type(*) types)dlsym(RTLD_NEXT, #name);   \
        int outcome = (condition) ? strike() : 0;                   \
        if (outcome > 0) {                                          \
            errno = outcome;                                        \
            return -1;                                              \
        }                                                           \
        type result = real arguments;                               \
        if (outcome < 0) die();                                     \
        return result;                                              \
    }

SIMPLE(int, fsync, isWatched(descriptor), (int descriptor), (descriptor), (int))
    SIMPLE(int, rename, isInside(to), (const char* from, const char* to), (from, to),
           (const char*, const char*)) SIMPLE(int, link, isInside(to), (const char* from, const char* to),
                                              (from, to), (const char*, const char*))
        SIMPLE(int, mkdir, isInside(path), (const char* path, mode_t mode), (path, mode),
               (const char*, mode_t))

            int unlink(const char* path) {
    REAL(int, "unlink", const char*);
    int outcome = isInside(path) ? strike() : 0;
    if (outcome > 0) outcome = 0; /* a full disk lets go of files */
    int result = real(path);
    if (outcome < 0) die();
    return result;
}

static int fallocateAt(int descriptor, off64_t offset, off64_t length) {
    REAL(int, "posix_fallocate64", int, off64_t, off64_t);
    int outcome = isWatched(descriptor) ? strike() : 0;
    if (outcome > 0) return outcome;
    int result = real(descriptor, offset, length);
    if (outcome < 0) die();
    return result;
}
int posix_fallocate(int descriptor, off_t offset, off_t length) {
    return fallocateAt(descriptor, offset, length);
}
int posix_fallocate64(int descriptor, off64_t offset, off64_t length) {
    return fallocateAt(descriptor, offset, length);
}
