/* HB_TIMES: a variable that holds times, or is written again whenever something happens at another time. Campaigns
 * leave it out when they ask whether two runs ended with the same memory (docs/classes.md). All of them lie between
 * hb_times_begin and hb_times_end (kernel.ld). */
#ifndef HB_GUEST_TIMES_H
#define HB_GUEST_TIMES_H

#define HB_TIMES __attribute__((section(".bss.times")))

#endif
