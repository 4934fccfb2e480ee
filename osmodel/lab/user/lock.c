/* The student's lock (./lab) as one that os.workload.lock can name. */
#include "osmodel/lab/lab.h"

const struct hb_user_lock_kind hb_lock_mine = {acquire, release};
