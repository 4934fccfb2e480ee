#include "osmodel/guest/machine/context.h"
#include "osmodel/guest/machine/riscv.h"

bool hb_fp_begin(struct hb_context *context, struct hb_fp *place, uint64_t cause) {
    if (cause != HB_CAUSE_ILLEGAL || context->fp != NULL)
        return false;
    for (uint32_t i = 0; i < 32; i++)
        place->f[i] = 0;
    place->fcsr = 0;
    context->fp = place;
    return true;
}
