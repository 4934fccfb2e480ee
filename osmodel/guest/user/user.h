/* A task's program. The kernel starts an attempt here, in U mode, with these arguments in registers. */
#ifndef HB_GUEST_USER_H
#define HB_GUEST_USER_H

#include <stdint.h>

/* `kind`: HB_KIND_*; `work`: units or increments of this task; `set`: its own memory, `bytes` long; `choice`: the
 * kernel (batch) or the number of counters (contend, share); `shared`: where the counters of share are. */
_Noreturn void hb_user_main(uint64_t kind, uint64_t seed, uint64_t task, uint64_t work, uint8_t *set, uint64_t bytes,
                            uint64_t choice, uint8_t *shared);

#endif
