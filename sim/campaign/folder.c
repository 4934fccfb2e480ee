#include "sim/campaign/folder.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
