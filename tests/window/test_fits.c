/* Whatever the window's size and the text's: no text is shortened, none leaves its panel or lies on another, and every
 * lane has its name, of up to eight CPUs and where no lesson needs the room. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/golden/scenes.h"
#include "ui/cli/start_page.h"
#include "ui/dashboard/panels/layout.h"
#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/sdl/picture.h"

#define ELLIPSIS "\xe2\x80\xa6"

/* Sizes at which everything must fit. */
static const struct size {
    int w, h, text_px;
} sizes[] = {
    {1024, 768, 18}, {1024, 768, 28}, {1280, 720, 18},  {1280, 720, 28},
    {1600, 900, 18}, {1600, 900, 28}, {3840, 2160, 43},
};

/* Moments of the dashboard (tests/golden/scenes.c), each with every scene. */
static const struct moment {
    const char *scene;
    uint32_t harts, tasks;
    bool lesson; /* with a page of one below it */
} moments[] = {
    {"run", 4, 4000, false},    {"killed", 4, 4000, false}, {"settled", 8, 4000, false}, {"unnoticed", 4, 4000, false},
    {"finished", 2, 60, false}, {"lost", 8, 4000, false},   {"killed", 64, 4000, false}, {"run", 1, 4000, false},
    {"help", 8, 4000, false},   {"settled", 4, 4000, true}, {"killed", 8, 4000, true},
};

#define MOMENTS ((int)(sizeof moments / sizeof *moments))

/* A page with a question and its answer. */
static const struct hb_deck_page page = {
    .hart = -1,
    .say = "Four CPUs at work. One of them has died, and the others go on.",
    .ask = "Who notices first that a CPU is dead?",
    .choices = 3,
    .right = 1,
    .choice = {{"all, by a register", "A fault changes no register."},
               {"its watcher", "Its heartbeat was missing."},
               {"nobody", "So it is with watching off."}},
};
static const struct hb_deck deck = {.title = "A CPU fails", .pages = 1, .page = &page};

static char where[96];

/* Eight variants, of which four have come in, one is worked out, and one hangs. */
static struct hb_race race;

static void make_race(void) {
    static const char *const names[] = {"one", "two", "four", "eight", "large-one", "large-two", "large-four", "odd"};
    static const uint32_t harts[] = {1, 2, 4, 8, 1, 2, 4, 4};
    race = (struct hb_race){.lanes = 8, .begun = true};
    for (uint32_t i = 0; i < race.lanes; i++) {
        struct hb_race_lane *lane = &race.lane[i];
        uint8_t end = i < 5 ? HB_RACE_FINISHED : i == 5 ? HB_RACE_GOES_ON : HB_RACE_HANGS;
        *lane = (struct hb_race_lane){
            .name = names[i],
            .harts = harts[i],
            .total = 4000,
            .every_cycles = 100000,
            .points = 40,
            .now = {.cycle = 4000000, .done = 4000, .up_cycle = 1000, .finish_cycle = 4000000 - i * 1000, .end = end}};
        for (uint32_t j = 0; j < lane->points; j++)
            lane->point[j].done = 100 * j / harts[7 - i];
    }
}

static const char *text_of(const struct hb_draw_list *list, const struct hb_draw *item) {
    return item->kind == HB_DRAW_TEXT ? hb_draw_string(list, item->text) : "";
}

static bool inside(const struct hb_rect *inner, const struct hb_rect *outer) {
    return inner->x >= outer->x && inner->y >= outer->y && inner->x + inner->w <= outer->x + outer->w &&
           inner->y + inner->h <= outer->y + outer->h;
}

static bool meet(const struct hb_rect *a, const struct hb_rect *b) {
    return a->x < b->x + b->w && b->x < a->x + a->w && a->y + 2 < b->y + b->h && b->y + 2 < a->y + a->h;
}

/* What lies under a cover of the whole window (the help's) is not read. */
static uint32_t first_uncovered(const struct hb_draw_list *list, const struct hb_rect *window) {
    uint32_t first = 0;
    for (uint32_t i = 0; i < list->count; i++)
        if (list->item[i].kind == HB_DRAW_RECT && inside(window, &list->item[i].rect))
            first = i;
    return first;
}

static void check_whole(const struct hb_draw_list *list, const struct hb_rect *window, uint32_t first) {
    struct hb_rect clip = *window;
    for (uint32_t i = first; i < list->count; i++) {
        const struct hb_draw *item = &list->item[i];
        if (item->kind == HB_DRAW_CLIP)
            clip = hb_rect_empty(item->rect) ? *window : item->rect;
        if (item->kind != HB_DRAW_TEXT)
            continue;
        ck_assert_msg(!item->elided && strstr(text_of(list, item), ELLIPSIS) == NULL, "%s: shortened: \"%s\" at %d,%d",
                      where, text_of(list, item), item->rect.x, item->rect.y);
        ck_assert_msg(inside(&item->rect, &clip), "%s: \"%s\" at %d,%d %dx%d leaves %d,%d %dx%d", where,
                      text_of(list, item), item->rect.x, item->rect.y, item->rect.w, item->rect.h, clip.x, clip.y,
                      clip.w, clip.h);
    }
}

static void check_apart(const struct hb_draw_list *list, uint32_t first) {
    for (uint32_t i = first; i < list->count; i++) {
        const struct hb_draw *a = &list->item[i];
        for (uint32_t j = i + 1; j < list->count && a->kind == HB_DRAW_TEXT; j++) {
            const struct hb_draw *b = &list->item[j];
            ck_assert_msg(b->kind != HB_DRAW_TEXT || !meet(&a->rect, &b->rect), "%s: \"%s\" lies on \"%s\"", where,
                          text_of(list, a), text_of(list, b));
        }
    }
}

static bool has_text(const struct hb_draw_list *list, const struct hb_rect *place, const char *text) {
    for (uint32_t i = 0; i < list->count; i++)
        if (inside(&list->item[i].rect, place) && strcmp(text_of(list, &list->item[i]), text) == 0)
            return true;
    return false;
}

/* A text that begins as these words do: a paragraph is drawn line by line. */
static bool has_word(const struct hb_draw_list *list, const char *words) {
    for (uint32_t i = 0; i < list->count; i++) {
        const char *text = text_of(list, &list->item[i]);
        if (text[0] != '\0' && strncmp(text, words, strlen(text)) == 0)
            return true;
    }
    return false;
}

static void check_lanes(struct hb_app *app, const struct hb_rect *window) {
    struct hb_layout layout;
    struct hb_rect machine = *window;
    hb_cut_bottom(&machine, hb_deck_height(&app->list, window->w, &app->ui));
    hb_layout(machine, &app->ui, app->view.machine.harts, &layout);
    const struct hb_rect *panel = &layout.panel[HB_SCENE_LANES];
    bool few =
        app->ui.lanes_by == HB_LANES_CPU && app->view.machine.harts <= 8 && !(app->ui.compact && app->ui.deck != NULL);
    for (uint32_t i = 0; few && i < app->view.machine.harts && !hb_rect_empty(*panel) && app->ui.help == 0; i++) {
        char name[16];
        snprintf(name, sizeof name, "CPU %u", i);
        ck_assert_msg(has_text(&app->list, panel, name), "%s: the lane of %s has no name", where, name);
    }
    ck_assert_msg(has_text(&app->list, window, app->ui.deck ? app->ui.deck->title : app->view.machine.name),
                  "%s: the title is missing", where);
}

static void check_one(struct hb_app *app, const struct hb_rect *window) {
    hb_app_draw(app, window->w, window->h);
    uint32_t first = first_uncovered(&app->list, window);
    ck_assert_uint_eq(app->list.dropped, 0);
    check_whole(&app->list, window, first);
    check_apart(&app->list, first);
    check_lanes(app, window);
}

/* With lanes of every kind, at some of the moments. */
static void check_picture(struct hb_app *app, const struct hb_rect *window, bool every_kind) {
    const bool kinds = every_kind && app->ui.scene == HB_SCENE_LANES;
    for (uint8_t by = HB_LANES_CPU; by < (kinds ? HB_LANES_KINDS : HB_LANES_CPU + 1); by++) {
        app->ui.lanes_by = by;
        check_one(app, window);
    }
    app->ui.lanes_by = HB_LANES_CPU;
}

/* Without the libraries that it needs the tests are skipped. */
static void open_picture(struct hb_picture *picture, const struct size *size) {
    char error[256];
    if (hb_picture_open(picture, size->w, size->h, size->text_px, error, sizeof error))
        return;
    printf("%s\n", error);
    exit(77);
}

START_TEST(everything_fits) {
    const struct size *size = &sizes[_i / MOMENTS];
    const struct moment *moment = &moments[_i % MOMENTS];
    struct hb_rect window = {0, 0, size->w, size->h};
    struct hb_picture picture;
    open_picture(&picture, size);
    struct hb_scene scene = *hb_scene_find(moment->scene);
    scene.harts = moment->harts;
    scene.tasks = moment->tasks;
    struct hb_app *app = hb_scene_open(&scene, hb_picture_metrics(&picture));
    app->ui.deck = moment->lesson ? &deck : NULL;
    app->ui.revealed = moment->lesson;
    make_race();
    app->ui.race = _i % 2 == 0 ? &race : NULL;
    for (uint8_t shown = HB_SCENE_ALL; shown < HB_SCENES; shown++) {
        snprintf(where, sizeof where, "%s%s, %dx%d, %d px, %s", moment->scene, moment->lesson ? " in a lesson" : "",
                 size->w, size->h, size->text_px, hb_scene_table[shown].name);
        app->ui.scene = shown;
        check_picture(app, &window, _i % MOMENTS % 3 == 0);
    }
    hb_scene_close(app);
    hb_picture_close(&picture);
}
END_TEST

/* All that the command offers, page by page, each heading with what it is of. */
START_TEST(the_start_page_fits) {
    const struct size *size = &sizes[_i];
    struct hb_rect window = {0, 0, size->w, size->h};
    struct hb_picture picture;
    open_picture(&picture, size);
    struct hb_app *app = hb_scene_open(hb_scene_find("run"), hb_picture_metrics(&picture));
    struct hb_start_page *offer = hb_start_page_make();
    ck_assert_ptr_nonnull(offer);
    app->ui.start = &offer->start;
    app->ui.starting = true;
    snprintf(where, sizeof where, "the start page, %dx%d, %d px", size->w, size->h, size->text_px);
    for (uint32_t i = 0; i < offer->start.entries; i++) {
        const bool heads = offer->start.entry[i].open == NULL;
        app->ui.start_at = heads ? i + 1 : i;
        hb_app_draw(app, window.w, window.h);
        uint32_t first = first_uncovered(&app->list, &window);
        check_whole(&app->list, &window, first);
        check_apart(&app->list, first);
        ck_assert_msg(has_word(&app->list, offer->start.entry[i].title), "%s: %s is not shown", where,
                      offer->start.entry[i].title);
    }
    hb_start_page_free(offer);
    hb_scene_close(app);
    hb_picture_close(&picture);
}
END_TEST

/* Claims stand on it as well, each with its line. */
START_TEST(the_start_page_offers_claims) {
    struct hb_start_page *offer = hb_start_page_make();
    uint32_t claims = 0;
    ck_assert_ptr_nonnull(offer);
    for (uint32_t i = 0; i < offer->start.entries; i++) {
        const struct hb_start_entry *entry = &offer->start.entry[i];
        const bool claim = entry->open != NULL && strncmp(entry->open, "claims/", 7) == 0;
        claims += claim;
        ck_assert_msg(!claim || entry->about[0] != '\0', "%s says nothing of itself", entry->title);
    }
    ck_assert_uint_ge(claims, 30);
    ck_assert_uint_lt(offer->start.entries, HB_START_ENTRIES_MAX);
    hb_start_page_free(offer);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("fits");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, everything_fits, 0, (int)(MOMENTS * sizeof sizes / sizeof *sizes));
    TCase *start = tcase_create("start");
    tcase_set_timeout(start, 60);
    tcase_add_loop_test(start, the_start_page_fits, 0, (int)(sizeof sizes / sizeof *sizes));
    tcase_add_test(start, the_start_page_offers_claims);
    Suite *suite = suite_create("fits");
    suite_add_tcase(suite, tests);
    suite_add_tcase(suite, start);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
