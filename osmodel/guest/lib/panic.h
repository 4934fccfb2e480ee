/* The kernel gives up: a tracepoint, a line on the console, and the run has failed. */
#ifndef HB_GUEST_PANIC_H
#define HB_GUEST_PANIC_H

#include <stdint.h>

#define HB_EXIT_PANIC 127 /* the code written to the finisher */

#define hb_panic(text) hb_panic_at(__FILE__, __LINE__, text)
#define hb_assert(holds)                                                                                               \
    do {                                                                                                               \
        if (!(holds))                                                                                                  \
            hb_panic(#holds " does not hold");                                                                         \
    } while (0)

/* Of harts that panic at the same time, which is likely, one speaks and ends the run. To be called before anything is
 * printed. Returns if it is this one; or if whose turn it is takes too long, for it may have died. */
void hb_panic_begin(void);

/* Provided by each kernel: print what may have caused the panic beside a fault of its own. */
void hb_panic_causes(void);

_Noreturn void hb_panic_at(const char *file, uint32_t line, const char *text);
_Noreturn void hb_panic_trap(uint64_t cause, uint64_t pc, uint64_t value);

#endif
