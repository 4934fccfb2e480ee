/* SIGINT, SIGTERM and SIGHUP ask a run to end: its results so far are written. A second signal ends the process at
 * once. */
#ifndef HB_CLI_INTERRUPT_H
#define HB_CLI_INTERRUPT_H

#include <stdbool.h>

/* From now on record these signals. One that the parent process chose to ignore (nohup) stays ignored. */
void hb_interrupt_catch(void);

/* Has one arrived? `context` is unused: the signature is the one that struct hb_run_options needs. */
bool hb_interrupted(void *context);

#endif
