#include "sim/campaign/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/output.h"

bool hb_folder_path(const char *dir, const char *name, char path[HB_PATH_BYTES], struct hb_error *error) {
    if (snprintf(path, HB_PATH_BYTES, "%s/%s", dir, name) < HB_PATH_BYTES)
        return true;
    if (error)
        hb_error_set(error, "%.60s...: the path is too long", dir);
    return false;
}

char *hb_folder_read(const char *dir, const char *name) {
    char path[HB_PATH_BYTES], *text = NULL;
    size_t bytes = 0;
    FILE *file = hb_folder_path(dir, name, path, NULL) ? fopen(path, "r") : NULL;
    FILE *copy = file ? open_memstream(&text, &bytes) : NULL;
    for (int c; copy && (c = getc(file)) != EOF;)
        putc(c, copy);
    if (copy)
        fclose(copy);
    if (file)
        fclose(file);
    return text;
}

bool hb_folder_write(const char *dir, const char *name, char *text, struct hb_error *error) {
    char path[HB_PATH_BYTES];
    bool ok = hb_folder_path(dir, name, path, error) && hb_output_write(path, text, strlen(text), error);
    free(text);
    return ok;
}

void hb_folder_remove(const char *dir, const char *name) {
    char path[HB_PATH_BYTES];
    if (hb_folder_path(dir, name, path, NULL))
        unlink(path);
}

/* One that was killed may take a moment to be gone, with all its workers. */
#define LOCK_TRIES 10
#define LOCK_PAUSE ((struct timespec){.tv_nsec = 50000000})

bool hb_folder_lock(const char *dir, int *lock, struct hb_error *error) {
    *lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool taken = *lock < 0 || flock(*lock, LOCK_EX | LOCK_NB) == 0;
    for (int i = 1; !taken && errno == EWOULDBLOCK && i < LOCK_TRIES; i++) {
        nanosleep(&LOCK_PAUSE, NULL);
        taken = flock(*lock, LOCK_EX | LOCK_NB) == 0;
    }
    if (taken)
        return true;
    const bool held = errno == EWOULDBLOCK;
    hb_folder_unlock(lock);
    if (held)
        hb_error_set(error, "%.600s: another hartbeat is at work in this folder", dir);
    return !held;
}

void hb_folder_unlock(int *lock) {
    if (*lock >= 0)
        close(*lock);
    *lock = -1;
}

/* NAME.PID.part */
static bool is_left_over(const char *name) {
    const char *end = strrchr(name, '.'), *pid = end;
    while (pid && pid > name && pid[-1] >= '0' && pid[-1] <= '9')
        pid--;
    return end && strcmp(end, ".part") == 0 && pid < end && pid > name && pid[-1] == '.';
}

void hb_folder_sweep(const char *dir) {
    DIR *folder = opendir(dir);
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        if (is_left_over(entry->d_name))
            hb_folder_remove(dir, entry->d_name);
    if (folder)
        closedir(folder);
}
