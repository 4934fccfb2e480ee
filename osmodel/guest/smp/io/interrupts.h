/* Interrupts of devices: whom they reach is os.irq.
 *
 *     one     the first live hart takes them all
 *     spread  each hart that has taken one passes the next on to the next live hart
 *     all     all harts are interrupted; the first that claims it has work, the others were interrupted for nothing
 *
 * One may find nothing for another reason, too: the UART signals again when something is sent while a character waits
 * to be read.
 *
 * The only device is the UART. A source that a dead hart had claimed and not completed interrupts nobody any more, so
 * recovery completes it in the dead hart's name, lets another hart have the next, and looks itself for what has come
 * meanwhile. A character that the dying hart had read and not yet stored is lost; so it would be with real devices. */
#ifndef HB_SMP_INTERRUPTS_H
#define HB_SMP_INTERRUPTS_H

#include <stdint.h>

/* At boot, once: if a group of tasks wants input, let the harts of `live` be interrupted by it. */
void hb_interrupts_begin(uint64_t live);

/* The executing hart is interrupted by a device. It owns no lock. */
void hb_interrupt_serve(void);

/* For a hart that sleeps, whose interrupts are pending and are not taken: the same, if one is. */
void hb_interrupt_serve_if_pending(void);

/* `dead` has been fenced: others take its interrupts. May be repeated. The executing hart owns no lock. */
void hb_interrupts_reroute(uint32_t dead);

#endif
