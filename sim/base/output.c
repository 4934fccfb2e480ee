#include "sim/base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_the_hosts_fault(int number) {
    return number == ENOSPC || number == EIO || number == EDQUOT || number == EFBIG;
}

static bool cannot_write(const char *path, int number, bool host, struct hb_error *error) {
    hb_error_set(error, "%s: cannot be written: %s", path, strerror(number));
    if (host || is_the_hosts_fault(number))
        hb_error_blame_host(error);
    return false;
}

static bool settle_path(struct hb_output *out, const char *path) {
    char *real = realpath(path, NULL);
    size_t n = strlen(path), place_n = real ? strlen(real) : n;
    const bool fits = n > 0 && n < sizeof out->path && place_n < sizeof out->place;
    if (fits) {
        memcpy(out->path, path, n + 1);
        memcpy(out->place, real ? real : path, place_n + 1);
    }
    free(real);
    return fits;
}

static bool name_temporary(struct hb_output *out) {
    int n = snprintf(out->temporary, sizeof out->temporary, "%s.%ld.part", out->place, (long)getpid());
    return n > 0 && (size_t)n < sizeof out->temporary;
}

/* A descriptor, or -1 and errno. What is not a regular file is written in place. */
static int open_descriptor(struct hb_output *out, enum hb_output_kind kind) {
    struct stat there;
    const bool exists = stat(out->place, &there) == 0, regular = !exists || S_ISREG(there.st_mode);
    if (kind == HB_OUTPUT_STREAM || !regular)
        return open(out->place, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (exists && access(out->place, W_OK) != 0)
        return -1;
    if (!name_temporary(out)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int descriptor = open(out->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor >= 0 && exists)
        (void)fchmod(descriptor, there.st_mode & 0777); /* its owner's choice, where it can be kept */
    return descriptor;
}

bool hb_output_open(struct hb_output *out, const char *path, enum hb_output_kind kind, struct hb_error *error) {
    out->file = NULL;
    out->temporary[0] = 0;
    if (!settle_path(out, path))
        return cannot_write(path, ENAMETOOLONG, false, error);
    int descriptor = open_descriptor(out, kind);
    if (descriptor < 0)
        return cannot_write(path, errno, false, error);
    out->file = fdopen(descriptor, "wb");
    if (!out->file)
        abort(); /* out of memory: there is no other reason */
    return true;
}

bool hb_output_flush(struct hb_output *out, struct hb_error *error) {
    const bool failed = ferror(out->file); /* errno may be of something else by now */
    if (fflush(out->file) == 0 && !failed)
        return true;
    if (!failed || is_the_hosts_fault(errno))
        return cannot_write(out->path, errno, true, error);
    hb_error_set(error, "%s: cannot be written: an earlier write failed", out->path);
    hb_error_blame_host(error);
    return false;
}

bool hb_output_close(struct hb_output *out, struct hb_error *error) {
    if (!out->file)
        return true;
    bool ok = hb_output_flush(out, error);
    if (fclose(out->file) != 0 && ok)
        ok = cannot_write(out->path, errno, true, error);
    out->file = NULL;
    if (!out->temporary[0])
        return ok;
    if (ok && rename(out->temporary, out->place) != 0)
        ok = cannot_write(out->path, errno, true, error);
    if (!ok)
        unlink(out->temporary);
    return ok;
}

void hb_output_drop(struct hb_output *out) {
    if (!out->file)
        return;
    (void)fclose(out->file);
    out->file = NULL;
    if (out->temporary[0])
        unlink(out->temporary);
}

bool hb_output_write(const char *path, const void *bytes, size_t n, struct hb_error *error) {
    struct hb_output out;
    if (!hb_output_open(&out, path, HB_OUTPUT_WHOLE, error))
        return false;
    if (n)
        (void)fwrite(bytes, 1, n, out.file);
    return hb_output_close(&out, error);
}

bool hb_output_probe(const char *path, struct hb_error *error) {
    struct hb_output out;
    struct stat there;
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode) && !S_ISDIR(there.st_mode))
        return true; /* to open a pipe is to use it */
    if (!hb_output_open(&out, path, HB_OUTPUT_WHOLE, error))
        return false;
    hb_output_drop(&out);
    return true;
}

bool hb_output_folder(const char *dir, struct hb_error *error) {
    char path[HB_OUTPUT_PATH_BYTES];
    if (snprintf(path, sizeof path, "%s", dir) >= HB_OUTPUT_PATH_BYTES || !*dir) {
        hb_error_set(error, "\"%.60s\" is not a folder for results", dir);
        return false;
    }
    for (char *at = path + 1;; at++) {
        char kept = *at;
        if (kept != '/' && kept != 0)
            continue;
        *at = 0;
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            return cannot_write(path, errno, false, error);
        if (kept == 0)
            return true;
        *at = kept;
    }
}
