/* lab_reference KIND WORK SIZE: the checksum that such a task should find, with nothing of the student's. */
#include <inttypes.h>
#include <stdio.h>

#include "osmodel/expected.h"
#include "osmodel/lab/job.h"

int main(int argc, char **argv) {
    struct hb_params params;
    if (!hb_lab_params(argc, argv, &params))
        return 2;
    printf("%" PRIx64 "\n", hb_os_expected_checksum(&params, 0));
    return 0;
}
