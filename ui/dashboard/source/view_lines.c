/* The cache lines for their panel.
 *
 * First come the lines of variables that the experiment watches (stats.watch) and those that the user has pinned. Of
 * all others in the data caches the hottest follow, by what the bus has carried of them since the scene was opened;
 * where nothing was seen yet, those with more than one copy, since sharing is what a protocol is about, then those of
 * objects with a name, then those used last. Stacks come last: nobody else reads them. */
#include <stdlib.h>
#include <string.h>

#include "ui/dashboard/source/machine_session.h"

struct candidate {
    uint64_t address, touched, transactions;
    uint32_t copies;
    bool stack;
    bool named; /* it belongs to an object of the program: not to the memory of a task */
};

/* The best candidates first. */
struct choice {
    uint32_t count;
    struct candidate best[HB_VIEW_LINES];
};

static bool is_better(const struct candidate *a, const struct candidate *b) {
    bool a_shared = a->copies > 1, b_shared = b->copies > 1;
    if (a->stack != b->stack)
        return b->stack;
    if (a->transactions != b->transactions)
        return a->transactions > b->transactions;
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

static bool is_stack(const char *symbol) {
    return symbol != NULL && strstr(symbol, "stack") != NULL;
}

/* A line as a candidate, if no cache of a lower number holds it too: each address is offered once. */
static bool is_candidate(const struct hb_machine *machine, uint32_t hart, const struct hb_line *line,
                         struct candidate *candidate) {
    const char *symbol = hb_symbols_at(&machine->symbols, line->address, NULL);
    *candidate = (struct candidate){.address = line->address,
                                    .touched = touched(line),
                                    .copies = 1,
                                    .stack = is_stack(symbol),
                                    .named = symbol != NULL};
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

static uint64_t transactions_of(const struct hb_line_turns *turns, uint64_t address) {
    const struct hb_line_seen *seen = hb_line_turns_find(turns, address);
    return seen ? seen->transactions : 0;
}

static void choose(const struct hb_machine_session *self, struct choice *choice, uint32_t *total) {
    const struct hb_machine *machine = self->machine;
    for (uint32_t hart = 0; hart < machine->bus.harts; hart++) {
        const struct hb_cache *cache = &machine->bus.l1d[hart];
        for (uint32_t i = 0; i < cache->sets * cache->ways; i++) {
            const struct hb_line *line = hb_cache_line(cache, i);
            struct candidate candidate;
            if (line->address != HB_NO_LINE && is_candidate(machine, hart, line, &candidate)) {
                candidate.transactions = transactions_of(&self->turns, candidate.address);
                offer(choice, &candidate);
                ++*total;
            }
        }
    }
}

/* Whose copy is not the newest. */
static void fill_behind(const struct hb_machine *machine, uint64_t address, struct hb_view_line *view) {
    view->behind = -1;
    for (uint32_t hart = machine->bus.harts; hart-- > 0;) {
        struct hb_line *line = hb_cache_find(&machine->bus.l1d[hart], address);
        uint64_t value;
        if (line == NULL)
            continue;
        memcpy(&value, hb_line_data(line), sizeof value);
        if (value == view->value)
            continue;
        view->behind = (int32_t)hart;
        view->behind_value = value;
    }
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
    fill_behind(machine, address, view);
    if (address >= HB_RAM_BASE && hb_ram_contains(&machine->ram, address - HB_RAM_BASE, sizeof view->memory_value))
        hb_ram_read(&machine->ram, address - HB_RAM_BASE, &view->memory_value, sizeof view->memory_value);
}

static bool is_there(const struct hb_view_lines *lines, uint64_t address) {
    for (uint32_t i = 0; i < lines->count; i++)
        if (lines->line[i].address == address)
            return true;
    return false;
}

static void add_line(const struct hb_machine_session *self, uint64_t address, bool pinned,
                     struct hb_view_lines *lines) {
    if (lines->count == HB_VIEW_LINES || is_there(lines, address))
        return;
    struct hb_view_line *line = &lines->line[lines->count++];
    fill_line(self->machine, address, line);
    line->pinned = pinned;
    line->transactions = transactions_of(&self->turns, address);
}

/* Those that the experiment watches and those that the user has pinned, whether a cache has them or not. */
static void add_pinned(const struct hb_machine_session *self, struct hb_view_lines *lines) {
    const struct hb_machine *machine = self->machine;
    const struct hb_stats_config *config = &machine->config.stats;
    for (uint32_t i = 0; i < config->watches; i++) {
        uint64_t address, size;
        if (!hb_symbols_find(&machine->symbols, config->watch[i], &address, &size))
            continue;
        const uint64_t line = address - address % machine->bus.line_bytes;
        add_line(self, line, true, lines);
        for (uint32_t j = 0; j < lines->count; j++)
            lines->line[j].number = lines->line[j].number || (lines->line[j].address == line && address == line);
    }
    for (uint32_t i = 0; i < lines->pins; i++)
        add_line(self, lines->pin[i] - lines->pin[i] % machine->bus.line_bytes, true, lines);
}

/* The last turn of a pinned line; where none is pinned, of the hottest of which one was seen. */
static void fill_turn(const struct hb_machine_session *self, struct hb_view_lines *lines) {
    bool any_pinned = lines->count > 0 && lines->line[0].pinned;
    lines->turn = (struct hb_view_turn){.known = false};
    for (uint32_t i = 0; i < lines->count && !(any_pinned && !lines->line[i].pinned); i++) {
        const struct hb_line_seen *seen = hb_line_turns_find(&self->turns, lines->line[i].address);
        if (!seen || !seen->turn.known || (lines->turn.known && lines->turn.cycle >= seen->turn.cycle))
            continue;
        lines->turn = seen->turn;
        if (!any_pinned)
            return;
    }
}

void hb_view_fill_lines(const struct hb_machine_session *self, struct hb_view_lines *lines) {
    struct choice choice = {.count = 0};
    lines->line_bytes = self->machine->bus.line_bytes;
    lines->since_cycle = self->turns.since_cycle;
    lines->total = 0;
    lines->count = 0;
    add_pinned(self, lines);
    choose(self, &choice, &lines->total);
    for (uint32_t i = 0; i < choice.count; i++)
        add_line(self, choice.best[i].address, false, lines);
    fill_turn(self, lines);
}

/* ---- Orders ---------------------------------------------------------------------------------------------------- */

/* "2 w a" */
static bool is_order(const char *text) {
    return text[0] >= '0' && text[0] <= '9' && text[1] == ' ' && (text[2] == 'r' || text[2] == 'w') && text[3] == ' ' &&
           text[4] >= 'a' && text[4] <= 'z' && text[5] == '\n';
}

/* The program of an experiment that types orders takes them; they are about what it watches. */
void hb_view_fill_orders(const struct hb_machine *machine, struct hb_view_orders *orders) {
    const struct hb_stats_config *stats = &machine->config.stats;
    bool typed = false;
    for (uint32_t i = 0; i < machine->config.n_inputs; i++)
        typed = typed || is_order(machine->config.inputs[i].text);
    orders->variables = 0;
    for (uint32_t i = 0; typed && i < stats->watches && orders->variables < HB_VIEW_VARIABLES; i++)
        if (stats->watch[i][0] >= 'a' && stats->watch[i][0] <= 'z' && stats->watch[i][1] == '\0')
            orders->variable[orders->variables++] = stats->watch[i][0];
}
