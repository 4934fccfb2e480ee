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

/* Where what is bundled may stand, looked at in this order: relative to the folder of the running program (a build, a
 * tree that was moved, an installation), and for programs that stand elsewhere (tests) where it was built. */
static const struct {
    const char *images, *configs;
} places[] = {
    {"%s/images", "%s/configs"},
    {"%s/../share/hartbeat/images", "%s/../share/hartbeat/configs"},
    {"%s/../images", "%s/../configs"},
    {HB_IMAGE_DIR, HB_CONFIG_DIR},
};

#define PLACES (sizeof places / sizeof places[0])

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

/* `place` with the program's folder where it says "%s". False: it would be too long, or there is no such place. */
static bool place_folder(const char *place, char folder[HB_PATH_BYTES]) {
    char program[HB_PATH_BYTES];
    program_folder(program);
    bool below = strncmp(place, "%s", 2) == 0;
    return place[0] &&
           snprintf(folder, HB_PATH_BYTES, "%s%s", below ? program : "", place + (below ? 2 : 0)) < HB_PATH_BYTES;
}

/* Write FOLDER/NAME.SUFFIX. True: there is such a file to read. */
static bool try_file(const char *place, const char *name, const char *suffix, char path[HB_PATH_BYTES]) {
    char folder[HB_PATH_BYTES];
    if (!place_folder(place, folder))
        return false;
    int n = snprintf(path, HB_PATH_BYTES, "%s/%s%s", folder, name, suffix);
    return n > 0 && n < HB_PATH_BYTES && access(path, R_OK) == 0;
}

bool hb_image_find(const char *name, char path[HB_PATH_BYTES], struct hb_error *error) {
    char folder[HB_PATH_BYTES];
    for (size_t i = 0; i < PLACES; i++)
        if (try_file(places[i].images, name, ".elf", path))
            return true;
    place_folder(places[0].images, folder);
    hb_error_set(error,
                 "the bundled image \"%s\" is not there: it was looked for in %.300s and where an installation has it",
                 name, folder);
    return false;
}

/* `name` is without "configs/" and ".json". */
static bool find_bundled(const char *name, char path[HB_PATH_BYTES]) {
    for (size_t i = 0; i < PLACES; i++)
        if (try_file(places[i].configs, name, ".json", path))
            return true;
    return false;
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
