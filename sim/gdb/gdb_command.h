/* What gdb says, and the answers: a table of packets. Nothing here knows about the network. */
#ifndef HB_SIM_GDB_COMMAND_H
#define HB_SIM_GDB_COMMAND_H

#include "sim/gdb/gdb_packet.h"
#include "sim/gdb/gdb_run.h"

struct hb_gdb_session {
    struct hb_gdb_run run;
    uint32_t general; /* hart whose registers and memory are asked for */
    uint32_t resumed; /* the only hart that c and s move; HB_GDB_NO_HART: all, and the hart of the last stop steps */
    struct hb_gdb_stop stop;
    bool no_acknowledgements;
    bool detached;
    bool killed;
    struct hb_gdb_text description; /* of the registers */
    struct hb_gdb_text said;        /* to `monitor` */
    struct hb_gdb_text reply;
};

/* Begin a session with the machine in its present state. */
void hb_gdb_session_begin(struct hb_gdb_session *session, struct hb_machine *machine);
void hb_gdb_session_end(struct hb_gdb_session *session);

/* Another gdb connects: only the history is left of the previous one. */
void hb_gdb_session_renew(struct hb_gdb_session *session);

/* Do what a packet asks for, which may take long, and put the answer into session->reply. `packet` ends with 0. */
void hb_gdb_answer(struct hb_gdb_session *session, const char *packet);

#endif
