/* A lock, tried by one thread after another: whoever comes finds it free, and leaves it free. */
#include "osmodel/lab/cage.h"
#include "osmodel/lab/lab.h"

#define ROUNDS 1000u

static struct hb_user_lock lock;

int main(void) {
    hb_cage_enter();
    for (uint32_t i = 0; i < ROUNDS; i++) {
        hb_cage_doing(i == 0 ? "acquire, of a lock that is free," : "acquire, of a lock that has been released,");
        acquire(&lock, i % 4);
        hb_cage_doing("release");
        release(&lock, i % 4);
    }
    hb_cage_leave(0, NULL);
}
