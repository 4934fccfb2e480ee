/* The cache lines for their panel.
 *
 * Of all lines in the data caches the most recently used are shown, those with more than one copy before the others:
 * sharing is what a protocol is about; and of these those that belong to an object with a name before the memory of
 * tasks. They are in the order of their addresses, so that a line keeps its place while the machine runs. Above them
 * stand the lines of variables that the experiment watches (stats.watch). */
#include <stdlib.h>
#include <string.h>

#include "ui/dashboard/source/machine_session.h"

struct candidate {
    uint64_t address, touched;
    uint32_t copies;
    bool named; /* it belongs to an object of the program: not to the memory of a task */
};

/* The best candidates first. */
struct choice {
    uint32_t count;
    struct candidate best[HB_VIEW_LINES];
};

static bool is_better(const struct candidate *a, const struct candidate *b) {
    bool a_shared = a->copies > 1, b_shared = b->copies > 1;
    if (a_shared != b_shared)
        return a_shared;
    if (a->named != b->named)
        return a->named;
    return a->touched != b->touched ? a->touched > b->touched : a->address < b->address;
}

/* Inserts it at its place; the worst candidate is dropped when there is no room. */
static void offer(struct choice *choice, const struct candidate *candidate) {
    uint32_t at = choice->count;
    while (at > 0 && is_better(candidate, &choice->best[at - 1]))
        at--;
    if (at == HB_VIEW_LINES)
        return;
    uint32_t behind = choice->count - at;
    if (choice->count == HB_VIEW_LINES)
        behind--;
    else
        choice->count++;
    memmove(&choice->best[at + 1], &choice->best[at], behind * sizeof choice->best[0]);
    choice->best[at] = *candidate;
}

static uint64_t touched(const struct hb_line *line) {
    return line->last_read > line->last_write ? line->last_read : line->last_write;
}

/* A line as a candidate, if no cache of a lower number holds it too: each address is offered once. */
static bool is_candidate(const struct hb_machine *machine, uint32_t hart, const struct hb_line *line,
                         struct candidate *candidate) {
    *candidate = (struct candidate){.address = line->address,
                                    .touched = touched(line),
                                    .copies = 1,
                                    .named = hb_symbols_at(&machine->symbols, line->address, NULL) != NULL};
    for (uint32_t other = 0; other < machine->bus.harts; other++) {
        const struct hb_line *copy = other == hart ? NULL : hb_cache_find(&machine->bus.l1d[other], line->address);
        if (copy != NULL && other < hart)
            return false;
        if (copy != NULL) {
            candidate->copies++;
            candidate->touched = touched(copy) > candidate->touched ? touched(copy) : candidate->touched;
        }
    }
    return true;
}

static void choose(const struct hb_machine *machine, struct choice *choice, uint32_t *total) {
    for (uint32_t hart = 0; hart < machine->bus.harts; hart++) {
        const struct hb_cache *cache = &machine->bus.l1d[hart];
        for (uint32_t i = 0; i < cache->sets * cache->ways; i++) {
            const struct hb_line *line = hb_cache_line(cache, i);
            struct candidate candidate;
            if (line->address != HB_NO_LINE && is_candidate(machine, hart, line, &candidate)) {
                offer(choice, &candidate);
                ++*total;
            }
        }
    }
}

static int by_address(const void *a, const void *b) {
    const struct candidate *left = a, *right = b;
    return (left->address > right->address) - (left->address < right->address);
}

static void fill_line(const struct hb_machine *machine, uint64_t address, struct hb_view_line *view) {
    *view = (struct hb_view_line){.address = address};
    hb_symbols_text(&machine->symbols, address, view->symbol, sizeof view->symbol);
    if (hb_symbols_at(&machine->symbols, address, NULL) == NULL)
        view->symbol[0] = '\0';
    for (uint32_t hart = 0; hart < machine->bus.harts; hart++) {
        const struct hb_line *line = hb_cache_find(&machine->bus.l1d[hart], address);
        view->state[hart] = line == NULL ? ' ' : machine->bus.protocol->state[line->state].letter;
        view->memory_stale |= line != NULL && (line->attributes & HB_LINE_DIRTY) != 0;
    }
    (void)hb_bus_debug_read(&machine->bus, address, &view->value, sizeof view->value);
    if (address >= HB_RAM_BASE && hb_ram_contains(&machine->ram, address - HB_RAM_BASE, sizeof view->memory_value))
        hb_ram_read(&machine->ram, address - HB_RAM_BASE, &view->memory_value, sizeof view->memory_value);
}

static bool is_there(const struct hb_view_lines *lines, uint64_t address) {
    for (uint32_t i = 0; i < lines->count; i++)
        if (lines->line[i].address == address)
            return true;
    return false;
}

/* Those that the experiment watches, whether a cache has them or not. */
static void fill_watched(const struct hb_machine *machine, struct hb_view_lines *lines) {
    const struct hb_stats_config *config = &machine->config.stats;
    for (uint32_t i = 0; i < config->watches; i++) {
        uint64_t address, size;
        if (!hb_symbols_find(&machine->symbols, config->watch[i], &address, &size))
            continue;
        address -= address % machine->bus.line_bytes;
        if (!is_there(lines, address))
            fill_line(machine, address, &lines->line[lines->count++]);
    }
}

void hb_view_fill_lines(const struct hb_machine *machine, struct hb_view_lines *lines) {
    struct choice choice = {.count = 0};
    lines->line_bytes = machine->bus.line_bytes;
    lines->total = 0;
    lines->count = 0;
    fill_watched(machine, lines);
    choose(machine, &choice, &lines->total);
    qsort(choice.best, choice.count, sizeof choice.best[0], by_address);
    for (uint32_t i = 0; i < choice.count && lines->count < HB_VIEW_LINES; i++)
        if (!is_there(lines, choice.best[i].address))
            fill_line(machine, choice.best[i].address, &lines->line[lines->count++]);
}
