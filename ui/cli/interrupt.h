/* SIGINT, SIGTERM and SIGHUP ask a run to end: what it has found so far is written. A second one ends the process at
 * once. */
#ifndef HB_CLI_INTERRUPT_H
#define HB_CLI_INTERRUPT_H

#include <stdbool.h>

/* From now on they are noted. One that the caller's parent has chosen to ignore (nohup) stays ignored. */
void hb_interrupt_catch(void);

/* Has one come? `context` is not used: it is of the form that struct hb_run_options asks for. */
bool hb_interrupted(void *context);

#endif
