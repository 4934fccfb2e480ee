/* Which parts of the screen a draw list changes, and what must be painted there. */
#include <check.h>

#include "ui/dashboard/draw/changes.h"

#define SIDE  HB_CHANGES_CELL
#define SOLID 0xff000000u
#define VEIL  0x80000000u

static struct hb_draw_list list;
static struct hb_changes changes;
static struct hb_rect rect[HB_CHANGES_RECTS];

static void add(uint8_t kind, struct hb_rect where, hb_colour colour, uint8_t detail) {
    list.item[list.count++] = (struct hb_draw){.kind = kind, .rect = where, .colour = colour, .detail = detail};
}

static int find(void) {
    return hb_changes_find(&changes, &list, 4 * SIDE, 4 * SIDE, rect);
}

/* A list of two items, of which the first changes its colour: how many rectangles change, and what is painted there
 * first. */
static int change_below(uint8_t kind, struct hb_rect above, hb_colour colour, uint8_t detail) {
    const struct hb_rect below = {SIDE, SIDE, SIDE, SIDE};
    hb_changes_forget(&changes);
    for (hb_colour blue = 0; blue < 2; blue++) {
        list.count = 0;
        add(HB_DRAW_RECT, below, SOLID | blue, 0);
        add(kind, above, colour, detail);
        if (blue)
            return find();
        ck_assert_int_eq(find(), 1); /* all of it, for nothing was known */
        ck_assert(rect[0].w == 4 * SIDE && rect[0].h == 4 * SIDE);
    }
    return -1;
}

static void cell_is_painted_from(uint32_t item) {
    ck_assert(rect[0].x == SIDE && rect[0].y == SIDE && rect[0].w == SIDE && rect[0].h == SIDE);
    ck_assert_uint_eq(changes.from[changes.columns + 1], item);
}

START_TEST(what_is_hidden_does_not_count) {
    const struct hb_rect all = {0, 0, 4 * SIDE, 4 * SIDE};
    ck_assert_int_eq(change_below(HB_DRAW_RECT, all, SOLID, 0), 0);
}
END_TEST

START_TEST(a_veil_hides_nothing) {
    const struct hb_rect all = {0, 0, 4 * SIDE, 4 * SIDE};
    ck_assert_int_eq(change_below(HB_DRAW_RECT, all, VEIL, 0), 1);
    cell_is_painted_from(0);
}
END_TEST

START_TEST(part_of_a_cell_hides_nothing) {
    const struct hb_rect most = {SIDE, SIDE, SIDE, SIDE - 1};
    ck_assert_int_eq(change_below(HB_DRAW_RECT, most, SOLID, 0), 1);
    cell_is_painted_from(0);
}
END_TEST

START_TEST(nor_does_a_round_corner) {
    const struct hb_rect same = {SIDE, SIDE, SIDE, SIDE}, larger = {0, SIDE - 4, 4 * SIDE, SIDE + 8};
    ck_assert_int_eq(change_below(HB_DRAW_ROUND, same, SOLID, 4), 1);
    cell_is_painted_from(0);
    ck_assert_int_eq(change_below(HB_DRAW_ROUND, larger, SOLID, 4), 0);
}
END_TEST

START_TEST(nor_does_what_is_clipped) {
    const struct hb_rect all = {0, 0, 4 * SIDE, 4 * SIDE}, none = {0, 0, 0, 0};
    for (hb_colour blue = 0; blue < 2; blue++) {
        list.count = 0;
        add(HB_DRAW_RECT, (struct hb_rect){SIDE, SIDE, SIDE, SIDE}, SOLID | blue, 0);
        add(HB_DRAW_CLIP, (struct hb_rect){0, 0, SIDE, SIDE}, 0, 0);
        add(HB_DRAW_RECT, all, SOLID, 0);
        add(HB_DRAW_CLIP, none, 0, 0);
        if (!blue)
            hb_changes_forget(&changes);
        ck_assert_int_eq(find(), 1);
    }
    cell_is_painted_from(0);
}
END_TEST

START_TEST(what_comes_and_goes_is_found) {
    list.count = 0;
    hb_changes_forget(&changes);
    find();
    add(HB_DRAW_RECT, (struct hb_rect){SIDE, SIDE, SIDE, SIDE}, VEIL, 0);
    ck_assert_int_eq(find(), 1);
    ck_assert_int_eq(find(), 0);
    list.count = 0;
    ck_assert_int_eq(find(), 1);
    cell_is_painted_from(0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("changes");
    TCase *tests = tcase_create("changes");
    tcase_add_test(tests, what_is_hidden_does_not_count);
    tcase_add_test(tests, a_veil_hides_nothing);
    tcase_add_test(tests, part_of_a_cell_hides_nothing);
    tcase_add_test(tests, nor_does_a_round_corner);
    tcase_add_test(tests, nor_does_what_is_clipped);
    tcase_add_test(tests, what_comes_and_goes_is_found);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
