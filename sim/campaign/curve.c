#include "sim/campaign/curve.h"

#include <math.h>
#include <stdlib.h>

#define GOLDEN_WINDOWS 64u
#define THOUSANDTHS    1000.0

uint64_t hb_curve_window(uint64_t cycles) {
    const uint64_t step = GOLDEN_WINDOWS * HB_CURVE_FINER;
    return (cycles + step - 1) / step * HB_CURVE_FINER;
}

static void put(cJSON *list, double goodput) {
    cJSON_AddItemToArray(list, cJSON_CreateNumber(floor(goodput * THOUSANDTHS + 0.5)));
}

static void put_nulls(cJSON *list, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        cJSON_AddItemToArray(list, cJSON_CreateNull());
}

/* At most `max` whole windows of the run from `from` on. */
static uint32_t put_windows(cJSON *list, const struct hb_machine *machine, const struct hb_run_result *result,
                            uint64_t from, uint64_t length, uint32_t max) {
    struct hb_os_window *windows = calloc(max, sizeof *windows);
    const uint64_t whole = result->cycles > from ? (result->cycles - from) / length * length : 0;
    if (!windows)
        abort();
    const uint32_t n = hb_os_view_series(&machine->saved->os, result->os.verdicts, HB_OS_ALL_HARTS, from, from + whole,
                                         length, windows, max);
    for (uint32_t i = 0; i < n; i++)
        put(list, windows[i].goodput);
    free(windows);
    return n;
}

cJSON *hb_curve_of_run(const struct hb_machine *machine, const struct hb_run_result *result, uint64_t window) {
    const struct hb_fault_result *fault = result->fault;
    if (!result->has_verdicts || result->faults == 0 || !fault->activated || fault->repeats)
        return NULL;
    cJSON *list = cJSON_CreateArray();
    const uint64_t whole = fault->cycle / window; /* windows that lie before it */
    const uint32_t before = whole < HB_CURVE_BEFORE ? (uint32_t)whole : HB_CURVE_BEFORE;
    const uint32_t missing = HB_CURVE_BEFORE - before;
    put_nulls(list, missing);
    const uint32_t n =
        put_windows(list, machine, result, fault->cycle - before * window, window, HB_CURVE_WINDOWS - missing);
    put_nulls(list, HB_CURVE_WINDOWS - missing - n);
    return list;
}

cJSON *hb_curve_of_golden(const struct hb_machine *machine, const struct hb_run_result *result) {
    if (!result->has_verdicts)
        return NULL;
    cJSON *curve = cJSON_CreateObject(), *list = cJSON_CreateArray();
    const uint64_t window = hb_curve_window(result->cycles);
    cJSON_AddNumberToObject(curve, "window_cycles", (double)window);
    put_windows(list, machine, result, 0, window / HB_CURVE_FINER, GOLDEN_WINDOWS * HB_CURVE_FINER);
    cJSON_AddItemToObject(curve, "series", list);
    return curve;
}
