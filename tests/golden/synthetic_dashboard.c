/* The dashboard over the synthetic machine, with the options of `hartbeat gui` that window.sh needs. */
#include <stdio.h>
#include <string.h>

#include "tests/golden/synthetic.h"
#include "ui/dashboard/dashboard.h"

#define HARTS 4
#define TASKS 4000
#define SEED  1

int main(int argc, char **argv) {
    struct hb_dashboard_options options = {0};
    struct hb_error error;
    for (int i = 1; i + 1 < argc; i += 2)
        if (strcmp(argv[i], "--commands") == 0)
            options.log_path = argv[i + 1];
        else if (strcmp(argv[i], "--describe") == 0)
            options.describe_path = argv[i + 1];
        else if (strcmp(argv[i], "--shot") == 0)
            options.shot_path = argv[i + 1];
    struct hb_session *session = hb_synthetic_new(HARTS, TASKS, SEED);
    if (session == NULL) {
        fprintf(stderr, "no memory\n");
        return 4;
    }
    int status = hb_dashboard_run(session, &options, &error);
    if (status != 0)
        fprintf(stderr, "%s\n", error.text);
    hb_synthetic_free(session);
    return status;
}
