/* A vigil: one hart looks at times whether others have beaten, and counts how long they have been silent. The master
 * keeps one over its workers (watch.h), a worker that may succeed keeps one over the master (succession.h). */
#ifndef HB_AMP_VIGIL_H
#define HB_AMP_VIGIL_H

#include <stdbool.h>
#include <stdint.h>

/* In ticks. Of one hart. */
struct hb_vigil {
    uint64_t next_look;
    uint64_t since; /* older silence does not count */
    bool on;        /* at the last look the policy was to watch */
};

/* Silence before now does not count. */
void hb_vigil_begin(struct hb_vigil *vigil);

/* Is it time to look? Then the next look is due a check period later. */
bool hb_vigil_is_due(struct hb_vigil *vigil);

/* For how long `hart`, whose beats are in `beat`, has been silent, in ticks. */
uint64_t hb_vigil_silence(const struct hb_vigil *vigil, const uint64_t *beat);

/* Has it been silent for longer than the timeout? */
bool hb_vigil_finds_silent(const struct hb_vigil *vigil, uint32_t hart, const uint64_t *beat);

/* When to look next; UINT64_MAX while the policy is not to watch. */
uint64_t hb_vigil_due(const struct hb_vigil *vigil);

#endif
