/* What every picture must hold to: text whole, inside the window, and readable against what it stands on. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/golden/scenes.h"
#include "ui/dashboard/panels/layout.h"
#include "ui/dashboard/panels/widgets.h"
#include "ui/dashboard/sdl/picture.h"

#define CONTRAST_MIN 4.5 /* WCAG 2.1, 1.4.3 */

static struct hb_picture picture;

static struct hb_app *open_scene(const struct hb_scene *scene) {
    char error[256];
    if (!hb_picture_open(&picture, scene->width, scene->height, scene->text_px, error, sizeof error)) {
        printf("%s\n", error);
        exit(77);
    }
    return hb_scene_open(scene, hb_picture_metrics(&picture));
}

static void close_scene(struct hb_app *app) {
    hb_scene_close(app);
    hb_picture_close(&picture);
}

static bool inside(struct hb_rect inner, int w, int h) {
    return inner.x >= 0 && inner.y >= 0 && inner.x + inner.w <= w && inner.y + inner.h <= h;
}

static void check_inside(const struct hb_scene *scene, const struct hb_draw_list *list) {
    ck_assert_msg(list->dropped == 0, "%s: %u items had no room in the list", scene->name, list->dropped);
    for (uint32_t i = 0; i < list->count; i++) {
        const struct hb_draw *item = &list->item[i];
        const char *text = item->kind == HB_DRAW_TEXT ? hb_draw_string(list, item->text) : "";
        ck_assert_msg(inside(item->rect, scene->width, scene->height), "%s: item %u at %d,%d %dx%d \"%s\"", scene->name,
                      i, item->rect.x, item->rect.y, item->rect.w, item->rect.h, text);
    }
    for (uint32_t i = 0; i < list->zone_count; i++)
        ck_assert(inside(list->zone[i].rect, scene->width, scene->height));
}

/* Up to eight CPUs, in a window of the size that it opens with, no word is cut off. */
static void check_whole(const struct hb_scene *scene, const struct hb_draw_list *list) {
    for (uint32_t i = 0; i < list->count && scene->width >= 1600 && scene->harts <= 8; i++) {
        const struct hb_draw *item = &list->item[i];
        ck_assert_msg(!item->elided, "%s: \"%s\"", scene->name, hb_draw_string(list, item->text));
    }
}

static bool stands_on(const struct hb_rect *a, const struct hb_rect *b) {
    int w = hb_min(a->x + a->w, b->x + b->w) - hb_max(a->x, b->x);
    int h = hb_min(a->y + a->h, b->y + b->h) - hb_max(a->y, b->y);
    return w > 2 && h > hb_min(a->h, b->h) / 3;
}

/* Text over text, which nobody can read. Help and tooltips lie over what was there on purpose. */
static void check_apart(const struct hb_scene *scene, const struct hb_app *app) {
    const struct hb_draw_list *list = &app->list;
    for (uint32_t i = 0; i < list->count && !app->ui.help && !app->ui.tip; i++) {
        const struct hb_draw *a = &list->item[i];
        for (uint32_t j = i + 1; j < list->count && a->kind == HB_DRAW_TEXT; j++) {
            const struct hb_draw *b = &list->item[j];
            ck_assert_msg(b->kind != HB_DRAW_TEXT || !stands_on(&a->rect, &b->rect), "%s: \"%s\" and \"%s\"",
                          scene->name, hb_draw_string(list, a->text), hb_draw_string(list, b->text));
        }
    }
}

START_TEST(text_is_whole_and_apart) {
    const struct hb_scene *scene = &hb_scenes[_i];
    struct hb_app *app = open_scene(scene);
    check_inside(scene, &app->list);
    check_whole(scene, &app->list);
    check_apart(scene, app);
    close_scene(app);
}
END_TEST

static void check_contrast(const struct hb_theme *theme, const char *what, hb_colour ink, hb_colour ground) {
    double ratio = hb_theme_contrast(ink, ground);
    ck_assert_msg(ratio >= CONTRAST_MIN, "%s: %s has a contrast of %.2f", theme->name, what, ratio);
}

START_TEST(text_is_readable) {
    const struct hb_theme *themes[] = {&hb_theme_light, &hb_theme_dark};
    const struct hb_theme *theme = themes[_i];
    const hb_colour grounds[] = {theme->ground, theme->panel, theme->raised};
    for (int i = 0; i < 3; i++) {
        check_contrast(theme, "text", theme->text, grounds[i]);
        check_contrast(theme, "muted text", theme->muted, grounds[i]);
        check_contrast(theme, "a warning", theme->tone_text[HB_TONE_WARN], grounds[i]);
    }
    for (int i = 0; i < HB_THEME_HUES; i++)
        check_contrast(theme, "a task's number", theme->ink[i], theme->hue[i]);
    for (int i = 0; i < HB_TONES; i++)
        check_contrast(theme, "a state's word", theme->tone_text[i], theme->tint[i]);
    check_contrast(theme, "the button", theme->accent_ink, theme->accent);
    check_contrast(theme, "a tooltip", theme->tip_ink, theme->tip);
}
END_TEST

static double distance(hb_colour a, hb_colour b) {
    double sum = 0;
    for (int shift = 0; shift < 24; shift += 8) {
        double part = (double)(a >> shift & 0xff) - (double)(b >> shift & 0xff);
        sum += part * part;
    }
    return sqrt(sum);
}

/* Tasks whose numbers are less than eight apart look different: 0 and 7, too. */
START_TEST(tasks_have_hues_of_their_own) {
    const struct hb_theme *themes[] = {&hb_theme_light, &hb_theme_dark};
    const struct hb_theme *theme = themes[_i];
    for (int32_t task = 0; task < 8; task++) {
        for (int32_t other = task + 1; other < 8; other++) {
            double apart = distance(hb_theme_task(theme, task), hb_theme_task(theme, other));
            ck_assert_msg(apart >= 64, "%s: tasks %d and %d are %.0f apart", theme->name, task, other, apart);
        }
        ck_assert(distance(hb_theme_task(theme, task), hb_theme_task(theme, -1)) >= 64);
    }
}
END_TEST

/* How light a colour is in a grey picture (ITU-R BT.709). */
static int grey(hb_colour colour) {
    return (int)(0.2126 * (colour >> 16 & 0xff) + 0.7152 * (colour >> 8 & 0xff) + 0.0722 * (colour & 0xff));
}

/* A grey picture keeps states apart: each has a shape of its own, which stands out from the ground of its word. Heat is
 * darker the hotter it is, and its ink can be read on all of it. */
START_TEST(grey_keeps_states_apart) {
    const struct hb_theme *themes[] = {&hb_theme_light, &hb_theme_dark};
    const struct hb_theme *theme = themes[_i];
    for (int state = HB_VIEW_RUNNING; state <= HB_VIEW_DEAD; state++) {
        const struct hb_look *look = hb_state_look((enum hb_view_state)state);
        for (int other = state + 1; other <= HB_VIEW_DEAD; other++)
            ck_assert_msg(look->shape != hb_state_look((enum hb_view_state)other)->shape, "%s", look->word);
        bool bad = look->tone == HB_TONE_BAD;
        int ink = grey(bad ? theme->panel : theme->tone[look->tone]);
        ck_assert_msg(abs(ink - grey(bad ? theme->text : theme->tint[look->tone])) >= 32, "%s: %s", theme->name,
                      look->word);
    }
    for (int i = 0; i < 20; i++) {
        ck_assert_int_gt(grey(hb_theme_heat(i / 20.0)), grey(hb_theme_heat((i + 1) / 20.0)));
        check_contrast(theme, "a waiting task's number", hb_theme_heat_ink, hb_theme_heat(i / 20.0));
    }
    check_contrast(theme, "the longest wait's number", hb_theme_heat_ink, hb_theme_heat(1));
}
END_TEST

int main(void) {
    int count = (int)hb_scenes_count;
    TCase *tests = tcase_create("layout");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, text_is_whole_and_apart, 0, count);
    tcase_add_loop_test(tests, text_is_readable, 0, 2);
    tcase_add_loop_test(tests, tasks_have_hues_of_their_own, 0, 2);
    tcase_add_loop_test(tests, grey_keeps_states_apart, 0, 2);
    Suite *suite = suite_create("layout");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
