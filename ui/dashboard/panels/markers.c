#include "ui/dashboard/panels/markers.h"

#include <stdio.h>

#include "ui/dashboard/model/format.h"

/* The sign of a difference of B and A. */
static char *count(char *text, uint64_t a, uint64_t b) {
    char figure[HB_FORMAT_BYTES];
    snprintf(text, HB_FORMAT_BYTES, "%s%.40s", b < a ? "-" : "", hb_format_count(figure, b < a ? a - b : b - a));
    return text;
}

size_t hb_marker_difference(const struct hb_ui_state *ui, char *text, size_t bytes) {
    const struct hb_marker *a = &ui->marker[0], *b = &ui->marker[1];
    char cycles[HB_FORMAT_BYTES], instructions[HB_FORMAT_BYTES], transactions[HB_FORMAT_BYTES], tasks[HB_FORMAT_BYTES];
    text[0] = '\0';
    if (!a->set || !b->set)
        return 0;
    return (size_t)snprintf(text, bytes, "A to B: %s cycles, %s instructions, %s bus transactions, %s tasks done",
                            count(cycles, a->cycle, b->cycle), count(instructions, a->instructions, b->instructions),
                            count(transactions, a->transactions, b->transactions), count(tasks, a->tasks, b->tasks));
}

size_t hb_marker_brief(const struct hb_ui_state *ui, char *text, size_t bytes) {
    const struct hb_marker *a = &ui->marker[0], *b = &ui->marker[1];
    char cycles[HB_FORMAT_BYTES];
    text[0] = '\0';
    return a->set && b->set ? (size_t)snprintf(text, bytes, "A to B: %s cycles", count(cycles, a->cycle, b->cycle)) : 0;
}
