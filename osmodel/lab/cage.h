/* A cage for somebody else's code, for the rest of the process: it may compute for a second in a bounded memory,
 * and write to standard output. Everything else ends the process: no files, no network, no other processes. */
#ifndef HB_LAB_CAGE_H
#define HB_LAB_CAGE_H

#define HB_CAGE_SECONDS 1

/* Close the door. A crash, or more than HB_CAGE_SECONDS of computing, ends the process with status 1 and a line that
 * names what hb_cage_doing said last. */
void hb_cage_enter(void);

/* What is being called from now on: "pick", for example. Not copied. */
void hb_cage_doing(const char *what);

/* End the process, with the status that a check has, after a line; NULL: none. */
_Noreturn void hb_cage_leave(int status, const char *line);

#endif
