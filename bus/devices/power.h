/* The power controller: software fences, starts, stops, flushes and resets harts through it.
 *
 * It is no oracle: its state register reports what software asked for, never that a hart has died. Commands are left
 * for the machine, which acts on them in the next cycle. The layout is in osmodel/abi.h, shared with the guest.
 */
#ifndef HB_BUS_DEVICES_POWER_H
#define HB_BUS_DEVICES_POWER_H

#include <stdbool.h>
#include <stdint.h>

#include "bus/config.h"

#define HB_POWER_DEVICE_BASE   0x500000ull
#define HB_POWER_DEVICE_STRIDE 0x20u

struct hb_power_hart {
    uint8_t command; /* last one written */
    uint8_t state;   /* what software asked for: 0 started, 1 stopped, 2 fenced */
    bool requested;  /* the command waits for the machine */
    uint64_t entry;
    uint64_t argument;
};

struct hb_power {
    struct hb_power_hart hart[HB_HARTS_LIMIT];
};

/* Register at `offset` from the base. False: no register for this hart, or not of this width. */
bool hb_power_read(const struct hb_power *power, uint64_t offset, uint32_t bytes, uint32_t harts, uint64_t *value);
bool hb_power_write(struct hb_power *power, uint64_t offset, uint32_t bytes, uint64_t value, uint32_t harts);

/* Take the next waiting command, lowest hart first. False: none waits. */
bool hb_power_take(struct hb_power *power, uint32_t harts, uint32_t *hart, uint32_t *command);

/* True if any command waits. */
bool hb_power_waits(const struct hb_power *power, uint32_t harts);

#endif
