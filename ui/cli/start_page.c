#include "ui/cli/start_page.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/config/images.h"
#include "sim/experiment/experiment.h"
#include "sim/lesson/lesson.h"

#define FILES_MAX 64
#define OWN_MAX   16

static void add(struct hb_start_page *page, const char *title, const char *about, const char *open) {
    const uint32_t i = page->start.entries;
    if (i == HB_START_ENTRIES_MAX)
        return;
    snprintf(page->title[i], sizeof page->title[i], "%s", title);
    snprintf(page->about[i], sizeof page->about[i], "%s", about);
    snprintf(page->open[i], sizeof page->open[i], "%.*s", HB_PATH_BYTES - 1, open ? open : "");
    page->entry[i] =
        (struct hb_start_entry){.title = page->title[i], .about = page->about[i], .open = open ? page->open[i] : NULL};
    page->start.entries++;
}

static int by_name(const void *a, const void *b) {
    return strcmp(a, b);
}

/* The JSON files in a folder, in order: how many. */
static size_t list_files(const char *folder, char names[FILES_MAX][HB_PATH_BYTES]) {
    DIR *files = opendir(folder);
    size_t n = 0;
    for (const struct dirent *file; files && n < FILES_MAX && (file = readdir(files));) {
        const size_t length = strlen(file->d_name);
        if (length > 5 && strcmp(file->d_name + length - 5, ".json") == 0 &&
            snprintf(names[n], HB_PATH_BYTES, "%s/%s", folder, file->d_name) < HB_PATH_BYTES)
            n++;
    }
    if (files)
        closedir(files);
    qsort(names, n, sizeof names[0], by_name);
    return n;
}

/* False: it is no lesson, or it is `but`. */
static bool add_lesson(struct hb_start_page *page, const char *path, const char *but) {
    char title[96], about[240];
    const char *slash = strrchr(path, '/');
    if ((but && slash && strcmp(slash + 1, but) == 0) ||
        !hb_lesson_about(path, title, sizeof title, about, sizeof about))
        return false;
    add(page, title, about, path);
    return true;
}

static void add_lessons(struct hb_start_page *page) {
    static char names[FILES_MAX][HB_PATH_BYTES];
    char tour[HB_PATH_BYTES];
    if (!hb_lesson_find("tour", tour))
        return;
    add_lesson(page, tour, NULL);
    *strrchr(tour, '/') = '\0';
    const size_t n = list_files(tour, names);
    add(page, "Lessons", "", NULL);
    for (size_t i = 0; i < n; i++)
        add_lesson(page, names[i], "tour.json");
}

static void add_experiments(struct hb_start_page *page) {
    static char names[FILES_MAX][HB_NAME_BYTES];
    const size_t n = hb_experiment_names(names, FILES_MAX);
    char about[240];
    add(page, "Experiments", "", NULL);
    for (size_t i = 0; i < n; i++) {
        hb_experiment_about(names[i], about, sizeof about);
        add(page, names[i], about, names[i]);
    }
}

static void add_claims(struct hb_start_page *page) {
    static char names[FILES_MAX][HB_NAME_BYTES];
    const size_t n = hb_claim_names(names, FILES_MAX);
    char path[HB_NAME_BYTES + 8], about[240];
    if (n > 0)
        add(page, "Claims, each put to the test", "", NULL);
    for (size_t i = 0; i < n; i++) {
        snprintf(path, sizeof path, "claims/%s", names[i]);
        hb_experiment_about(path, about, sizeof about);
        add(page, names[i], about, path);
    }
}

static bool is_experiment(const char *path) {
    struct hb_experiment experiment;
    struct hb_error error;
    if (!hb_experiment_load(path, NULL, 0, &experiment, &error))
        return false;
    hb_experiment_free(&experiment);
    return true;
}

static void add_own(struct hb_start_page *page) {
    static char names[FILES_MAX][HB_PATH_BYTES];
    const size_t n = list_files(".", names);
    bool begun = false;
    for (size_t i = 0, own = 0; i < n && own < OWN_MAX; i++) {
        const bool lesson = hb_lesson_is(names[i]);
        if (!lesson && !is_experiment(names[i]))
            continue;
        if (!begun)
            add(page, "Your own, in this folder", "", NULL);
        begun = true;
        own++;
        if (!lesson || !add_lesson(page, names[i], NULL))
            add(page, names[i] + 2, "", names[i]);
    }
}

struct hb_start_page *hb_start_page_make(void) {
    struct hb_start_page *page = calloc(1, sizeof *page);
    if (!page)
        return NULL;
    page->start.entry = page->entry;
    add(page, "Kill a CPU now", "Four CPUs are at work behind this page: click one, and see who notices.", "");
    add_lessons(page);
    add_own(page);
    add_experiments(page);
    add_claims(page);
    return page;
}

void hb_start_page_free(struct hb_start_page *page) {
    free(page);
}
