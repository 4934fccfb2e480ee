/* The models of faults and the triggers that set them off: a row each.
 *
 * A row says what a model is called, which keys of a fault it takes, and the words that the table, the reference page
 * and the dashboard have for it. What it does to a machine stands in sim/machine/faults.c; a new model is a row
 * here and one there. A key that no model has taken so far is a row of HB_FAULT_TERMS and one of sim/config/keys.c.
 */
#ifndef HB_SIM_FAULT_MODELS_H
#define HB_SIM_FAULT_MODELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Terms: keys of a fault that some models take and others refuse ---- */

#define HB_TERM_CACHE     1u  /* cache_on_death */
#define HB_TERM_DURATION  2u  /* duration.cycles */
#define HB_TERM_FACTOR    4u  /* factor */
#define HB_TERM_INTERRUPT 8u  /* interrupt */
#define HB_TERM_EFFECT    16u /* effect */

#define HB_FACTOR_MAX   1000u
#define HB_DURATION_MAX 9007199254740991ull /* as numbers in JSON are exact to here */

/* The lines of the CLINT that irq is about, and what becomes of them. */
enum hb_fault_interrupt { HB_FAULT_SOFTWARE, HB_FAULT_TIMER };
enum hb_fault_effect { HB_FAULT_DROP, HB_FAULT_DELAY, HB_FAULT_SPURIOUS };

/* What a fault does, apart from whom it strikes and when: which of these a model takes stands in its row. */
struct hb_fault_terms {
    uint8_t model;            /* enum hb_fault_model; 0: fail_stop */
    bool lost;                /* cache_on_death: "lost" */
    uint8_t interrupt;        /* enum hb_fault_interrupt */
    uint8_t effect;           /* enum hb_fault_effect */
    uint32_t factor;          /* of fail_slow */
    uint64_t duration_cycles; /* 0: for good */
};

struct hb_fault_term {
    const char *key;    /* in the experiment: what stands beside "model" */
    const char *result; /* in result.json and in recordings */
    uint32_t bit;       /* HB_TERM_* */
    uint32_t offset, bytes;
    uint64_t maximum;
    const char *const *names; /* what its values are called; NULL: it is a number */
};

#define HB_FAULT_TERMS 5

extern const struct hb_fault_term hb_fault_term[HB_FAULT_TERMS];

uint64_t hb_fault_term_get(const struct hb_fault_term *term, const struct hb_fault_terms *terms);
void hb_fault_term_set(const struct hb_fault_term *term, struct hb_fault_terms *terms, uint64_t value);

/* ---- Models ---- */

#define HB_MODEL_KILLS 1u /* the hart executes nothing any more, unless it is started again */
#define HB_MODEL_SLOWS 2u /* how soon the hart reacts says nothing of the image any more */

/* MODEL(ID, name, terms that it takes, those among them that must be given, HB_MODEL_* flags, "CPU 2 was to ...",
 *       "CPU 2 ... in cycle", what the CPU does from then on, what it does once the duration is over,
 *       a sentence for the reference page) */
#define HB_FAULT_MODELS(MODEL)                                                                                         \
    MODEL(FAIL_STOP, "fail_stop", HB_TERM_CACHE, 0, HB_MODEL_KILLS, "die", "died",                                     \
          "dies: it executes nothing from now on", "", "from the trigger on the CPU executes nothing")                 \
    MODEL(FREEZE, "freeze", HB_TERM_DURATION, HB_TERM_DURATION, 0, "freeze", "froze",                                  \
          "freezes: it executes nothing for a while", "goes on where it was",                                          \
          "it executes nothing for `duration`, then goes on; its cache answers, interrupts wait")                      \
    MODEL(HANG, "hang", 0, 0, 0, "hang", "hung", "hangs: it does nothing of use from now on, and stays on", "",        \
          "it spins with interrupts off, for good; its cache answers, and it can be fenced")                           \
    MODEL(FAIL_SLOW, "fail_slow", HB_TERM_FACTOR | HB_TERM_DURATION, HB_TERM_FACTOR, HB_MODEL_SLOWS, "slow down",      \
          "slowed down", "is slow: its instructions take longer from now on", "is as fast as before",                  \
          "each of its instructions takes `factor` times as long, for `duration` if that is given")                    \
    MODEL(RESTART, "restart", HB_TERM_CACHE | HB_TERM_DURATION, HB_TERM_DURATION, HB_MODEL_KILLS, "die", "died",       \
          "dies: it executes nothing, and cannot be started for a while", "can be started again",                      \
          "it dies as with fail_stop; after `duration` it can be started again, which no register tells")              \
    MODEL(IRQ, "irq", HB_TERM_INTERRUPT | HB_TERM_EFFECT | HB_TERM_DURATION, HB_TERM_INTERRUPT | HB_TERM_EFFECT, 0,    \
          "miss an interrupt", "was interrupted wrongly", "is interrupted wrongly", "gets its interrupts again",       \
          "an interrupt of the CLINT is lost, comes late, or comes for nothing (`interrupt`, `effect`)")

/* Names that the design defines and that are not implemented yet. */
#define HB_FAULT_MODELS_TO_COME(MODEL) MODEL("bit_flip") MODEL("stuck_at")

enum hb_fault_model {
#define MODEL(id, ...) HB_FAULT_##id,
    HB_FAULT_MODELS(MODEL)
#undef MODEL
        HB_FAULTS_KNOWN
};

struct hb_fault_model_info {
    const char *name;
    uint32_t takes, needs; /* HB_TERM_* */
    uint32_t flags;        /* HB_MODEL_* */
    const char *was_to, *did, *happens, *ends, *help;
};

extern const struct hb_fault_model_info hb_fault_model[HB_FAULTS_KNOWN];

/* ---- Triggers ---- */

/* TRIGGER(ID, name, whether `count` goes with it, whether it names a symbol of the image) */
#define HB_TRIGGERS(TRIGGER)                                                                                           \
    TRIGGER(CYCLE, "cycle", false, false)                                                                              \
    TRIGGER(INSTRUCTIONS, "instructions", false, false) /* the target hart has retired this many */                    \
    TRIGGER(SYMBOL, "symbol", true, true)               /* it executes the instruction there for the `count`th time */ \
    TRIGGER(TRACEPOINT, "tracepoint", true, false)      /* it passes that for the `count`th time */                    \
    TRIGGER(LOCK_HELD, "lock_held", true, true)         /* an SC wrote its id to that lock for the `count`th time */

enum hb_trigger {
#define TRIGGER(id, ...) HB_TRIGGER_##id,
    HB_TRIGGERS(TRIGGER)
#undef TRIGGER
        HB_TRIGGERS_KNOWN
};

struct hb_trigger_info {
    const char *name;
    bool counted;
    bool by_symbol;
};

extern const struct hb_trigger_info hb_trigger[HB_TRIGGERS_KNOWN];

/* "symbol, tracepoint, lock_held": their names, or those of the counted ones alone. */
void hb_trigger_list(bool counted, char *text, size_t bytes);

#endif
