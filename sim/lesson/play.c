#include "sim/lesson/play.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/engine/run.h"
#include "sim/result/expect.h"
#include "sim/result/gather.h"

/* A run that has come to its end. */
struct ended {
    cJSON *result; /* NULL: nobody needs it */
    struct hb_marks marks;
    uint64_t cycles;
};

struct player {
    const struct hb_lesson *lesson;
    const struct hb_lesson_options *options;
    struct hb_lesson_play *play;
    struct ended ended[HB_LESSON_RUNS_MAX];
    cJSON *root; /* what expressions are evaluated on: the main result, and the others by name */
    struct hb_error *error;
};

/* ---- Whole runs ------------------------------------------------------------------------------------------------ */

static cJSON *result_of(struct hb_machine *machine) {
    struct hb_run_result *result = hb_result_gather(machine);
    char *json = hb_result_json(result, NULL, 0);
    cJSON *root = cJSON_Parse(json);
    if (!root)
        abort();
    free(json);
    hb_result_free(result);
    return root;
}

/* The machine of a run, at `cycle` or, if it cannot come so far, at its end. NULL: error. */
static struct hb_machine *run_until(const struct player *player, uint32_t run, uint64_t cycle, struct hb_marks *marks) {
    struct hb_machine *machine = hb_machine_create(&player->lesson->run[run].variant->config, player->error);
    if (!machine)
        return NULL;
    struct hb_marks unwanted = {0};
    struct hb_watcher watcher = hb_marks_watcher(marks ? marks : &unwanted);
    if (marks)
        hb_machine_watch_add(machine, &watcher);
    while (machine->saved->outcome == HB_OUTCOME_RUNNING && machine->saved->cycle < cycle)
        hb_machine_run(machine, cycle);
    if (marks)
        hb_machine_watch_remove(machine, &watcher);
    return machine;
}

static bool run_to_end(struct player *player, uint32_t run) {
    struct ended *ended = &player->ended[run];
    if (player->options->begins)
        player->options->begins(player->options->context, player->lesson->run[run].name);
    struct hb_machine *machine = run_until(player, run, UINT64_MAX, &ended->marks);
    if (!machine)
        return false;
    ended->cycles = machine->saved->cycle;
    ended->result = result_of(machine);
    hb_machine_destroy(machine);
    return true;
}

static bool formula_needs(const struct hb_formula *formula, const char *name) {
    return formula->tree && hb_expect_begins(formula->tree, name);
}

static bool step_needs(const struct hb_lesson_step *step, const char *name) {
    for (uint32_t i = 0; i < step->choices; i++)
        if (formula_needs(&step->choice[i].when, name))
            return true;
    return formula_needs(&step->answer, name) || formula_needs(&step->holds, name) ||
           formula_needs(&step->until.at, name);
}

static bool is_needed(const struct hb_lesson *lesson, uint32_t run) {
    for (uint32_t i = 0; i < lesson->steps; i++)
        if (lesson->step[i].run == run || step_needs(&lesson->step[i], lesson->run[run].name))
            return true;
    return run == 0;
}

bool hb_lesson_shows(const struct hb_lesson *lesson, uint32_t run) {
    return lesson->run[run].settings || is_needed(lesson, run);
}

/* Groups of tasks with the same names. */
static bool is_same_work(const struct hb_config *a, const struct hb_config *b) {
    bool same = a->os.workload_groups == b->os.workload_groups;
    for (uint32_t i = 0; same && i < a->os.workload_groups; i++)
        same = strcmp(a->group_name[i], b->group_name[i]) == 0;
    return same;
}

bool hb_lesson_races(const struct hb_lesson *lesson, uint32_t run) {
    return hb_lesson_shows(lesson, run) &&
           is_same_work(&lesson->run[0].variant->config, &lesson->run[run].variant->config);
}

static bool run_all(struct player *player) {
    for (uint32_t i = 0; i < player->lesson->runs; i++)
        if (is_needed(player->lesson, i) && !run_to_end(player, i))
            return false;
    player->root = cJSON_Duplicate(player->ended[0].result, true);
    for (uint32_t i = 0; i < player->lesson->runs; i++)
        if (player->ended[i].result)
            cJSON_AddItemReferenceToObject(player->root, player->lesson->run[i].name, player->ended[i].result);
    return true;
}

/* ---- Moments --------------------------------------------------------------------------------------------------- */

static bool is_unreached(struct hb_played_step *played, const char *what, const char *why) {
    snprintf(played->trouble, sizeof played->trouble, "until: %.80s is not reached: %.260s", what, why);
    return false;
}

/* The cycle in which the fault of a goal struck. */
static bool find_fault(const struct ended *ended, const struct hb_goal *goal, struct hb_played_step *played) {
    char path[64];
    snprintf(path, sizeof path, "faults.%" PRIu64 ".cycle", goal->fault);
    const cJSON *cycle = hb_json_find(ended->result, path);
    if (!cycle)
        return is_unreached(played, goal->text, "the run has no fault of that number");
    if (!cJSON_IsNumber(cycle))
        return is_unreached(played, goal->text, "it never struck");
    const uint64_t at = (uint64_t)cycle->valuedouble;
    played->cycle = (at > goal->before ? at - goal->before : 0) + goal->after;
    return true;
}

static bool find_event(const struct ended *ended, const struct hb_goal *goal, uint64_t from,
                       struct hb_played_step *played) {
    char why[120];
    uint64_t at = hb_marks_find(&ended->marks, (uint16_t)goal->tracepoint, (uint32_t)goal->hart, from, goal->count);
    snprintf(why, sizeof why, "it does not happen %" PRIu64 " time%s from cycle %" PRIu64 " on", goal->count,
             goal->count == 1 ? "" : "s", from);
    played->cycle = at + 1;
    return at != UINT64_MAX || is_unreached(played, goal->text, why);
}

static bool find_cycle(const struct player *player, const struct hb_goal *goal, struct hb_played_step *played) {
    char why[200];
    double cycle = (double)goal->cycles;
    if (goal->at.tree && !hb_expect_number(goal->at.tree, player->root, &cycle, why, sizeof why))
        return is_unreached(played, goal->text, why);
    if (cycle < 0)
        return is_unreached(played, goal->text, "it is below 0");
    played->cycle = (uint64_t)cycle;
    return true;
}

/* `from`: the present. In a run that this step enters, events count from its start. */
static bool find_moment(const struct player *player, const struct hb_lesson_step *step, bool enters, uint64_t from,
                        struct hb_played_step *played) {
    const struct ended *ended = &player->ended[step->run];
    const struct hb_goal *goal = &step->until;
    bool ok = true;
    played->cycle = from;
    switch (goal->kind) {
    case HB_GOAL_STAY: break;
    case HB_GOAL_FAULT: ok = find_fault(ended, goal, played); break;
    case HB_GOAL_EVENT: ok = find_event(ended, goal, enters ? 0 : from, played); break;
    case HB_GOAL_CYCLE: ok = find_cycle(player, goal, played); break;
    case HB_GOAL_LATER: played->cycle = from + goal->cycles; break;
    case HB_GOAL_END: played->cycle = ended->cycles; break;
    }
    if (ok && played->cycle > ended->cycles) {
        char why[120];
        snprintf(why, sizeof why, "cycle %" PRIu64 " is after the end of \"%.40s\", %" PRIu64, played->cycle,
                 player->lesson->run[step->run].name, ended->cycles);
        ok = is_unreached(played, goal->text ? goal->text : "the step", why);
    }
    return ok;
}

/* ---- Answers --------------------------------------------------------------------------------------------------- */

static void note_trouble(struct hb_played_step *played, const char *what, const char *why) {
    snprintf(played->trouble, sizeof played->trouble, "%.120s: %.260s", what, why);
}

static void judge_choices(const struct hb_lesson_step *step, const cJSON *root, struct hb_played_step *played) {
    char values[260], all[260] = "";
    uint32_t n = 0;
    for (uint32_t i = 0; i < step->choices; i++)
        if (hb_expect_holds(step->choice[i].when.tree, root, values, sizeof values)) {
            size_t used = strlen(all);
            snprintf(all + used, sizeof all - used, "%s%c", n ? ", " : "", (char)('a' + i));
            played->right = n++ ? HB_LESSON_NOWHERE : i;
        }
    if (n == 0) {
        hb_expect_holds(step->choice[0].when.tree, root, values, sizeof values);
        note_trouble(played, "no choice is right", values);
    }
    if (n > 1)
        note_trouble(played, "more than one choice is right", all);
}

static void judge_number(const struct hb_lesson_step *step, const cJSON *root, struct hb_played_step *played) {
    char why[260];
    if (!hb_expect_number(step->answer.tree, root, &played->answer, why, sizeof why))
        note_trouble(played, "answer: there is none", why);
    else if (step->within == 0 && played->answer != floor(played->answer)) {
        snprintf(why, sizeof why, "%g is no whole number", played->answer);
        note_trouble(played, "answer: say how near to it is right, with \"within\"", why);
    }
}

static void judge(const struct hb_lesson_step *step, const cJSON *root, struct hb_played_step *played) {
    char values[260];
    if (step->holds.tree && !hb_expect_holds(step->holds.tree, root, values, sizeof values))
        note_trouble(played, "holds: what is said is not so", values);
    else if (step->choices)
        judge_choices(step, root, played);
    else if (step->answer.tree)
        judge_number(step, root, played);
}

/* The step whose moment a name in an expression stands for; NULL: there is none in this run. */
static const struct hb_played_step *step_at(const struct player *player, uint32_t i, uint32_t moment) {
    const struct hb_lesson *lesson = player->lesson;
    const int64_t at = (int64_t)i + moment - 1;
    if (at < 0 || at >= (int64_t)lesson->steps || lesson->step[at].run != lesson->step[i].run)
        return NULL;
    return player->play->step[at].reached ? &player->play->step[at] : NULL;
}

/* Puts the run as it stands at a moment under its name, if an expression asks for it. */
static bool add_moment(struct player *player, uint32_t i, uint32_t moment) {
    const char *name = hb_lesson_moments[moment];
    const struct hb_lesson_step *step = &player->lesson->step[i];
    const struct hb_played_step *at = step_needs(step, name) ? step_at(player, i, moment) : NULL;
    if (!at)
        return true;
    struct hb_machine *machine = run_until(player, step->run, at->cycle, NULL);
    if (!machine)
        return false;
    cJSON_AddItemToObject(player->root, name, result_of(machine));
    hb_machine_destroy(machine);
    return true;
}

static bool judge_at_moments(struct player *player, uint32_t i) {
    bool ok = true;
    for (uint32_t moment = 0; moment < HB_LESSON_MOMENTS; moment++)
        ok = ok && add_moment(player, i, moment);
    if (ok)
        judge(&player->lesson->step[i], player->root, &player->play->step[i]);
    for (uint32_t moment = 0; moment < HB_LESSON_MOMENTS; moment++)
        cJSON_DeleteItemFromObjectCaseSensitive(player->root, hb_lesson_moments[moment]);
    return ok;
}

static void find_moments(struct player *player) {
    uint64_t present = 0;
    for (uint32_t i = 0; i < player->lesson->steps; i++) {
        const struct hb_lesson_step *step = &player->lesson->step[i];
        struct hb_played_step *played = &player->play->step[i];
        const bool enters = i > 0 && step->run != step[-1].run;
        played->right = HB_LESSON_NOWHERE;
        played->reached = find_moment(player, step, enters, present, played);
        present = played->reached ? played->cycle : present;
    }
}

static void is_known(const struct player *player, uint32_t i) {
    struct hb_lesson_play *play = player->play;
    play->step[i].known = true;
    play->questions += hb_lesson_asks(&player->lesson->step[i]);
    play->troubles += play->step[i].trouble[0] != 0;
    if (player->options->played)
        player->options->played(player->options->context, i, &play->step[i]);
}

static bool play_steps(struct player *player) {
    find_moments(player);
    for (uint32_t i = 0; i < player->lesson->steps; i++) {
        if (player->play->step[i].reached && !judge_at_moments(player, i))
            return false;
        is_known(player, i);
    }
    return true;
}

/* ---- A lecture ------------------------------------------------------------------------------------------------- */

/* Takes from a whole lesson what the steps that it lends to the lecture turned out to be. */
static void take_steps(const struct player *player, uint32_t source, const struct hb_lesson_play *from) {
    const struct hb_lesson_origin *origin = player->lesson->origin;
    for (uint32_t i = 0; i < player->lesson->steps; i++)
        if (origin[i].source == source) {
            player->play->step[i] = from->step[origin[i].step];
            is_known(player, i);
        }
}

static bool play_sources(const struct player *player) {
    struct hb_lesson_options options = *player->options;
    options.played = NULL; /* its steps are the lecture's, under other numbers */
    for (uint32_t i = 0; i < player->lesson->sources; i++) {
        struct hb_lesson_play *played = hb_lesson_play(&player->lesson->source[i], &options, player->error);
        if (!played)
            return false;
        take_steps(player, i, played);
        hb_lesson_play_free(played);
    }
    return true;
}

/* ---- The whole lesson ------------------------------------------------------------------------------------------ */

struct hb_lesson_play *hb_lesson_play(const struct hb_lesson *lesson, const struct hb_lesson_options *options,
                                      struct hb_error *error) {
    struct player player = {.lesson = lesson, .options = options, .error = error};
    player.play = calloc(1, sizeof *player.play);
    if (!player.play || !(player.play->step = calloc(lesson->steps, sizeof *player.play->step)))
        abort();
    const bool ok = lesson->sources ? play_sources(&player) : run_all(&player) && play_steps(&player);
    cJSON_Delete(player.root);
    for (uint32_t i = 0; i < lesson->runs; i++) {
        cJSON_Delete(player.ended[i].result);
        hb_marks_free(&player.ended[i].marks);
    }
    if (ok)
        return player.play;
    hb_lesson_play_free(player.play);
    return NULL;
}

void hb_lesson_play_free(struct hb_lesson_play *play) {
    if (play)
        free(play->step);
    free(play);
}

/* Digits after the point: three or more in all. */
static int digits_of(double number) {
    const double size = fabs(number);
    return number == floor(number) || size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
}

/* "1,234,567" */
static void show_number(double number, char *text, size_t bytes) {
    char plain[64];
    size_t used = 0;
    snprintf(plain, sizeof plain, "%.*f", digits_of(number), number);
    const size_t whole = strcspn(plain, "."), sign = plain[0] == '-';
    for (size_t i = 0; plain[i] && used + 2 < bytes; i++) {
        if (i > sign && i < whole && (whole - i) % 3 == 0)
            text[used++] = ',';
        text[used++] = plain[i];
    }
    text[used] = 0;
}

void hb_lesson_answer_text(const struct hb_lesson_step *step, const struct hb_played_step *played, char *text,
                           size_t bytes) {
    char number[80];
    show_number(played->answer, number, sizeof number);
    if (step->choices)
        snprintf(text, bytes, "%c", played->right == HB_LESSON_NOWHERE ? '?' : (char)('a' + played->right));
    else
        snprintf(text, bytes, "%s%s%s", number, step->unit ? " " : "", step->unit ? step->unit : "");
}
