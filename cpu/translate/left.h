/* Why translated code came back. */
#ifndef HB_CPU_TRANSLATE_LEFT_H
#define HB_CPU_TRANSLATE_LEFT_H

/* hart->pc and the clock are up to date. */
enum hb_left {
    HB_LEFT_LATE, /* the block at pc does not end before the limit */
    HB_LEFT_ONE,  /* the operation at pc is not for translated code */
    HB_LEFT_DATA, /* the load or store at pc reaches a line that is not in the lookups */
    HB_LEFT_LINE, /* the line of pc must be looked for */
    HB_LEFT_STOP, /* the operation at pc is never private */
    HB_LEFT_NEW,  /* the block at pc is not translated yet */
};

#endif
