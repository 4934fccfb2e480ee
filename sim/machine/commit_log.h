/* The log of commits: a line for each instruction that retires, as Spike's --log-commits writes them, in order of
 * (cycle, hart). It is written to a file while the machine runs.
 *
 *     core   0: 3 0x0000000080000000 (0x00000297) x5  0x0000000080000000
 *
 * Hart, mode, pc and encoding; then what was written, by number of register (an f register after the x register of its
 * number, a CSR after both): " x5  VALUE", " f5  VALUE", " c773_mtvec VALUE"; then " mem ADDRESS" for what was loaded
 * and " mem ADDRESS VALUE" for what was stored, with virtual addresses. x0 is never written. An AMO loads and stores;
 * an SC that fails does neither. A write of sstatus, sie, sip or fcsr is one of mstatus, mie, mip, or frm and fflags.
 * An instruction that traps does not retire and has no line.
 */
#ifndef HB_SIM_COMMIT_LOG_H
#define HB_SIM_COMMIT_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/hart/retired.h"
#include "sim/base/error.h"

struct hb_machine;
struct hb_commit_log;

/* From now on every instruction of the machine is logged (which is slow). */
bool hb_commit_log_open(struct hb_machine *machine, const char *path, struct hb_error *error);

/* Make what has been logged so far readable. False: `error`. Without a log nothing happens. */
bool hb_commit_log_flush(struct hb_machine *machine, struct hb_error *error);

/* End the log. False: the file could not be written whole. Without a log nothing happens; `error` may be NULL. */
bool hb_commit_log_close(struct hb_machine *machine, struct hb_error *error);

#endif
