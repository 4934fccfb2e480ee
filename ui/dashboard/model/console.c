#include "ui/dashboard/model/console.h"

#include <string.h>

#include "ui/dashboard/model/view_scenes.h"

void hb_console_add(struct hb_console *console, const char *text, size_t n) {
    console->end += n;
    if (n > HB_CONSOLE_BYTES) {
        text += n - HB_CONSOLE_BYTES;
        n = HB_CONSOLE_BYTES;
    }
    if (console->length + n > HB_CONSOLE_BYTES) {
        uint32_t kept = (uint32_t)(HB_CONSOLE_BYTES - n);
        memmove(console->text, console->text + console->length - kept, kept);
        console->length = kept;
    }
    memcpy(console->text + console->length, text, n);
    console->length += (uint32_t)n;
    console->text[console->length] = '\0';
}

void hb_console_go(struct hb_console *console, uint64_t bytes) {
    uint64_t back = console->end > bytes ? console->end - bytes : 0;
    console->length = back < console->length && console->end >= bytes ? console->length - (uint32_t)back : 0;
    console->text[console->length] = '\0';
    console->end = bytes;
}

const char *hb_console_tail(const struct hb_console *console) {
    const char *tail = console->text;
    while (strlen(tail) >= HB_VIEW_CONSOLE) {
        const char *next = strchr(tail, '\n');
        tail = next != NULL ? next + 1 : tail + strlen(tail) - HB_VIEW_CONSOLE + 1;
    }
    return tail;
}
