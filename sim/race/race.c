#include "sim/race/race.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "osmodel/os_requests.h"
#include "sim/engine/run.h"

#define FIRST_STEP 2048 /* cycles from point to point, until a lane is full of them */

struct message {
    uint32_t lane;
    uint8_t unit;
    uint64_t total;
    struct hb_race_state state;
};

_Static_assert(sizeof(struct message) <= HB_CHILD_MESSAGE_MAX, "a message could be torn");

/* ---- In the process -------------------------------------------------------------------------------------------- */

static bool has_tasks(const struct hb_machine *machine) {
    return machine->elf.has_note && machine->params_address != 0 && machine->config.os.workload_tasks != 0;
}

/* Writes when requests arrive; there are so many. */
static uint64_t requests_of(const struct hb_machine *machine, uint64_t *arrival) {
    return has_tasks(machine) ? hb_os_request_arrivals(&machine->saved->os, &machine->config.os, arrival) : 0;
}

/* One more unit is done; `sum_cycles`: of all, from arrival to end. */
static void count_unit(struct hb_race_state *state, uint64_t arrived, uint64_t done, uint64_t *sum_cycles) {
    state->done++;
    *sum_cycles += done > arrived ? done - arrived : 0;
    state->mean_cycles = *sum_cycles / state->done;
    state->finish_cycle = done > state->finish_cycle ? done : state->finish_cycle;
}

static void count_requests(const struct hb_os_view *os, const uint64_t *arrival, uint64_t n,
                           struct hb_race_state *state) {
    uint64_t sum_cycles = 0;
    for (uint64_t i = 0; i < n; i++)
        if (os->requests[i].answered_cycle != 0 && !os->requests[i].refused)
            count_unit(state, arrival[i], os->requests[i].answered_cycle, &sum_cycles);
}

static void count_tasks(const struct hb_os_view *os, struct hb_race_state *state) {
    uint64_t sum_cycles = 0;
    for (uint32_t i = 0; i < HB_TASKS_MAX; i++)
        if (os->tasks[i].state == HB_OS_TASK_DONE)
            count_unit(state, os->tasks[i].arrived_cycle, os->tasks[i].completed_cycle, &sum_cycles);
}

static uint64_t instructions_of(const struct hb_machine *machine) {
    uint64_t sum = 0;
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        sum += has_tasks(machine) ? hb_hart_user_instructions(&machine->hart[h]) : machine->hart[h].instructions;
    return sum;
}

static const uint8_t ends[] = {
    [HB_OUTCOME_RUNNING] = HB_RACE_GOES_ON,    [HB_OUTCOME_PASSED] = HB_RACE_FINISHED,
    [HB_OUTCOME_FAILED] = HB_RACE_FAILED,      [HB_OUTCOME_LIMIT] = HB_RACE_LIMIT,
    [HB_OUTCOME_HANG] = HB_RACE_HANGS,         [HB_OUTCOME_CRASH] = HB_RACE_FAILED,
    [HB_OUTCOME_INTERRUPTED] = HB_RACE_FAILED,
};

/* A lane in the process; without a machine it goes no further. */
struct racer {
    struct hb_machine *machine;
    struct message message;
    uint64_t *arrival; /* of all racers: for whoever is looked at */
};

static void look(struct racer *racer) {
    const struct hb_machine *machine = racer->machine;
    const struct hb_os_view *os = &machine->saved->os;
    struct hb_race_state *state = &racer->message.state;
    *state = (struct hb_race_state){.cycle = machine->saved->cycle,
                                    .instructions = instructions_of(machine),
                                    .up_cycle = os->harts_up_cycle == HB_OS_NONE ? 0 : os->harts_up_cycle,
                                    .end = ends[machine->saved->outcome]};
    if (racer->message.unit == HB_RACE_REQUESTS)
        count_requests(os, racer->arrival, requests_of(machine, racer->arrival), state);
    else if (racer->message.unit == HB_RACE_TASKS)
        count_tasks(os, state);
    else
        state->done = state->instructions;
    if (racer->message.unit == HB_RACE_INSTRUCTIONS)
        state->finish_cycle = state->cycle;
}

static void enter(const struct hb_race_lane *lane, struct racer *racer) {
    struct hb_error error;
    struct message *message = &racer->message;
    message->unit = HB_RACE_INSTRUCTIONS;
    message->state.end = HB_RACE_NEVER;
    racer->machine = hb_machine_create(lane->config, &error);
    if (!racer->machine)
        return;
    message->state.end = HB_RACE_GOES_ON;
    message->total = requests_of(racer->machine, racer->arrival);
    if (message->total)
        message->unit = HB_RACE_REQUESTS;
    else if (has_tasks(racer->machine))
        message->unit = HB_RACE_TASKS;
    if (message->unit == HB_RACE_TASKS)
        message->total = racer->machine->config.os.workload_tasks;
}

/* False: it goes no further. */
static bool go_on(struct racer *racer, uint64_t cycle, int out) {
    hb_machine_run(racer->machine, cycle);
    look(racer);
    hb_child_say(out, &racer->message, sizeof racer->message);
    if (racer->message.state.end == HB_RACE_GOES_ON)
        return true;
    hb_machine_destroy(racer->machine);
    racer->machine = NULL;
    return false;
}

/* All in equal steps, which grow as the points of those who follow do. */
static void work(void *context, int out) {
    const struct hb_race *race = context;
    struct racer *racer = calloc(race->lanes, sizeof *racer);
    uint64_t *arrival = calloc(HB_REQUESTS_MAX, sizeof *arrival);
    uint32_t going = 0;
    for (uint32_t i = 0; racer && arrival && i < race->lanes; i++) {
        racer[i].arrival = arrival;
        racer[i].message.lane = i;
        enter(&race->lane[i], &racer[i]);
        hb_child_say(out, &racer[i].message, sizeof racer[i].message);
        going += racer[i].machine != NULL;
    }
    for (uint64_t step = FIRST_STEP, cycle = step; going > 0; cycle += step) {
        for (uint32_t i = 0; i < race->lanes; i++)
            if (racer[i].machine && !go_on(&racer[i], cycle, out))
                going--;
        if (cycle == step * HB_RACE_POINTS)
            step *= 2;
    }
    free(arrival);
    free(racer);
}

/* ---- In the caller --------------------------------------------------------------------------------------------- */

void hb_race_add(struct hb_race *race, uint32_t variant, const char *name, const struct hb_config *config) {
    if (race->lanes == HB_RACE_LANES)
        return;
    race->lane[race->lanes++] = (struct hb_race_lane){.name = name,
                                                      .variant = variant,
                                                      .config = config,
                                                      .harts = config->harts,
                                                      .unit = HB_RACE_TASKS,
                                                      .every_cycles = FIRST_STEP};
}

bool hb_race_begin(struct hb_race *race, struct hb_error *error) {
    if (race->begun)
        return true;
    race->begun = hb_child_begin(&race->child, work, race, error);
    return race->begun;
}

/* There is room for one more: every second point is enough where there was none. */
static void make_room(struct hb_race_lane *lane) {
    if (lane->points < HB_RACE_POINTS)
        return;
    for (uint32_t i = 0; i < HB_RACE_POINTS / 2; i++)
        lane->point[i] = lane->point[2 * i + 1];
    lane->points = HB_RACE_POINTS / 2;
    lane->every_cycles *= 2;
}

static void take_message(struct hb_race *race, const struct message *message) {
    struct hb_race_lane *lane = &race->lane[message->lane];
    lane->unit = message->unit;
    lane->total = message->total;
    lane->now = message->state;
    make_room(lane);
    if (message->state.cycle == (lane->points + 1) * lane->every_cycles)
        lane->point[lane->points++] = (struct hb_race_point){message->state.done, message->state.instructions};
}

/* The process is gone: what it has not reported will not come. */
static void settle(struct hb_race *race) {
    for (uint32_t i = 0; i < race->lanes; i++)
        if (race->lane[i].now.end == HB_RACE_GOES_ON)
            race->lane[i].now.end = HB_RACE_NEVER;
    race->over = true;
}

bool hb_race_take(struct hb_race *race, bool wait) {
    struct message message;
    bool some = false;
    while (race->begun && !race->over) {
        const enum hb_child_news news = hb_child_hear(&race->child, &message, sizeof message, wait);
        if (news == HB_CHILD_NOTHING_YET)
            break;
        if (news == HB_CHILD_MESSAGE && message.lane < race->lanes)
            take_message(race, &message);
        else if (news == HB_CHILD_OVER)
            settle(race);
        some = true;
    }
    return some;
}

void hb_race_end(struct hb_race *race) {
    hb_child_end(&race->child);
    race->over = true;
}

/* ---- What it says ---------------------------------------------------------------------------------------------- */

struct hb_race_point hb_race_at(const struct hb_race_lane *lane, uint64_t cycle) {
    const uint64_t place = cycle / lane->every_cycles;
    if (cycle >= lane->now.cycle || (lane->now.end == HB_RACE_FINISHED && cycle >= lane->now.finish_cycle))
        return (struct hb_race_point){lane->now.done, lane->now.instructions};
    return place == 0 || lane->points == 0 ? (struct hb_race_point){0, 0}
           : place <= lane->points         ? lane->point[place - 1]
                                           : lane->point[lane->points - 1];
}

double hb_race_rate(const struct hb_race_lane *lane) {
    const struct hb_race_state *now = &lane->now;
    const uint64_t end = now->end == HB_RACE_FINISHED ? now->finish_cycle : now->cycle;
    if (now->end == HB_RACE_GOES_ON || now->end == HB_RACE_NEVER || end <= now->up_cycle)
        return 0;
    return (double)now->done * 1e6 / (double)(end - now->up_cycle);
}

uint64_t hb_race_end_cycle(const struct hb_race *race) {
    uint64_t end = 0;
    for (uint32_t i = 0; i < race->lanes; i++) {
        const struct hb_race_state *now = &race->lane[i].now;
        const uint64_t cycle = now->end == HB_RACE_FINISHED ? now->finish_cycle : now->cycle;
        end = cycle > end ? cycle : end;
    }
    return end;
}

/* ---- Series ---------------------------------------------------------------------------------------------------- */

/* The length of "eight" or "8" where a name goes on with it; 0: it does not. */
static size_t harts_word(const char *name, uint32_t harts) {
    static const struct {
        uint32_t harts;
        const char *word;
    } words[] = {{1, "one"},          {2, "two"},         {3, "three"},      {4, "four"},
                 {6, "six"},          {8, "eight"},       {12, "twelve"},    {16, "sixteen"},
                 {24, "twenty-four"}, {32, "thirty-two"}, {64, "sixty-four"}};
    char number[16];
    const char *word = number;
    snprintf(number, sizeof number, "%u", harts);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].harts == harts && strncmp(name, words[i].word, strlen(words[i].word)) == 0)
            word = words[i].word;
    const size_t length = strlen(word);
    return strncmp(name, word, length) == 0 && (name[length] == '-' || name[length] == '\0') ? length : 0;
}

void hb_race_series(const struct hb_race_lane *lane, char *text, size_t bytes) {
    size_t used = 0;
    text[0] = '\0';
    for (const char *word = lane->name, *next; word && *word; word = next) {
        const size_t said = harts_word(word, lane->harts), length = said > 0 ? said : strcspn(word, "-");
        next = word[length] ? word + length + 1 : word + length;
        if (said == 0 && used + length + 2 < bytes)
            used += (size_t)snprintf(text + used, bytes - used, "%s%.*s", used > 0 ? "-" : "", (int)length, word);
    }
}
