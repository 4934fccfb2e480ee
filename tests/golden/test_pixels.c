/* Whole windows, and panels of scenes, down to the pixel: a hash of their colours, compared with
 * tests/golden/pixels.txt.
 *
 * Painted on a surface, so no display is needed. Pixels of text depend on the font file and on FreeType; the first line
 * of pixels.txt says which they were, and with others the test is skipped.
 *
 *     golden_pixels --update            writes the hashes anew
 *     golden_pixels --pictures DIR      writes every scene there as PNG, to be looked at
 */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/golden/scenes.h"
#include "ui/dashboard/panels/layout.h"
#include "ui/dashboard/sdl/picture.h"

#define LIST_PATH HB_SOURCE_DIR "/tests/golden/pixels.txt"
#define SKIPPED   77

static const char *const scenes[] = {"start", "killed", "settled", "dark", "large-settled", "lines", "help"};

#define SCENES ((int)(sizeof scenes / sizeof *scenes))

/* What fills the window, of which the panel alone counts: other scenes may get a tab. */
static const char *const panels[] = {"cpus",  "timeline", "throughput", "events",
                                     "lines", "bus",      "recovery",   "many-bus"};

#define PANELS ((int)(sizeof panels / sizeof *panels))

static void open_picture(struct hb_picture *picture, const struct hb_scene *scene) {
    char error[256];
    if (!hb_picture_open(picture, scene->width, scene->height, scene->text_px, error, sizeof error)) {
        printf("%s\n", error);
        exit(SKIPPED);
    }
}

/* FNV-1a over red, green and blue. */
static uint64_t hash_of(SDL_Surface *surface, struct hb_rect r) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (int y = r.y; y < r.y + r.h; y++) {
        const uint32_t *row = (const void *)((const char *)surface->pixels + (size_t)y * (size_t)surface->pitch);
        for (int x = r.x; x < r.x + r.w; x++)
            hash = (hash ^ (row[x] & 0xffffff)) * 0x100000001b3u;
    }
    return hash;
}

static struct hb_rect panel_of(const struct hb_scene *scene, const struct hb_app *app) {
    struct hb_layout layout;
    hb_layout((struct hb_rect){0, 0, scene->width, scene->height}, &app->ui, scene->harts, &layout);
    return layout.panel[scene->panel];
}

static uint64_t paint(const struct hb_scene *scene, bool panel, const char *png_path) {
    struct hb_picture picture;
    struct hb_error error;
    open_picture(&picture, scene);
    struct hb_app *app = hb_scene_open(scene, hb_picture_metrics(&picture));
    hb_picture_paint(&picture, &app->list);
    const struct hb_rect whole = {0, 0, scene->width, scene->height};
    uint64_t hash = hash_of(picture.surface, panel ? panel_of(scene, app) : whole);
    if (png_path != NULL && !hb_picture_save(picture.surface, png_path, &error))
        printf("%s\n", error.text);
    hb_scene_close(app);
    hb_picture_close(&picture);
    return hash;
}

static void read_version(char *version, size_t bytes) {
    struct hb_picture picture;
    open_picture(&picture, hb_scene_find(scenes[0]));
    hb_text_version(&picture.gfx->text, version, bytes);
    hb_picture_close(&picture);
}

/* The hash of a scene in the list; false when it is not there. */
static bool listed(const char *name, uint64_t *hash) {
    char line[256];
    bool found = false;
    FILE *in = fopen(LIST_PATH, "r");
    while (in != NULL && fgets(line, sizeof line, in) != NULL) {
        size_t length = strcspn(line, " ");
        found = length == strlen(name) && strncmp(line, name, length) == 0;
        if (found) {
            *hash = strtoull(line + length, NULL, 16);
            break;
        }
    }
    if (in != NULL)
        (void)fclose(in);
    return found;
}

/* A panel's line begins with "panel-". */
static void compare(const char *name, bool panel) {
    char png[512], line[64];
    uint64_t expected;
    snprintf(png, sizeof png, "%s/pixels-%s.png", HB_BINARY_DIR, name);
    snprintf(line, sizeof line, "%s%s", panel ? "panel-" : "", name);
    ck_assert_msg(listed(line, &expected), "%s is not in %s: run golden_pixels --update", line, LIST_PATH);
    uint64_t actual = paint(hb_scene_find(name), panel, png);
    ck_assert_msg(actual == expected, "the scene %s has changed: look at %s; if it is meant: golden_pixels --update",
                  name, png);
    remove(png);
}

START_TEST(scene_looks_as_before) {
    compare(scenes[_i], false);
}
END_TEST

START_TEST(panel_looks_as_before) {
    compare(panels[_i], true);
}
END_TEST

static int update(const char *version) {
    FILE *out = fopen(LIST_PATH, "w");
    if (out == NULL) {
        fprintf(stderr, "%s: cannot be written\n", LIST_PATH);
        return 1;
    }
    fprintf(out, "%s\n", version);
    for (int i = 0; i < SCENES; i++)
        fprintf(out, "%s %016" PRIx64 "\n", scenes[i], paint(hb_scene_find(scenes[i]), false, NULL));
    for (int i = 0; i < PANELS; i++)
        fprintf(out, "panel-%s %016" PRIx64 "\n", panels[i], paint(hb_scene_find(panels[i]), true, NULL));
    return fclose(out) != 0;
}

static int write_pictures(const char *folder) {
    for (size_t i = 0; i < hb_scenes_count; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s.png", folder, hb_scenes[i].name);
        paint(&hb_scenes[i], false, path);
    }
    return 0;
}

static bool same_fonts(const char *version) {
    char line[256] = "";
    FILE *in = fopen(LIST_PATH, "r");
    if (in == NULL || fgets(line, sizeof line, in) == NULL)
        line[0] = '\0';
    if (in != NULL)
        (void)fclose(in);
    line[strcspn(line, "\n")] = '\0';
    if (strcmp(line, version) != 0) {
        printf("the hashes were made with \"%s\"; here is \"%s\"\n", line, version);
        return false;
    }
    return true;
}

int main(int argc, char **argv) {
    char version[256];
    read_version(version, sizeof version);
    if (argc > 1 && strcmp(argv[1], "--update") == 0)
        return update(version);
    if (argc > 2 && strcmp(argv[1], "--pictures") == 0)
        return write_pictures(argv[2]);
    if (!same_fonts(version))
        return SKIPPED;
    TCase *tests = tcase_create("pixels");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, scene_looks_as_before, 0, SCENES);
    tcase_add_loop_test(tests, panel_looks_as_before, 0, PANELS);
    Suite *suite = suite_create("pixels");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
