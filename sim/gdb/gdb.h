/* The gdb stub: a server on the loopback address that lets gdb drive a machine, each hart a thread.
 *
 *     hb_gdb_serve(&(struct hb_gdb_server){.machine = machine, .port = 1234}, &error);
 *
 * The machine stands still until gdb connects, and for all harts at once whenever gdb has it stopped. A machine that
 * sleeps for ever, has crashed or has ended stays open to inspection, and can go back, until gdb leaves.
 */
#ifndef HB_SIM_GDB_H
#define HB_SIM_GDB_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/error.h"
#include "sim/machine/machine.h"

enum hb_gdb_result {
    HB_GDB_ENDED,    /* gdb has disconnected, and the machine has an outcome */
    HB_GDB_DETACHED, /* gdb has left the machine to itself */
    HB_GDB_KILLED,   /* gdb has ended the run before it had an outcome */
    HB_GDB_FAILED,   /* cannot listen on the port: `error` says why */
};

struct hb_gdb_server {
    struct hb_machine *machine;
    struct hb_watcher *console; /* is not shown again what runs again; NULL: there is none */
    uint16_t port;              /* 0: a free one */
    void (*waits)(struct hb_gdb_server *server, uint16_t port); /* called before each wait for a gdb, with the port */
    int input;                                  /* descriptor whose bytes `pump` takes; -1: none, or at its end */
    uint64_t pump_cycles;                       /* pump is called at multiples of it */
    void (*pump)(struct hb_gdb_server *server); /* NULL: there is no input. It may set `input`. */
    void *context;                              /* the caller's */
};

enum hb_gdb_result hb_gdb_serve(struct hb_gdb_server *server, struct hb_error *error);

#endif
