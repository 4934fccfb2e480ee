/* What the scenes show, held against the machine: each test brings a machine with a bundled kernel to a moment and
 * compares the view with what the machine itself says. */
#include <check.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "osmodel/os_requests.h"
#include "sim/engine/run.h"
#include "sim/experiment/experiment.h"
#include "sim/lesson/lesson.h"
#include "sim/result/gather.h"
#include "ui/dashboard/app/app.h"
#include "ui/dashboard/model/format.h"
#include "ui/dashboard/scenes/race_clock.h"
#include "ui/dashboard/scenes/scenes.h"
#include "ui/dashboard/source/machine_session.h"

static struct hb_experiment experiment;
static struct hb_session *session;
static const struct hb_machine *machine;
static struct hb_app *app;

static void open_with(const char *name, const char *const *set, size_t sets, uint64_t cycle) {
    char path[512];
    struct hb_error error;
    struct hb_metrics metrics;
    hb_metrics_fixed(&metrics, 18);
    snprintf(path, sizeof path, "%s/configs/%s.json", HB_SOURCE_DIR, name);
    ck_assert_msg(hb_experiment_load(path, set, sets, &experiment, &error), "%s", error.text);
    session = hb_session_open(&experiment.variant[0].config, &error);
    if (session == NULL) {
        printf("%s\n", error.text);
        exit(77);
    }
    machine = hb_session_machine(session);
    app = calloc(1, sizeof *app);
    ck_assert(app != NULL && hb_app_begin(app, session, &metrics));
    app->search.active = false;
    hb_app_run_to(app, cycle, 0);
}

static void open_at(const char *name, uint64_t cycle) {
    open_with(name, NULL, 0, cycle);
}

static void draw(uint8_t scene) {
    app->ui.scene = scene;
    app->ui.playing = false;
    hb_app_draw(app, 1600, 900);
}

/* A text that begins so. */
static bool is_drawn(const char *begins) {
    for (uint32_t i = 0; i < app->list.count; i++)
        if (app->list.item[i].kind == HB_DRAW_TEXT &&
            strncmp(hb_draw_string(&app->list, app->list.item[i].text), begins, strlen(begins)) == 0)
            return true;
    return false;
}

static void close_it(void) {
    hb_app_close(app);
    free(app);
    hb_session_close(session);
    hb_experiment_free(&experiment);
}

/* ---- Failure --------------------------------------------------------------------------------------------------- */

START_TEST(the_ruler_is_that_of_the_recovery) {
    open_at("smp4-kill", 6100000);
    draw(HB_SCENE_FAILURE);
    const struct hb_view_story *story = &app->view.story;
    const struct hb_os_recovery *recovery = &machine->saved->os.harts[2].recovery;
    ck_assert_uint_eq(story->cycle[HB_STAGE_KILLED], 6000000);
    ck_assert_uint_eq(story->cycle[HB_STAGE_SUSPECTED], recovery->suspected_cycle);
    ck_assert_uint_eq(story->cycle[HB_STAGE_FENCED], recovery->fenced_cycle);
    ck_assert_uint_eq(story->cycle[HB_STAGE_WORKING], recovery->first_work_cycle);
    uint64_t before = story->cycle[HB_STAGE_FENCED];
    for (uint32_t i = 0; i < HB_VIEW_PHASES; i++)
        if (app->view.machine.phase[i][0] != '\0') {
            ck_assert_uint_lt(before, story->phase_cycle[i]);
            before = story->phase_cycle[i];
        }
    ck_assert_uint_lt(before, story->cycle[HB_STAGE_RECOVERED]);
    close_it();
}
END_TEST

static bool says(const char *text) {
    for (uint32_t i = 0; i < app->list.count; i++)
        if (app->list.item[i].kind == HB_DRAW_TEXT && strstr(hb_draw_string(&app->list, app->list.item[i].text), text))
            return true;
    return false;
}

/* A recovery after which no work of the dead has begun is not "to the work". */
START_TEST(the_sum_says_what_it_sums) {
    open_at("smp4-kill", 6100000);
    draw(HB_SCENE_FAILURE);
    ck_assert(says("from its death to the work"));
    app->view.story.cycle[HB_STAGE_WORKING] = 0;
    hb_draw_begin(&app->list, &app->metrics, app->ui.theme);
    hb_scene_failure(&app->list, (struct hb_rect){0, 0, 1200, 500}, &app->view, &app->ui);
    ck_assert(!says("from its death to the work"));
    ck_assert(says("from its death to its recovery"));
    close_it();
}
END_TEST

START_TEST(lost_lines_have_names) {
    open_at("smp4", 2000000);
    hb_app_execute(app, hb_command_of(HB_COMMAND_KILL_LOST, 2));
    draw(HB_SCENE_FAILURE);
    const struct hb_view_loss *loss = &app->view.loss;
    uint32_t lines = loss->others;
    for (uint32_t i = 0; i < loss->groups; i++)
        lines += loss->group[i].lines;
    ck_assert(loss->known);
    ck_assert_uint_eq(loss->lines, machine->saved->fault[0].lines_lost);
    ck_assert_uint_gt(loss->lines, 0);
    ck_assert_uint_eq(lines, loss->lines);
    close_it();
}
END_TEST

/* The kernel finds what the user has switched, and nothing else has changed. */
START_TEST(switches_reach_the_kernel) {
    open_at("smp4", 500000);
    for (int64_t i = 0; i < HB_SWITCHES; i++) {
        for (int64_t on = 0; on <= 1; on++) {
            hb_app_execute(app, hb_command_of(HB_COMMAND_SWITCH, 2 * i + on));
            draw(HB_SCENE_FAILURE);
            for (int64_t j = 0; j < HB_SWITCHES; j++)
                ck_assert_msg(app->view.switch_on[j] == (j != i || on), "switch %d after %d", (int)j, (int)i);
        }
    }
    close_it();
}
END_TEST

/* What the narration says of recovery is what it may do now, however the run began. */
START_TEST(the_story_knows_the_switches) {
    static const struct {
        uint8_t off, stage;
        const char *reason;
    } rows[] = {
        {HB_SWITCH_DETECT, HB_STAGES, "Nobody watches heartbeats in this run, so nobody will notice."},
        {HB_SWITCH_FENCE, HB_STAGE_SUSPECTED, "A slow CPU would look the same; it is not fenced in this run."},
        {HB_SWITCH_LOCKS, HB_STAGE_FENCED,
         "Its run queue can be rebuilt from the task table; locks are not freed in this run."},
        {HB_SWITCH_QUEUES, HB_STAGE_FENCED, "Now its locks can be freed; its run queue is not rebuilt in this run."},
        {HB_SWITCH_LOCKS, HB_STAGES,
         "The others will miss its heartbeat; not all that it has will be taken over in this run."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        open_at("smp4", 500000);
        hb_app_execute(app, hb_command_of(HB_COMMAND_SWITCH, 2 * (int64_t)rows[i].off));
        if (rows[i].stage != HB_STAGES)
            hb_app_execute(app, hb_command_of(HB_COMMAND_KILL, 2));
        draw(HB_SCENE_FAILURE);
        for (int step = 0; step < 1000 && rows[i].stage != HB_STAGES && app->view.story.stage < rows[i].stage; step++) {
            hb_app_run_to(app, hb_app_cycle(app) + 100, 0);
            draw(HB_SCENE_FAILURE);
        }
        ck_assert_str_eq(app->view.story.reason, rows[i].reason);
        close_it();
    }
}
END_TEST

/* ---- Queues ---------------------------------------------------------------------------------------------------- */

/* Left of this text an arrow up or down is drawn. */
static bool has_arrow_before(const char *text) {
    int left = INT_MAX, right = 0;
    for (uint32_t i = 0; i < app->list.count; i++) {
        const struct hb_draw *item = &app->list.item[i];
        if (item->kind == HB_DRAW_SHAPE && (item->detail == HB_SHAPE_UP || item->detail == HB_SHAPE_DOWN))
            left = hb_min(left, item->rect.x);
        if (item->kind == HB_DRAW_TEXT && strcmp(hb_draw_string(&app->list, item->text), text) == 0)
            right = item->rect.x;
    }
    ck_assert_int_gt(right, 0);
    return left < right;
}

/* The master stands above the others by whatever number it has. */
START_TEST(the_master_is_the_elected_one) {
    open_at("amp4-failover", 5900000);
    draw(HB_SCENE_QUEUES);
    ck_assert(says("CPU 0, the master"));
    draw(HB_SCENE_ALL);
    ck_assert(says("CPU 0, the master"));
    draw(HB_SCENE_QUEUES);
    ck_assert(has_arrow_before("CPU 2"));
    hb_app_run_to(app, 6400000, 0);
    draw(HB_SCENE_QUEUES);
    ck_assert_uint_eq(machine->saved->os.master, 1);
    ck_assert(says("CPU 1, the master"));
    ck_assert(!says("CPU 0, the master"));
    ck_assert(!has_arrow_before("CPU 2")); /* nobody sends to the dead */
    ck_assert(!says("nobody watches"));
    draw(HB_SCENE_ALL);
    ck_assert(says("CPU 1, the master"));
    ck_assert(!says("CPU 0, the master"));
    close_it();
}
END_TEST

/* Every task that is ready is in one queue, those that have waited longest first. */
START_TEST(every_ready_task_waits_somewhere) {
    open_at("smp4", 2000000);
    draw(HB_SCENE_QUEUES);
    const struct hb_view_queues *queues = &app->view.queues;
    uint32_t waiting = 0;
    for (uint32_t h = 0; h < 4; h++) {
        const struct hb_view_queue *queue = &queues->queue[h];
        waiting += queue->count;
        ck_assert_uint_eq(queue->chips, queue->count < HB_VIEW_CHIPS ? queue->count : HB_VIEW_CHIPS);
        for (uint32_t i = 0; i < queue->chips; i++) {
            const struct hb_os_task *task = &machine->saved->os.tasks[queue->chip[i].task];
            ck_assert_uint_eq(task->queue, h);
            ck_assert_uint_eq(task->waiting_since_cycle + queue->chip[i].waited_cycles, app->view.cycle);
            ck_assert(i == 0 || queue->chip[i].waited_cycles <= queue->chip[i - 1].waited_cycles);
        }
    }
    ck_assert_uint_eq(waiting, machine->saved->os.tasks_ready);
    ck_assert_uint_gt(waiting, 4);
    close_it();
}
END_TEST

/* The last message shown is the last that was sent: none is missing, and going back takes them along. */
START_TEST(messages_are_moves) {
    open_at("amp4", 1500000);
    draw(HB_SCENE_QUEUES);
    const struct hb_view_moves *moves = &app->view.moves;
    struct hb_view_move last = moves->move[moves->count - 1];
    ck_assert_uint_eq(moves->count, HB_VIEW_MOVES);
    for (uint32_t i = 0; i < moves->count; i++)
        ck_assert(moves->move[i].mail && (moves->move[i].from == 0) != (moves->move[i].to == 0));
    hb_app_run_to(app, 1700000, 0);
    hb_app_seek(app, 1500000);
    draw(HB_SCENE_QUEUES);
    ck_assert_uint_eq(moves->move[moves->count - 1].cycle, last.cycle);
    ck_assert_int_eq(moves->move[moves->count - 1].task, last.task);
    close_it();
}
END_TEST

/* ---- Lanes ----------------------------------------------------------------------------------------------------- */

#define LANE_CYCLES  16384
#define COLUMN       64
#define LANE_COLUMNS (LANE_CYCLES / COLUMN)

/* What the locks' own words say, cycle by cycle. */
struct seen_lock {
    uint32_t held[LANE_COLUMNS][4]; /* cycles, by owner */
};

static void look_at_locks(struct seen_lock *seen, const uint64_t *address, uint32_t locks, uint32_t column) {
    for (uint32_t i = 0; i < locks; i++) {
        int32_t owner = hb_view_lock_owner(machine, (uint32_t)address[i]);
        if (owner >= 0)
            seen[i].held[column][owner]++;
    }
}

static uint32_t held_in(const struct seen_lock *seen, uint32_t column, int32_t *owner) {
    uint32_t sum = 0;
    *owner = -1;
    for (int32_t h = 0; h < 4; h++) {
        sum += seen->held[column][h];
        if (seen->held[column][h] > 0 && (*owner < 0 || seen->held[column][h] > seen->held[column][*owner]))
            *owner = h;
    }
    return sum;
}

#define LATE 24u /* cycles: the tracepoint comes so long after the store that takes or frees a lock */

/* Of ten columns in which it was held, or is shown as held, nine agree, and so does the owner where there is one. */
static void check_lock(const struct hb_view_lock_lane *lane, const struct seen_lock *seen) {
    uint32_t columns = 0, off = 0, owners = 0, right = 0;
    for (uint32_t i = 0; i < LANE_COLUMNS; i++) {
        int32_t owner;
        uint32_t held = held_in(seen, i, &owner), shown = lane->cell[i].held * COLUMN / 255u;
        columns += held > 0 || shown > 0;
        off += held > shown + LATE || shown > held + LATE;
        if (held > COLUMN * 3 / 4 && lane->cell[i].held > 192) {
            owners++;
            right += lane->cell[i].owner == owner;
        }
    }
    ck_assert_msg(off * 10 <= columns, "%s: %u of %u columns are off", lane->name, off, columns);
    ck_assert_msg(right == owners, "%s: %u of %u owners", lane->name, right, owners);
}

/* Lanes of locks show who held each, as its word said; they stay when the run is gone through once more. */
START_TEST(lanes_of_locks_have_their_owners) {
    open_at("contend4", 1048576);
    const struct hb_machine_session *self = session->self;
    struct seen_lock *seen = calloc(HB_VIEW_LOCK_LANES, sizeof *seen);
    uint64_t address[HB_VIEW_LOCK_LANES];
    uint32_t locks = self->lanes, taken = 0;
    ck_assert(seen != NULL && locks > 4);
    for (uint32_t i = 0; i < locks; i++)
        address[i] = self->lane[i].address;
    for (uint32_t cycle = 0; cycle < LANE_CYCLES; cycle++) {
        hb_app_run_to(app, hb_app_cycle(app) + 1, 1);
        look_at_locks(seen, address, locks, cycle / COLUMN);
    }
    for (int again = 0; again <= 1; again++) {
        if (again) {
            hb_app_seek(app, 1048576);
            hb_app_run_to(app, 1048576 + LANE_CYCLES, LANE_CYCLES);
        }
        hb_app_execute(app, hb_command_of(HB_COMMAND_LANES, HB_LANES_LOCK));
        draw(HB_SCENE_LANES);
        hb_history_timeline(app->history, COLUMN, LANE_COLUMNS, 1, &app->view.timeline);
        ck_assert_uint_eq(app->view.timeline.from_cycle, 1048576);
        for (uint32_t i = 0; i < locks; i++) {
            check_lock(&app->view.timeline.lock[i], &seen[i]);
            taken += app->view.timeline.lock[i].name[0] != '\0';
        }
    }
    ck_assert_uint_eq(taken, 2 * locks);
    free(seen);
    close_it();
}
END_TEST

static bool has_lane(const char *name) {
    for (uint32_t i = 0; i < app->list.count; i++)
        if (app->list.item[i].kind == HB_DRAW_TEXT &&
            strcmp(hb_draw_string(&app->list, app->list.item[i].text), name) == 0)
            return true;
    return false;
}

/* Every task that ran has a lane, by number, if the list is scrolled to it. */
START_TEST(every_task_that_ran_has_a_lane) {
    bool ran[HB_TASKS_MAX] = {false};
    char name[24];
    uint32_t tasks = 0;
    open_at("smp4", 1000000);
    hb_app_set_speed(app, 1e6);
    for (int i = 0; i < 400; i++) {
        hb_app_run_to(app, hb_app_cycle(app) + 512, 0);
        for (uint32_t h = 0; h < 4; h++)
            if (machine->saved->os.harts[h].task != HB_OS_NO_TASK)
                ran[machine->saved->os.harts[h].task] = true;
    }
    hb_app_execute(app, hb_command_of(HB_COMMAND_LANES, HB_LANES_TASK));
    hb_app_execute(app, hb_command_of(HB_COMMAND_ZOOM, 512));
    for (uint32_t task = 0; task < HB_TASKS_MAX; task++) {
        if (!ran[task])
            continue;
        snprintf(name, sizeof name, "task %u", task);
        hb_app_execute(app, hb_command_of(HB_COMMAND_LIST_SCROLL, 0));
        draw(HB_SCENE_LANES);
        for (int scroll = 1; !has_lane(name) && scroll < 60; scroll++) {
            app->ui.list_scroll = (uint32_t)scroll;
            draw(HB_SCENE_LANES);
        }
        ck_assert_msg(has_lane(name), "%s has no lane", name);
        tasks++;
    }
    ck_assert_uint_gt(tasks, 4);
    ck_assert(has_lane("bus") && has_lane("faults"));
    close_it();
}
END_TEST

/* ---- Markers -------------------------------------------------------------------------------------------------- */

static struct hb_counters counted(void) {
    struct hb_counters counters;
    session->ops->counters(session->self, &counters);
    return counters;
}

static bool notes(const char *figure, const char *what) {
    char words[96];
    snprintf(words, sizeof words, " %s %s", figure, what);
    return strstr(app->ui.notice, words) != NULL;
}

/* The difference is that of the counters, either way round; going back keeps markers, another future does not. */
START_TEST(markers_measure_what_lies_between) {
    char figure[HB_FORMAT_BYTES];
    uint64_t instructions = 0, transactions = 0;
    open_at("smp4", 1000000);
    const struct hb_counters a = counted();
    hb_app_execute(app, hb_command_of(HB_COMMAND_MARKER, 0));
    hb_app_run_to(app, 2234567, 0);
    const struct hb_counters b = counted();
    hb_app_execute(app, hb_command_of(HB_COMMAND_MARKER, 1));
    for (uint32_t h = 0; h < 4; h++)
        instructions += b.hart[h].instructions - a.hart[h].instructions;
    for (uint32_t i = 0; i < HB_VIEW_TYPES; i++)
        transactions += b.type[i] - a.type[i];
    ck_assert(notes("1,234,567", "cycles"));
    ck_assert(notes(hb_format_count(figure, instructions), "instructions"));
    ck_assert(notes(hb_format_count(figure, transactions), "bus transactions"));
    ck_assert(notes(hb_format_count(figure, b.tasks_done - a.tasks_done), "tasks done"));
    hb_app_seek(app, 500000);
    hb_app_execute(app, hb_command_of(HB_COMMAND_MARKER, 1));
    ck_assert(notes("-500,000", "cycles"));
    hb_app_execute(app, hb_command_of(HB_COMMAND_KILL, 1));
    ck_assert(!app->ui.marker[0].set && app->ui.marker[1].set);
    close_it();
}
END_TEST

/* The left edge of this text; -1: it is not drawn. */
static int place_of(const char *text) {
    for (uint32_t i = 0; i < app->list.count; i++)
        if (app->list.item[i].kind == HB_DRAW_TEXT &&
            strcmp(hb_draw_string(&app->list, app->list.item[i].text), text) == 0)
            return app->list.item[i].rect.x;
    return -1;
}

/* A task that moves glides from one CPU to the other and stays there: it never turns back. */
START_TEST(a_task_that_moves_glides_to_its_cpu) {
    open_at("smp4", 500000);
    app->ui.speed = 1000;
    for (int back = 0; back <= 1; back++) {
        int last = back ? 1000000 : 0, first = -1;
        app->view.moves = (struct hb_view_moves){.count = 1};
        app->view.moves.move[0] =
            (struct hb_view_move){.cycle = 1000000, .task = 777, .from = back ? 3 : 0, .to = back ? 0 : 3};
        for (uint64_t cycle = 1000000; cycle < 1004000; cycle += 50) {
            hb_draw_begin(&app->list, app->ui.metrics, app->ui.theme);
            app->view.cycle = cycle;
            hb_scene_queues(&app->list, (struct hb_rect){0, 0, 1200, 600}, &app->view, &app->ui);
            const int x = place_of("777");
            first = first < 0 ? x : first;
            ck_assert_int_ge(x, 0);
            ck_assert_msg(back ? x <= last : x >= last, "%d after %d", x, last);
            last = x;
        }
        ck_assert_int_gt(abs(last - first), 600);
    }
    close_it();
}
END_TEST

/* ---- Locks ----------------------------------------------------------------------------------------------------- */

/* Who holds a lock is what its own word says; who spins for it wants it. */
START_TEST(locks_have_owners_and_waiters) {
    uint32_t held = 0, wanted = 0;
    open_at("contend4", 1000000);
    for (int i = 0; i < 200; i++) {
        hb_app_run_to(app, hb_app_cycle(app) + 997, 0);
        draw(HB_SCENE_LOCKS);
        for (uint32_t j = 0; j < app->view.locks.count; j++) {
            const struct hb_view_lock *lock = &app->view.locks.lock[j];
            held += lock->owner >= 0;
            wanted += lock->waiters != 0;
            ck_assert_uint_ge(lock->taken, lock->contended);
            ck_assert(j == 0 || lock->wait_cycles <= app->view.locks.lock[j - 1].wait_cycles);
        }
    }
    ck_assert_uint_gt(held, 0);
    ck_assert_uint_gt(wanted, 0);
    close_it();
}
END_TEST

/* A CPU that holds a mutex's lock for which others spin is killed. */
static void kill_an_owner(void) {
    bool found = false;
    for (int i = 0; i < 4000 && !found; i++) {
        hb_app_run_to(app, hb_app_cycle(app) + 97, 0);
        draw(HB_SCENE_LOCKS);
        for (uint32_t j = 0; j < app->view.locks.count && !found; j++) {
            const struct hb_view_lock *lock = &app->view.locks.lock[j];
            found = strncmp(lock->name, "mutex", 5) == 0 && lock->owner >= 0 && lock->waiters != 0;
            if (found)
                hb_app_execute(app, hb_command_of(HB_COMMAND_KILL, lock->owner));
        }
    }
    ck_assert(found);
}

/* What nobody will release stands first. */
START_TEST(a_dead_owners_lock_comes_first) {
    open_at("contend4", 1000000);
    hb_app_execute(app, hb_command_of(HB_COMMAND_SWITCH, 2 * HB_SWITCH_DETECT));
    kill_an_owner();
    hb_app_run_to(app, hb_app_cycle(app) + 100000, 0);
    draw(HB_SCENE_LOCKS);
    const struct hb_view_lock *lock = &app->view.locks.lock[0];
    ck_assert(lock->owner >= 0 && app->view.hart[lock->owner].state == HB_VIEW_DEAD && lock->waiters != 0);
    close_it();
}
END_TEST

/* Who frees a dead CPU's lock has it from then on, and is not said to spin for it; the hand-over is shown. */
START_TEST(no_owner_waits_for_its_own_lock) {
    bool passed = false;
    open_at("contend4", 1000000);
    kill_an_owner();
    for (int i = 0; i < 3000 && !passed; i++) {
        hb_app_run_to(app, hb_app_cycle(app) + 23, 0);
        draw(HB_SCENE_LOCKS);
        for (uint32_t j = 0; j < app->view.locks.count; j++) {
            const struct hb_view_lock *lock = &app->view.locks.lock[j];
            ck_assert(lock->owner < 0 || (lock->waiters >> lock->owner & 1) == 0);
            passed = passed || (lock->handed_from >= 0 && app->view.hart[lock->handed_from].state == HB_VIEW_FENCED &&
                                lock->handed_cycle + 23 >= app->view.cycle && lock->handed_to == lock->owner);
        }
    }
    ck_assert(passed);
    close_it();
}
END_TEST

/* ---- Computer -------------------------------------------------------------------------------------------------- */

START_TEST(caches_hold_what_they_hold) {
    open_at("smp4", 1000000);
    draw(HB_SCENE_COMPUTER);
    for (uint32_t h = 0; h < 4; h++) {
        const struct hb_view_cache *cache = &app->view.computer.cache[h];
        ck_assert_uint_eq(cache->modified, hb_bus_dirty_lines(&machine->bus, h, NULL, 0));
        ck_assert(cache->modified <= cache->lines && cache->lines <= cache->capacity && cache->lines > 0);
    }
    close_it();
}
END_TEST

/* Rows of caches that no line links to the bus do not touch it: its colour's box begins below them. */
START_TEST(the_bus_lies_below_the_caches) {
    static const char *const many[] = {"machine.harts=64"};
    int caches_end = 0, bus = INT_MAX;
    open_with("smp4", many, 1, 300000);
    draw(HB_SCENE_COMPUTER);
    hb_app_draw(app, 1280, 720); /* where their rows fill all of the height */
    for (uint32_t i = 0; i < app->list.zone_count; i++) {
        const struct hb_zone *zone = &app->list.zone[i];
        if (strncmp(hb_draw_string(&app->list, zone->tip), "The cache of CPU", 16) == 0)
            caches_end = zone->rect.y + zone->rect.h > caches_end ? zone->rect.y + zone->rect.h : caches_end;
    }
    for (uint32_t i = 0; i < app->list.count; i++) {
        const struct hb_rect *rect = &app->list.item[i].rect;
        if (app->list.item[i].kind == HB_DRAW_ROUND && rect->w > 1000 && rect->y > caches_end - 20 && rect->y < bus)
            bus = rect->y;
    }
    ck_assert_int_gt(caches_end, 0);
    ck_assert_int_ge(bus, caches_end + app->metrics.text_px / 4);
    close_it();
}
END_TEST

/* ---- Server ---------------------------------------------------------------------------------------------------- */

START_TEST(requests_are_counted_as_in_results) {
    struct hb_os_requests expected;
    open_at("claims/latency", 12000000);
    draw(HB_SCENE_SERVER);
    const struct hb_view_server *server = &app->view.server;
    struct hb_os_view *os = malloc(sizeof *os);
    ck_assert_ptr_nonnull(os);
    *os = machine->saved->os;
    hb_os_view_advance(os, machine->saved->cycle);
    ck_assert(hb_os_requests_fill(os, &machine->config.os, 0, &expected));
    ck_assert_uint_eq(server->answered, expected.served);
    ck_assert_uint_gt(server->answered, 50);
    ck_assert_uint_eq(server->longest_cycles, expected.latency.max);
    ck_assert_uint_eq(server->offered, server->answered + server->dropped + server->waiting + server->serving);
    uint32_t in_buckets = 0;
    for (uint32_t i = 0; i < HB_VIEW_BUCKETS; i++)
        in_buckets += server->bucket[i];
    ck_assert_uint_eq(in_buckets, server->answered);
    free(os);
    close_it();
}
END_TEST

static uint32_t buckets_in_use(const struct hb_view_server *server) {
    uint32_t used = 0, answered = 0;
    for (uint32_t i = 0; i < HB_VIEW_BUCKETS; i++) {
        used += server->bucket[i] > 0;
        answered += server->bucket[i];
    }
    ck_assert_uint_eq(answered, server->answered);
    return used;
}

/* One bar says that all took the same; where they did not there are more, however alike they are. */
START_TEST(answers_that_are_alike_are_told_apart) {
    static const char *const even[] = {"os.workload.arrivals=even"};
    const struct hb_view_server *server;
    open_at("claims/latency", 12000000);
    draw(HB_SCENE_SERVER);
    ck_assert_uint_eq(app->view.server.fine_cycles, 0);
    close_it();
    open_with("claims/latency", even, 1, 340000);
    draw(HB_SCENE_SERVER);
    server = &app->view.server;
    ck_assert_uint_gt(server->answered, 0);
    ck_assert_uint_eq(server->shortest_cycles, server->longest_cycles);
    ck_assert_uint_eq(buckets_in_use(server), 1);
    ck_assert(is_drawn("cycles from arrival to answer: 62,622, each time"));
    hb_app_run_to(app, 12000000, 0);
    draw(HB_SCENE_SERVER);
    ck_assert_uint_lt(server->shortest_cycles, server->longest_cycles);
    ck_assert_uint_gt(server->fine_cycles, 0);
    ck_assert_uint_le(server->fine_from_cycles, server->shortest_cycles);
    ck_assert_uint_gt(hb_view_latency_end(server, HB_VIEW_BUCKETS - 1), server->longest_cycles);
    ck_assert_uint_gt(buckets_in_use(server), 3);
    ck_assert(is_drawn("cycles from arrival to answer: half within 58,000, "));
    close_it();
}
END_TEST

/* ---- Machine --------------------------------------------------------------------------------------------------- */

/* The CPU's own instruction is among those shown, and the console goes back with the machine. */
START_TEST(a_core_is_as_it_is) {
    open_at("smp4", 500000);
    for (uint32_t hart = 0; hart < 4; hart++) {
        bool found = false;
        hb_app_execute(app, hb_command_of(HB_COMMAND_SELECT, hart));
        draw(HB_SCENE_MACHINE);
        const struct hb_view_core *core = &app->view.core;
        ck_assert_uint_eq(core->pc, machine->hart[hart].pc);
        ck_assert_uint_eq(core->x[2], machine->hart[hart].x[2]);
        for (uint32_t i = 0; i < core->codes; i++)
            found |= core->code[i].address == core->pc;
        ck_assert(found);
    }
    ck_assert_ptr_nonnull(strstr(app->view.core.console, "4 of 4 harts up"));
    hb_app_seek(app, 1000);
    draw(HB_SCENE_MACHINE);
    ck_assert_str_eq(app->view.core.console, "");
    hb_app_run_to(app, 500000, 0);
    draw(HB_SCENE_MACHINE);
    ck_assert_ptr_nonnull(strstr(app->view.core.console, "4 of 4 harts up"));
    close_it();
}
END_TEST

/* ---- Throughput ------------------------------------------------------------------------------------------------ */

/* The scene shows all that has happened, whatever the speed was, and however fast it was run. */
/* Where no kernel tells of tasks nobody speaks of them. */
START_TEST(a_bare_program_has_no_tasks) {
    static const uint8_t scenes[] = {HB_SCENE_THROUGHPUT, HB_SCENE_ALL};
    open_at("by-hand", 200000);
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
        draw(scenes[i]);
        ck_assert(is_drawn("0.00 instructions in user mode a cycle") && !is_drawn("tasks"));
        for (uint32_t item = 0; item < app->list.count; item++)
            ck_assert(app->list.item[item].kind != HB_DRAW_TEXT ||
                      strstr(hb_draw_string(&app->list, app->list.item[item].text), "0 of 0") == NULL);
    }
    close_it();
}
END_TEST

START_TEST(throughput_is_that_of_the_whole_run) {
    open_at("smp4-kill", 3000000);
    hb_app_set_speed(app, 1e6);
    hb_app_run_to(app, 9000000, 0);
    hb_app_set_speed(app, 1000);
    for (int end = 0; end <= 1; end++) {
        if (end)
            hb_app_run_to(app, UINT64_MAX, 0);
        draw(HB_SCENE_THROUGHPUT);
        const struct hb_view_throughput *chart = &app->view.throughput;
        uint32_t known = 0;
        for (uint32_t i = 0; i < chart->windows; i++)
            known += chart->total[i] > 0;
        ck_assert_uint_le(chart->from_cycle, app->up_cycle + chart->window_cycles);
        ck_assert_uint_ge(chart->from_cycle + (chart->windows + 1) * chart->window_cycles, app->view.cycle);
        ck_assert_uint_ge(known + 1, chart->windows);
    }
    ck_assert(app->view.end.known && app->view.end.completed == app->view.machine.tasks);
    close_it();
}
END_TEST

/* ---- Lines ----------------------------------------------------------------------------------------------------- */

START_TEST(lines_have_their_values) {
    uint32_t others = 0;
    open_at("smp4", 1000000);
    draw(HB_SCENE_LINES);
    ck_assert_uint_gt(app->view.lines.count, 10);
    for (uint32_t i = 0; i < app->view.lines.count; i++) {
        const struct hb_view_line *line = &app->view.lines.line[i];
        uint64_t value;
        ck_assert(hb_bus_debug_read(&machine->bus, line->address, &value, sizeof value));
        ck_assert_uint_eq(line->value, value);
        ck_assert(line->memory_stale || line->memory_value == line->value);
        others += line->memory_value != line->value;
    }
    ck_assert_uint_gt(others, 0);
    close_it();
}
END_TEST

/* What is pinned stands on top, then what the bus carries most; stacks, which nobody else reads, come last. */
START_TEST(the_hottest_lines_come_first) {
    open_at("contend4", 1000000);
    draw(HB_SCENE_LINES);
    uint64_t pinned = app->view.lines.line[9].address;
    hb_app_execute(app, hb_command_of(HB_COMMAND_PIN, (int64_t)pinned));
    hb_app_run_to(app, 1200000, 0);
    draw(HB_SCENE_LINES);
    const struct hb_view_lines *lines = &app->view.lines;
    bool stacks = false;
    ck_assert_uint_eq(lines->line[0].address, pinned);
    ck_assert_uint_gt(lines->line[1].transactions, 50);
    for (uint32_t i = 1; i < lines->count; i++) {
        bool stack = strstr(lines->line[i].symbol, "stack") != NULL;
        ck_assert(stack || !stacks);
        ck_assert(i < 2 || stack != stacks || lines->line[i].transactions <= lines->line[i - 1].transactions);
        stacks = stack;
    }
    close_it();
}
END_TEST

static void check_change(uint32_t i, uint8_t hart, char before, char after) {
    const struct hb_view_change *change = &app->view.lines.turn.change[i];
    const struct hb_protocol *protocol = app->view.machine.protocol;
    ck_assert_uint_eq(change->hart, hart);
    ck_assert_int_eq(protocol->state[change->before].letter, before);
    ck_assert_int_eq(protocol->state[change->after].letter, after);
}

/* An order by button or key is obeyed, and what it does to the line is what the diagram lights. */
START_TEST(orders_are_obeyed) {
    const struct hb_view_turn *turn = &app->view.lines.turn;
    open_at("by-hand", 60000);
    turn = &app->view.lines.turn;
    draw(HB_SCENE_LINES);
    ck_assert_uint_eq(app->view.machine.orders.variables, 4);
    ck_assert(!turn->known);
    hb_app_execute(app, hb_command_of(HB_COMMAND_ORDER, 2 * 2 + 1));
    draw(HB_SCENE_LINES);
    ck_assert_str_eq(app->view.lines.line[0].symbol, "a");
    ck_assert_uint_eq(turn->address, app->view.lines.line[0].address);
    ck_assert_int_eq(app->view.lines.line[0].state[2], 'M');
    ck_assert_int_eq(turn->transaction, HB_TXN_READ_X);
    ck_assert_uint_eq(turn->changes, 1);
    check_change(0, 2, 'I', 'M');
    hb_app_execute(app, hb_command_of(HB_COMMAND_SELECT, 1));
    hb_app_key(app, 'r');
    draw(HB_SCENE_LINES);
    ck_assert_int_eq(turn->transaction, HB_TXN_READ);
    ck_assert_uint_eq(turn->hart, 1);
    ck_assert_uint_eq(turn->changes, 2);
    check_change(0, 2, 'M', 'S');
    check_change(1, 1, 'I', 'S');
    hb_app_key(app, HB_KEY_DOWN);
    hb_app_key(app, 'w');
    draw(HB_SCENE_LINES);
    ck_assert_int_eq(app->view.lines.line[1].state[1], 'M');
    ck_assert_uint_eq(turn->address, app->view.lines.line[1].address);
    close_it();
}
END_TEST

/* Whoever comes to a moment sees what last happened before it, however he came. */
START_TEST(the_last_turn_is_known_wherever_one_comes) {
    open_at("by-hand", 360000);
    draw(HB_SCENE_LINES);
    struct hb_view_turn turn = app->view.lines.turn;
    ck_assert(turn.known && turn.hart == 1 && turn.transaction == HB_TXN_UPGRADE);
    hb_app_run_to(app, 660000, 0);
    draw(HB_SCENE_LINES);
    ck_assert_uint_eq(app->view.lines.turn.hart, 3);
    hb_app_seek(app, 360000);
    draw(HB_SCENE_LINES);
    ck_assert_uint_eq(app->view.cycle, 360000);
    ck_assert_uint_eq(app->view.lines.turn.cycle, turn.cycle);
    close_it();
}
END_TEST

/* The word that tasks raise is in memory that no linker has seen. */
START_TEST(the_word_of_a_lost_update_has_a_name) {
    open_at("two-counters", 100000);
    draw(HB_SCENE_LINES);
    const struct hb_view_line *line = &app->view.lines.line[0];
    ck_assert_str_eq(line->symbol, "shared_word");
    ck_assert(line->pinned && line->number && line->value > 100 && line->value < 800);
    char value[24];
    snprintf(value, sizeof value, "%llu", (unsigned long long)line->value); /* as the results say it */
    ck_assert(says(value));
    close_it();
}
END_TEST

/* Under a protocol with a mistake a CPU reads what another has long written over: that is to be seen. */
START_TEST(a_copy_that_is_behind_is_shown) {
    static const char *const set[] = {"machine.bus.mutation=exclusive-kept"};
    open_with("by-hand", set, 1, 250000);
    draw(HB_SCENE_LINES);
    ck_assert_int_eq(app->view.lines.line[0].behind, -1);
    hb_app_seek(app, 550000);
    draw(HB_SCENE_LINES);
    const struct hb_view_line *line = &app->view.lines.line[0];
    ck_assert(line->value == 4 && line->behind == 2 && line->behind_value == 0);
    ck_assert(says("4, CPU 2: 0"));
    ck_assert(says("by its state nobody else has a copy")); /* though CPU 2 has one */
    close_it();
}
END_TEST

/* What a lesson asks of the whole run stands beside what is so at the moment. */
START_TEST(the_bus_tells_of_the_whole_run) {
    char share[HB_FORMAT_BYTES];
    open_at("contend-short", 100000);
    hb_app_run_to(app, UINT64_MAX, 0);
    draw(HB_SCENE_BUS);
    const double whole = (double)machine->saved->bus.busy_cycles / (double)machine->saved->cycle;
    ck_assert(fabs((double)app->view.bus.whole - whole) < 0.001);
    hb_format_percent(share, whole);
    char said[80];
    snprintf(said, sizeof said, "of the whole run so far %s", share);
    ck_assert_msg(says(said), "%s", said);
    close_it();
}
END_TEST

/* ---- Race and speed-up ----------------------------------------------------------------------------------------- */

static struct hb_race *race;

static void race_variants(const char *name) {
    char path[512];
    struct hb_error error;
    snprintf(path, sizeof path, "%s/configs/%s.json", HB_SOURCE_DIR, name);
    ck_assert_msg(hb_experiment_load(path, NULL, 0, &experiment, &error), "%s", error.text);
    race = calloc(1, sizeof *race);
    ck_assert_ptr_nonnull(race);
    for (uint32_t i = 0; i < experiment.variants; i++)
        hb_race_add(race, i, experiment.variant[i].name, &experiment.variant[i].config);
    ck_assert_msg(hb_race_begin(race, &error), "%s", error.text);
    hb_race_take(race, true);
    ck_assert(race->over);
}

static void close_race(void) {
    hb_race_end(race);
    free(race);
    hb_experiment_free(&experiment);
}

/* Every lane is at every point where its run is, and ends with its result. */
static void check_lane(const struct hb_race_lane *lane) {
    struct hb_error error;
    session = hb_session_open(lane->config, &error);
    if (session == NULL) {
        printf("%s\n", error.text);
        exit(77);
    }
    struct hb_machine *own = hb_session_machine(session);
    for (uint32_t i = 0; i < lane->points; i += 7) {
        uint64_t cycle = (i + 1) * lane->every_cycles;
        hb_machine_run(own, cycle);
        ck_assert_uint_eq(hb_race_at(lane, cycle).done, own->saved->os.tasks_done);
    }
    hb_machine_run(own, UINT64_MAX);
    struct hb_run_result *result = hb_result_gather(own);
    ck_assert_int_eq(lane->now.end, HB_RACE_FINISHED);
    ck_assert_uint_eq(lane->now.done, result->os.tasks_completed);
    ck_assert_uint_eq(lane->now.done, lane->total);
    ck_assert_uint_eq(lane->now.finish_cycle, result->os.last_completion_cycle);
    hb_result_free(result);
    hb_session_close(session);
}

START_TEST(a_race_is_that_of_the_runs) {
    race_variants("claims/convoy");
    ck_assert_uint_eq(race->lanes, 5);
    for (uint32_t i = 0; i < race->lanes; i++)
        check_lane(&race->lane[i]);
    close_race();
}
END_TEST

/* As a page of a lesson asks, nobody has come in, nor is a point of the speed-up to be seen; places come with the
 * answer. */
/* What is not worked out yet is told with the cycle to which it is. */
START_TEST(a_race_says_how_far_it_is_worked_out) {
    static struct hb_race half = {.lanes = 2, .begun = true};
    for (uint32_t i = 0; i < half.lanes; i++)
        half.lane[i] = (struct hb_race_lane){
            .name = "slow", .harts = 4, .total = 32, .every_cycles = 1000, .now = {.cycle = 1000 + i, .done = 2}};
    open_at("smp4", 500000);
    app->ui.race = &half;
    draw(HB_SCENE_RACE);
    ck_assert(is_drawn("2 of 32 tasks by cycle 1,000"));
    ck_assert(is_drawn("2 of 2 are still worked out up to cycle 500,000"));
    close_it();
}
END_TEST

START_TEST(a_race_does_not_give_the_answer_away) {
    static struct hb_deck_page page = {.ask = "Who is first?", .hart = -1};
    static const struct hb_deck deck = {.title = "Race", .pages = 1, .page = &page};
    race_variants("claims/convoy");
    struct hb_view *view = calloc(1, sizeof *view);
    struct hb_ui_state ui = {.race = race, .deck = &deck};
    ck_assert_ptr_nonnull(view);
    view->status = HB_VIEW_FINISHED;
    view->cycle = 1000;
    for (uint32_t i = 0; i < race->lanes; i++)
        ck_assert_uint_eq(hb_race_rank(race, i, hb_race_clock(view, &ui)), 0);
    ui.revealed = true;
    uint32_t ranks = 0;
    for (uint32_t i = 0; i < race->lanes; i++)
        ranks |= 1u << hb_race_rank(race, i, hb_race_clock(view, &ui));
    ck_assert_uint_eq(ranks, 0x3e); /* 1 to 5, each once */
    free(view);
    close_race();
}
END_TEST

START_TEST(series_are_named_without_their_cpus) {
    static const struct {
        const char *name;
        uint32_t harts;
        const char *series;
    } names[] = {{"eight", 8, ""},        {"fresh-eight", 8, "fresh"}, {"tas-16", 16, "tas"},
                 {"one-05", 1, "05"},     {"thirty-two-rr", 32, "rr"}, {"smp-four", 8, "smp-four"},
                 {"killed", 4, "killed"}, {"one-one", 1, ""}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct hb_race_lane lane = {.name = names[i].name, .harts = names[i].harts};
        char text[40];
        hb_race_series(&lane, text, sizeof text);
        ck_assert_str_eq(text, names[i].series);
    }
}
END_TEST

/* ---- All of them ----------------------------------------------------------------------------------------------- */

/* What a lesson may name is there, and nothing else: the lists are kept apart, for sim sees no dashboard. */
START_TEST(a_lesson_can_open_every_scene) {
    int n = 0;
    for (; hb_lesson_scenes[n] != NULL; n++)
        ck_assert_msg(hb_scene_named(hb_lesson_scenes[n]) < HB_SCENES, "%s", hb_lesson_scenes[n]);
    ck_assert_int_eq(n, HB_SCENES);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("scenes");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, the_ruler_is_that_of_the_recovery);
    tcase_add_test(tests, the_sum_says_what_it_sums);
    tcase_add_test(tests, lost_lines_have_names);
    tcase_add_test(tests, switches_reach_the_kernel);
    tcase_add_test(tests, the_story_knows_the_switches);
    tcase_add_test(tests, the_master_is_the_elected_one);
    tcase_add_test(tests, every_ready_task_waits_somewhere);
    tcase_add_test(tests, messages_are_moves);
    tcase_add_test(tests, lanes_of_locks_have_their_owners);
    tcase_add_test(tests, every_task_that_ran_has_a_lane);
    tcase_add_test(tests, markers_measure_what_lies_between);
    tcase_add_test(tests, a_task_that_moves_glides_to_its_cpu);
    tcase_add_test(tests, locks_have_owners_and_waiters);
    tcase_add_test(tests, no_owner_waits_for_its_own_lock);
    tcase_add_test(tests, a_dead_owners_lock_comes_first);
    tcase_add_test(tests, caches_hold_what_they_hold);
    tcase_add_test(tests, the_bus_lies_below_the_caches);
    tcase_add_test(tests, requests_are_counted_as_in_results);
    tcase_add_test(tests, answers_that_are_alike_are_told_apart);
    tcase_add_test(tests, a_core_is_as_it_is);
    tcase_add_test(tests, a_bare_program_has_no_tasks);
    tcase_add_test(tests, throughput_is_that_of_the_whole_run);
    tcase_add_test(tests, lines_have_their_values);
    tcase_add_test(tests, the_hottest_lines_come_first);
    tcase_add_test(tests, orders_are_obeyed);
    tcase_add_test(tests, the_last_turn_is_known_wherever_one_comes);
    tcase_add_test(tests, the_word_of_a_lost_update_has_a_name);
    tcase_add_test(tests, a_copy_that_is_behind_is_shown);
    tcase_add_test(tests, the_bus_tells_of_the_whole_run);
    tcase_add_test(tests, a_race_is_that_of_the_runs);
    tcase_add_test(tests, a_race_says_how_far_it_is_worked_out);
    tcase_add_test(tests, a_race_does_not_give_the_answer_away);
    tcase_add_test(tests, series_are_named_without_their_cpus);
    tcase_add_test(tests, a_lesson_can_open_every_scene);
    Suite *suite = suite_create("scenes");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
