/* A disk that hangs: while the file named by HANGING_DISK exists, no sync comes back.
   Loaded before the C library, whose own calls it then makes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static int wait_and_sync(const char *name, int file) {
    const char *flag = getenv("HANGING_DISK");
    while (flag != NULL && access(flag, F_OK) == 0)
        usleep(5000);
    int (*sync)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    return sync(file);
}

int fsync(int file) { return wait_and_sync("fsync", file); }

int fdatasync(int file) { return wait_and_sync("fdatasync", file); }
