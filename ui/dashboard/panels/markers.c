#include "ui/dashboard/panels/markers.h"

#include <stdio.h>

#include "ui/dashboard/model/format.h"

#define COUNT_BYTES (HB_FORMAT_BYTES + 32)

/* A difference of B and A with its sign, and what was counted: "-1 bus transaction". */
static char *count(char *text, uint64_t a, uint64_t b, const char *what) {
    char figure[HB_FORMAT_BYTES];
    const uint64_t difference = b < a ? a - b : b - a;
    snprintf(text, COUNT_BYTES, "%s%.40s %.20s%s", b < a ? "-" : "", hb_format_count(figure, difference), what,
             hb_plural(difference));
    return text;
}

size_t hb_marker_difference(const struct hb_ui_state *ui, char *text, size_t bytes) {
    const struct hb_marker *a = &ui->marker[0], *b = &ui->marker[1];
    char cycles[COUNT_BYTES], instructions[COUNT_BYTES], transactions[COUNT_BYTES], tasks[COUNT_BYTES];
    text[0] = '\0';
    if (!a->set || !b->set)
        return 0;
    return (size_t)snprintf(text, bytes, "A to B: %s, %s, %s, %s done", count(cycles, a->cycle, b->cycle, "cycle"),
                            count(instructions, a->instructions, b->instructions, "instruction"),
                            count(transactions, a->transactions, b->transactions, "bus transaction"),
                            count(tasks, a->tasks, b->tasks, "task"));
}

size_t hb_marker_brief(const struct hb_ui_state *ui, char *text, size_t bytes) {
    const struct hb_marker *a = &ui->marker[0], *b = &ui->marker[1];
    char cycles[COUNT_BYTES];
    text[0] = '\0';
    return a->set && b->set ? (size_t)snprintf(text, bytes, "A to B: %s", count(cycles, a->cycle, b->cycle, "cycle"))
                            : 0;
}
