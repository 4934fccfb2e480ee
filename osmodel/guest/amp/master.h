/* The master: sends tasks to workers through their rings, and collects their answers. */
#ifndef HB_AMP_MASTER_H
#define HB_AMP_MASTER_H

#include <stdbool.h>
#include <stdint.h>

/* Collect, watch, give out; end the run when all tasks have ended. */
void hb_master_serve(void);

/* Worker `hart` has been found dead: what it had sent counts, and whatever else it had been given waits again. From
 * here on its ring is ignored. Returns the number of tasks that wait again. */
uint32_t hb_master_give_up(uint32_t hart);

#endif
