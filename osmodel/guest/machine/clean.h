/* Kernel data that survive the loss of a cache (os.recovery.kernel_data "flushed"): each store that recovery relies on
 * is cleaned, that is, written back to memory by cbo.clean, before the next one is made. Which stores these are, and
 * why that suffices, is said in smp/recovery/doubt.h.
 *
 * Of a hart that dies at most one such store has then not reached memory, as if it had died before it. But a store of a
 * living hart can be lost, too: when another hart takes the line to write to it, and dies with it before the clean. So
 * whoever has cleaned looks whether the store is still there, and repeats it if not.
 *
 * Whether data are flushed is settled when the kernel is compiled: there is an image for either. */
#ifndef HB_GUEST_CLEAN_H
#define HB_GUEST_CLEAN_H

#include <stdbool.h>
#include <stdint.h>

static inline bool hb_flushes(void) {
#ifdef HB_FLUSHES
    return true;
#else
    return false;
#endif
}

/* Write back what any cache holds modified of these bytes; it is in memory when this returns. The harts have cbo.clean
 * (hb_board.clean_bytes is not 0). */
void hb_clean(const volatile void *at, uint64_t bytes);

/* What the functions in atomic.h do where data are flushed. */
void hb_store_kept(uint64_t *word, uint64_t value);
bool hb_compare_and_swap_kept(uint64_t *word, uint64_t expected, uint64_t desired);
uint64_t hb_fetch_add_kept(uint64_t *word, uint64_t addend);

/* place = value, for a place that nobody else writes at the same time, though they may write next to it. */
#define HB_PUT(place, value)                                                                                           \
    do {                                                                                                               \
        if (hb_flushes()) {                                                                                            \
            volatile __typeof__(place) *hb_at = &(place);                                                              \
            const __typeof__(place) hb_value = (value);                                                                \
            do {                                                                                                       \
                *hb_at = hb_value;                                                                                     \
                hb_clean(hb_at, sizeof *hb_at);                                                                        \
            } while (*hb_at != hb_value);                                                                              \
        } else {                                                                                                       \
            (place) = (value);                                                                                         \
        }                                                                                                              \
    } while (0)

#endif
