/* The report of a crash: which hart, why, where, and what it executed last.
 *
 * A crash is a kernel's panic, or a trap whose handler itself cannot be executed. What was executed last follows from
 * the control transfers that a hart remembers: between the target of one and the origin of the next it ran straight
 * through.
 */
#ifndef HB_SIM_CRASH_H
#define HB_SIM_CRASH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define HB_CRASH_LAST         16
#define HB_CRASH_CAUSE_BYTES  128
#define HB_CRASH_SYMBOL_BYTES 80
#define HB_CRASH_TEXT_BYTES   96

struct hb_machine;

struct hb_crash_step {
    uint64_t pc;
    char symbol[HB_CRASH_SYMBOL_BYTES]; /* "name+0x1c"; empty: none spans it */
    char text[HB_CRASH_TEXT_BYTES];     /* the instruction, from memory as it is now */
};

struct hb_crash_report {
    uint32_t hart;
    bool panic; /* the kernel itself gave up */
    char cause[HB_CRASH_CAUSE_BYTES];
    uint64_t pc;
    char symbol[HB_CRASH_SYMBOL_BYTES];
    uint32_t steps;
    struct hb_crash_step last[HB_CRASH_LAST]; /* oldest first; the last one is where it ended */
};

/* False: there was no crash. */
bool hb_crash_report(const struct hb_machine *machine, struct hb_crash_report *report);

/* The report for people, several lines; nothing if there was no crash. */
void hb_crash_print(const struct hb_machine *machine, FILE *out);

#endif
