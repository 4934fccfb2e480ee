/* trial_task KIND WORK SIZE: a task, tried alone on the host: prints its checksum. */
#include <inttypes.h>
#include <stdio.h>

#include "osmodel/lab/cage.h"
#include "osmodel/lab/job.h"
#include "osmodel/lab/lab.h"

uint64_t hb_now_ticks(void) {
    static uint64_t now;
    return now++;
}

int main(int argc, char **argv) {
    struct hb_params params;
    char line[32];
    if (!hb_lab_params(argc, argv, &params))
        return 2;
    struct hb_job job = hb_lab_job(&params);
    hb_cage_enter();
    hb_cage_doing("task");
    snprintf(line, sizeof line, "%" PRIx64, task(&job));
    hb_cage_leave(0, line);
}
