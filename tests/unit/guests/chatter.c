/* Says what the test has put into `code` and `values`: each hart calls its own. Then it passes. */
#include "tests/unit/guests/board.h"

NOTE(0, 20000);

#define SPEAKERS 4
#define CODE     2048
#define VALUES   1024

struct hb_params hb_params __attribute__((aligned(4096)));
struct hb_result hb_results[HB_TASKS_MAX];
uint64_t hb_user_memory[512] __attribute__((aligned(64)));
uint32_t code[SPEAKERS][CODE] __attribute__((aligned(64)));
uint64_t values[SPEAKERS][VALUES] __attribute__((aligned(64)));
volatile uint64_t harts = 1;
static uint64_t done;

int main(uint64_t hart) {
    if (hart < SPEAKERS)
        ((void (*)(const uint64_t *))code[hart])(values[hart]);
    fetch_add(&done, 1);
    while (hart == 0 && *(volatile uint64_t *)&done != harts)
        ;
    if (hart == 0)
        FINISHER = 0x5555;
    return 0;
}
