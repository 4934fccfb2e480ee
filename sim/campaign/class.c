#include "sim/campaign/class.h"

#include <string.h>

const struct hb_class_info hb_class[HB_CLASSES_KNOWN] = {
#define CLASS(name, when) [HB_CLASS_##name] = {#name, when},
    HB_CLASSES(CLASS)
#undef CLASS
};

enum hb_class hb_class_find(const char *name) {
    uint32_t found = 0;
    while (found < HB_CLASSES_KNOWN && strcmp(hb_class[found].name, name) != 0)
        found++;
    return (enum hb_class)found;
}

static bool any_activated(const struct hb_run_result *result) {
    for (uint32_t i = 0; i < result->faults; i++)
        if (result->fault[i].activated)
            return true;
    return result->faults == 0;
}

static bool any_suspected(const struct hb_run_result *result) {
    for (uint32_t i = 0; i < result->faults; i++)
        if (result->fault[i].recovery.suspected_cycle != HB_OS_NONE)
            return true;
    return result->has_os && result->os.false_alarms != 0;
}

/* A hart that nothing ailed is fenced. */
static bool healthy_fenced(const struct hb_run_result *result) {
    uint64_t ailing = 0;
    for (uint32_t i = 0; i < result->faults; i++)
        if (result->fault[i].activated)
            ailing |= UINT64_C(1) << result->fault[i].hart;
    for (uint32_t h = 0; h < result->harts; h++)
        if (result->hart[h].run_state == HB_HART_FENCED && !(ailing >> h & 1))
            return true;
    return false;
}

/* Of a run that was broken off nobody expects an answer. */
static bool answers_otherwise(const struct hb_run_result *result, const struct hb_class_case *compared) {
    return result->guest_outcome == HB_GUEST_PASSED && compared->answered_otherwise;
}

static bool is_wrong(const struct hb_run_result *result, const struct hb_class_case *compared) {
    bool tasks = result->has_verdicts && (result->os.tasks_wrong || result->os.tasks_lost);
    bool increments = result->has_increments && result->increments_counted < result->increments_expected;
    bool accounts = result->has_accounts && result->accounts.wrong;
    return tasks || increments || accounts || answers_otherwise(result, compared);
}

static bool is_late(const struct hb_run_result *result, const struct hb_class_case *compared) {
    return (double)result->cycles > (double)compared->golden_cycles * (1 + compared->delay_percent / 100);
}

/* It did not come to its own end. */
static enum hb_class broken_off(const struct hb_run_result *result, const struct hb_class_case *compared) {
    switch (result->outcome) {
    case HB_OUTCOME_CRASH: return compared->panicked ? HB_CLASS_DUE : HB_CLASS_CRASH;
    case HB_OUTCOME_HANG: return HB_CLASS_HANG_SYSTEM;
    case HB_OUTCOME_LIMIT: return HB_CLASS_HANG_TASK;
    default: return HB_CLASSES_KNOWN;
    }
}

static enum hb_class undetected(const struct hb_run_result *result, const struct hb_class_case *compared) {
    if (is_late(result, compared))
        return HB_CLASS_DELAYED;
    return compared->same(compared->context) ? HB_CLASS_MASKED : HB_CLASS_LATENT;
}

enum hb_class hb_class_of(const struct hb_run_result *result, const struct hb_class_case *compared) {
    if (!any_activated(result))
        return HB_CLASS_NOT_ACTIVATED;
    enum hb_class broken = broken_off(result, compared);
    if (broken != HB_CLASSES_KNOWN)
        return broken;
    if (result->guest_outcome != HB_GUEST_PASSED)
        return HB_CLASS_DETECTED_DEGRADED;
    if (is_wrong(result, compared))
        return HB_CLASS_SDC;
    if (healthy_fenced(result))
        return HB_CLASS_FALSE_ALARM;
    return any_suspected(result) ? HB_CLASS_DETECTED_RECOVERED : undetected(result, compared);
}

uint32_t hb_class_flags(const struct hb_run_result *result, const struct hb_class_case *compared) {
    uint32_t flags = 0;
    if ((result->has_verdicts && result->os.tasks_wrong) || answers_otherwise(result, compared))
        flags |= HB_FLAG_WRONG;
    if (result->has_verdicts && result->os.tasks_lost)
        flags |= HB_FLAG_LOST;
    if (is_late(result, compared))
        flags |= HB_FLAG_LATE;
    if (any_suspected(result))
        flags |= HB_FLAG_SUSPECTED;
    return flags;
}
