/* What stands on the way of every switch and tick. A compiler would make calls of it, each of which saves and restores
 * more registers than it computes with; what is rare there is apart, so that it costs a branch. */
#ifndef HB_GUEST_INLINE_H
#define HB_GUEST_INLINE_H

#define HB_INLINE          static inline __attribute__((always_inline))
#define HB_APART           __attribute__((noinline, cold))
#define HB_RARE(condition) __builtin_expect(condition, 0)

#endif
