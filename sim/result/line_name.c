#include "sim/result/line_name.h"

#include <inttypes.h>
#include <stdio.h>

#include "sim/machine/machine.h"

void hb_line_name(const struct hb_machine *machine, uint64_t line, char *text, size_t n) {
    size_t used = 0;
    text[0] = 0;
    for (uint32_t i = 0; i < machine->bus.line_bytes && used < n; i += 4) {
        uint64_t offset = 0;
        const char *name = hb_symbols_at(&machine->symbols, line + i, &offset);
        if (!name || (i > 0 && offset >= 4))
            continue;
        int more = i == 0 && offset ? snprintf(text, n, "%s+0x%" PRIx64, name, offset)
                                    : snprintf(text + used, n - used, "%s%s", used ? ", " : "", name);
        used += more > 0 ? (size_t)more : 0;
    }
}
