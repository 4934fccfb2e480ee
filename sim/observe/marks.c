#include "sim/observe/marks.h"

#include <stdlib.h>

#include "osmodel/abi.h"

/* Tracepoints of tasks do not count (docs/architecture.md). */
static void note(void *context, const struct hb_trace_record *record) {
    struct hb_marks *marks = context;
    if (record->kind != HB_TRACE_POINT || record->id >= HB_TP_USER || record->privilege == 0)
        return;
    if (marks->n == marks->capacity) {
        marks->capacity = 2 * marks->capacity + 1024;
        marks->mark = realloc(marks->mark, marks->capacity * sizeof *marks->mark);
        if (!marks->mark)
            abort();
    }
    marks->mark[marks->n++] = (struct hb_passed){
        .cycle = record->cycle, .subject = (uint32_t)record->value, .id = record->id, .hart = record->hart};
}

struct hb_watcher hb_marks_watcher(struct hb_marks *marks) {
    return (struct hb_watcher){.context = marks, .record = note, .aloof = true};
}

uint64_t hb_marks_find(const struct hb_marks *marks, uint16_t id, uint32_t hart, uint64_t from, uint64_t count) {
    uint64_t seen = 0;
    for (uint32_t i = 0; i < marks->n; i++) {
        const struct hb_passed *mark = &marks->mark[i];
        if (mark->cycle >= from && mark->id == id && (hart == HB_MARKS_ANY_HART || hart == mark->hart) &&
            ++seen == count)
            return mark->cycle;
    }
    return UINT64_MAX;
}

void hb_marks_free(struct hb_marks *marks) {
    free(marks->mark);
    *marks = (struct hb_marks){0};
}
