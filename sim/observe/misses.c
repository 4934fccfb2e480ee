#include "sim/observe/misses.h"

#include <stdlib.h>

#include "sim/base/byte_set.h"
#include "sim/base/line_map.h"

#define NONE UINT32_MAX

/* A line as seen by one agent's caches. */
struct copy {
    struct hb_byte_set news; /* bytes that others have written since the agent's last essential miss on the line */
    uint32_t next;           /* the next agent's copy of the same line */
    uint32_t newer, older;   /* neighbours in the full cache, if it is in there */
    uint32_t counts[HB_MISSES];
    uint32_t updates_used;
    uint8_t agent;
    bool held;        /* it has been in the cache before */
    bool present;     /* in the unbounded cache */
    bool in_full;     /* in the full cache */
    bool open;        /* the miss of sharing that began this lifetime has not been found essential ... */
    bool counts_open; /* ... and counts */
};

struct agent {
    uint32_t room, used;     /* lines of the full cache */
    uint32_t newest, oldest; /* copies in it */
    uint64_t counts[HB_MISSES];
    uint64_t open; /* misses of sharing that count and whose lifetimes have not ended */
};

struct hb_misses {
    uint32_t agents;
    uint32_t line_bytes;
    struct agent *agent;
    struct hb_line_map lines; /* to the first copy of each line */
    struct copy *copy;
    uint32_t copies, capacity;
};

/* ---- Finding copies -------------------------------------------------------------------------------------------- */

struct hb_misses *hb_misses_new(uint32_t agents, uint32_t line_bytes, const uint32_t *lines) {
    struct hb_misses *misses = calloc(1, sizeof *misses);
    if (!misses)
        abort();
    misses->agents = agents;
    misses->line_bytes = line_bytes;
    misses->agent = calloc(agents, sizeof *misses->agent);
    if (!misses->agent)
        abort();
    for (uint32_t i = 0; i < agents; i++)
        misses->agent[i] = (struct agent){.room = lines[i], .newest = NONE, .oldest = NONE};
    return misses;
}

void hb_misses_free(struct hb_misses *misses) {
    if (!misses)
        return;
    hb_line_map_free(&misses->lines);
    free(misses->copy);
    free(misses->agent);
    free(misses);
}

static uint64_t line_of(const struct hb_misses *misses, uint64_t address) {
    return address & ~(uint64_t)(misses->line_bytes - 1);
}

static struct hb_byte_set bytes_of(const struct hb_misses *misses, uint64_t address, uint32_t bytes) {
    return hb_byte_set_of((uint32_t)(address - line_of(misses, address)), bytes);
}

static uint32_t first_copy(const struct hb_misses *misses, uint64_t line) {
    return hb_line_map_find(&misses->lines, line);
}

static struct copy *find(const struct hb_misses *misses, uint8_t agent, uint64_t line) {
    for (uint32_t i = first_copy(misses, line); i != NONE; i = misses->copy[i].next)
        if (misses->copy[i].agent == agent)
            return &misses->copy[i];
    return NULL;
}

static struct copy *new_copy(struct hb_misses *misses) {
    if (misses->copies == misses->capacity) {
        misses->capacity = misses->capacity ? 2 * misses->capacity : 1024;
        misses->copy = realloc(misses->copy, misses->capacity * sizeof *misses->copy);
        if (!misses->copy)
            abort();
    }
    return &misses->copy[misses->copies++];
}

static struct copy *find_or_add(struct hb_misses *misses, uint8_t agent, uint64_t line) {
    struct copy *copy = find(misses, agent, line);
    if (copy)
        return copy;
    copy = new_copy(misses);
    uint32_t *first = hb_line_map_at(&misses->lines, line);
    *copy = (struct copy){.agent = agent, .next = *first, .newer = NONE, .older = NONE};
    *first = (uint32_t)(copy - misses->copy);
    return copy;
}

/* ---- The full cache: a list from the newest line to the oldest ------------------------------------------------- */

static void leave_full(struct hb_misses *misses, struct copy *copy) {
    struct agent *agent = &misses->agent[copy->agent];
    if (!copy->in_full)
        return;
    *(copy->newer == NONE ? &agent->newest : &misses->copy[copy->newer].older) = copy->older;
    *(copy->older == NONE ? &agent->oldest : &misses->copy[copy->older].newer) = copy->newer;
    copy->in_full = false;
    agent->used--;
}

static void enter_full(struct hb_misses *misses, struct copy *copy) {
    struct agent *agent = &misses->agent[copy->agent];
    uint32_t index = (uint32_t)(copy - misses->copy);
    if (agent->newest == index)
        return;
    leave_full(misses, copy);
    if (agent->used == agent->room)
        leave_full(misses, &misses->copy[agent->oldest]);
    copy->newer = NONE;
    copy->older = agent->newest;
    *(agent->newest == NONE ? &agent->oldest : &misses->copy[agent->newest].newer) = index;
    agent->newest = index;
    copy->in_full = true;
    agent->used++;
}

/* ---- Classes --------------------------------------------------------------------------------------------------- */

static void count(struct hb_misses *misses, struct copy *copy, enum hb_miss miss) {
    copy->counts[miss]++;
    misses->agent[copy->agent].counts[miss]++;
}

/* The miss that began the lifetime is now known to be one of true or of false sharing. */
static void settle(struct hb_misses *misses, struct copy *copy, enum hb_miss miss) {
    if (copy->open && copy->counts_open) {
        misses->agent[copy->agent].open--;
        count(misses, copy, miss);
    }
    copy->open = false;
}

static void become_essential(struct copy *copy) {
    copy->news = (struct hb_byte_set){{0}};
}

static void open_lifetime(struct hb_misses *misses, struct copy *copy, bool counts) {
    copy->open = true;
    copy->counts_open = counts;
    misses->agent[copy->agent].open += counts;
}

void hb_misses_fill(struct hb_misses *misses, uint8_t agent, uint64_t line, bool counts) {
    struct copy *copy = find_or_add(misses, agent, line);
    if (!copy->held) {
        become_essential(copy);
        if (counts)
            count(misses, copy, HB_MISS_COLD);
    } else if (!copy->present) {
        open_lifetime(misses, copy, counts);
    } else if (counts) {
        count(misses, copy, copy->in_full ? HB_MISS_CONFLICT : HB_MISS_CAPACITY);
    }
    copy->held = copy->present = true;
}

enum hb_miss hb_misses_judge(const struct hb_misses *misses, uint8_t agent, uint64_t address, uint32_t bytes) {
    const struct copy *copy = find(misses, agent, line_of(misses, address));
    struct hb_byte_set wanted = bytes_of(misses, address, bytes);
    if (!copy || !copy->held)
        return HB_MISS_COLD;
    if (!copy->present)
        return hb_byte_set_meets(&wanted, &copy->news) ? HB_MISS_TRUE_SHARING : HB_MISS_FALSE_SHARING;
    return copy->in_full ? HB_MISS_CONFLICT : HB_MISS_CAPACITY;
}

/* The access finds the line in the unbounded cache, and in the full one if that holds it. */
static void use(struct hb_misses *misses, struct copy *copy, uint64_t address, uint32_t bytes) {
    struct hb_byte_set used = bytes_of(misses, address, bytes);
    if (copy->in_full)
        enter_full(misses, copy);
    if (!hb_byte_set_meets(&used, &copy->news))
        return;
    copy->updates_used += !copy->open;
    settle(misses, copy, HB_MISS_TRUE_SHARING);
    become_essential(copy);
}

void hb_misses_bypass(struct hb_misses *misses, uint8_t agent, uint64_t address, uint32_t bytes) {
    struct copy *copy = find_or_add(misses, agent, line_of(misses, address));
    count(misses, copy, hb_misses_judge(misses, agent, address, bytes));
    if (copy->present)
        use(misses, copy, address, bytes);
}

void hb_misses_access(struct hb_misses *misses, uint8_t agent, uint64_t address, uint32_t bytes) {
    struct copy *copy = find_or_add(misses, agent, line_of(misses, address));
    copy->held = copy->present = true; /* a line that was there before the observer started */
    enter_full(misses, copy);
    use(misses, copy, address, bytes);
}

/* ---- How lifetimes end ----------------------------------------------------------------------------------------- */

static void end_lifetime(struct hb_misses *misses, struct copy *copy) {
    settle(misses, copy, HB_MISS_FALSE_SHARING);
    leave_full(misses, copy);
    copy->present = false;
}

void hb_misses_write(struct hb_misses *misses, uint8_t agent, uint64_t address, uint32_t bytes, bool ends_copies) {
    struct hb_byte_set written = bytes_of(misses, address, bytes);
    for (uint32_t i = first_copy(misses, line_of(misses, address)); i != NONE; i = misses->copy[i].next) {
        struct copy *copy = &misses->copy[i];
        bool is_l1i = copy->agent & 1;
        if (copy->agent == agent)
            continue;
        hb_byte_set_add(&copy->news, &written);
        if (copy->present && (is_l1i || ends_copies))
            end_lifetime(misses, copy);
    }
}

void hb_misses_invalidate(struct hb_misses *misses, uint8_t agent, uint64_t line) {
    struct copy *copy = find(misses, agent, line);
    if (copy)
        end_lifetime(misses, copy);
}

void hb_misses_take_back(struct hb_misses *misses, uint8_t agent, uint64_t line) {
    struct copy *copy = find(misses, agent, line);
    if (copy)
        leave_full(misses, copy);
}

static void forget(struct hb_misses *misses, struct copy *copy) {
    end_lifetime(misses, copy);
    copy->held = false;
}

void hb_misses_forget_line(struct hb_misses *misses, uint8_t agent, uint64_t line, bool everywhere) {
    for (uint32_t i = first_copy(misses, line); i != NONE; i = misses->copy[i].next) {
        bool is_l1i = misses->copy[i].agent & 1;
        if (everywhere || is_l1i || misses->copy[i].agent == agent)
            forget(misses, &misses->copy[i]);
    }
}

void hb_misses_forget_agent(struct hb_misses *misses, uint8_t agent) {
    for (uint32_t i = 0; i < misses->copies; i++)
        if (misses->copy[i].agent == agent)
            forget(misses, &misses->copy[i]);
}

/* ---- Results --------------------------------------------------------------------------------------------------- */

void hb_misses_of_agent(const struct hb_misses *misses, uint8_t agent, uint64_t counts[HB_MISSES]) {
    for (uint32_t i = 0; i < HB_MISSES; i++)
        counts[i] = misses->agent[agent].counts[i];
    counts[HB_MISS_FALSE_SHARING] += misses->agent[agent].open;
}

void hb_misses_of_line(const struct hb_misses *misses, uint64_t line, uint64_t counts[HB_MISSES]) {
    for (uint32_t i = 0; i < HB_MISSES; i++)
        counts[i] = 0;
    for (uint32_t c = first_copy(misses, line); c != NONE; c = misses->copy[c].next) {
        const struct copy *copy = &misses->copy[c];
        for (uint32_t i = 0; i < HB_MISSES; i++)
            counts[i] += copy->counts[i];
        counts[HB_MISS_FALSE_SHARING] += copy->open && copy->counts_open;
    }
}

uint64_t hb_misses_updates_used(const struct hb_misses *misses, uint64_t line) {
    uint64_t used = 0;
    for (uint32_t c = first_copy(misses, line); c != NONE; c = misses->copy[c].next)
        used += misses->copy[c].updates_used;
    return used;
}

uint64_t hb_misses_sum(const uint64_t counts[HB_MISSES]) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < HB_MISSES; i++)
        sum += counts[i];
    return sum;
}

const char *hb_miss_key(enum hb_miss miss) {
    static const char *const keys[HB_MISSES] = {"cold", "capacity", "conflict", "true_sharing", "false_sharing"};
    return keys[miss];
}

const char *hb_miss_name(enum hb_miss miss) {
    static const char *const names[HB_MISSES] = {"cold", "capacity", "conflict", "true sharing", "false sharing"};
    return names[miss];
}
