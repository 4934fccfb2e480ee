/* What is done to a run by hand: faults of every model, now and at a cycle, and other values of keys; each reaches the
 * machine, fits every window, and is the same run again when it is saved. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/engine/run.h"
#include "sim/experiment/by_hand.h"
#include "sim/machine/state_hash.h"
#include "ui/dashboard/app/app.h"
#include "ui/dashboard/panels/markers.h"
#include "ui/dashboard/sdl/picture.h"
#include "ui/dashboard/source/machine_session.h"

#define START 400000

static struct hb_experiment experiment;
static struct hb_session *session;
static struct hb_machine *machine;
static struct hb_app *app;
static struct hb_metrics metrics;

/* With this key of smp4 set; NULL: as it is. */
static void open_with(const char *set) {
    struct hb_error error;
    hb_metrics_fixed(&metrics, 18);
    ck_assert_msg(
        hb_experiment_load(HB_SOURCE_DIR "/configs/smp4.json", &set, set == NULL ? 0 : 1, &experiment, &error), "%s",
        error.text);
    session = hb_session_open(&experiment.variant[0].config, &error);
    ck_assert_msg(session != NULL, "%s", error.text);
    machine = hb_session_machine(session);
    app = calloc(1, sizeof *app);
    ck_assert(app != NULL && hb_app_begin(app, session, &metrics));
    hb_app_run_to(app, START, 0);
    app->search.active = false;
}

static void open_it(void) {
    open_with(NULL);
}

static void close_it(void) {
    hb_app_close(app);
    hb_session_close(session);
    free(app);
    hb_experiment_free(&experiment);
}

static void run(enum hb_command_kind kind, int64_t argument) {
    hb_app_execute(app, hb_command_of(kind, argument));
    hb_app_draw(app, 1600, 900);
}

static void is_saved_run(void) {
    struct hb_experiment saved;
    struct hb_error error;
    char path[64];
    snprintf(path, sizeof path, "doing-%ld.json", (long)getpid());
    ck_assert_msg(hb_by_hand_write(&experiment.variant[0], machine, path, &error), "%s", error.text);
    ck_assert_msg(hb_experiment_load(path, NULL, 0, &saved, &error), "%s", error.text);
    ck_assert_int_eq(unlink(path), 0);
    struct hb_machine *again = hb_machine_create(&saved.variant[0].config, &error);
    ck_assert_msg(again != NULL, "%s", error.text);
    hb_machine_run(again, machine->saved->cycle);
    ck_assert(hb_state_hash(again) == hb_state_hash(machine));
    hb_machine_destroy(again);
    hb_experiment_free(&saved);
}

static const struct hb_fault_state *last_fault(void) {
    return machine->saved->faults == 0 ? NULL : &machine->saved->fault[machine->saved->faults - 1];
}

/* Now; and in a run that goes back to before it, it is gone. */
START_TEST(every_model_strikes_now) {
    open_it();
    run(HB_COMMAND_DOING, 1);
    run(HB_COMMAND_MODEL, _i);
    run(HB_COMMAND_INJECT, 2);
    ck_assert_int_eq(app->ui.doing, 0);
    ck_assert_ptr_nonnull(last_fault());
    ck_assert_int_eq(last_fault()->terms.model, _i);
    ck_assert(last_fault()->activated && last_fault()->cycle == START && last_fault()->hart == 2);
    hb_app_run_to(app, START + 200000, 0);
    is_saved_run();
    run(HB_COMMAND_BACK, 0);
    ck_assert_uint_eq(hb_app_cycle(app), START);
    hb_app_run_to(app, START + 1000, 0);
    ck_assert_uint_eq(machine->saved->faults, 0);
    close_it();
}
END_TEST

/* At a cycle to come: whatever else is done meanwhile, but not in a future in which nobody has asked for it. */
START_TEST(every_model_strikes_at_its_cycle) {
    open_it();
    run(HB_COMMAND_MODEL, _i);
    run(HB_COMMAND_WHEN, START + 50000);
    run(HB_COMMAND_INJECT, 1);
    ck_assert_uint_eq(machine->saved->faults, 0);
    ck_assert_uint_eq(app->view.planned, 1);
    ck_assert_uint_eq(app->view.coming_cycle, START + 50000);
    ck_assert_ptr_nonnull(strstr(app->view.coming, "as was asked for"));
    run(HB_COMMAND_TO_FAULT, 0);
    ck_assert_uint_eq(hb_app_cycle(app), START + 50000 - 20000); /* two seconds before it */
    hb_app_seek(app, START + 10000);
    run(HB_COMMAND_KILL, 3);
    hb_app_run_to(app, START + 60000, 0);
    ck_assert_uint_eq(machine->saved->faults, 2);
    ck_assert(last_fault()->terms.model == _i && last_fault()->cycle == START + 50000 && last_fault()->hart == 1);
    is_saved_run();
    hb_app_seek(app, START - 1000);
    run(HB_COMMAND_KILL, 0);
    hb_app_run_to(app, START + 60000, 0);
    ck_assert_uint_eq(machine->saved->faults, 1);
    close_it();
}
END_TEST

START_TEST(what_is_planned_can_be_forgotten) {
    open_it();
    run(HB_COMMAND_WHEN, START + 50000);
    run(HB_COMMAND_INJECT, 1);
    run(HB_COMMAND_UNPLAN, 0);
    ck_assert_uint_eq(app->view.planned, 0);
    hb_app_run_to(app, START + 60000, 0);
    ck_assert_uint_eq(machine->saved->faults, 0);
    close_it();
}
END_TEST

/* Terms stay in what the model takes, and an interrupt has a duration only where it is late. */
START_TEST(terms_are_kept_fit) {
    struct hb_command command = hb_command_of(HB_COMMAND_TERM, 4);
    open_it();
    run(HB_COMMAND_MODEL, HB_FAULT_IRQ);
    command.value = 99;
    hb_app_execute(app, command);
    ck_assert_uint_eq(app->ui.draft.term[4], HB_FAULT_SPURIOUS);
    run(HB_COMMAND_INJECT, 2);
    ck_assert_uint_eq(last_fault()->terms.duration_cycles, 0);
    command.value = HB_FAULT_DELAY;
    hb_app_execute(app, command);
    run(HB_COMMAND_INJECT, 2);
    ck_assert_uint_eq(last_fault()->terms.duration_cycles, 100000);
    run(HB_COMMAND_MODEL, HB_FAULTS_KNOWN);
    run(HB_COMMAND_TERM, HB_VIEW_TERMS);
    run(HB_COMMAND_INJECT, 64);
    close_it();
}
END_TEST

/* A key's row in the list as it is now. */
static const struct hb_view_key *key_named(const char *path) {
    run(HB_COMMAND_DOING, 2);
    for (uint32_t i = 0; i < app->view.keys; i++)
        if (strcmp(app->view.key[i].path, path) == 0)
            return &app->view.key[i];
    ck_abort_msg("%s is not listed", path);
    return NULL;
}

START_TEST(every_key_that_may_change_does_at_once) {
    uint32_t changed = 0;
    open_it();
    run(HB_COMMAND_DOING, 2);
    const uint32_t keys = app->view.keys;
    for (uint32_t i = 0; i < keys && app->view.key[i].at_once; i++, changed++) {
        const struct hb_view_key was = app->view.key[i];
        struct hb_command command = hb_command_of(HB_COMMAND_KEY, was.row);
        ck_assert_msg(was.has_more || was.has_less, "%s cannot be changed", was.path);
        command.value = (double)(was.has_more ? was.more : was.less);
        hb_app_execute(app, command);
        ck_assert_str_ne(key_named(was.path)->value, was.value);
        ck_assert(app->wanted_setting[0] == '\0');
        hb_app_run_to(app, hb_app_cycle(app) + 5000, 0);
    }
    ck_assert_uint_ge(changed, 14);
    ck_assert_uint_gt(keys, changed + 60);
    hb_app_run_to(app, hb_app_cycle(app) + 100000, 0);
    is_saved_run();
    close_it();
}
END_TEST

static struct hb_session *no_restart(void *self, const char *setting, struct hb_error *error) {
    (void)self, (void)setting, (void)error;
    return NULL;
}

/* Others want the run to begin anew, with the setting that the experiment would have. */
START_TEST(every_other_key_begins_anew) {
    open_it();
    app->keeper.restart = no_restart;
    run(HB_COMMAND_DOING, 2);
    for (uint32_t i = 0; i < app->view.keys; i++) {
        const struct hb_view_key *key = &app->view.key[i];
        struct hb_experiment other;
        struct hb_error error = {.text = ""};
        if (key->at_once || !(key->has_more || key->has_less))
            continue;
        struct hb_command command = hb_command_of(HB_COMMAND_KEY, key->row);
        command.value = (double)(key->has_more ? key->more : key->less);
        app->wanted_setting[0] = '\0';
        hb_app_execute(app, command);
        ck_assert_msg(strncmp(app->wanted_setting, key->path, strlen(key->path)) == 0, "%s: %s", key->path,
                      app->wanted_setting);
        const char *setting = app->wanted_setting;
        if (hb_experiment_load_text(experiment.variant[0].text, "base", &setting, 1, &other, &error))
            hb_experiment_free(&other);
        else
            ck_assert_msg(strstr(error.text, "is out of range") == NULL && strstr(error.text, "unknown") == NULL &&
                              strstr(error.text, "not built") == NULL,
                          "%s", error.text);
    }
    close_it();
}
END_TEST

/* ---- The window ------------------------------------------------------------------------------------------------ */

static void check_texts(const char *where, int w, int h) {
    for (uint32_t i = 0; i < app->list.count; i++) {
        const struct hb_draw *item = &app->list.item[i];
        if (item->kind != HB_DRAW_TEXT)
            continue;
        ck_assert_msg(!item->elided, "%s, %dx%d, %d px: \"%s\"", where, w, h, metrics.text_px,
                      hb_draw_string(&app->list, item->text));
    }
}

static const struct hb_zone *find_zone(enum hb_command_kind kind, int64_t argument) {
    for (uint32_t i = 0; i < app->list.zone_count; i++)
        if (app->list.zone[i].command.kind == kind && app->list.zone[i].command.argument == argument)
            return &app->list.zone[i];
    return NULL;
}

static const struct hb_zone *zone_of(enum hb_command_kind kind, int64_t argument) {
    const struct hb_zone *zone = find_zone(kind, argument);
    ck_assert_msg(zone != NULL, "nothing to click for %d %lld", (int)kind, (long long)argument);
    return zone;
}

static const struct hb_draw *text_item(const char *text) {
    for (uint32_t i = 0; i < app->list.count; i++)
        if (app->list.item[i].kind == HB_DRAW_TEXT &&
            strncmp(hb_draw_string(&app->list, app->list.item[i].text), text, strlen(text)) == 0)
            return &app->list.item[i];
    ck_abort_msg("not drawn: %s", text);
    return NULL;
}

/* What a model does is a sentence of its own, apart from the buttons above it and from what follows. */
START_TEST(a_model_is_told_in_a_sentence) {
    open_it();
    run(HB_COMMAND_DOING, 1);
    run(HB_COMMAND_MODEL, _i);
    const char *does = app->view.machine.model[_i].does;
    char begins[16];
    snprintf(begins, sizeof begins, "%s", does);
    ck_assert_msg(does[0] >= 'A' && does[0] <= 'Z' && does[strlen(does) - 1] == '.', "%s", does);
    const struct hb_draw *caption = text_item(begins), *next = text_item("CPU");
    while (strcmp(hb_draw_string(&app->list, next->text), "CPU") != 0)
        next++;
    const struct hb_rect buttons = zone_of(HB_COMMAND_MODEL, HB_FAULTS_KNOWN - 1)->rect;
    ck_assert_int_ge(caption->rect.y - (buttons.y + buttons.h), metrics.text_px / 4);
    ck_assert_int_gt(next->rect.y, caption->rect.y + caption->rect.h);
    close_it();
}
END_TEST

/* Only the switch under the mouse has a frame. */
/* Nobody has died, yet it is suspected, fenced and recovered from; and it is that fault which comes once more. */
START_TEST(a_hang_is_told_like_a_death) {
    open_it();
    run(HB_COMMAND_MODEL, _i);
    run(HB_COMMAND_INJECT, 2);
    const uint64_t struck = last_fault()->cycle;
    hb_app_run_to(app, START + 200000, 0);
    run(HB_COMMAND_SCENE, HB_SCENE_FAILURE);
    const struct hb_view_story *story = &app->view.story;
    ck_assert(story->kind != HB_STORY_NONE && story->ails && story->hart == 2);
    ck_assert_uint_eq(story->cycle[HB_STAGE_KILLED], struck);
    ck_assert(story->cycle[HB_STAGE_SUSPECTED] > struck && story->cycle[HB_STAGE_RECOVERED] != 0);
    text_item("CPU 2 failed in cycle");
    ck_assert(!zone_of(HB_COMMAND_AGAIN_LOST, 0)->enabled && zone_of(HB_COMMAND_BACK, 0)->enabled);
    run(HB_COMMAND_AGAIN_LOST, 0);
    ck_assert_uint_eq(hb_app_cycle(app), START + 200000);
    run(HB_COMMAND_AGAIN_OFF, 0);
    ck_assert(last_fault()->terms.model == _i && last_fault()->hart == 2 && last_fault()->cycle == struck);
    hb_app_run_to(app, START + 200000, 0);
    hb_app_draw(app, 1600, 900);
    ck_assert_uint_ne(app->view.hart[2].state, HB_VIEW_FENCED);
    ck_assert_uint_eq(app->view.story.kind, _i == HB_FAULT_HANG ? HB_STORY_UNNOTICED : HB_STORY_NONE); /* or over */
    is_saved_run();
    close_it();
}
END_TEST

/* Off where it is on and on where it is off; so does the key, and the kernel then watches although it did not when it
 * booted. */
START_TEST(recovery_is_offered_as_it_is_not) {
    open_with("os.recovery.detect=none");
    run(HB_COMMAND_KILL, 2);
    hb_app_run_to(app, START + 200000, 0);
    hb_app_draw(app, 1600, 900);
    ck_assert_uint_eq(app->view.story.kind, HB_STORY_UNNOTICED);
    ck_assert(zone_of(HB_COMMAND_AGAIN_ON, 0)->enabled && find_zone(HB_COMMAND_AGAIN_OFF, 0) == NULL);
    hb_app_key(app, 'o');
    hb_app_run_to(app, START + 200000, 0);
    hb_app_draw(app, 1600, 900);
    ck_assert_uint_eq(app->view.story.kind, HB_STORY_SETTLED);
    ck_assert_uint_ne(app->view.story.cycle[HB_STAGE_WORKING], 0);
    ck_assert(zone_of(HB_COMMAND_AGAIN_OFF, 0)->enabled && find_zone(HB_COMMAND_AGAIN_ON, 0) == NULL);
    hb_app_key(app, 'o');
    hb_app_run_to(app, START + 200000, 0);
    hb_app_draw(app, 1600, 900);
    ck_assert_uint_eq(app->view.story.kind, HB_STORY_UNNOTICED);
    close_it();
}
END_TEST

/* A death that was asked for comes once more as that, with the cache lost, and can be started again as before. */
START_TEST(a_fault_comes_once_more_as_it_was) {
    open_it();
    run(HB_COMMAND_MODEL, HB_FAULT_RESTART);
    run(HB_COMMAND_INJECT, 1);
    hb_app_run_to(app, START + 100000, 0);
    run(HB_COMMAND_AGAIN_LOST, 0);
    ck_assert(last_fault()->terms.model == HB_FAULT_RESTART && last_fault()->terms.lost && last_fault()->hart == 1);
    ck_assert_uint_eq(last_fault()->terms.duration_cycles, 100000);
    close_it();
}
END_TEST

/* Nothing is run on for a fault that cannot come: it goes on as it did. One that waits for another is one. */
START_TEST(no_fault_is_looked_for_in_vain) {
    open_it();
    for (int playing = 0; playing < 2; playing++) {
        app->ui.playing = playing != 0;
        run(HB_COMMAND_TO_FAULT, 0);
        ck_assert_str_eq(app->ui.notice, "No fault is to come in this run.");
        ck_assert_int_eq(app->ui.playing, playing);
        ck_assert_uint_eq(app->furthest_cycle, START);
    }
    close_it();
    open_with("faults=[{\"model\":\"freeze\",\"target\":{\"hart\":1},\"trigger\":{\"cycle\":350000},"
              "\"duration\":{\"cycles\":1000}},{\"model\":\"fail_stop\",\"target\":{\"hart\":2},\"after\":0,"
              "\"trigger\":{\"cycle\":150000}}]");
    run(HB_COMMAND_TO_FAULT, 0);
    ck_assert_uint_eq(app->view.coming_cycle, 500000);
    ck_assert_uint_eq(hb_app_cycle(app), 500000 - 20000);
    ck_assert(app->ui.playing);
    close_it();
}
END_TEST

START_TEST(one_switch_is_under_the_mouse) {
    open_it();
    run(HB_COMMAND_SCENE, HB_SCENE_FAILURE);
    const struct hb_rect first = zone_of(HB_COMMAND_SWITCH, 0)->rect, third = zone_of(HB_COMMAND_SWITCH, 4)->rect;
    hb_app_mouse_move(app, third.x + third.w / 2, third.y + third.h / 2);
    hb_app_draw(app, 1600, 900);
    for (uint32_t i = 0; i < app->list.count; i++) {
        const struct hb_draw *item = &app->list.item[i];
        if (item->rect.x == first.x && item->rect.y == first.y && item->rect.w == first.w)
            ck_assert(item->colour != app->list.theme->accent);
    }
    close_it();
}
END_TEST

/* A notice is about the moment at which it was given. */
START_TEST(a_notice_ends_with_its_moment) {
    static const enum hb_command_kind moves[] = {HB_COMMAND_STEP_CYCLE, HB_COMMAND_STEP_BACK, HB_COMMAND_GO,
                                                 HB_COMMAND_TO_START};
    open_it();
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        run(HB_COMMAND_BOOKMARK, 0);
        ck_assert_uint_gt(strlen(app->ui.notice), 0);
        run(moves[i], 0);
        ck_assert_msg(app->ui.notice[0] == '\0', "%s", app->ui.notice);
    }
    close_it();
}
END_TEST

/* A key that can do nothing says why. */
START_TEST(no_key_is_dead) {
    static const enum hb_command_kind nothing[] = {HB_COMMAND_BACK, HB_COMMAND_AGAIN_OFF, HB_COMMAND_AGAIN_LOST,
                                                   HB_COMMAND_CHOOSE, HB_COMMAND_TO_FAULT};
    open_it();
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
        app->ui.notice[0] = '\0';
        run(nothing[i], 0);
        ck_assert_msg(app->ui.notice[0] != '\0', "command %d says nothing", (int)nothing[i]);
        ck_assert_uint_eq(hb_app_cycle(app), START);
    }
    run(HB_COMMAND_KILL, 2);
    app->ui.notice[0] = '\0';
    run(HB_COMMAND_KILL, 2);
    ck_assert_str_eq(app->ui.notice, "CPU 2 executes nothing any more.");
    hb_app_run_to(app, UINT64_MAX, 0);
    run(HB_COMMAND_PLAY, 0);
    ck_assert_msg(strstr(app->ui.notice, "The run is over") != NULL, "%s", app->ui.notice);
    run(HB_COMMAND_KILL_LOST, 1);
    ck_assert_msg(strstr(app->ui.notice, "The run is over") != NULL, "%s", app->ui.notice);
    close_it();
}
END_TEST

/* The letter of a marker covers no task's number. */
START_TEST(a_marker_covers_no_number) {
    open_it();
    for (uint64_t back = 0; back < 100000; back += 2500) {
        app->ui.marker[0] = (struct hb_marker){.set = true, .cycle = START - back};
        hb_app_draw(app, 1600, 900);
        const struct hb_draw *flag = NULL;
        for (uint32_t i = 0; i < app->list.count; i++)
            if (app->list.item[i].kind == HB_DRAW_TEXT &&
                strcmp(hb_draw_string(&app->list, app->list.item[i].text), "A") == 0)
                flag = &app->list.item[i];
        for (uint32_t i = 0; flag != NULL && i < app->list.count; i++) {
            const struct hb_draw *item = &app->list.item[i];
            ck_assert_msg(item == flag || item->kind != HB_DRAW_TEXT ||
                              hb_rect_empty(hb_rect_common(item->rect, flag->rect)),
                          "A covers %s", hb_draw_string(&app->list, item->text));
        }
        ck_assert(flag != NULL || back > 0);
    }
    close_it();
}
END_TEST

/* A right click on any lane asks what happened to it last. */
START_TEST(every_lane_can_be_followed) {
    static const uint8_t subjects[HB_LANES_KINDS] = {
        [HB_LANES_CPU] = HB_SUBJECT_CPU, [HB_LANES_TASK] = HB_SUBJECT_TASK, [HB_LANES_LOCK] = HB_SUBJECT_LOCK};
    open_it();
    run(HB_COMMAND_SCENE, HB_SCENE_LANES);
    run(HB_COMMAND_LANES, _i);
    const struct hb_zone *lane = NULL;
    for (uint32_t i = 0; i < app->list.zone_count && lane == NULL; i++)
        if (app->list.zone[i].probe == HB_PROBE_TIMELINE)
            lane = &app->list.zone[i];
    ck_assert_ptr_nonnull(lane);
    app->ui.subject.kind = HB_SUBJECTS;
    hb_app_mouse_down(app, HB_MOUSE_RIGHT, lane->rect.x + lane->rect.w / 2, lane->rect.y + lane->rect.h / 2);
    ck_assert_uint_eq(app->ui.subject.kind, subjects[_i]);
    ck_assert_msg(strncmp(app->ui.notice, "Nothing", 7) != 0 && app->ui.notice[0] != '\0', "%s", app->ui.notice);
    close_it();
}
END_TEST

/* Between two markers: one of each, and more. */
START_TEST(one_is_not_many) {
    char text[160];
    struct hb_ui_state ui = {.marker = {{true, 10, 10, 10, 10}, {true, 11, 11, 11, 11}}};
    hb_marker_difference(&ui, text, sizeof text);
    ck_assert_str_eq(text, "A to B: 1 cycle, 1 instruction, 1 bus transaction, 1 task done");
    ui.marker[0] = (struct hb_marker){true, 13, 12, 11, 1012};
    hb_marker_difference(&ui, text, sizeof text);
    ck_assert_str_eq(text, "A to B: -2 cycles, -1 instruction, 0 bus transactions, -1,001 tasks done");
}
END_TEST

/* The name of a key in the help stands apart from what it does. */
START_TEST(keys_and_what_they_do_are_apart) {
    open_it();
    hb_app_draw(app, 1600, 900); /* how many pages the help has */
    run(HB_COMMAND_HELP, 0);
    const int gap = metrics.text_px / 3;
    uint32_t names = 0;
    for (uint32_t i = 0; i + 1 < app->list.count; i++) {
        const struct hb_draw *name = &app->list.item[i], *does = &name[1];
        if (name->kind != HB_DRAW_TEXT || name->detail != HB_FONT_BOLD || does->kind != HB_DRAW_TEXT ||
            does->detail != HB_FONT_BODY || does->rect.y != name->rect.y)
            continue;
        const char *text = hb_draw_string(&app->list, name->text);
        ck_assert_msg(name->rect.x + hb_metrics_width(&metrics, HB_FONT_BOLD, text) + gap <= does->rect.x, "%s", text);
        names++;
    }
    ck_assert_uint_gt(names, 30);
    close_it();
}
END_TEST

START_TEST(everything_fits) {
    static const struct {
        int w, h, text_px;
    } sizes[] = {{1280, 720, 18}, {1280, 720, 28}, {1024, 768, 18}, {1024, 768, 28}, {1600, 900, 28}};
    struct hb_picture picture;
    char error[256];
    open_it();
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        if (!hb_picture_open(&picture, sizes[s].w, sizes[s].h, sizes[s].text_px, error, sizeof error)) {
            puts(error);
            exit(77);
        }
        metrics = *hb_picture_metrics(&picture);
        hb_app_metrics(app, &metrics);
        for (int64_t model = 0; model < HB_FAULTS_KNOWN; model++) {
            hb_app_execute(app, hb_command_of(HB_COMMAND_DOING, 1));
            hb_app_execute(app, hb_command_of(HB_COMMAND_MODEL, model));
            hb_app_execute(app, hb_command_of(HB_COMMAND_WHEN, model % 2 ? 0 : 123456789));
            hb_app_draw(app, sizes[s].w, sizes[s].h);
            check_texts("faults", sizes[s].w, sizes[s].h);
        }
        for (int64_t page = 2; page < 20; page++) {
            hb_app_execute(app, hb_command_of(HB_COMMAND_DOING, page));
            hb_app_draw(app, sizes[s].w, sizes[s].h);
            check_texts("keys", sizes[s].w, sizes[s].h);
        }
        hb_picture_close(&picture);
    }
    close_it();
}
END_TEST

int main(void) {
    if (access(HB_BINARY_DIR "/images/smp.elf", R_OK) != 0) {
        puts("images/smp.elf is not built: there is no guest to run");
        return 77;
    }
    TCase *tests = tcase_create("doing");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, every_model_strikes_now, 0, HB_FAULTS_KNOWN);
    tcase_add_loop_test(tests, every_model_strikes_at_its_cycle, 0, HB_FAULTS_KNOWN);
    tcase_add_test(tests, what_is_planned_can_be_forgotten);
    tcase_add_test(tests, terms_are_kept_fit);
    tcase_add_test(tests, every_key_that_may_change_does_at_once);
    tcase_add_test(tests, every_other_key_begins_anew);
    tcase_add_loop_test(tests, a_model_is_told_in_a_sentence, 0, HB_FAULTS_KNOWN);
    tcase_add_loop_test(tests, a_hang_is_told_like_a_death, HB_FAULT_FREEZE, HB_FAULT_HANG + 1);
    tcase_add_test(tests, no_fault_is_looked_for_in_vain);
    tcase_add_test(tests, recovery_is_offered_as_it_is_not);
    tcase_add_test(tests, a_fault_comes_once_more_as_it_was);
    tcase_add_test(tests, one_switch_is_under_the_mouse);
    tcase_add_test(tests, a_notice_ends_with_its_moment);
    tcase_add_test(tests, no_key_is_dead);
    tcase_add_test(tests, a_marker_covers_no_number);
    tcase_add_loop_test(tests, every_lane_can_be_followed, 0, HB_LANES_KINDS);
    tcase_add_test(tests, one_is_not_many);
    tcase_add_test(tests, keys_and_what_they_do_are_apart);
    tcase_add_test(tests, everything_fits);
    Suite *suite = suite_create("doing");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
