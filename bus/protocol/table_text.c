#include "bus/protocol/table_text.h"

#include <string.h>

#include "memory/cache.h"

#define CELL_BYTES 64

/* ---- Cells ----------------------------------------------------------------------------------------------------- */

/* "BusRd E/S", "M", "S shared data memory" */
static void write_cell(const struct hb_protocol *p, uint32_t state, enum hb_event event, char cell[CELL_BYTES]) {
    const struct hb_row *row = &p->row[state][event];
    bool own = event < HB_SNOOP_READ, bus = row->transaction != HB_TXN_NONE;
    char next[2] = {p->state[row->next].letter, 0}, shared[3] = {'/', p->state[row->next_shared].letter, 0};
    snprintf(cell, CELL_BYTES, "-");
    if (row->defined)
        snprintf(cell, CELL_BYTES, "%s%s%s%s%s%s%s", bus ? hb_txn_name((enum hb_txn)row->transaction) : "",
                 bus ? " " : "", next, own && row->next_shared != row->next ? shared : "",
                 row->actions & HB_ACT_SHARED ? " shared" : "", !own && row->actions & HB_ACT_SUPPLY ? " data" : "",
                 row->actions & HB_ACT_MEMORY ? " memory" : "");
}

/* A row that no state defines is left out. */
static bool is_used(const struct hb_protocol *p, enum hb_event event) {
    for (uint32_t s = 0; s < p->states; s++)
        if (p->row[s][event].defined)
            return true;
    return false;
}

static const char *attributes_of(uint8_t attributes) {
    switch (attributes) {
    case 0: return "not there";
    case HB_LINE_READABLE: return "read";
    case HB_LINE_READABLE | HB_LINE_WRITABLE: return "read, write";
    case HB_LINE_READABLE | HB_LINE_DIRTY: return "read; memory is stale";
    default: return "read, write; memory is stale";
    }
}

/* ---- Tables ---------------------------------------------------------------------------------------------------- */

struct table {
    const struct hb_protocol *protocol;
    FILE *out;
    bool markdown;
    int width[HB_STATES_MAX]; /* of the columns, in characters */
};

#define EVENT_WIDTH 11

static void measure(struct table *table) {
    char cell[CELL_BYTES];
    for (uint32_t s = 0; s < table->protocol->states; s++) {
        table->width[s] = 1;
        for (uint32_t e = 0; e < HB_EVENTS; e++) {
            write_cell(table->protocol, s, (enum hb_event)e, cell);
            if ((int)strlen(cell) > table->width[s])
                table->width[s] = (int)strlen(cell);
        }
    }
}

static void print_line(const struct table *table, const char *event, char cells[HB_STATES_MAX][CELL_BYTES]) {
    uint32_t states = table->protocol->states;
    if (table->markdown)
        fprintf(table->out, "| %s |", event);
    else
        fprintf(table->out, "%-*s", EVENT_WIDTH, event);
    for (uint32_t s = 0; s < states; s++)
        if (table->markdown)
            fprintf(table->out, " %s |", cells[s]);
        else
            fprintf(table->out, " %-*s", s + 1 < states ? table->width[s] : 0, cells[s]);
    fputc('\n', table->out);
}

static void print_head(const struct table *table) {
    char cells[HB_STATES_MAX][CELL_BYTES];
    for (uint32_t s = 0; s < table->protocol->states; s++)
        snprintf(cells[s], CELL_BYTES, "%c", table->protocol->state[s].letter);
    print_line(table, "", cells);
    for (uint32_t s = 0; s < table->protocol->states; s++)
        snprintf(cells[s], CELL_BYTES, "---");
    if (table->markdown)
        print_line(table, "---", cells);
}

static void print_rows(const struct table *table) {
    char cells[HB_STATES_MAX][CELL_BYTES];
    for (uint32_t e = 0; e < HB_EVENTS; e++) {
        if (e == HB_SNOOP_READ && !table->markdown)
            fputc('\n', table->out);
        if (!is_used(table->protocol, (enum hb_event)e))
            continue;
        for (uint32_t s = 0; s < table->protocol->states; s++)
            write_cell(table->protocol, s, (enum hb_event)e, cells[s]);
        print_line(table, hb_event_name((enum hb_event)e), cells);
    }
}

static void print_states(const struct table *table) {
    const struct hb_protocol *p = table->protocol;
    for (uint32_t s = 0; s < p->states; s++)
        fprintf(table->out, table->markdown ? "- %c: %s (%s)\n" : "  %c  %s (%s)\n", p->state[s].letter,
                p->state[s].name, attributes_of(p->state[s].attributes));
}

/* Broken into lines of at most 100 characters. */
static void print_text(FILE *out, const char *text) {
    while (*text) {
        size_t n = strlen(text);
        if (n > 100) {
            n = 100;
            while (n > 1 && text[n] != ' ')
                n--;
        }
        fprintf(out, "%.*s\n", (int)n, text);
        text += n + (text[n] == ' ');
    }
}

static const char legend[] =
    "Down: what the cache's own side asks for, then what it sees on the bus. A cell is the transaction that is needed, "
    "if any, and the next state; X/Y: Y if another cache asserts the shared line. shared: asserts it; data: supplies "
    "the line; memory: memory takes the data; -: cannot happen. atomic: an AMO; clean, flush, invalidate: cbo.clean, "
    "cbo.flush, cbo.inval; a device's read is seen as BusRd, its write as BusFlush, BusAtomic as BusWr, BusRdUpd as "
    "BusRd and then, if somebody keeps a copy, as BusUpd.";

void hb_protocol_print_table(const struct hb_protocol *protocol, bool markdown, FILE *out) {
    struct table table = {.protocol = protocol, .out = out, .markdown = markdown};
    measure(&table);
    if (markdown)
        fprintf(out, "## %s\n\n", protocol->name);
    else
        fprintf(out, "%s\n\n", protocol->name);
    print_text(out, protocol->source);
    fputc('\n', out);
    print_states(&table);
    fputc('\n', out);
    print_head(&table);
    print_rows(&table);
    fputc('\n', out);
    if (!markdown)
        print_text(out, legend);
}

/* ---- The diagram ----------------------------------------------------------------------------------------------- */

/* cbo.*, and atomics where they ask for what writes ask for, would hide what matters. */
static bool is_drawn(const struct hb_protocol *p, enum hb_event event) {
    if (event == HB_EVENT_READ || event == HB_EVENT_WRITE || event == HB_EVENT_EVICT)
        return true;
    if (event != HB_EVENT_ATOMIC)
        return event >= HB_SNOOP_READ && event <= HB_SNOOP_UPDATE;
    for (uint32_t s = 0; s < p->states; s++)
        if (p->row[s][HB_EVENT_ATOMIC].transaction != p->row[s][HB_EVENT_WRITE].transaction)
            return true;
    return false;
}

/* Does `event` lead from one state to the other, and if so for which value of the shared line? */
static const char *way(const struct hb_protocol *p, uint32_t from, uint32_t to, enum hb_event event) {
    const struct hb_row *row = &p->row[from][event];
    bool snoop = event >= HB_SNOOP_READ, both = snoop || row->next == row->next_shared;
    if (!row->defined || !is_drawn(p, event) || (from == HB_STATE_I && snoop))
        return NULL;
    if (both)
        return row->next == to ? "" : NULL;
    return row->next == to ? ", alone" : row->next_shared == to ? ", shared" : NULL;
}

static void print_label(const struct hb_protocol *p, uint32_t from, enum hb_event event, const char *answer,
                        FILE *out) {
    const struct hb_row *row = &p->row[from][event];
    fputs(hb_event_name(event), out);
    if (row->transaction != HB_TXN_NONE)
        fprintf(out, " / %s", hb_txn_name((enum hb_txn)row->transaction));
    fputs(answer, out);
    if (event >= HB_SNOOP_READ && row->actions & HB_ACT_SUPPLY)
        fputs(row->actions & HB_ACT_MEMORY ? " / data, memory" : " / data", out);
}

static void print_edge(const struct hb_protocol *p, uint32_t from, uint32_t to, bool snoops, FILE *out) {
    bool any = false;
    for (uint32_t e = snoops ? HB_SNOOP_READ : 0; e < (snoops ? HB_EVENTS : HB_SNOOP_READ); e++) {
        const char *answer = way(p, from, to, (enum hb_event)e);
        if (!answer)
            continue;
        if (any)
            fputs("\\n", out);
        else
            fprintf(out, "    %c -> %c [label=\"", p->state[from].letter, p->state[to].letter);
        print_label(p, from, (enum hb_event)e, answer, out);
        any = true;
    }
    if (any)
        fputs(snoops ? "\", style=dashed];\n" : "\"];\n", out);
}

void hb_protocol_print_dot(const struct hb_protocol *protocol, FILE *out) {
    fprintf(out,
            "// %s. Solid: what the cache's own side asks for; dashed: what it sees on the bus. Left out: cbo.* and,\n"
            "// where they are like writes, atomics.\n"
            "digraph \"%s\" {\n    rankdir=LR;\n    node [shape=circle];\n",
            protocol->name, protocol->name);
    for (uint32_t s = 0; s < protocol->states; s++)
        fprintf(out, "    %c [tooltip=\"%s\"%s];\n", protocol->state[s].letter, protocol->state[s].name,
                protocol->state[s].attributes & HB_LINE_DIRTY ? ", shape=doublecircle" : "");
    for (uint32_t from = 0; from < protocol->states; from++)
        for (uint32_t to = 0; to < protocol->states; to++) {
            print_edge(protocol, from, to, false, out);
            print_edge(protocol, from, to, true, out);
        }
    fputs("}\n", out);
}
