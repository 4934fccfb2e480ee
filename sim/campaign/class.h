/* The classes of outcomes: each run is in exactly one, the first whose condition holds. docs/campaigns.md says
 * the same to readers. */
#ifndef HB_SIM_CLASS_H
#define HB_SIM_CLASS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/result/result.h"

/* CLASS(name, when a run is in it) */
#define HB_CLASSES(CLASS)                                                                                              \
    CLASS(SIM_ERROR, "hartbeat itself failed, twice")                                                                  \
    CLASS(NOT_ACTIVATED, "no fault struck a CPU that was alive")                                                       \
    CLASS(CRASH, "a trap whose handler cannot be fetched")                                                             \
    CLASS(DUE, "the kernel gave up by itself: a panic")                                                                \
    CLASS(HANG_SYSTEM, "no task makes progress any more, or no CPU can run")                                           \
    CLASS(HANG_TASK, "the run was cut off while some tasks still made progress")                                       \
    CLASS(SDC, "the guest reported success, the host disagrees: silent data corruption")                               \
    CLASS(DETECTED_DEGRADED, "the guest itself reported that something was lost")                                      \
    CLASS(FALSE_ALARM, "all right, but a healthy CPU was fenced")                                                      \
    CLASS(DETECTED_RECOVERED, "all right: the fault was detected, and what it stopped was done")                       \
    CLASS(DELAYED, "all right, nothing was detected, but it took longer")                                              \
    CLASS(MASKED, "all right, nothing was detected, on time, and nothing differs at the end")                          \
    CLASS(LATENT, "all right and on time, but something differs at the end")

enum hb_class {
#define CLASS(name, when) HB_CLASS_##name,
    HB_CLASSES(CLASS)
#undef CLASS
        HB_CLASSES_KNOWN
};

struct hb_class_info {
    const char *name, *when;
};

extern const struct hb_class_info hb_class[HB_CLASSES_KNOWN];

/* The classes in which something went wrong: of a machine that repairs every fault there is none of these. */
#define HB_CLASSES_FAILED                                                                                              \
    (1u << HB_CLASS_SIM_ERROR | 1u << HB_CLASS_CRASH | 1u << HB_CLASS_DUE | 1u << HB_CLASS_HANG_SYSTEM |               \
     1u << HB_CLASS_HANG_TASK | 1u << HB_CLASS_SDC | 1u << HB_CLASS_DETECTED_DEGRADED | 1u << HB_CLASS_FALSE_ALARM)

/* What stands beside the class: */
#define HB_FLAG_WRONG     1u /* tasks brought home a wrong checksum, or the program another signature */
#define HB_FLAG_LOST      2u /* tasks will never run again */
#define HB_FLAG_LATE      4u /* it ended later than the golden run by more than delay_percent */
#define HB_FLAG_SUSPECTED 8u /* some hart was suspected */

/* What a run is compared with, and what its result does not say. */
struct hb_class_case {
    uint64_t golden_cycles;
    double delay_percent;
    bool panicked;
    bool answered_otherwise;     /* its signature (sim/result/signature.h), if it has one, is not the golden run's */
    bool (*same)(void *context); /* do console and memory end as in the golden run? Asked only if it matters */
    void *context;
};

enum hb_class hb_class_of(const struct hb_run_result *result, const struct hb_class_case *compared);
uint32_t hb_class_flags(const struct hb_run_result *result, const struct hb_class_case *compared);

/* The class of this name; HB_CLASSES_KNOWN: there is none. */
enum hb_class hb_class_find(const char *name);

#endif
