/* Numbers as people read them. Each writes into `text`, which has HB_FORMAT_BYTES, and returns it. */
#ifndef HB_DASHBOARD_FORMAT_H
#define HB_DASHBOARD_FORMAT_H

#include <stdint.h>

#define HB_FORMAT_BYTES 48

/* 1284310 -> "1,284,310" */
char *hb_format_count(char *text, uint64_t count);

/* Cycles short enough for an axis: 1284310 -> "1.284 M", 5000 -> "5,000". `step` determines how many digits matter. */
char *hb_format_axis(char *text, uint64_t cycle, uint64_t step);

/* 10000 -> "10,000 cycles/s"; from a million up "12 M cycles/s" */
char *hb_format_speed(char *text, double cycles_per_second);

/* 0.384 -> "38 %" */
char *hb_format_percent(char *text, double share);

/* What a noun ends with after such a number: "1 lock", "2 locks". */
static inline const char *hb_plural(uint64_t count) {
    return count == 1 ? "" : "s";
}

/* What a verb ends with there: "1 waits", "2 wait". */
static inline const char *hb_singular(uint64_t count) {
    return count == 1 ? "s" : "";
}

/* The largest of 1, 2, 5, 10, 20, ... that is not above x (x >= 1): steps of an axis, round speeds. */
double hb_round_125(double x);

#endif
