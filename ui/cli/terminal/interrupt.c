#include "ui/cli/terminal/interrupt.h"

#include <signal.h>
#include <stddef.h>

/* Global, since a handler can reach nothing else. */
static volatile sig_atomic_t came;

static void note(int number) {
    (void)number;
    came = 1;
}

void hb_interrupt_catch(void) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = note, .sa_flags = (int)SA_RESETHAND | SA_RESTART}, before;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
}

bool hb_interrupted(void *context) {
    (void)context;
    return came != 0;
}
