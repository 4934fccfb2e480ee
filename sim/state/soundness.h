/* Is an arena one that a machine can be in?
 *
 * The machine trusts its arena: numbers of harts, ports, registers and lines, and indices into arrays are used without
 * a check, and a state that no run can reach stops it as a broken invariant. So an arena that comes from a file is
 * checked first: every number that is used as an index, a size, a state or an address, and whether ports, transactions,
 * lines and harts agree. Left unchecked is what may hold any number: registers, data, counters, times (a senseless time
 * makes a senseless run, which ends like any other).
 *
 * sim/state/soundness_hart.c, _bus.c, _line.c and _device.c know their parts; a new field of the arena that is used
 * this way goes into their tables.
 */
#ifndef HB_SIM_SOUNDNESS_H
#define HB_SIM_SOUNDNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hb_bus;
struct hb_machine;

/* Cycles are below this: stamps hold them shifted up by four bits, and a limit can be added without a carry. */
#define HB_CYCLE_MAX (1ull << 58)

struct hb_soundness {
    const struct hb_machine *machine;
    char found[96]; /* what is unsound: "hart 2: in_flight.latched" */
};

/* Check the arena of soundness->machine, which fits its configuration. False: `found` says what. */
bool hb_is_sound(struct hb_soundness *soundness);

/* ---- Inside sim/state/soundness*.c ---- */

/* A number in a struct, and the most that it may be. */
struct hb_bound {
    const char *name;
    uint32_t offset;
    uint32_t bytes; /* 1, 2, 4 or 8 */
    uint64_t most;
};

#define HB_MOST(type, field, highest)                                                                                  \
    { #field, (uint32_t)offsetof(struct type, field), (uint32_t)sizeof(((struct type *)0)->field), (highest) }
#define HB_BOOL(type, field) HB_MOST(type, field, 1)

/* `part` and `index` name the place of `at`. */
bool hb_in_bounds(struct hb_soundness *soundness, const struct hb_bound *bounds, size_t n, const void *at,
                  const char *part, uint32_t index);

#define HB_IN_BOUNDS(soundness, bounds, at, part, index)                                                               \
    hb_in_bounds((soundness), (bounds), sizeof(bounds) / sizeof(bounds)[0], (at), (part), (index))

/* `holds` should be true; if it is not, that is noted. Returns `holds`. */
bool hb_should(struct hb_soundness *soundness, bool holds, const char *part, uint32_t index, const char *what);

/* The protocol is one of ours, unmutated. A user's protocol, or a mutation, may reach states that ours exclude, and
 * does not stop the machine. */
bool hb_keeps_its_word(const struct hb_bus *bus);

/* In this order: each relies on those before it. */
bool hb_devices_are_sound(struct hb_soundness *soundness);
bool hb_lines_are_sound(struct hb_soundness *soundness);
bool hb_harts_are_sound(struct hb_soundness *soundness);
bool hb_ports_are_sound(struct hb_soundness *soundness);
bool hb_copies_are_sound(struct hb_soundness *soundness);

#endif
