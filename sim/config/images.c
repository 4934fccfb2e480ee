#include "sim/config/images.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/devices/memory_map.h"
#include "osmodel/abi.h"
#include "sim/base/nearest.h"

#define EXPERIMENTS_MAX 256

static const struct hb_image bundled[] = {
    {"smp", "a symmetric system: CPUs with queues and locks, which watch each other"},
    {"amp", "an asymmetric system: a master that hands out work, workers that do it"},
    {"sharing", "counters that share a line or do not (the experiment false-sharing)"},
    {"by-hand", "sleeping CPUs that read and write words when they are told to (the experiment by-hand)"},
    {"job-list", "CPUs that do what a list says, which one of them has written (the experiment job-list)"},
    {"patterns", "ways of sharing, chosen by a line of input (the experiment patterns)"},
};

#define IMAGES (sizeof bundled / sizeof bundled[0])

const struct hb_image *hb_image_at(size_t i) {
    return i < IMAGES ? &bundled[i] : NULL;
}

bool hb_image_is_bundled(const char *name) {
    for (size_t i = 0; i < IMAGES; i++)
        if (strcmp(bundled[i].name, name) == 0)
            return true;
    return false;
}

const char *hb_image_variant(const struct hb_config *config) {
    bool flushed = config->os.recovery_kernel_data != HB_KERNEL_DATA_CACHED;
    return flushed && strcmp(config->image, "smp") == 0 ? "smp_flushed" : config->image;
}

/* Where bundled files may be, in the order of the search: relative to the folder of the running program (a build, a
 * tree that was moved, an installation), and for programs elsewhere (tests) where it was built. */
static const struct {
    const char *images, *configs;
} places[] = {
    {"%s/images", "%s/configs"},
    {"%s/../share/hartbeat/images", "%s/../share/hartbeat/configs"},
    {"%s/../images", "%s/../configs"},
    {HB_IMAGE_DIR, HB_CONFIG_DIR},
};

#define PLACES (sizeof places / sizeof places[0])

/* The folder of the running program. Without /proc (a bare chroot) it comes from the path by which the program was
 * called; "." if the host knows neither. */
static void program_folder(char folder[HB_PATH_BYTES]) {
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): the host gives the address as a number */
    const char *called = (const char *)(uintptr_t)getauxval(AT_EXECFN);
    ssize_t n = readlink("/proc/self/exe", folder, HB_PATH_BYTES - 1);
    if (n > 0)
        folder[n] = 0;
    else
        snprintf(folder, HB_PATH_BYTES, "%s", called ? called : "");
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = 0;
    else
        snprintf(folder, HB_PATH_BYTES, ".");
}

static bool is_relative(const char *place) {
    return strncmp(place, "%s", 2) == 0;
}

/* `place` with the program's folder for "%s". False: it would be too long, or there is no such place. */
static bool place_folder(const char *place, char folder[HB_PATH_BYTES]) {
    char program[HB_PATH_BYTES];
    program_folder(program);
    const bool below = is_relative(place);
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
    hb_error_set(error, "the bundled image \"%s\" is neither in %.300s nor in ../share/hartbeat/images beside it", name,
                 folder);
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
    if (n == 0 || n >= sizeof stem || name[0] == '/' || strstr(name, ".."))
        return false;
    snprintf(stem, sizeof stem, "%.*s", (int)n, name);
    char found[HB_PATH_BYTES];
    if (!find_bundled(stem, found))
        return false;
    snprintf(path, HB_PATH_BYTES, "%s", found);
    return true;
}

/* Take over the name of an experiment's file. False: it is some other file. */
static bool take_name(const char *file, char name[HB_NAME_BYTES]) {
    size_t n = strlen(file);
    if (n <= 5 || n - 5 >= HB_NAME_BYTES || strcmp(file + n - 5, ".json") != 0)
        return false;
    snprintf(name, HB_NAME_BYTES, "%.*s", (int)(n - 5), file);
    return true;
}

static int compare_names(const void *left, const void *right) {
    return strcmp(left, right);
}

static DIR *open_configs(const char *place, const char *below) {
    char folder[HB_PATH_BYTES], path[HB_PATH_BYTES + 32];
    if (!place_folder(place, folder))
        return NULL;
    snprintf(path, sizeof path, "%s/%s", folder, below);
    return opendir(path);
}

/* The names of the JSON files in configs/ or a folder `below` it. */
static size_t names_in(const char *below, char names[][HB_NAME_BYTES], size_t most) {
    DIR *files = NULL;
    size_t n = 0;
    for (size_t i = 0; i < PLACES && !files; i++)
        files = open_configs(places[i].configs, below);
    for (const struct dirent *file; files && n < most && (file = readdir(files));)
        n += take_name(file->d_name, names[n]);
    if (files)
        closedir(files);
    qsort(names, n, sizeof names[0], compare_names);
    return n;
}

size_t hb_experiment_names(char names[][HB_NAME_BYTES], size_t most) {
    return names_in("", names, most);
}

size_t hb_campaign_names(char names[][HB_NAME_BYTES], size_t most) {
    return names_in("campaigns", names, most);
}

size_t hb_claim_names(char names[][HB_NAME_BYTES], size_t most) {
    return names_in("claims", names, most);
}

void hb_experiment_nearest(const char *name, char nearest[HB_NAME_BYTES]) {
    static const char suffix[] = ".json";
    char names[EXPERIMENTS_MAX][HB_NAME_BYTES], word[HB_NAME_BYTES];
    name += strncmp(name, "configs/", 8) == 0 ? 8 : 0;
    size_t length = strcspn(name, "/"), n = hb_experiment_names(names, EXPERIMENTS_MAX);
    if (length > 5 && strcmp(name + length - 5, suffix) == 0)
        length -= 5;
    snprintf(word, sizeof word, "%.*s", name[length] == '/' ? 0 : (int)length, name);
    struct hb_nearest near = {.word = word};
    for (size_t i = 0; i < n; i++)
        hb_nearest_try(&near, names[i]);
    const char *found = hb_nearest_found(&near);
    snprintf(nearest, HB_NAME_BYTES, "%s", found ? found : "");
}

void hb_commit_name(char *name, size_t bytes) {
    char folder[HB_PATH_BYTES], path[HB_PATH_BYTES + 16];
    name[0] = 0;
    for (size_t i = 0; i < PLACES && !name[0]; i++) {
        if (!is_relative(places[i].images) || !place_folder(places[i].images, folder))
            continue;
        snprintf(path, sizeof path, "%s/../commit", folder);
        FILE *file = fopen(path, "r");
        if (file && !fgets(name, (int)bytes, file))
            name[0] = 0;
        if (file)
            (void)fclose(file); /* only read */
    }
    name[strcspn(name, "\n")] = 0;
}

struct hb_elf_target hb_image_target(uint64_t ram_bytes, hb_elf_write *write, void *context) {
    return (struct hb_elf_target){.base = HB_RAM_BASE,
                                  .size_bytes = ram_bytes,
                                  .write = write,
                                  .context = context,
                                  .note_name = HB_NOTE_NAME,
                                  .note_type = HB_NOTE_TYPE};
}

bool hb_image_is_partly_outside(const char *path, const struct hb_elf *elf, char *text, size_t bytes) {
    if (!elf->outside_bytes)
        return false;
    snprintf(text, bytes,
             "%s: %" PRIu64 " bytes from 0x%" PRIx64
             " on lie outside RAM and are not loaded (ELF headers and the like, "
             "which no program misses)",
             path, elf->outside_bytes, elf->outside);
    return true;
}
