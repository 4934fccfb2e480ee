/* Every panel's draw list, compared with the committed text in tests/golden/NAME.txt.
 *
 * Metrics are fixed figures, so the lists depend on no font. After a change that is meant:
 *
 *     golden_draw_lists --update        writes the files anew; look at the difference before you commit it
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/golden/scenes.h"
#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/scenes/scenes.h"

#define TEXT_PX 18

typedef void panel_fn(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                      const struct hb_ui_state *ui);

static const struct golden {
    const char *name, *scene;
    panel_fn *draw;
    struct hb_rect rect;
} goldens[] = {
    {"topbar", "run", hb_panel_topbar, {0, 0, 1600, 60}},
    {"story-start", "run", hb_panel_story, {9, 70, 1582, 72}},
    {"story-killed", "killed", hb_panel_story, {9, 70, 1582, 72}},
    {"story-settled", "settled", hb_panel_story, {9, 70, 1582, 72}},
    {"story-unnoticed", "unnoticed", hb_panel_story, {9, 70, 1582, 72}},
    {"cpus", "killed", hb_panel_cpus, {9, 150, 696, 394}},
    {"cpus-many", "many", hb_panel_cpus, {9, 150, 696, 350}},
    {"timeline", "killed", hb_panel_timeline, {9, 553, 420, 312}},
    {"throughput", "settled", hb_panel_throughput, {714, 150, 877, 394}},
    {"events", "settled", hb_panel_events, {1101, 553, 490, 312}},
    {"lines", "lines", hb_scene_lines, {9, 150, 1582, 500}},
    {"bus", "bus", hb_panel_bus, {9, 150, 800, 500}},
    {"queues", "run", hb_scene_queues, {9, 150, 900, 400}},
    {"queues-many", "many", hb_scene_queues, {9, 150, 1200, 500}},
    {"locks", "run", hb_scene_locks, {9, 150, 900, 400}},
    {"computer", "run", hb_scene_computer, {9, 150, 900, 400}},
    {"server", "run", hb_scene_server, {9, 150, 900, 400}},
    {"machine", "run", hb_scene_machine, {9, 150, 900, 400}},
    {"failure", "settled", hb_scene_failure, {9, 150, 1200, 500}},
    {"failure-lost", "lost", hb_scene_failure, {9, 150, 900, 500}},
    {"status", "run", hb_panel_status, {0, 870, 1600, 30}},
    {"help", "help", hb_panel_help, {0, 0, 1600, 900}},
};

#define GOLDENS ((int)(sizeof goldens / sizeof *goldens))

static void path_of(const struct golden *golden, char *path, size_t bytes) {
    snprintf(path, bytes, "%s/tests/golden/%s.txt", HB_SOURCE_DIR, golden->name);
}

/* The panel's list as text, to be freed. */
static char *dump(const struct golden *golden) {
    static struct hb_draw_list list;
    struct hb_metrics metrics;
    char *text = NULL;
    size_t bytes = 0;
    hb_metrics_fixed(&metrics, TEXT_PX);
    struct hb_app *app = hb_scene_open(hb_scene_find(golden->scene), &metrics);
    FILE *out = open_memstream(&text, &bytes);
    hb_draw_begin(&list, &metrics, app->ui.theme);
    golden->draw(&list, golden->rect, &app->view, &app->ui);
    hb_draw_dump(&list, out);
    if (fclose(out) != 0)
        abort();
    hb_scene_close(app);
    return text;
}

static char *read_file(const char *path) {
    FILE *in = fopen(path, "r");
    char *text = NULL, buffer[4096];
    size_t bytes = 0, count;
    ck_assert_msg(in != NULL, "%s is missing: run golden_draw_lists --update", path);
    FILE *out = open_memstream(&text, &bytes);
    while ((count = fread(buffer, 1, sizeof buffer, in)) > 0)
        fwrite(buffer, 1, count, out);
    (void)fclose(in);
    ck_assert_int_eq(fclose(out), 0);
    return text;
}

/* The first line that differs, for the message. */
static void first_difference(const char *a, const char *b, int *line, const char **in_a, const char **in_b) {
    *line = 1;
    *in_a = a;
    *in_b = b;
    for (; *a == *b && *a != '\0'; a++, b++) {
        if (*a == '\n') {
            ++*line;
            *in_a = a + 1;
            *in_b = b + 1;
        }
    }
}

START_TEST(panel_draws_as_before) {
    const struct golden *golden = &goldens[_i];
    char path[512];
    int line;
    const char *was, *is;
    path_of(golden, path, sizeof path);
    char *expected = read_file(path), *actual = dump(golden);
    first_difference(expected, actual, &line, &was, &is);
    ck_assert_msg(strcmp(expected, actual) == 0, "%s:%d\n  was: %.*s\n  is:  %.*s", path, line, (int)strcspn(was, "\n"),
                  was, (int)strcspn(is, "\n"), is);
    free(expected);
    free(actual);
}
END_TEST

static int update(void) {
    for (int i = 0; i < GOLDENS; i++) {
        char path[512];
        path_of(&goldens[i], path, sizeof path);
        FILE *out = fopen(path, "w");
        char *text = dump(&goldens[i]);
        if (out == NULL || fputs(text, out) < 0 || fclose(out) != 0) {
            fprintf(stderr, "%s: cannot be written\n", path);
            return 1;
        }
        free(text);
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "--update") == 0)
        return update();
    TCase *tests = tcase_create("draw lists");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, panel_draws_as_before, 0, GOLDENS);
    Suite *suite = suite_create("draw lists");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
