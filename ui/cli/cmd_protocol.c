/* hartbeat protocol NAME: its table, its diagram, or an exhaustive search of its states. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "bus/protocol/mutations.h"
#include "bus/protocol/table_text.h"
#include "bus/verify/story.h"
#include "bus/verify/verify.h"
#include "sim/base/nearest.h"
#include "sim/config/protocol_file.h"
#include "ui/cli/commands.h"
#include "ui/cli/help.h"
#include "ui/cli/options.h"
#include "ui/cli/terminal/progress.h"

#define NAMES_BYTES      512
#define POSTS_CACHES_MAX 4 /* up to this many caches (of one line) requests are kept in the state */

struct job {
    const struct hb_options *options;
    const struct hb_protocol *file; /* to be freed; NULL: a bundled protocol */
    struct hb_protocol protocol;    /* with the mutation, if one is requested */
    char name[128];                 /* and then its name */
    struct hb_verify_options verify;
};

/* ---- What is requested ----------------------------------------------------------------------------------------- */

static void names_of_protocols(char names[NAMES_BYTES]) {
    size_t n = 0;
    for (uint32_t id = 0; id < HB_PROTOCOLS; id++)
        n += (size_t)snprintf(names + n, NAMES_BYTES - n, "%s%s", id ? ", " : "",
                              hb_protocol_find((enum hb_protocol_id)id)->name);
}

static bool find_protocol(struct job *job, const char *name) {
    char names[NAMES_BYTES];
    struct hb_error error = {.text = ""};
    if (hb_protocol_is_file(name)) {
        job->file = hb_protocol_load(name, &error);
        if (job->file)
            job->protocol = *job->file;
        else
            fprintf(stderr, "%s\n", error.text);
        return job->file != NULL;
    }
    for (uint32_t id = 0; id < HB_PROTOCOLS; id++)
        if (strcmp(hb_protocol_find((enum hb_protocol_id)id)->name, name) == 0) {
            job->protocol = *hb_protocol_find((enum hb_protocol_id)id);
            return true;
        }
    names_of_protocols(names);
    struct hb_nearest nearest = {.word = name};
    for (uint32_t id = 0; id < HB_PROTOCOLS; id++)
        hb_nearest_try(&nearest, hb_protocol_find((enum hb_protocol_id)id)->name);
    const char *found = hb_nearest_found(&nearest);
    fprintf(stderr, "hartbeat protocol: %s: no such protocol%s%s%s (%s, or a file NAME.json)\n", name,
            found ? "; did you mean \"" : "", found ? found : "", found ? "\"?" : "", names);
    return false;
}

static bool mutate(struct job *job) {
    char names[NAMES_BYTES];
    const char *name = job->options->mutation;
    if (!name)
        return true;
    const struct hb_mutation *mutation = hb_mutation_at(hb_mutation_find(name));
    if (mutation && hb_mutation_fits(mutation, &job->protocol, job->options->split)) {
        hb_mutation_apply(mutation, &job->protocol);
        snprintf(job->name, sizeof job->name, "%s with %s: %s", job->protocol.name, name, mutation->what);
        job->protocol.name = job->name;
        return true;
    }
    hb_mutation_names(&job->protocol, job->options->split, names, sizeof names);
    fprintf(stderr, "hartbeat protocol: --mutation: \"%s\" %s %s%s (those that fit: %s)\n", name,
            mutation ? "does not fit" : "is unknown for", job->protocol.name,
            mutation && mutation->split ? " without --split" : "", names);
    return false;
}

static bool small_number(const char *text, const char *what, uint64_t most, uint64_t fallback, uint8_t *number) {
    uint64_t value = fallback;
    if (text && !hb_options_number(text, what, &value))
        return false;
    *number = (uint8_t)value;
    if (value >= 1 && value <= most)
        return true;
    fprintf(stderr, "hartbeat protocol: %s: %" PRIu64 " is not from 1 to %" PRIu64 "\n", what, value, most);
    return false;
}

static bool read_job(struct job *job) {
    const struct hb_options *options = job->options;
    struct hb_verify_options *verify = &job->verify;
    if (!small_number(options->caches, "--caches", HB_MODEL_CACHES_MAX, 3, &verify->caches) ||
        !small_number(options->lines, "--lines", HB_MODEL_LINES_MAX, 1, &verify->lines) ||
        !find_protocol(job, options->argument[0]))
        return false;
    verify->protocol = &job->protocol;
    verify->split = options->split;
    verify->without_posts = verify->caches > POSTS_CACHES_MAX || (verify->lines == 2 && verify->caches > 2);
    return mutate(job);
}

/* ---- The search ------------------------------------------------------------------------------------------------ */

static double host_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void print_head(const struct job *job) {
    const struct hb_verify_options *verify = &job->verify;
    printf("%s%s%u cache%s, %u line%s, %s bus\n", job->protocol.name, job->options->mutation ? "\n" : ": ",
           verify->caches, verify->caches > 1 ? "s" : "", verify->lines, verify->lines > 1 ? "s of one set" : "",
           verify->split ? "split" : "atomic");
    if (verify->without_posts)
        puts("Requests are posted and granted in one move: with so many caches waiting requests are not distinguished. "
             "What\n"
             "waits changes nothing before its grant, so the same caches, memory and transactions are reached.");
}

static void print_size(const struct job *job, const struct hb_verify_result *result, double seconds) {
    printf("%" PRIu32 " states (harts%s interchangeable), %" PRIu64 " transitions, %" PRIu32
           " moves from the start at most, %.2f s\n",
           result->states, job->verify.lines > 1 ? " and lines" : "", result->transitions, result->depth, seconds);
}

/* A row that nothing needs is one that was not thought through. */
static int print_unreached(const struct job *job, const struct hb_verify_result *result) {
    char rows[2048];
    uint32_t n = hb_verify_unreached(&job->protocol, &result->reach, rows, sizeof rows);
    if (n == 0) {
        puts("every row of the table is used");
        return HB_EXIT_OK;
    }
    printf("%" PRIu32 " row%s of the table %s never used: %s\n", n, n > 1 ? "s" : "", n > 1 ? "are" : "is", rows);
    return HB_EXIT_FAILED;
}

static int print_result(const struct job *job, const struct hb_verify_result *result) {
    if (result->gave_up) {
        puts("gave up: the host does not have enough memory for all states; nothing wrong was found among these");
        return HB_EXIT_UNFINISHED;
    }
    if (result->found == HB_FOUND_NOTHING) {
        puts("one writer or many readers, no stale read, no lost write, no wrong SC, no missing row, no deadlock, no "
             "livelock");
        return print_unreached(job, result);
    }
    printf("wrong: %s\nin %" PRIu32 " moves, and not in fewer:\n\n%s",
           hb_verify_story_found((enum hb_flaw_found)result->found), result->moves, result->story ? result->story : "");
    return HB_EXIT_FAILED;
}

static int verify(const struct job *job) {
    struct hb_verify_result result;
    double from = host_seconds();
    struct hb_progress_line progress;
    print_head(job);
    fflush(stdout);
    hb_progress_clock(&progress, "searching", false);
    const bool began = hb_verify(&job->verify, &result);
    hb_progress_end(&progress);
    if (!began) {
        fputs("hartbeat protocol: the host does not have enough memory\n", stderr);
        return HB_EXIT_UNFINISHED;
    }
    print_size(job, &result, host_seconds() - from);
    int status = print_result(job, &result);
    hb_verify_free(&result);
    return status;
}

/* ---- Entry point ----------------------------------------------------------------------------------------------- */

void hb_protocol_help(FILE *out) {
    char names[NAMES_BYTES];
    names_of_protocols(names);
    fprintf(out, "\nProtocols: %s.\n\nMutations, each for the protocols that it makes a difference to:\n", names);
    const struct hb_mutation *mutation;
    for (uint32_t n = 0; (mutation = hb_mutation_at(n)); n++)
        fprintf(out, "  %-28s %s\n", mutation->name, mutation->what);
}

int hb_cmd_protocol(const struct hb_options *options) {
    struct job job = {.options = options};
    int status = HB_EXIT_OK;
    if (!read_job(&job))
        status = HB_EXIT_USAGE;
    else if (job.options->verify)
        status = verify(&job);
    else if (job.options->dot)
        hb_protocol_print_dot(&job.protocol, stdout);
    else
        hb_protocol_print_table(&job.protocol, job.options->markdown, stdout);
    hb_protocol_free(job.file);
    return status;
}
