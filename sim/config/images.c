#include "sim/config/images.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/devices/memory_map.h"
#include "osmodel/abi.h"

static const char *const bundled[] = {"smp", "amp", "sharing", "patterns"};

bool hb_image_is_bundled(const char *name) {
    for (size_t i = 0; i < sizeof bundled / sizeof bundled[0]; i++)
        if (strcmp(bundled[i], name) == 0)
            return true;
    return false;
}

/* The folder that the running program stands in; "." if the host does not tell. */
static void program_folder(char folder[HB_PATH_BYTES]) {
    ssize_t n = readlink("/proc/self/exe", folder, HB_PATH_BYTES - 1);
    folder[n > 0 ? n : 0] = 0;
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = 0;
    else
        snprintf(folder, HB_PATH_BYTES, ".");
}

/* Write FOLDER/NAME.SUFFIX. True: there is such a file to read. */
static bool try_file(const char *folder, const char *name, const char *suffix, char path[HB_PATH_BYTES]) {
    int n = snprintf(path, HB_PATH_BYTES, "%s/%s%s", folder, name, suffix);
    return n > 0 && n < HB_PATH_BYTES && access(path, R_OK) == 0;
}

bool hb_image_find(const char *name, char path[HB_PATH_BYTES], struct hb_error *error) {
    char folder[HB_PATH_BYTES - 16];
    char program[HB_PATH_BYTES];
    program_folder(program);
    snprintf(folder, sizeof folder, "%.*s/images", (int)sizeof folder - 8, program);
    if (try_file(folder, name, ".elf", path) || try_file(HB_IMAGE_DIR, name, ".elf", path))
        return true;
    hb_error_set(error, "the bundled image \"%s\" is neither in %.150s nor in %.150s", name, folder, HB_IMAGE_DIR);
    return false;
}

/* A bundled experiment beside the program, beside its folder, or where it was built. `name` is without "configs/" and
 * ".json". */
static bool find_bundled(const char *name, char path[HB_PATH_BYTES]) {
    char folder[HB_PATH_BYTES];
    char program[HB_PATH_BYTES];
    program_folder(program);
    snprintf(folder, sizeof folder, "%.*s/configs", HB_PATH_BYTES - 16, program);
    if (try_file(folder, name, ".json", path))
        return true;
    snprintf(folder, sizeof folder, "%.*s/../configs", HB_PATH_BYTES - 16, program);
    return try_file(folder, name, ".json", path) || try_file(HB_CONFIG_DIR, name, ".json", path);
}

static bool is_file(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
}

bool hb_experiment_find(const char *name, char path[HB_PATH_BYTES]) {
    char stem[128];
    snprintf(path, HB_PATH_BYTES, "%s", name);
    if (is_file(path))
        return true;
    if (strncmp(name, "configs/", 8) == 0)
        name += 8;
    size_t n = strlen(name);
    if (n > 5 && strcmp(name + n - 5, ".json") == 0)
        n -= 5;
    if (n == 0 || n >= sizeof stem || strchr(name, '/'))
        return false;
    snprintf(stem, sizeof stem, "%.*s", (int)n, name);
    char found[HB_PATH_BYTES];
    if (!find_bundled(stem, found))
        return false;
    snprintf(path, HB_PATH_BYTES, "%s", found);
    return true;
}

struct hb_elf_target hb_image_target(uint64_t ram_bytes, hb_elf_write *write, void *context) {
    return (struct hb_elf_target){.base = HB_RAM_BASE,
                                  .size_bytes = ram_bytes,
                                  .write = write,
                                  .context = context,
                                  .note_name = HB_NOTE_NAME,
                                  .note_type = HB_NOTE_TYPE};
}
