/* What a program asks of the host through the words `tohost` and `fromhost`, as Berkeley's tests and proxy kernel do.
 *
 * A request is what a store has left in tohost: device (bits 63 to 56), command (55 to 48) and an argument. It is seen
 * in phase 1 of the cycle after the one in which the store was performed; tohost is then set to 0, except for the exit,
 * which ends the run and leaves it.
 *
 *     device 0, command 0   bit 0 set: the exit, with the code in the bits above (0: passed)
 *                           else a system call: the address of eight words {number, arguments ...}. write (64) to
 *                           files 1 and 2 goes to the console, exit (93) ends the run; the result is put into the
 *                           first word, and 1 into fromhost
 *     device 1, command 0   read a byte that arrives on the UART's line; fromhost gets it, with bit 8 set, once
 *                           there is one
 *     device 1, command 1   write a byte to the console; fromhost stays as it is
 *
 * Any other request ends the run as failed, and hb_htif_explain() says why. An answer waits until fromhost is 0. The
 * host reads and writes the newest copy of both words, wherever that is; it takes no time and does not use the bus.
 *
 * With the key stop.word another word takes the place of both: its value ends the run, and there are no requests.
 */
#ifndef HB_SIM_HTIF_H
#define HB_SIM_HTIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HB_HTIF_ANSWERS 64u /* as many as there can be harts: each may wait for an answer */

struct hb_machine;

enum hb_htif_refusal {
    HB_HTIF_FINE,
    HB_HTIF_COMMAND, /* value: device, command */
    HB_HTIF_BLOCK,   /* value: its address */
    HB_HTIF_CALL,    /* value: its number */
    HB_HTIF_FILE,    /* value: its number */
    HB_HTIF_BUFFER,  /* value: address, bytes */
    HB_HTIF_CROWD,
};

/* Plain data, in the arena. */
struct hb_htif {
    bool pending;    /* one of the words was written in the cycle before */
    uint8_t refused; /* enum hb_htif_refusal */
    uint32_t answers;
    uint32_t reads; /* of a byte, that wait for one */
    uint64_t answer[HB_HTIF_ANSWERS];
    uint64_t value[2]; /* what was refused */
};

/* Phase 1: see what is asked, and answer what can be answered. */
void hb_htif_serve(struct hb_machine *machine);

/* Why the run failed, in one line without a full stop. False, with `text` empty: nothing was refused. */
bool hb_htif_explain(const struct hb_htif *htif, char *text, size_t bytes);

#endif
