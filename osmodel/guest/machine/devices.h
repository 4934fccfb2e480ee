/* The board's devices, as far as the kernels use them: timers and software interrupts (CLINT), the finisher, and the
 * power controller that only hartbeat has. */
#ifndef HB_GUEST_DEVICES_H
#define HB_GUEST_DEVICES_H

#include <stdint.h>

/* Interrupt another hart, and clear this hart's own interrupt. */
void hb_send_interrupt(uint32_t hart);
void hb_clear_interrupt(uint32_t hart);

/* Timer interrupt for this hart once mtime reaches `ticks`. */
void hb_set_timer(uint32_t hart, uint64_t ticks);

/* End the run: `code` 0 passes, any other fails. */
_Noreturn void hb_finish(uint32_t code);

/* Ask the power controller to fence `hart`, and wait until the fence is in force: the hart executes nothing any more,
 * and its transactions have ended. Needs hb_board.power_base. */
void hb_power_fence(uint32_t hart);

/* Ask the power controller to start `hart`, which is fenced or stopped, at `entry`, in M mode with a0 = hart and
 * a1 = 0. A dead one does not. Needs hb_board.power_base. */
void hb_power_start(uint32_t hart, uint64_t entry);

/* Where `hart` begins when it has itself reset: at `entry`, with a1 = 0. Needs hb_board.power_base. */
void hb_power_set_entry(uint32_t hart, uint64_t entry);

/* Have the executing hart, `hart`, reset: its registers and PMP entries are as after power-on, its cache stays. `base`:
 * where the power controller is. */
_Noreturn void hb_power_reset(uint64_t base, uint32_t hart);

#endif
