#include "ui/dashboard/source/describe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "memory/source.h"
#include "ui/dashboard/model/why.h"
#include "ui/dashboard/source/machine_session.h"

static void print_harts(const struct hb_machine *machine, const struct hb_view *view) {
    struct hb_source *source = hb_source_open(machine->config.image, machine->elf.bias);
    for (uint32_t h = 0; h < view->machine.harts; h++) {
        char line[HB_SOURCE_BYTES] = "", why[HB_WHY_BYTES];
        (void)hb_source_of_code(source, view->hart[h].pc, line, sizeof line);
        hb_why(view, h, line, why, sizeof why);
        puts(why);
    }
    hb_source_close(source);
}

bool hb_describe_run(const struct hb_config *config, const char *title, uint64_t cycle, struct hb_error *error) {
    struct hb_session *session = hb_session_open(config, error);
    struct hb_view *view = calloc(1, sizeof *view);
    if (!view)
        abort();
    if (session) {
        session->ops->machine(session->self, &view->machine);
        session->ops->run_to(session->self, cycle ? cycle : UINT64_MAX);
        session->ops->fill(session->self, view);
        printf("%s, before cycle %" PRIu64 ":\n", title, view->cycle);
        print_harts(hb_session_machine(session), view);
        hb_session_close(session);
    }
    free(view);
    return session != NULL;
}
