/* The dashboard's parts alone: commands as text, history, events, sentences, figures, the director's plan. */
#include <check.h>
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/shared/state.h"
#include "tests/golden/synthetic.h"
#include "ui/dashboard/draw/canvas.h"
#include "ui/dashboard/draw/shapes.h"
#include "ui/dashboard/model/command.h"
#include "ui/dashboard/model/director.h"
#include "ui/dashboard/model/eventlog.h"
#include "ui/dashboard/model/format.h"
#include "ui/dashboard/model/history.h"
#include "ui/dashboard/model/keyframes.h"
#include "ui/dashboard/model/scene.h"
#include "ui/dashboard/model/sentence.h"
#include "ui/dashboard/model/story.h"
#include "ui/dashboard/source/line_turns.h"

START_TEST(commands_survive_text) {
    char text[64];
    for (int kind = 0; kind < HB_COMMAND_KINDS; kind++) {
        struct hb_command command = {(uint8_t)kind, 0, 0}, read;
        if (kind == HB_COMMAND_SPEED)
            command.value = 12345.678;
        else if (kind == HB_COMMAND_KILL || kind == HB_COMMAND_ZOOM || kind == HB_COMMAND_TEXT)
            command.argument = 42;
        else if (kind == HB_COMMAND_SCENE)
            command.argument = HB_SCENE_LINES;
        hb_command_format(&command, text, sizeof text);
        ck_assert_msg(hb_command_parse(text, &read), "\"%s\"", text);
        ck_assert_int_eq(read.kind, command.kind);
        ck_assert_int_eq(read.argument, command.argument);
        ck_assert(fabs(read.value - command.value) < 1e-9);
    }
}
END_TEST

START_TEST(what_is_no_command_is_refused) {
    static const char *const wrong[] = {"",           "kil 2", "kill",  "kill x",     "kill 2 3", "play 1",
                                        "speed fast", "kill2", "scene", "scene lane", "scene 2"};
    struct hb_command command;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ck_assert_msg(!hb_command_parse(wrong[i], &command), "\"%s\"", wrong[i]);
        ck_assert_int_eq(command.kind, HB_COMMAND_NONE);
    }
}
END_TEST

START_TEST(scenes_are_found_by_name_and_key) {
    for (uint8_t i = 0; i < HB_SCENES; i++) {
        ck_assert_uint_eq(hb_scene_named(hb_scene_table[i].name), i);
        ck_assert_uint_eq(hb_scene_keyed(hb_scene_table[i].key), i);
        ck_assert_uint_eq(hb_scene_keyed(tolower(hb_scene_table[i].key)), i); /* no capital is needed */
    }
    ck_assert_uint_eq(hb_scene_named("lane"), HB_SCENES);
    ck_assert_uint_eq(hb_scene_keyed('K'), HB_SCENES);
}
END_TEST

/* A machine of one hart that works half of every 8 cycles, one instruction a busy cycle, for task = cycle / 100. */
static struct hb_counters made_up(uint64_t cycle) {
    struct hb_counters counters = {.cycle = cycle, .bus_busy = cycle / 4, .tasks_done = cycle / 100};
    uint64_t rest = cycle % 8, busy = cycle / 8 * 4 + (rest < 4 ? rest : 4);
    counters.hart[0] = (struct hb_counters_hart){.instructions = busy,
                                                 .user_instructions = busy,
                                                 .busy = busy,
                                                 .idle = 0,
                                                 .stalled = {cycle - busy},
                                                 .task = (int32_t)(cycle / 100),
                                                 .state = HB_VIEW_RUNNING};
    return counters;
}

static struct hb_history *history_up_to(uint64_t end, uint64_t slice) {
    struct hb_counters now = made_up(0);
    struct hb_history *history = hb_history_new(1, &now);
    for (uint64_t cycle = 0; cycle < end;) {
        uint64_t next = hb_history_slice_end(cycle, slice);
        cycle = next < end ? next : end;
        now = made_up(cycle);
        hb_history_add(history, &now);
    }
    return history;
}

START_TEST(slices_end_at_borders) {
    ck_assert_uint_eq(hb_history_slice_end(0, 1), 1);
    ck_assert_uint_eq(hb_history_slice_end(5, 1), 6);
    ck_assert_uint_eq(hb_history_slice_end(5, 8), 8);
    ck_assert_uint_eq(hb_history_slice_end(8, 7), 16);
    ck_assert_uint_eq(hb_history_slice_end(17, 16), 32);
}
END_TEST

START_TEST(the_timeline_shows_what_was) {
    static struct hb_view_timeline timeline;
    struct hb_history *history = history_up_to(800, 1);
    hb_history_timeline(history, 1, 80, 0, &timeline);
    ck_assert_uint_eq(timeline.from_cycle, 721);
    const struct hb_view_cell *cell = &timeline.cell[0][0];
    ck_assert_int_eq(cell->task, 7);
    ck_assert_int_eq(cell[728 - 721].busy, 255); /* cycles 728 to 731 are busy, 732 to 735 are not */
    ck_assert_int_eq(cell[732 - 721].busy, 0);
    ck_assert_int_eq(cell[732 - 721].stalled, 255);
    ck_assert_int_eq(cell[79].known, 0); /* the cycle that is under way */
    hb_history_timeline(history, 8, 50, 0, &timeline);
    ck_assert_int_eq(timeline.cell[0][10].busy, 127);
    hb_history_timeline(history, 8, 10, 50, &timeline);
    ck_assert_uint_eq(timeline.from_cycle, (100 - 50 - 9) * 8);
    hb_history_free(history);
}
END_TEST

START_TEST(coarse_slices_leave_fine_levels_empty) {
    static struct hb_view_timeline timeline;
    struct hb_history *history = history_up_to(4096, 64);
    hb_history_timeline(history, 64, 60, 0, &timeline);
    ck_assert_int_eq(timeline.cell[0][30].known, 1);
    hb_history_timeline(history, 1, 60, 100, &timeline); /* taken from the finest level that has it */
    ck_assert_int_eq(timeline.cell[0][30].known, 1);
    ck_assert_int_eq(timeline.cell[0][30].busy, 127);
    hb_history_free(history);
}
END_TEST

START_TEST(throughput_counts_whole_windows) {
    static struct hb_view_throughput throughput;
    struct hb_history *history = history_up_to(10000, 16);
    hb_history_throughput(history, 0, 1024, &throughput);
    ck_assert_uint_eq(throughput.windows, 9);
    for (uint32_t i = 0; i < throughput.windows; i++) {
        ck_assert(fabs((double)throughput.total[i] - 0.5) < 1e-6);
        ck_assert(fabs((double)throughput.tasks[i] - 10.24) < 1);
    }
    ck_assert(fabs((double)hb_history_mean_work(history, 10000, 1024, 4096) - 0.5) < 1e-6);
    ck_assert_uint_eq(hb_history_workers(history, 10000, 1024, 4096), 1);
    ck_assert_uint_eq(hb_history_workers(history, 1024, 1024, 0), 0);
    hb_history_free(history);
}
END_TEST

/* Within their memory they lie evenly over the whole run, however long it is. */
START_TEST(keyframes_are_thinned_evenly) {
    struct hb_session *session = hb_synthetic_new(2, 4000, 7);
    static const struct hb_past past;
    struct hb_keyframes frames;
    hb_keyframes_begin(&frames, 0);
    hb_keyframes_offer(&frames, session, &past);
    frames.bytes = 20 * (session->ops->snapshots_bytes(session->self) + sizeof frames.frame[0]);
    for (int i = 0; i < 300; i++) {
        session->ops->run_to(session->self, session->ops->cycle(session->self) + HB_KEYFRAMES_INTERVAL / 8);
        if (session->ops->cycle(session->self) % frames.interval == 0)
            hb_keyframes_offer(&frames, session, &past);
    }
    ck_assert(frames.count > 8 && frames.count <= 20);
    for (uint32_t i = 0; i < frames.count; i++)
        ck_assert_uint_eq(frames.frame[i].cycle, i * frames.interval);
    ck_assert_ptr_eq(hb_keyframes_before(&frames, frames.interval - 1), &frames.frame[0]);
    ck_assert_ptr_eq(hb_keyframes_before(&frames, frames.interval), &frames.frame[1]);
    hb_keyframes_clear(&frames, session);
    ck_assert_uint_eq(session->ops->snapshots_bytes(session->self), 0);
    hb_synthetic_free(session);
}
END_TEST

/* In the same future nothing is forgotten, and what is played once more counts once. */
START_TEST(what_is_played_once_more_counts_once) {
    static struct hb_view_throughput once, twice;
    struct hb_history *history = history_up_to(10000, 16);
    hb_history_throughput(history, 0, 1024, &once);
    for (int round = 0; round < 2; round++) {
        struct hb_counters now = made_up(3000);
        hb_history_go(history, &now);
        for (uint64_t cycle = 3000; cycle < 10000; cycle += 8) {
            now = made_up(cycle);
            hb_history_add(history, &now);
        }
        now = made_up(10000);
        hb_history_go(history, &now);
    }
    hb_history_throughput(history, 0, 1024, &twice);
    ck_assert_uint_eq(twice.windows, once.windows);
    for (uint32_t i = 0; i < once.windows; i++) {
        ck_assert(fabs((double)(twice.total[i] - once.total[i])) < 1e-6);
        ck_assert(fabs((double)(twice.tasks[i] - once.tasks[i])) < 1e-6);
    }
    hb_history_free(history);
}
END_TEST

START_TEST(what_was_taken_back_is_forgotten) {
    static struct hb_view_timeline timeline;
    struct hb_history *history = history_up_to(800, 1);
    struct hb_counters now = made_up(400);
    hb_history_fork(history, now.cycle);
    hb_history_go(history, &now);
    hb_history_timeline(history, 1, 20, 0, &timeline);
    ck_assert_uint_eq(timeline.from_cycle, 381);
    ck_assert_int_eq(timeline.cell[0][18].known, 1);
    ck_assert_int_eq(timeline.cell[0][17].task, 3);
    ck_assert_int_eq(timeline.cell[0][19].known, 0);
    for (uint64_t cycle = 401; cycle <= 500; cycle++) { /* and now it is idle where it worked before */
        now.cycle = cycle;
        now.hart[0].idle = cycle - 400;
        hb_history_add(history, &now);
    }
    hb_history_timeline(history, 4, 10, 1, &timeline);
    for (int i = 0; i < 10; i++) {
        ck_assert_int_eq(timeline.cell[0][i].known, 1);
        ck_assert_int_eq(timeline.cell[0][i].busy + timeline.cell[0][i].stalled, 0);
    }
    hb_history_free(history);
}
END_TEST

START_TEST(routine_events_are_gathered) {
    static struct hb_eventlog log;
    static struct hb_view view;
    for (int i = 0; i < 300; i++) {
        struct hb_happening done = {.cycle = (uint64_t)i, .kind = HB_HAPPENED_TASK_DONE, .task = i};
        hb_eventlog_add(&log, &done);
    }
    hb_eventlog_add(&log, &(struct hb_happening){.cycle = 300, .kind = HB_HAPPENED_KILLED, .hart = 2, .task = -1});
    hb_eventlog_add(&log, &(struct hb_happening){.cycle = 301, .kind = HB_HAPPENED_TASK_DONE, .by = 1, .task = 9});
    hb_eventlog_view(&log, &view);
    ck_assert_uint_eq(view.events, 3);
    ck_assert_str_eq(view.event[0].sentence, "300 tasks finished; the last was task 299 on CPU 0.");
    ck_assert_str_eq(view.event[2].sentence, "Task 9 is done.");
    for (int i = 0; i < 3 * HB_VIEW_EVENTS; i++)
        hb_eventlog_add(&log, &(struct hb_happening){.cycle = 400, .kind = HB_HAPPENED_FENCED, .task = -1});
    hb_eventlog_view(&log, &view);
    ck_assert_uint_eq(view.events, HB_VIEW_EVENTS);
}
END_TEST

START_TEST(sentences_name_their_cause) {
    char text[160];
    hb_sentence(&(struct hb_happening){.kind = HB_HAPPENED_SUSPECTED, .hart = 2, .by = 1, .argument = 41200}, text,
                sizeof text);
    ck_assert_str_eq(text, "CPU 1 suspects CPU 2: no heartbeat for 41,200 cycles.");
    hb_sentence(&(struct hb_happening){.kind = HB_HAPPENED_LOCK, .hart = 2, .by = 1, .name = "run_lock"}, text,
                sizeof text);
    ck_assert_str_eq(text, "CPU 1 frees run_lock, which dead CPU 2 held.");
    hb_sentence(&(struct hb_happening){.kind = HB_HAPPENED_KILLED, .hart = 2, .by = 1, .argument = 1}, text,
                sizeof text);
    ck_assert_str_eq(text, "CPU 2 dies and takes its cache with it: 1 modified line lost.");
    for (int kind = 0; hb_happening_is_listed((enum hb_happening_kind)kind); kind++) {
        struct hb_happening event = {
            .kind = (uint8_t)kind, .hart = 3, .by = 1, .task = 5, .argument = 4, .name = "lock"};
        hb_sentence(&event, text, sizeof text);
        size_t length = strlen(text);
        ck_assert_msg(length > 10 && text[length - 1] == '.', "kind %d: \"%s\"", kind, text);
        ck_assert_msg(strchr(text, '%') == NULL && strstr(text, "tracepoint") == NULL, "kind %d: \"%s\"", kind, text);
    }
}
END_TEST

START_TEST(figures_are_read_easily) {
    char text[HB_FORMAT_BYTES];
    ck_assert_str_eq(hb_format_count(text, 0), "0");
    ck_assert_str_eq(hb_format_count(text, 1284310), "1,284,310");
    ck_assert_str_eq(hb_format_speed(text, 9876), "9,880 cycles/s");
    ck_assert_str_eq(hb_format_speed(text, 2.5e6), "2.5 M cycles/s");
    ck_assert_str_eq(hb_format_percent(text, 0.384), "38 %");
    ck_assert(fabs(hb_round_125(4999) - 2000) < 1e-6);
    ck_assert(fabs(hb_round_125(5000) - 5000) < 1e-6);
}
END_TEST

START_TEST(the_director_leaves_the_machine_as_it_was) {
    struct hb_session *session = hb_synthetic_new(4, 2000, 3);
    struct hb_view_machine machine;
    struct hb_director director;
    session->ops->machine(session->self, &machine);
    session->ops->run_to(session->self, 50000);
    session->ops->kill(session->self, 2, false);
    session->ops->run_to(session->self, 50001);
    uint64_t state = session->ops->hash(session->self), until = 0;
    hb_director_plan(&director, session, &machine, 2);
    ck_assert(session->ops->hash(session->self) == state);
    ck_assert(director.active);
    ck_assert_uint_gt(director.cycle[HB_STAGE_SUSPECTED], 50000 + HB_SYNTHETIC_TIMEOUT_CYCLES - 10000);
    double seconds = 0;
    uint64_t cycle = 50001;
    for (double speed; (speed = hb_director_speed(&director, cycle, &until)) > 0; cycle = until)
        seconds += (double)(until - cycle) / speed;
    ck_assert_msg(seconds > 5.5 && seconds < 6.5, "%.2f s", seconds);
    hb_synthetic_free(session);
}
END_TEST

START_TEST(shapes_lie_inside_their_square) {
    for (int shape = 0; shape < HB_SHAPES; shape++) {
        int inside = 0;
        for (int place = 0; place < 61 * 61; place++) {
            int column = place % 61 - 30, row = place / 61 - 30;
            double x = column / 20.0, y = row / 20.0;
            bool hit = hb_shape_inside((enum hb_shape)shape, x, y);
            inside += hit;
            ck_assert_msg(!hit || (fabs(x) <= 1.05 && fabs(y) <= 1.05), "shape %d reaches %.2f, %.2f", shape, x, y);
        }
        ck_assert_msg(inside > 40, "shape %d is empty", shape);
    }
}
END_TEST

/* A canvas of 8 x 8 pixels of 0x404040 within a frame that must stay as it is. */
#define CANVAS_SIDE 8
static uint32_t pixels[CANVAS_SIDE + 2][CANVAS_SIDE + 2];

static struct hb_canvas small_canvas(struct hb_rect clip) {
    struct hb_canvas canvas = {&pixels[1][1], CANVAS_SIDE + 2, CANVAS_SIDE, CANVAS_SIDE, {0, 0, 0, 0}};
    for (int i = 0; i < (CANVAS_SIDE + 2) * (CANVAS_SIDE + 2); i++)
        (&pixels[0][0])[i] = 0x404040;
    hb_canvas_clip(&canvas, clip);
    return canvas;
}

/* How many pixels are no longer as they were; all of them must lie inside. */
static int painted(struct hb_rect inside) {
    int count = 0;
    for (int y = -1; y <= CANVAS_SIDE; y++)
        for (int x = -1; x <= CANVAS_SIDE; x++) {
            const bool changed = (pixels[y + 1][x + 1] & 0xffffff) != 0x404040;
            ck_assert_msg(!changed || hb_rect_has(inside, x, y), "(%d, %d) was painted", x, y);
            count += changed;
        }
    return count;
}

START_TEST(a_canvas_keeps_to_its_clip) {
    static const struct hb_rect clips[] = {{0, 0, 8, 8}, {-5, -5, 40, 40}, {2, 3, 4, 4}, {6, 6, 9, 9}};
    const struct hb_rect clip = clips[_i], inside = hb_rect_common(clip, (struct hb_rect){0, 0, 8, 8});
    uint8_t cover[12 * 12];
    memset(cover, 255, sizeof cover);
    const struct hb_mask mask = {12, 12, cover};
    struct hb_canvas canvas = small_canvas(clip);
    hb_canvas_fill(&canvas, (struct hb_rect){-3, -3, 20, 20}, 0xffffffff);
    ck_assert_int_eq(painted(inside), inside.w * inside.h);
    canvas = small_canvas(clip);
    hb_canvas_stamp(&canvas, &mask, (struct hb_rect){0, 0, 12, 12}, -2, -2, 0xffffffff);
    ck_assert_int_eq(painted(inside), inside.w * inside.h);
    canvas = small_canvas(clip);
    hb_canvas_line(&canvas, -9, -7, 21, 19, 3, 0xffffffff);
    ck_assert_int_gt(painted(inside), 0);
}
END_TEST

START_TEST(a_canvas_blends_by_opacity) {
    static const uint8_t cover[10] = {0, 0, 0, 255, 128, 0, 0, 0, 0, 1};
    const struct hb_mask mask = {10, 1, (uint8_t *)cover};
    struct hb_canvas canvas = small_canvas((struct hb_rect){0, 0, 8, 8});
    hb_canvas_fill(&canvas, (struct hb_rect){0, 0, 1, 1}, 0x80ff0000);
    ck_assert_uint_eq(pixels[1][1], 0x9f1f1f);
    hb_canvas_stamp(&canvas, &mask, (struct hb_rect){2, 0, 8, 1}, 0, 4, 0xff00ff00); /* of which the first is empty */
    ck_assert_uint_eq(pixels[5][1], 0x404040);
    ck_assert_uint_eq(pixels[5][2] & 0xffffff, 0x00ff00);
    ck_assert_uint_eq(pixels[5][3], 0x1f9e1f);
    hb_canvas_stamp(&canvas, &mask, (struct hb_rect){3, 0, 1, 1}, 0, 6, 0x800000ff); /* a colour that is seen through */
    ck_assert_uint_eq(pixels[7][1], 0x1f1f9e);
}
END_TEST

START_TEST(a_line_is_as_thick_as_it_says) {
    struct hb_canvas canvas = small_canvas((struct hb_rect){0, 0, 8, 8});
    hb_canvas_line(&canvas, 1, 4, 7, 4, 2, 0xffffffff);
    for (int x = 1; x < 7; x++) {
        ck_assert_uint_eq(pixels[1 + 2][1 + x] & 0xff, 0x9e); /* its edge, half of it */
        ck_assert_uint_eq(pixels[1 + 3][1 + x] & 0xff, 0xff);
        ck_assert_uint_eq(pixels[1 + 4][1 + x] & 0xff, 0xff);
    }
    ck_assert_int_eq(painted((struct hb_rect){1, 2, 6, 4}), 24);
    canvas = small_canvas((struct hb_rect){0, 0, 8, 8});
    hb_canvas_line(&canvas, 7, 1, 1, 7, 1, 0xffffffff); /* the same from every side */
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++)
            ck_assert_uint_eq(pixels[1 + y][1 + x], pixels[1 + x][1 + y]);
}
END_TEST

/* The same by looking at every entry each time. */
struct plain_count {
    uint64_t address, transactions;
};

static void count_plainly(struct plain_count *count, uint32_t *counts, uint64_t address) {
    uint32_t at = 0, least = 0;
    for (; at < *counts && count[at].address != address; at++)
        least = count[at].transactions < count[least].transactions ? at : least;
    if (at == HB_LINES_SEEN)
        at = least;
    else if (at == *counts)
        count[(*counts)++].transactions = 0;
    count[at].address = address;
    count[at].transactions++;
}

START_TEST(the_hottest_lines_are_counted) {
    static struct hb_line_turns turns;
    static struct plain_count count[HB_LINES_SEEN];
    uint32_t counts = 0, seed = 1;
    hb_line_turns_begin(&turns);
    hb_line_turns_reset(&turns, 0);
    for (int i = 0; i < 60000; i++) {
        seed = seed * 1664525 + 1013904223;
        const uint32_t hot = seed >> 28 ? 200 : 3000; /* most are of few lines */
        const struct hb_transaction transaction = {.kind = HB_TXN_READ, .line = 0x80000000 + 64 * ((seed >> 8) % hot)};
        turns.watcher.bus.granted(&turns, NULL, &transaction, (uint64_t)i);
        count_plainly(count, &counts, transaction.line);
    }
    ck_assert_uint_eq(counts, HB_LINES_SEEN);
    for (uint32_t i = 0; i < counts; i++) {
        const struct hb_line_seen *seen = hb_line_turns_find(&turns, count[i].address);
        ck_assert_msg(seen == &turns.line[i], "line %" PRIx64 " has another place", count[i].address);
        ck_assert_uint_eq(seen->transactions, count[i].transactions);
    }
}
END_TEST

START_TEST(the_story_ends_without_work_to_take_over) {
    struct hb_story story = {0};
    struct hb_view_machine machine = {.heartbeat_timeout_cycles = 1000, .heartbeat_check_cycles = 100};
    hb_story_event(&story, &machine, &(struct hb_happening){.cycle = 10, .kind = HB_HAPPENED_KILLED, .hart = 1});
    hb_story_event(&story, &machine, &(struct hb_happening){.cycle = 1100, .kind = HB_HAPPENED_SUSPECTED, .hart = 1});
    ck_assert_int_eq(story.shown.kind, HB_STORY_ACTING);
    hb_story_event(&story, &machine, &(struct hb_happening){.cycle = 1150, .kind = HB_HAPPENED_FENCED, .hart = 3});
    ck_assert_int_eq(story.shown.stage, HB_STAGE_SUSPECTED); /* another CPU's fence */
    hb_story_event(&story, &machine, &(struct hb_happening){.cycle = 1200, .kind = HB_HAPPENED_RECOVERED, .hart = 1});
    ck_assert_int_eq(story.shown.kind, HB_STORY_SETTLED);
}
END_TEST

static Suite *suite(void) {
    Suite *all = suite_create("parts of the dashboard");
    TCase *tests = tcase_create("parts");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, commands_survive_text);
    tcase_add_test(tests, what_is_no_command_is_refused);
    tcase_add_test(tests, scenes_are_found_by_name_and_key);
    tcase_add_test(tests, slices_end_at_borders);
    tcase_add_test(tests, the_timeline_shows_what_was);
    tcase_add_test(tests, coarse_slices_leave_fine_levels_empty);
    tcase_add_test(tests, throughput_counts_whole_windows);
    tcase_add_test(tests, keyframes_are_thinned_evenly);
    tcase_add_test(tests, what_is_played_once_more_counts_once);
    tcase_add_test(tests, what_was_taken_back_is_forgotten);
    tcase_add_test(tests, routine_events_are_gathered);
    tcase_add_test(tests, sentences_name_their_cause);
    tcase_add_test(tests, figures_are_read_easily);
    tcase_add_test(tests, the_director_leaves_the_machine_as_it_was);
    tcase_add_test(tests, shapes_lie_inside_their_square);
    tcase_add_loop_test(tests, a_canvas_keeps_to_its_clip, 0, 4);
    tcase_add_test(tests, a_canvas_blends_by_opacity);
    tcase_add_test(tests, a_line_is_as_thick_as_it_says);
    tcase_add_test(tests, the_hottest_lines_are_counted);
    tcase_add_test(tests, the_story_ends_without_work_to_take_over);
    suite_add_tcase(all, tests);
    return all;
}

int main(void) {
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
