#include "osmodel/guest/amp/opening.h"

#include "osmodel/guest/amp/worker.h"
#include "osmodel/guest/lib/panic.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/tasks_memory.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/board.h"

#define PART_ALIGN 4096u

struct hb_opening hb_opening __attribute__((section(".shared")));

static void divide(void) {
    uint64_t end = hb_board.ram_base + hb_board.ram_bytes;
    hb_opening.memory = hb_shared_memory(0);
    hb_opening.part_bytes = (end - hb_opening.memory) / hb_board.harts / PART_ALIGN * PART_ALIGN;
    hb_opening.room_bytes = hb_task_room_bytes();
    hb_opening.rooms = hb_opening.part_bytes / hb_opening.room_bytes;
    if (end < hb_opening.memory || hb_opening.rooms < HB_REQUESTS_AT_ONCE)
        hb_panic("the tasks of each hart do not fit into its memory: smaller sets, fewer harts, or more memory");
}

void hb_opening_prepare(void) {
    divide();
    hb_opening.failover = hb_params.recovery_failover;
    hb_opening.power = hb_board.power_base;
    if (hb_opening.failover != HB_FAILOVER_NONE && hb_board.power_base == 0)
        hb_panic("without a power controller the old master could not be fenced: failover must be none");
    if (hb_opening.failover != HB_FAILOVER_NONE && hb_board.clean_bytes == 0)
        hb_panic("without cbo.clean a new master could not read what the old one knew: failover must be none");
}

void hb_open(void) {
    hb_store(&hb_opening.is_open, 1);
}

uint64_t hb_is_open(void) {
    uint64_t is_open = hb_load(&hb_opening.is_open);
    hb_fence_reads(); /* before the rest of it is read */
    return is_open;
}
