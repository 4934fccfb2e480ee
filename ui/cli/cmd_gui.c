/* hartbeat gui [EXPERIMENT.json | LESSON.json | DIR --run I]: the dashboard, or with --shot a picture of it that needs
 * no display. */
#include <stdio.h>

#include "sim/experiment/experiment.h"
#include "ui/cli/commands.h"
#include "ui/cli/options.h"

#ifndef HB_HAS_GUI

int hb_cmd_gui(const struct hb_options *options) {
    (void)options;
    fputs("hartbeat gui: this hartbeat was built without its dashboard (HB_GUI=OFF)\n", stderr);
    return HB_EXIT_USAGE;
}

#else

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/nearest.h"
#include "sim/base/output.h"
#include "sim/experiment/by_hand.h"
#include "sim/lesson/behind.h"
#include "sim/lesson/play.h"
#include "sim/machine/state_hash.h"
#include "sim/state/recording.h"
#include "ui/cli/lesson.h"
#include "ui/cli/rerun.h"
#include "ui/cli/start_page.h"
#include "ui/cli/terminal/progress.h"
#include "ui/dashboard/dashboard.h"
#include "ui/dashboard/model/deck.h"
#include "ui/dashboard/model/scene.h"
#include "ui/dashboard/source/machine_session.h"

#define RESTARTS_MAX  64 /* with other keys */
#define VARIANTS_MAX  64 /* that the list shows */
#define SETTING_BYTES 96
#define SIDE_MIN      320 /* of a window, in pixels */
#define SIDE_MAX      8192

/* An experiment's variants, or a lesson's runs, one of which is open. */
struct gallery {
    uint32_t count;
    const char *name[VARIANTS_MAX];
    const struct hb_variant *variant[VARIANTS_MAX];
    uint32_t shown; /* of them: it is open in */
    struct hb_session *session;
    struct hb_experiment changed[RESTARTS_MAX]; /* the run with other values of keys; the last takes its place */
    uint32_t restarts;
    char setting[RESTARTS_MAX][SETTING_BYTES]; /* KEY=VALUE with which it began anew, and ... */
    uint8_t setting_of[RESTARTS_MAX];          /* ... which of `variant` did */
    const struct hb_lesson *lesson;            /* whose runs they are; NULL: an experiment's */
    const char *record;                        /* recording to write of the run that was shown last; NULL: none */
    const char *replay; /* recording whose inputs come in place of the experiment's own; NULL: none */
};

/* The inputs of a recording come, and no others. */
static bool replay(const struct gallery *gallery, struct hb_session *session, struct hb_error *error) {
    if (gallery->replay == NULL)
        return true;
    hb_machine_forget_inputs(hb_session_machine(session), 0);
    return hb_recording_read(hb_session_machine(session), gallery->replay, error);
}

static struct hb_session *open_variant(void *self, uint32_t i, struct hb_error *error) {
    struct gallery *gallery = self;
    struct hb_session *session = hb_session_open(&gallery->variant[i]->config, error);
    if (session == NULL)
        return NULL;
    if (!replay(gallery, session, error)) {
        hb_session_close(session);
        return NULL;
    }
    hb_session_close(gallery->session);
    gallery->shown = i;
    return gallery->session = session;
}

/* The inputs of a recording belong to the run as it was. */
static struct hb_session *restart(void *self, const char *setting, struct hb_error *error) {
    struct gallery *gallery = self;
    struct hb_experiment *changed = &gallery->changed[gallery->restarts];
    const struct hb_variant *variant = gallery->variant[gallery->shown];
    if (gallery->restarts == RESTARTS_MAX) {
        hb_error_set(error, "No more than %d keys can be changed in one go.", RESTARTS_MAX);
        return NULL;
    }
    if (!hb_experiment_load_text(variant->text, variant->config.name, &setting, 1, changed, error))
        return NULL;
    snprintf(changed->variant->config.name, sizeof changed->variant->config.name, "%s", variant->config.name);
    struct hb_session *session = hb_session_open(&changed->variant->config, error);
    if (session == NULL) {
        hb_experiment_free(changed);
        return NULL;
    }
    hb_session_close(gallery->session);
    gallery->variant[gallery->shown] = changed->variant;
    snprintf(gallery->setting[gallery->restarts], SETTING_BYTES, "%s", setting);
    gallery->setting_of[gallery->restarts++] = (uint8_t)gallery->shown;
    return gallery->session = session;
}

static bool save(void *self, const char *path, struct hb_error *error) {
    const struct gallery *gallery = self;
    return hb_by_hand_write(gallery->variant[gallery->shown], hb_session_machine(gallery->session), path, error);
}

/* Has a later setting the same key? */
static bool is_set_again(const struct gallery *gallery, uint32_t i) {
    const size_t key = strcspn(gallery->setting[i], "=") + 1;
    for (uint32_t later = i + 1; later < gallery->restarts; later++)
        if (gallery->setting_of[later] == gallery->setting_of[i] &&
            strncmp(gallery->setting[later], gallery->setting[i], key) == 0)
            return true;
    return false;
}

/* The options of the same run: which variant it is, and the keys with which it began anew. */
static void print_run(const struct gallery *gallery) {
    if (gallery->count > 1 && gallery->name[gallery->shown] != NULL)
        printf("of %s, ", gallery->name[gallery->shown]);
    fputs("--replay with", stdout);
    for (uint32_t i = 0; i < gallery->restarts; i++)
        if (gallery->setting_of[i] == gallery->shown && !is_set_again(gallery, i))
            printf(" --set %s", gallery->setting[i]);
}

/* With what the same run gives that is cut off where this one is left, so that the two can be compared. */
static bool record(const struct gallery *gallery, struct hb_error *error) {
    struct hb_machine *machine = hb_session_machine(gallery->session);
    if (!gallery->record)
        return true;
    if (!hb_recording_write(machine, gallery->record, error))
        return false;
    if (machine->saved->outcome == HB_OUTCOME_RUNNING)
        hb_machine_end(machine, HB_OUTCOME_LIMIT, 0);
    printf("%s: %" PRIu32 " inputs; ", gallery->record, machine->log.inputs);
    print_run(gallery);
    printf(" --cycles %" PRIu64 " gives state_hash %016" PRIx64 "\n", machine->saved->cycle, hb_state_hash(machine));
    return true;
}

static struct gallery gallery_of(const struct hb_options *options) {
    return (struct gallery){.record = options->record,
                            .replay = options->replay && hb_recording_is(options->replay) ? options->replay : NULL};
}

/* The variants side by side, if there are several; NULL: there are not. */
static struct hb_race *race_of(const struct gallery *gallery) {
    struct hb_race *race = gallery->count < 2 || gallery->name[0] == NULL ? NULL : calloc(1, sizeof *race);
    for (uint32_t i = 0; race && i < gallery->count; i++)
        if (!gallery->lesson || hb_lesson_races(gallery->lesson, i))
            hb_race_add(race, i, gallery->name[i], &gallery->variant[i]->config);
    return race;
}

static int open_dashboard(struct gallery *gallery, uint32_t first, struct hb_dashboard_options *chosen) {
    const struct hb_dashboard_variants variants = {
        .name = gallery->name, .count = gallery->count, .shown = first, .open = open_variant, .self = gallery};
    if (gallery->name[0] != NULL)
        chosen->variants = &variants;
    chosen->race = race_of(gallery);
    chosen->keeper = (struct hb_keeper){save, restart, gallery};
    struct hb_error error;
    struct hb_session *session = open_variant(gallery, first, &error);
    int status = HB_EXIT_USAGE;
    struct hb_progress_line progress;
    hb_progress_clock(&progress, "going to the picture", chosen->shot_path == NULL);
    if (session && (!gallery->record || hb_output_probe(gallery->record, &error)))
        status = hb_dashboard_run(session, chosen, &error);
    hb_progress_end(&progress);
    if (status == HB_EXIT_OK && !record(gallery, &error))
        status = hb_error_is_the_hosts(&error) ? HB_EXIT_INTERNAL : HB_EXIT_USAGE;
    if (status != HB_EXIT_OK)
        fprintf(stderr, "hartbeat gui: %s\n", error.text);
    hb_session_close(gallery->session);
    if (chosen->race)
        hb_race_end(chosen->race);
    free(chosen->race);
    chosen->race = NULL;
    while (gallery->restarts > 0)
        hb_experiment_free(&gallery->changed[--gallery->restarts]);
    return status;
}

static bool choose_scene(const char *name, uint8_t *scene) {
    struct hb_nearest nearest = {.word = name};
    *scene = hb_scene_named(name);
    if (*scene < HB_SCENES)
        return true;
    fprintf(stderr, "hartbeat gui: --scene: \"%s\" is unknown", name);
    for (uint8_t i = 0; i < HB_SCENES; i++)
        hb_nearest_try(&nearest, hb_scene_table[i].name);
    if (hb_nearest_found(&nearest))
        fprintf(stderr, "; did you mean \"%s\"?", hb_nearest_found(&nearest));
    for (uint8_t i = 0; i < HB_SCENES; i++)
        fprintf(stderr, "%s%s", i == 0 ? " (" : ", ", hb_scene_table[i].name);
    fputs(")\n", stderr);
    return false;
}

static bool choose_size(const char *text, struct hb_dashboard_options *chosen) {
    int end = 0;
    if (sscanf(text, "%5dx%5d%n", &chosen->width, &chosen->height, &end) == 2 && text[end] == '\0' &&
        chosen->width >= SIDE_MIN && chosen->width <= SIDE_MAX && chosen->height >= SIDE_MIN &&
        chosen->height <= SIDE_MAX)
        return true;
    fprintf(stderr, "hartbeat gui: --size: \"%s\" should be WIDTHxHEIGHT, each %d to %d\n", text, SIDE_MIN, SIDE_MAX);
    return false;
}

static bool choose(const struct hb_options *options, struct hb_dashboard_options *chosen) {
    *chosen = (struct hb_dashboard_options){
        .large = options->large,
        .notes = options->notes,
        .dark = options->dark,
        .shot_path = options->shot,
        .log_path = options->commands,
        .replay_path = options->replay && !hb_recording_is(options->replay) ? options->replay : NULL,
        .describe_path = options->describe};
    return (!options->scene || choose_scene(options->scene, &chosen->scene)) &&
           (!options->size || choose_size(options->size, chosen)) &&
           (!options->at || hb_options_number(options->at, "--at", &chosen->shot_cycle));
}

/* ---- An experiment --------------------------------------------------------------------------------------------- */

static int open_experiment(const char *name, const struct hb_options *options, struct hb_dashboard_options *chosen) {
    struct hb_experiment experiment;
    struct hb_error error;
    struct gallery gallery = gallery_of(options);
    if (!hb_experiment_load(name, options->set, options->sets, &experiment, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return HB_EXIT_USAGE;
    }
    for (uint32_t i = 0; i < experiment.variants && i < VARIANTS_MAX; i++, gallery.count++) {
        gallery.variant[i] = &experiment.variant[i];
        gallery.name[i] = experiment.has_variants ? experiment.variant[i].name : NULL;
    }
    int status = open_dashboard(&gallery, 0, chosen);
    hb_experiment_free(&experiment);
    return status;
}

/* ---- A run of a campaign --------------------------------------------------------------------------------------- */

static int open_rerun(const struct hb_options *options, struct hb_dashboard_options *chosen) {
    struct hb_rerun rerun;
    if (!hb_rerun_open_by(&rerun, options))
        return HB_EXIT_USAGE;
    struct hb_config *config = &rerun.experiment.variant->config;
    struct gallery gallery = {.count = 1, .variant = {rerun.experiment.variant}};
    size_t n = strlen(config->name);
    snprintf(config->name + n, sizeof config->name - n, ", run %s", options->run);
    chosen->fault_cycle = rerun.strike_cycle == HB_NO_STRIKE ? 0 : rerun.strike_cycle;
    int status = open_dashboard(&gallery, 0, chosen);
    hb_rerun_close(&rerun);
    return status;
}

/* ---- A lesson -------------------------------------------------------------------------------------------------- */

/* A picture at a cycle shows the last page of the first run that has come by then, with its answer. */
static void choose_page(const struct hb_deck *deck, struct hb_dashboard_options *chosen) {
    chosen->deck = deck;
    for (uint32_t i = 0; chosen->shot_cycle && i < deck->pages; i++)
        if (deck->page[i].run == deck->page[0].run && deck->page[i].cycle <= chosen->shot_cycle) {
            chosen->first_page = i;
            chosen->revealed = deck->page[i].ask != NULL;
        }
}

struct lesson_window {
    struct hb_lesson_behind *behind;
    struct hb_deck_page *page;
};

static bool learn(void *self) {
    const struct lesson_window *window = self;
    if (!hb_lesson_behind_take(window->behind, false))
        return false;
    hb_lesson_fill_pages(window->behind->lesson, window->behind->play, window->page);
    return true;
}

static int show_lesson(struct hb_lesson_behind *behind, const struct hb_options *options,
                       struct hb_dashboard_options *chosen) {
    const struct hb_lesson *lesson = behind->lesson;
    struct gallery gallery = gallery_of(options);
    for (uint32_t i = 0; i < lesson->runs && i < VARIANTS_MAX; i++, gallery.count++) {
        gallery.variant[i] = lesson->run[i].variant;
        gallery.name[i] = lesson->run[i].name;
    }
    gallery.lesson = lesson;
    struct lesson_window window = {.behind = behind, .page = hb_lesson_pages(lesson, behind->play)};
    const struct hb_deck deck = {
        .title = lesson->title, .pages = lesson->steps, .page = window.page, .learn = learn, .self = &window};
    choose_page(&deck, chosen);
    int status = open_dashboard(&gallery, window.page[chosen->first_page].run, chosen);
    free(window.page);
    return status;
}

/* Nothing of it is wrong, as far as is known. */
static bool is_right(const struct hb_lesson_behind *behind, const char *name) {
    if (behind->error.text[0])
        fprintf(stderr, "%s\n", behind->error.text);
    else if (behind->play->troubles)
        fprintf(stderr, "hartbeat gui: %s: %u steps are wrong; `hartbeat run %s` says which\n", behind->lesson->path,
                (unsigned)behind->play->troubles, name);
    return !behind->error.text[0] && !behind->play->troubles;
}

/* Its answers are worked out behind the window; a picture, and commands that are replayed, need them first. */
static int open_lesson(const char *name, const struct hb_options *options, struct hb_dashboard_options *chosen) {
    struct hb_lesson lesson;
    struct hb_error error;
    if (!hb_lesson_load(name, options->set, options->sets, &lesson, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return HB_EXIT_USAGE;
    }
    struct hb_lesson_behind behind;
    int status = HB_EXIT_USAGE;
    if (hb_lesson_behind_begin(&behind, &lesson, &error)) {
        if (chosen->shot_path || chosen->replay_path)
            hb_lesson_behind_take(&behind, true);
        if (is_right(&behind, name))
            status = show_lesson(&behind, options, chosen);
        hb_lesson_behind_end(&behind);
    } else {
        fprintf(stderr, "%s\n", error.text);
        status = HB_EXIT_INTERNAL;
    }
    hb_lesson_free(&lesson);
    return status;
}

static int open_named(const char *name, const struct hb_options *options, struct hb_dashboard_options *chosen) {
    return hb_lesson_is(name) ? open_lesson(name, options, chosen) : open_experiment(name, options, chosen);
}

/* ---- The start page -------------------------------------------------------------------------------------------- */

/* What is chosen there takes its window's place. */
static int open_start(const struct hb_options *options, struct hb_dashboard_options *chosen) {
    struct hb_start_page *page = hb_start_page_make();
    int opened = -1;
    if (!page)
        return HB_EXIT_INTERNAL;
    chosen->start = &page->start;
    chosen->opened = &opened;
    int status = open_experiment("smp4", options, chosen);
    if (status == HB_EXIT_OK && opened >= 0 && choose(options, chosen))
        status = open_named(page->open[opened], options, chosen);
    hb_start_page_free(page);
    return status;
}

int hb_cmd_gui(const struct hb_options *options) {
    struct hb_dashboard_options chosen;
    if (!choose(options, &chosen))
        return HB_EXIT_USAGE;
    if (hb_rerun_is_meant(options))
        return open_rerun(options, &chosen);
    const char *name = options->arguments ? options->argument[0] : "smp4";
    return options->start ? open_start(options, &chosen) : open_named(name, options, &chosen);
}

#endif
