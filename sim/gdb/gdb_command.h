/* What gdb says, and the answers: a table of packets. Nothing here knows of a network. */
#ifndef HB_SIM_GDB_COMMAND_H
#define HB_SIM_GDB_COMMAND_H

#include "sim/gdb/gdb_packet.h"
#include "sim/gdb/gdb_run.h"

struct hb_gdb_session {
    struct hb_gdb_run run;
    uint32_t general; /* hart that registers and memory are asked of */
    uint32_t resumed; /* the only hart that c and s move; HB_GDB_NO_HART: all, and that of the last stop steps */
    struct hb_gdb_stop stop;
    bool no_acknowledgements;
    bool detached;
    bool killed;
    struct hb_gdb_text description; /* of the registers */
    struct hb_gdb_text said;        /* to `monitor` */
    struct hb_gdb_text reply;
};

/* A session begins with the machine as it stands. */
void hb_gdb_session_begin(struct hb_gdb_session *session, struct hb_machine *machine);
void hb_gdb_session_end(struct hb_gdb_session *session);

/* Another gdb comes: nothing of the one before is left but the history. */
void hb_gdb_session_renew(struct hb_gdb_session *session);

/* Do what a packet asks for, which may take its time, and put the answer into session->reply. `packet` ends with 0. */
void hb_gdb_answer(struct hb_gdb_session *session, const char *packet);

#endif
