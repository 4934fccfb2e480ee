/* The finisher (SiFive's test device): software ends the run.
 *
 *     0x5555                 pass
 *     0x3333 | code << 16    fail with a code
 *     0x7777                 reset: the machine begins again
 */
#ifndef HB_BUS_DEVICES_FINISHER_H
#define HB_BUS_DEVICES_FINISHER_H

#include <stdbool.h>
#include <stdint.h>

#define HB_FINISHER_PASS  0x5555u
#define HB_FINISHER_FAIL  0x3333u
#define HB_FINISHER_RESET 0x7777u

struct hb_finisher {
    bool requested; /* acted upon in the next cycle */
    uint32_t value;
};

/* A write to the register; values other than these three have no effect. */
void hb_finisher_write(struct hb_finisher *finisher, uint32_t value);

/* Take the request, if there is one. */
bool hb_finisher_take(struct hb_finisher *finisher, uint32_t *value);

#endif
