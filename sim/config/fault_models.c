#include "sim/config/fault_models.h"

#include <stdio.h>

static const char *const caches[] = {"snoopable", "lost"};
static const char *const interrupts[] = {"software", "timer"};
static const char *const effects[] = {"drop", "delay", "spurious"};

/* NOLINTBEGIN(bugprone-macro-parentheses): names of members cannot stand in parentheses */
#define OF(member) offsetof(struct hb_fault_terms, member), sizeof(((struct hb_fault_terms *)NULL)->member)
/* NOLINTEND(bugprone-macro-parentheses) */

const struct hb_fault_term hb_fault_term[HB_FAULT_TERMS] = {
    {"cache_on_death", "cache_on_death", HB_TERM_CACHE, OF(lost), 1, caches},
    {"duration", "duration_cycles", HB_TERM_DURATION, OF(duration_cycles), HB_DURATION_MAX, NULL},
    {"factor", "factor", HB_TERM_FACTOR, OF(factor), HB_FACTOR_MAX, NULL},
    {"interrupt", "interrupt", HB_TERM_INTERRUPT, OF(interrupt), HB_FAULT_TIMER, interrupts},
    {"effect", "effect", HB_TERM_EFFECT, OF(effect), HB_FAULT_SPURIOUS, effects},
};

const struct hb_fault_model_info hb_fault_model[HB_FAULTS_KNOWN] = {
#define MODEL(id, ...) [HB_FAULT_##id] = {__VA_ARGS__},
    HB_FAULT_MODELS(MODEL)
#undef MODEL
};

const struct hb_trigger_info hb_trigger[HB_TRIGGERS_KNOWN] = {
#define TRIGGER(id, ...) [HB_TRIGGER_##id] = {__VA_ARGS__},
    HB_TRIGGERS(TRIGGER)
#undef TRIGGER
};

uint64_t hb_fault_term_get(const struct hb_fault_term *term, const struct hb_fault_terms *terms) {
    const void *field = (const uint8_t *)terms + term->offset;
    switch (term->bytes) {
    case 1: return *(const uint8_t *)field;
    case 4: return *(const uint32_t *)field;
    default: return *(const uint64_t *)field;
    }
}

void hb_fault_term_set(const struct hb_fault_term *term, struct hb_fault_terms *terms, uint64_t value) {
    void *field = (uint8_t *)terms + term->offset;
    switch (term->bytes) {
    case 1: *(uint8_t *)field = (uint8_t)value; break;
    case 4: *(uint32_t *)field = (uint32_t)value; break;
    default: *(uint64_t *)field = value; break;
    }
}

void hb_trigger_list(bool counted, char *text, size_t bytes) {
    size_t n = 0;
    text[0] = 0;
    for (size_t i = 0; i < HB_TRIGGERS_KNOWN; i++)
        if ((!counted || hb_trigger[i].counted) && n < bytes)
            n += (size_t)snprintf(text + n, bytes - n, "%s%s", n ? ", " : "", hb_trigger[i].name);
}
