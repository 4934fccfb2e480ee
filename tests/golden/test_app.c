/* What the dashboard does, over the synthetic machine: the first two minutes, going back, playing again, keys and
 * mouse. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/golden/scenes.h"
#include "tests/golden/synthetic.h"
#include "ui/dashboard/model/sentence.h"
#include "ui/dashboard/panels/widgets.h"

#define HARTS 4
#define TASKS 3000
#define FRAME (1.0 / 60)

static struct hb_app *app;
static struct hb_session *session;

static void open_on(uint32_t harts, uint32_t tasks) {
    struct hb_metrics metrics;
    hb_metrics_fixed(&metrics, 18);
    session = hb_synthetic_new(harts, tasks, 7);
    app = calloc(1, sizeof *app);
    ck_assert(session != NULL && app != NULL);
    ck_assert(hb_app_open(app, session, &metrics));
    hb_app_draw(app, 1600, 900);
}

static void setup(void) {
    open_on(HARTS, TASKS);
}

static void teardown(void) {
    hb_app_close(app);
    hb_synthetic_free(session);
    free(app);
}

static uint64_t hash(void) {
    return session->ops->hash(session->self);
}

static void play(double seconds) {
    hb_scene_play(app, seconds);
}

static void run(enum hb_command_kind kind, int64_t argument) {
    hb_app_execute(app, hb_command_of(kind, argument));
    hb_app_draw(app, 1600, 900);
}

static bool offers(enum hb_command_kind kind, int64_t argument) {
    for (uint32_t i = 0; i < app->list.zone_count; i++)
        if (app->list.zone[i].command.kind == kind && app->list.zone[i].command.argument == argument)
            return true;
    return false;
}

/* The zone of this command, as a click would find it. */
static struct hb_zone find(enum hb_command_kind kind, int64_t argument) {
    hb_app_draw(app, 1600, 900);
    for (uint32_t i = 0; i < app->list.zone_count; i++) {
        const struct hb_zone *zone = &app->list.zone[i];
        if (zone->command.kind == kind && zone->command.argument == argument)
            return *zone;
    }
    ck_abort_msg("no zone for command %d %d", (int)kind, (int)argument);
    return (struct hb_zone){.enabled = false};
}

static void click(enum hb_command_kind kind, int64_t argument) {
    struct hb_rect rect = find(kind, argument).rect;
    hb_app_mouse_down(app, HB_MOUSE_LEFT, rect.x + rect.w / 2, rect.y + rect.h / 2);
    hb_app_mouse_up(app);
    hb_app_draw(app, 1600, 900);
}

/* Plays until the story has reached its end, at most `limit` seconds; gives how long that took. */
static double play_until(enum hb_story_kind kind, double limit) {
    double seconds = 0;
    while (app->view.story.kind != kind && seconds < limit) {
        play(FRAME);
        seconds += FRAME;
    }
    ck_assert_msg(app->view.story.kind == kind, "story %d after %.1f s", app->view.story.kind, seconds);
    return seconds;
}

static bool told(const char *words) {
    for (uint32_t i = 0; i < app->view.events; i++)
        if (strstr(app->view.event[i].sentence, words) != NULL)
            return true;
    return false;
}

START_TEST(opens_at_work_with_one_prompt) {
    ck_assert(app->ui.playing);
    ck_assert_uint_ge(app->view.throughput.tasks_done, 20);
    ck_assert_str_eq(app->view.story.sentence, "Click a CPU to kill it");
    uint32_t before = app->view.throughput.tasks_done;
    play(10);
    ck_assert_uint_ge(app->view.throughput.tasks_done - before,
                      8); /* about two a second: the speed is a round figure */
    ck_assert_uint_le(app->view.throughput.tasks_done - before, 30);
}
END_TEST

START_TEST(kill_by_click_is_told_in_six_seconds) {
    play(3);
    uint64_t at = hb_app_cycle(app);
    click(HB_COMMAND_KILL, 2);
    ck_assert_int_eq(app->view.hart[2].state, HB_VIEW_DEAD);
    ck_assert_uint_eq(app->view.story.cycle[HB_STAGE_KILLED], at);
    double seconds = play_until(HB_STORY_SETTLED, 12);
    ck_assert_msg(seconds > 4.5 && seconds < 7.5, "the story took %.1f s", seconds);
    ck_assert_int_eq(app->view.story.stage, HB_STAGE_WORKING);
    ck_assert_int_eq(app->view.hart[2].state, HB_VIEW_FENCED);
    ck_assert(told("suspects CPU 2: no heartbeat for"));
    ck_assert(told("has fenced CPU 2 off"));
    ck_assert(told("is recovered"));
    ck_assert(told("useful work again"));
}
END_TEST

START_TEST(every_stage_has_its_time_and_sentence) {
    char seen[HB_STAGES][200] = {""};
    double seconds[HB_STAGES] = {0};
    click(HB_COMMAND_KILL, 1);
    for (int frame = 0; frame < 12 * 60 && app->view.story.kind == HB_STORY_ACTING; frame++) {
        memcpy(seen[app->view.story.stage], app->view.story.sentence, sizeof seen[0]);
        seconds[app->view.story.stage] += FRAME;
        play(FRAME);
    }
    for (int stage = HB_STAGE_KILLED; stage < HB_STAGE_WORKING; stage++) {
        ck_assert_msg(seen[stage][0] != '\0', "stage %d has no sentence", stage);
        ck_assert_msg(seconds[stage] > 0.8, "stage %d lasted %.2f s", stage, seconds[stage]);
    }
    ck_assert_str_ne(seen[HB_STAGE_KILLED], seen[HB_STAGE_SUSPECTED]);
}
END_TEST

START_TEST(throughput_settles_beside_the_line) {
    play(6);
    click(HB_COMMAND_KILL, 2);
    play(30);
    const struct hb_view_throughput *throughput = &app->view.throughput;
    ck_assert_uint_eq(throughput->workers, 3);
    ck_assert_uint_eq(throughput->workers_before, 4);
    double last = 0;
    for (uint32_t i = throughput->windows - 8; i < throughput->windows; i++)
        last += (double)throughput->total[i] / 8;
    double share = last / (double)throughput->before;
    ck_assert_msg(fabs(share - 0.75) < 0.06, "%.3f of before", share);
}
END_TEST

START_TEST(back_is_the_machine_before_the_fault) {
    play(2);
    uint64_t cycle = hb_app_cycle(app), state = hash();
    click(HB_COMMAND_KILL, 3);
    play_until(HB_STORY_SETTLED, 12);
    click(HB_COMMAND_BACK, 0);
    ck_assert_uint_eq(hb_app_cycle(app), cycle);
    ck_assert(hash() == state);
    ck_assert(app->ui.playing);
    ck_assert_int_eq(app->view.story.kind, HB_STORY_NONE);
    ck_assert(!told("dies"));
    play(10);
    ck_assert_msg(!told("dies"), "the fault was to be undone");
    ck_assert_int_ne(app->view.hart[3].state, HB_VIEW_DEAD);
}
END_TEST

START_TEST(back_undoes_one_kill_after_the_other) {
    uint64_t state[2], cycle[2];
    for (int kill = 0; kill < 2; kill++) {
        play(2);
        cycle[kill] = hb_app_cycle(app);
        state[kill] = hash();
        click(HB_COMMAND_KILL, 1 + kill);
        play_until(HB_STORY_SETTLED, 12);
    }
    for (int kill = 1; kill >= 0; kill--) {
        run(HB_COMMAND_BACK, 0);
        ck_assert_uint_eq(hb_app_cycle(app), cycle[kill]);
        ck_assert(hash() == state[kill]);
    }
    play(10);
    for (int hart = 0; hart < HARTS; hart++)
        ck_assert_int_lt(app->view.hart[hart].state, HB_VIEW_STOPPED);
}
END_TEST

/* What was left by going back stays in the chart, further than the present reaches. */
START_TEST(the_future_that_was_left_is_a_ghost) {
    play(3);
    ck_assert_uint_eq(app->view.throughput.ghosts, 0);
    click(HB_COMMAND_KILL, 2);
    play_until(HB_STORY_SETTLED, 12);
    play(6);
    double was = (double)app->view.throughput.total[app->view.throughput.windows - 1];
    uint64_t end = app->view.throughput.from_cycle + app->view.throughput.windows * app->view.throughput.window_cycles;
    click(HB_COMMAND_AGAIN_OFF, 0);
    const struct hb_view_throughput *now = &app->view.throughput;
    ck_assert_uint_gt(now->ghosts, now->windows);
    ck_assert_uint_eq(now->from_cycle + now->ghosts * now->window_cycles, end);
    ck_assert(fabs((double)now->ghost[now->ghosts - 1] - was) < 1e-6);
}
END_TEST

START_TEST(again_with_recovery_off_nobody_notices) {
    click(HB_COMMAND_KILL, 2);
    uint64_t cycle = app->view.story.cycle[HB_STAGE_KILLED];
    play_until(HB_STORY_SETTLED, 12);
    click(HB_COMMAND_AGAIN_OFF, 0);
    ck_assert_uint_eq(app->view.story.cycle[HB_STAGE_KILLED], cycle);
    play_until(HB_STORY_UNNOTICED, 30);
    ck_assert(app->view.story.recovery_off);
    ck_assert(!told("suspects"));
    ck_assert_int_eq(app->view.hart[2].state, HB_VIEW_DEAD);
    click(HB_COMMAND_BACK, 0); /* and with recovery as it was */
    click(HB_COMMAND_KILL, 2);
    play_until(HB_STORY_SETTLED, 12);
    ck_assert(told("suspects CPU 2"));
}
END_TEST

START_TEST(again_with_the_cache_lost) {
    click(HB_COMMAND_KILL, 2);
    play_until(HB_STORY_SETTLED, 12);
    click(HB_COMMAND_AGAIN_LOST, 0);
    ck_assert(app->view.story.cache_lost);
    ck_assert(told("takes its cache with it: 14 modified lines lost"));
}
END_TEST

START_TEST(stepping_back_over_a_kill_keeps_it) {
    play(1);
    click(HB_COMMAND_KILL, 1);
    uint64_t killed = app->view.story.cycle[HB_STAGE_KILLED];
    play(1);
    run(HB_COMMAND_PAUSE, 0);
    uint64_t cycle = hb_app_cycle(app), state = hash();
    hb_app_seek(app, killed - 10);
    ck_assert_uint_eq(hb_app_cycle(app), killed - 10);
    ck_assert_int_eq(app->past.story.shown.kind, HB_STORY_NONE);
    hb_app_run_to(app, cycle, 0);
    ck_assert_msg(hash() == state, "the past was not played as it was");
    ck_assert_uint_eq(app->past.story.shown.cycle[HB_STAGE_KILLED], killed);
}
END_TEST

START_TEST(steps_are_single_and_reversible) {
    run(HB_COMMAND_PAUSE, 0);
    uint64_t cycle = hb_app_cycle(app);
    run(HB_COMMAND_STEP_CYCLE, 0);
    ck_assert_uint_eq(hb_app_cycle(app), cycle + 1);
    uint64_t state = hash();
    run(HB_COMMAND_STEP_CYCLE, 0);
    run(HB_COMMAND_STEP_BACK, 0);
    ck_assert_uint_eq(hb_app_cycle(app), cycle + 1);
    ck_assert(hash() == state);
    struct hb_counters before, after;
    session->ops->counters(session->self, &before);
    run(HB_COMMAND_STEP_INSTRUCTION, 1);
    session->ops->counters(session->self, &after);
    ck_assert_uint_eq(after.hart[1].instructions, before.hart[1].instructions + 1);
    ck_assert(!app->ui.playing);
}
END_TEST

static uint64_t transactions(void) {
    struct hb_counters counters;
    uint64_t sum = 0;
    session->ops->counters(session->self, &counters);
    for (int i = 0; i < HB_VIEW_TYPES; i++)
        sum += counters.type[i];
    return sum;
}

/* Of one cycle a share would be all or nothing. */
static void steps_keep_shares(int steps) {
    const float bus = app->view.bus.utilisation;
    float busy[HARTS];
    for (int h = 0; h < HARTS; h++)
        busy[h] = app->view.hart[h].recent_busy;
    for (int i = 0; i < steps; i++) {
        run(HB_COMMAND_STEP_CYCLE, 0);
        for (int h = 0; h < HARTS; h++)
            ck_assert_msg(fabsf(app->view.hart[h].recent_busy - busy[h]) < 0.1f, "step %d: CPU %d busy %.2f after %.2f",
                          i, h, (double)app->view.hart[h].recent_busy, (double)busy[h]);
        ck_assert_msg(fabsf(app->view.bus.utilisation - bus) < 0.1f, "step %d: bus %.2f after %.2f", i,
                      (double)app->view.bus.utilisation, (double)bus);
    }
}

START_TEST(a_step_leaves_shares_of_time_as_they_were) {
    play(3);
    run(HB_COMMAND_PAUSE, 0);
    ck_assert(app->view.bus.utilisation > 0.1f);
    steps_keep_shares(12);
    run(HB_COMMAND_STEP_BACK, 0);
    steps_keep_shares(2);
}
END_TEST

START_TEST(a_death_shows_at_once_while_it_stands_still) {
    play(3);
    const uint64_t keyframe = app->frames.frame[app->frames.count / 2].cycle; /* where recent time begins anew */
    run(HB_COMMAND_PAUSE, 0);
    run(HB_COMMAND_GO, (int64_t)keyframe);
    run(HB_COMMAND_KILL, 2);
    run(HB_COMMAND_STEP_CYCLE, 0);
    ck_assert_uint_eq(app->view.hart[2].recent_state, HB_VIEW_DEAD);
    run(HB_COMMAND_GO, (int64_t)keyframe);
    ck_assert_uint_lt(app->view.hart[2].recent_state, HB_VIEW_STOPPED);
}
END_TEST

START_TEST(a_step_back_undoes_a_step_of_its_kind) {
    static const int keys[][2] = {{'.', ','}, {'i', 'I'}, {'x', 'X'}, {'e', 'E'}};
    run(HB_COMMAND_PAUSE, 0);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        uint64_t cycle[4], state[4];
        hb_app_key(app, keys[i][0]);
        for (int step = 0; step < 4; step++) {
            cycle[step] = hb_app_cycle(app);
            state[step] = hash();
            hb_app_key(app, keys[i][0]);
            ck_assert_uint_gt(hb_app_cycle(app), cycle[step]);
        }
        for (int step = 3; step >= 0; step--) {
            hb_app_key(app, keys[i][1]);
            ck_assert_msg(hb_app_cycle(app) == cycle[step] && hash() == state[step],
                          "key %c: cycle %llu in place of %llu", keys[i][1], (unsigned long long)hb_app_cycle(app),
                          (unsigned long long)cycle[step]);
        }
    }
    uint64_t before = transactions();
    hb_app_key(app, 'x');
    ck_assert_uint_eq(transactions(), before + 1);
    hb_app_seek(app, 0);
    hb_app_key(app, 'E'); /* nothing lies before the reset */
    ck_assert_uint_eq(hb_app_cycle(app), 0);
}
END_TEST

START_TEST(a_jump_ahead_of_what_was_seen_runs_on_in_frames) {
    uint64_t goal = hb_app_cycle(app) + 100000;
    run(HB_COMMAND_GO, (int64_t)goal);
    ck_assert(app->goal_cycle == goal && !app->ui.playing);
    for (int frame = 0; frame < 1000 && app->goal_cycle != 0; frame++)
        hb_app_advance(app, FRAME, 0.001);
    ck_assert_uint_eq(hb_app_cycle(app), goal);
    uint64_t state = hash();
    run(HB_COMMAND_GO, 1000);
    ck_assert_uint_eq(hb_app_cycle(app), 1000);
    run(HB_COMMAND_GO, (int64_t)goal);
    ck_assert_uint_eq(hb_app_cycle(app), goal);
    ck_assert(hash() == state);
}
END_TEST

/* What is done in the past begins another future: what lay ahead is not shown as if it were to come. */
START_TEST(a_kill_in_the_past_begins_another_future) {
    uint64_t past = hb_app_cycle(app);
    play(2);
    click(HB_COMMAND_KILL, 1);
    uint64_t end = past + 3 * HB_KEYFRAMES_INTERVAL; /* keyframes lie on the way */
    hb_app_run_to(app, end, 0);
    uint64_t state = hash();
    run(HB_COMMAND_GO, (int64_t)past);
    run(HB_COMMAND_KILL, 3);
    ck_assert_uint_eq(app->furthest_cycle, past + 1);
    hb_app_run_to(app, end, 0);
    ck_assert(hash() != state);
    state = hash();
    hb_app_seek(app, past);
    hb_app_seek(app, end);
    ck_assert_msg(hash() == state, "a keyframe of the future that will not come is still there");
    hb_app_draw(app, 1600, 900);
    ck_assert_int_lt(app->view.hart[1].state, HB_VIEW_STOPPED);
    ck_assert_int_ge(app->view.hart[3].state, HB_VIEW_STOPPED);
    run(HB_COMMAND_BACK, 0);
    ck_assert_uint_eq(hb_app_cycle(app), past);
    ck_assert(!hb_app_pop_fault(app)); /* the kill that will not come is not gone back to */
}
END_TEST

/* The zone of this kind of probe. */
static struct hb_zone probe(enum hb_probe kind) {
    hb_app_draw(app, 1600, 900);
    for (uint32_t i = 0; i < app->list.zone_count; i++)
        if (app->list.zone[i].probe == kind)
            return app->list.zone[i];
    ck_abort_msg("no zone with probe %d", (int)kind);
    return (struct hb_zone){.enabled = false};
}

static void press(const struct hb_zone *zone, int x) {
    hb_app_mouse_down(app, HB_MOUSE_LEFT, x, zone->rect.y + zone->rect.h / 2);
}

START_TEST(the_strip_goes_to_places_of_the_run) {
    play(1);
    click(HB_COMMAND_KILL, 1);
    uint64_t killed = app->view.story.cycle[HB_STAGE_KILLED];
    play(2);
    hb_app_key(app, 'p');
    uint64_t marked = hb_app_cycle(app), state = hash();
    hb_app_run_to(app, 2 * marked, 0);
    struct hb_zone strip = probe(HB_PROBE_TIME);
    press(&strip, strip.rect.x + (int)((uint64_t)strip.rect.w * marked / strip.cycles)); /* a bookmark catches */
    hb_app_mouse_up(app);
    ck_assert(hb_app_cycle(app) == marked && hash() == state && !app->ui.playing);
    hb_app_key(app, 'N');
    ck_assert_uint_eq(hb_app_cycle(app), killed);
    hb_app_key(app, 'n');
    ck_assert_uint_eq(hb_app_cycle(app), marked);
    press(&strip, strip.rect.x + strip.rect.w / 5);
    uint64_t there = hb_app_cycle(app);
    ck_assert_uint_lt(there, killed);
    hb_app_mouse_move(app, strip.rect.x + strip.rect.w / 4, strip.rect.y);
    ck_assert_uint_gt(hb_app_cycle(app), there); /* it follows the mouse */
    hb_app_mouse_up(app);
    hb_app_key(app, 'n');
    ck_assert_uint_eq(hb_app_cycle(app), killed);
    run(HB_COMMAND_KILL, 3); /* in this future CPU 1 does not die */
    ck_assert_uint_eq(app->faults.count, 1);
    hb_app_seek(app, marked);
    hb_app_key(app, 'p');
    ck_assert_uint_eq(app->bookmarks.count, 0);
}
END_TEST

START_TEST(a_click_on_a_lane_or_an_event_goes_there) {
    play(1);
    click(HB_COMMAND_KILL, 1);
    uint64_t killed = app->view.story.cycle[HB_STAGE_KILLED];
    play(8);
    struct hb_zone lane = probe(HB_PROBE_TIMELINE);
    press(&lane, lane.rect.x + lane.rect.w / 2);
    ck_assert_uint_eq(hb_app_cycle(app), hb_zone_cycle(&lane, lane.rect.x + lane.rect.w / 2));
    struct hb_zone chart = probe(HB_PROBE_THROUGHPUT);
    press(&chart, chart.rect.x + 10);
    ck_assert_uint_eq(hb_app_cycle(app), hb_zone_cycle(&chart, chart.rect.x + 10));
    hb_app_seek(app, killed + 20);
    hb_app_draw(app, 1600, 900);
    ck_assert(told("dies"));
    click(HB_COMMAND_GO, (int64_t)killed + 1);
    ck_assert_uint_eq(hb_app_cycle(app), killed + 1);
}
END_TEST

START_TEST(home_goes_to_where_it_opened) {
    uint64_t cycle = hb_app_cycle(app), state = hash();
    play(5);
    hb_app_key(app, HB_KEY_HOME);
    ck_assert_uint_eq(hb_app_cycle(app), cycle);
    ck_assert(hash() == state);
    ck_assert(app->ui.playing);
    hb_app_key(app, HB_KEY_HOME); /* again: to the reset */
    ck_assert_uint_eq(hb_app_cycle(app), 0);
    hb_app_seek(app, cycle);
    ck_assert(hash() == state);
}
END_TEST

/* What comes before the cycle at which it opens can be seen as well. */
START_TEST(boot_can_be_gone_back_to) {
    uint64_t cycle = hb_app_cycle(app) / 2;
    ck_assert_uint_gt(cycle, 1000);
    hb_app_seek(app, cycle);
    ck_assert_uint_eq(hb_app_cycle(app), cycle);
}
END_TEST

START_TEST(a_log_replays_to_the_same_machine) {
    char *log = NULL;
    size_t bytes = 0;
    struct hb_output out = {.file = open_memstream(&log, &bytes)};
    app->log = &out;
    play(1);
    run(HB_COMMAND_KILL, 2);
    play(2);
    run(HB_COMMAND_BACK, 0);
    run(HB_COMMAND_SPEED, 0);
    play(0.5);
    run(HB_COMMAND_KILL_LOST, 1);
    run(HB_COMMAND_PAUSE, 0);
    ck_assert_int_eq(fclose(out.file), 0);
    app->log = NULL;
    uint64_t cycle = hb_app_cycle(app), state = hash();
    teardown();
    setup();
    for (char *line = strtok(log, "\n"); line != NULL; line = strtok(NULL, "\n"))
        ck_assert_msg(hb_app_replay_line(app, line), "\"%s\"", line);
    ck_assert_uint_eq(hb_app_cycle(app), cycle);
    ck_assert(hash() == state);
    ck_assert(!hb_app_replay_line(app, "kill 2"));
    ck_assert(!hb_app_replay_line(app, "@12 explode 2"));
    free(log);
}
END_TEST

START_TEST(a_fault_of_the_experiments_own_is_told_and_undone) {
    uint64_t fault = hb_app_cycle(app) + 40000;
    hb_synthetic_fault_at(session, 1, fault);
    for (int frame = 0; frame < 40 * 60 && app->view.story.kind != HB_STORY_SETTLED; frame++)
        play(FRAME);
    ck_assert_int_eq(app->view.story.kind, HB_STORY_SETTLED);
    ck_assert_uint_eq(app->view.story.cycle[HB_STAGE_KILLED], fault);
    click(HB_COMMAND_BACK, 0);
    ck_assert_uint_lt(hb_app_cycle(app), fault);
    play_until(HB_STORY_SETTLED, 60); /* it comes again by itself */
    click(HB_COMMAND_AGAIN_OFF, 0);
    play_until(HB_STORY_UNNOTICED, 60);
}
END_TEST

START_TEST(the_dead_cannot_be_killed_again) {
    click(HB_COMMAND_KILL, 2);
    play(1);
    uint64_t killed = app->view.story.cycle[HB_STAGE_KILLED];
    struct hb_zone zone = find(HB_COMMAND_KILL, 2);
    ck_assert(!zone.enabled);
    click(HB_COMMAND_KILL, 2);
    ck_assert_uint_eq(app->view.story.cycle[HB_STAGE_KILLED], killed);
    ck_assert(strstr(app->ui.notice, "cannot be killed again") != NULL);
    run(HB_COMMAND_KILL, 2);
    run(HB_COMMAND_KILL, 77);
    run(HB_COMMAND_KILL, -1);
    ck_assert_uint_eq(app->view.story.cycle[HB_STAGE_KILLED], killed);
}
END_TEST

/* The tooltip that is shown; empty: none is. */
static struct hb_rect tip_shown(void) {
    for (uint32_t i = 0; i < app->list.count; i++)
        if (app->list.item[i].kind == HB_DRAW_ROUND && app->list.item[i].colour == app->ui.theme->tip)
            return app->list.item[i].rect;
    return (struct hb_rect){0, 0, 0, 0};
}

static void rests_clear_of_neighbours(uint32_t hart, int x, int y) {
    hb_app_mouse_move(app, x, y);
    play(0.5);
    const struct hb_rect tip = tip_shown();
    ck_assert(!hb_rect_empty(tip));
    for (uint32_t other = 0; other < HARTS; other++) {
        const struct hb_rect card = find(HB_COMMAND_KILL, other).rect;
        bool apart =
            tip.x + tip.w <= card.x || card.x + card.w <= tip.x || tip.y + tip.h <= card.y || card.y + card.h <= tip.y;
        ck_assert_msg(other == hart || apart, "the tooltip of CPU %u at %d,%d covers CPU %u", hart, x, y, other);
    }
}

/* A click takes the tooltip away until the mouse moves; it then stays on the card that it is about. */
START_TEST(the_tooltip_of_one_cpu_leaves_the_others_visible) {
    play(1);
    for (uint32_t hart = 0; hart < HARTS; hart++) {
        const struct hb_rect card = find(HB_COMMAND_KILL, hart).rect;
        const int x = card.x + card.w / 2, y = card.y + card.h / 2;
        rests_clear_of_neighbours(hart, x, y);
        hb_app_mouse_down(app, HB_MOUSE_LEFT, x, y);
        hb_app_mouse_up(app);
        play(0.5);
        ck_assert(app->view.hart[hart].state >= HB_VIEW_FENCED);
        ck_assert(hb_rect_empty(tip_shown()));
        rests_clear_of_neighbours(hart, card.x + card.w - 3, card.y + card.h - 3);
        rests_clear_of_neighbours(hart, card.x + 3, card.y + 3);
    }
}
END_TEST

/* As the dashboard opens an experiment with variants. */
START_TEST(variants_are_offered) {
    static const char *const names[] = {"one", "two", "four"};
    static const int sizes[][2] = {{1600, 900}, {1280, 720}, {1024, 768}, {800, 600}};
    app->ui.variants = 3;
    app->ui.variant_name = names;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        hb_app_draw(app, sizes[i][0], sizes[i][1]);
        ck_assert_msg(offers(HB_COMMAND_CHOOSE, 0), "%d x %d", sizes[i][0], sizes[i][1]);
        hb_app_key(app, 'v');
        hb_app_draw(app, sizes[i][0], sizes[i][1]);
        for (int64_t variant = 0; variant < 3; variant++)
            ck_assert_msg(offers(HB_COMMAND_VARIANT, variant), "%d x %d", sizes[i][0], sizes[i][1]);
        hb_app_key(app, 'v');
    }
    ck_assert_int_eq(app->wanted_variant, -1);
    for (const char *key = "v\1\1\2\r"; *key; key++) /* down twice, up once */
        hb_app_key(app, *key == '\1' ? HB_KEY_DOWN : *key == '\2' ? HB_KEY_UP : *key);
    ck_assert_int_eq(app->wanted_variant, 1);
    ck_assert(!app->ui.choosing);
    hb_app_execute(app, hb_command_of(HB_COMMAND_VARIANT, 2));
    ck_assert_int_eq(app->wanted_variant, 2);
    ck_assert(!app->ui.choosing);
    app->ui.variants = 1;
    hb_app_draw(app, 1600, 900);
    ck_assert(!offers(HB_COMMAND_CHOOSE, 0));
}
END_TEST

START_TEST(everything_says_why) {
    play(1);
    click(HB_COMMAND_KILL, 2);
    play_until(HB_STORY_SETTLED, 12);
    for (uint32_t i = 0; i < app->list.zone_count; i++) {
        const struct hb_zone *zone = &app->list.zone[i];
        ck_assert_msg(zone->tip != 0 || zone->probe != HB_PROBE_NONE, "zone %u (command %d) says nothing", i,
                      zone->command.kind);
    }
    struct hb_rect card = find(HB_COMMAND_KILL, 0).rect;
    hb_app_mouse_move(app, card.x + 20, card.y + 20);
    run(HB_COMMAND_PAUSE, 0);
    uint32_t before = app->list.count;
    play(1);
    ck_assert_uint_gt(app->list.count, before); /* the tooltip */
}
END_TEST

START_TEST(the_slider_is_logarithmic) {
    struct hb_rect slider = find(HB_COMMAND_SPEED, 0).rect;
    hb_app_mouse_down(app, HB_MOUSE_LEFT, slider.x, slider.y + 5);
    ck_assert(fabs(app->ui.speed - 1) < 0.1);
    hb_app_mouse_move(app, slider.x + slider.w / 2, 0);
    ck_assert_msg(app->ui.speed > 8e3 && app->ui.speed < 1.25e4, "%g in the middle of 1 and 1e8", app->ui.speed);
    hb_app_mouse_move(app, slider.x + slider.w + 400, 0);
    ck_assert(fabs(app->ui.speed - 1e8) < 1);
    hb_app_mouse_up(app);
    hb_app_mouse_move(app, slider.x, 0);
    ck_assert(fabs(app->ui.speed - 1e8) < 1);
}
END_TEST

START_TEST(the_machine_keeps_to_its_budget) {
    run(HB_COMMAND_SPEED, 0);
    app->normal_speed = 1e8;
    hb_app_advance(app, FRAME, 0.001);
    ck_assert(app->ui.behind);
    hb_app_execute(app, hb_command_of(HB_COMMAND_PAUSE, 0));
    hb_app_advance(app, FRAME, 0);
    ck_assert_msg(!app->ui.behind, "frames follow each other without a pause although nothing runs");
    hb_app_execute(app, hb_command_of(HB_COMMAND_PLAY, 0));
    hb_app_set_speed(app, 1000);
    hb_app_advance(app, FRAME, 0.5);
    ck_assert(!app->ui.behind);
}
END_TEST

/* None of their keys means something else. */
START_TEST(every_scene_opens_by_its_key) {
    for (int scene = HB_SCENE_ALL + 1; scene < HB_SCENES; scene++) {
        hb_app_key(app, hb_scene_table[scene].key);
        ck_assert_uint_eq(app->ui.scene, scene);
        for (int by = HB_LANES_CPU + 1; scene == HB_SCENE_LANES && by < HB_LANES_KINDS; by++) {
            hb_app_key(app, hb_scene_table[scene].key); /* goes round first */
            ck_assert_uint_eq(app->ui.lanes_by, by);
        }
        hb_app_key(app, hb_scene_table[scene].key);
        ck_assert_uint_eq(app->ui.scene, HB_SCENE_ALL);
    }
}
END_TEST

START_TEST(keys_are_commands) {
    hb_app_key(app, ' ');
    ck_assert(!app->ui.playing);
    hb_app_key(app, ' ');
    ck_assert(app->ui.playing);
    hb_app_key(app, '5');
    ck_assert_uint_eq(app->ui.scene, HB_SCENE_LINES);
    hb_app_key(app, 27);
    ck_assert_uint_eq(app->ui.scene, HB_SCENE_ALL);
    hb_app_key(app, 'h');
    ck_assert(app->ui.help);
    hb_app_key(app, 27);
    ck_assert(!app->ui.help);
    hb_app_key(app, '\t');
    ck_assert_uint_eq(app->ui.selected, 1);
    hb_app_key(app, 't');
    ck_assert_ptr_eq(app->ui.theme, &hb_theme_dark);
    double speed = app->ui.speed;
    hb_app_key(app, ']');
    ck_assert(fabs(app->ui.speed - 2 * speed) < 1);
    hb_app_key(app, '+');
    ck_assert_int_eq(app->wanted_text_px, 20);
    hb_app_key(app, HB_KEY_F12);
    ck_assert(app->want_picture);
    hb_app_key(app, 'k');
    ck_assert_int_eq(app->past.story.shown.kind, HB_STORY_ACTING);
    ck_assert_uint_eq(app->past.story.shown.hart, 1);
    hb_app_key(app, 'q');
    ck_assert(app->quit);
}
END_TEST

START_TEST(the_end_is_told) {
    teardown();
    open_on(HARTS, 60);
    hb_app_set_speed(app, 2000);
    play(60);
    ck_assert_int_eq(app->view.status, HB_VIEW_FINISHED);
    ck_assert(!app->ui.playing);
    ck_assert_str_eq(app->view.story.sentence, "The experiment is finished.");
    ck_assert(!find(HB_COMMAND_PLAY, 0).enabled);
}
END_TEST

START_TEST(a_single_cpu_can_die_too) {
    teardown();
    open_on(1, TASKS);
    click(HB_COMMAND_KILL, 0);
    play(2);
    ck_assert_int_eq(app->view.status, HB_VIEW_HUNG);
    ck_assert(find(HB_COMMAND_BACK, 0).enabled);
    click(HB_COMMAND_BACK, 0);
    ck_assert_int_eq(app->view.status, HB_VIEW_GOING);
}
END_TEST

START_TEST(the_description_holds_what_is_seen) {
    char *text = NULL;
    size_t bytes = 0;
    click(HB_COMMAND_KILL, 2);
    FILE *out = open_memstream(&text, &bytes);
    hb_app_describe(app, out);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert(strstr(text, "cpu 2 DEAD") != NULL);
    ck_assert(strstr(text, "story acting stage 0") != NULL);
    ck_assert(strstr(text, "says CPU 2 dies: it executes nothing from now on.") != NULL);
    ck_assert(strstr(text, "kill 1") != NULL);
    free(text);
}
END_TEST

/* Whether the window shows a text that begins so. */
static bool shows(const char *text) {
    hb_app_draw(app, 1600, 900);
    for (uint32_t i = 0; i < app->list.count; i++)
        if (app->list.item[i].kind == HB_DRAW_TEXT &&
            strncmp(hb_draw_string(&app->list, app->list.item[i].text), text, strlen(text)) == 0)
            return true;
    return false;
}

START_TEST(the_start_page_opens_what_is_chosen) {
    static const struct hb_start_entry entry[] = {{"Kill a CPU now", "Click one.", ""},
                                                  {"Lessons", "", NULL},
                                                  {"The tour", "10 minutes", "tour"},
                                                  {"smp2", "", "smp2"}};
    static const struct hb_start start = {4, entry};
    app->ui.start = &start;
    app->ui.starting = true;
    ck_assert(shows("Kill a CPU now") && shows("Lessons"));
    hb_app_key(app, HB_KEY_DOWN); /* headings are passed over */
    ck_assert_uint_eq(app->ui.start_at, 2);
    hb_app_key(app, HB_KEY_UP);
    hb_app_key(app, HB_KEY_UP);
    hb_app_key(app, 'k'); /* no other key means anything */
    ck_assert(app->ui.start_at == 0 && app->past.story.shown.kind == HB_STORY_NONE);
    hb_app_key(app, '\r');
    ck_assert(!app->ui.starting && app->wanted_entry == -1 && !shows("Lessons"));
    app->ui.starting = true;
    click(HB_COMMAND_OPEN, 3);
    ck_assert_int_eq(app->wanted_entry, 3);
}
END_TEST

/* Whoever has read the page until the run behind it was over still has CPUs at work to click. */
START_TEST(the_run_behind_the_start_page_begins_when_it_is_left) {
    static const struct hb_start_entry entry[] = {{"Kill a CPU now", "Click one.", ""}};
    static const struct hb_start start = {1, entry};
    static const int leave[] = {'\r', 27};
    const uint64_t opened = app->open_cycle;
    app->ui.start = &start;
    for (size_t i = 0; i < sizeof leave / sizeof *leave; i++) {
        app->ui.starting = true;
        hb_app_run_to(app, UINT64_MAX, 0);
        ck_assert_uint_gt(hb_app_cycle(app), opened);
        hb_app_key(app, leave[i]);
        ck_assert_uint_eq(hb_app_cycle(app), opened);
        ck_assert(!app->ui.starting && app->ui.playing);
    }
}
END_TEST

START_TEST(a_lesson_is_turned_by_the_presenters_keys) {
    const struct hb_deck_page page[] = {
        {.cycle = 50000, .hart = 2, .say = "Four CPUs."},
        {.cycle = 60000,
         .asked_cycle = 55000,
         .hart = -1,
         .ask = "Which?",
         .choices = 2,
         .right = 1,
         .choice = {{"this", "No."}, {"that", "Yes."}}},
        {.run = 1, .cycle = 70000, .hart = -1, .say = "Elsewhere."},
        {.cycle = 400000, .whole = true, .hart = -1, .say = "All of it."},
    };
    const struct hb_deck deck = {.title = "A lesson", .pages = 4, .page = page};
    app->ui.deck = &deck;
    hb_app_show_page(app);
    ck_assert(shows("Four CPUs.") && shows("page 1 of 4") && app->ui.selected == 2);
    ck_assert_uint_eq(hb_app_cycle(app), 50000);
    hb_app_key(app, HB_KEY_PAGE_DOWN);
    ck_assert(shows("Which?") && shows("b) that") && !shows("b) that. Yes."));
    ck_assert_uint_eq(hb_app_cycle(app), 55000); /* before its moment */
    hb_app_key(app, HB_KEY_PAGE_DOWN);
    ck_assert(app->ui.page == 1 && shows("b) that. Yes.") && shows("a) this. No."));
    ck_assert_uint_eq(hb_app_cycle(app), 60000);
    ck_assert_int_eq(app->wanted_variant, -1);
    hb_app_key(app, HB_KEY_PAGE_DOWN); /* a page of another run, which the window opens */
    ck_assert_int_eq(app->wanted_variant, 1);
    const uint64_t column = app->ui.column_cycles;
    hb_app_key(app, HB_KEY_PAGE_DOWN); /* a page at the end: the lanes show the whole run, from its reset */
    hb_app_draw(app, 1024, 768);
    ck_assert_uint_eq(hb_app_cycle(app), 400001); /* in which a run that ends there has ended */
    ck_assert(app->view.timeline.from_cycle == 0 && app->view.timeline.cell[0][0].known);
    hb_app_draw(app, 1600, 900);
    ck_assert(app->view.timeline.cell[0][app->view.timeline.columns / 2 - 1].known); /* as large as fits */
    hb_app_key(app, HB_KEY_PAGE_UP);
    hb_app_key(app, HB_KEY_PAGE_UP);
    ck_assert_uint_eq(app->ui.column_cycles, column);
    hb_app_key(app, HB_KEY_PAGE_UP);
    ck_assert(shows("Four CPUs."));
    ck_assert_uint_eq(hb_app_cycle(app), 50000);
    hb_app_key(app, HB_KEY_PAGE_UP); /* there is no page before it */
    ck_assert_uint_eq(app->ui.page, 0);
}
END_TEST

static Suite *suite(void) {
    Suite *all = suite_create("dashboard");
    TCase *tests = tcase_create("behaviour");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, opens_at_work_with_one_prompt);
    tcase_add_test(tests, kill_by_click_is_told_in_six_seconds);
    tcase_add_test(tests, every_stage_has_its_time_and_sentence);
    tcase_add_test(tests, throughput_settles_beside_the_line);
    tcase_add_test(tests, back_is_the_machine_before_the_fault);
    tcase_add_test(tests, back_undoes_one_kill_after_the_other);
    tcase_add_test(tests, the_future_that_was_left_is_a_ghost);
    tcase_add_test(tests, again_with_recovery_off_nobody_notices);
    tcase_add_test(tests, again_with_the_cache_lost);
    tcase_add_test(tests, stepping_back_over_a_kill_keeps_it);
    tcase_add_test(tests, steps_are_single_and_reversible);
    tcase_add_test(tests, a_step_leaves_shares_of_time_as_they_were);
    tcase_add_test(tests, a_death_shows_at_once_while_it_stands_still);
    tcase_add_test(tests, a_step_back_undoes_a_step_of_its_kind);
    tcase_add_test(tests, a_jump_ahead_of_what_was_seen_runs_on_in_frames);
    tcase_add_test(tests, a_kill_in_the_past_begins_another_future);
    tcase_add_test(tests, the_strip_goes_to_places_of_the_run);
    tcase_add_test(tests, a_click_on_a_lane_or_an_event_goes_there);
    tcase_add_test(tests, home_goes_to_where_it_opened);
    tcase_add_test(tests, boot_can_be_gone_back_to);
    tcase_add_test(tests, a_log_replays_to_the_same_machine);
    tcase_add_test(tests, a_fault_of_the_experiments_own_is_told_and_undone);
    tcase_add_test(tests, the_dead_cannot_be_killed_again);
    tcase_add_test(tests, the_tooltip_of_one_cpu_leaves_the_others_visible);
    tcase_add_test(tests, variants_are_offered);
    tcase_add_test(tests, everything_says_why);
    tcase_add_test(tests, the_slider_is_logarithmic);
    tcase_add_test(tests, the_machine_keeps_to_its_budget);
    tcase_add_test(tests, every_scene_opens_by_its_key);
    tcase_add_test(tests, keys_are_commands);
    tcase_add_test(tests, the_end_is_told);
    tcase_add_test(tests, a_single_cpu_can_die_too);
    tcase_add_test(tests, the_description_holds_what_is_seen);
    tcase_add_test(tests, the_start_page_opens_what_is_chosen);
    tcase_add_test(tests, the_run_behind_the_start_page_begins_when_it_is_left);
    tcase_add_test(tests, a_lesson_is_turned_by_the_presenters_keys);
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
