/* What comes in through the UART goes out again, small letters as capitals; a full stop ends it. */
#include "bare.h"

void bare_main(uint64_t hart, const void *tree) {
    (void)tree;
    if (hart)
        return;
    for (;;) {
        int byte = bare_read();
        if (byte < 0)
            continue;
        char text[2] = {(char)(byte >= 'a' && byte <= 'z' ? byte - 'a' + 'A' : byte), 0};
        bare_print(text);
        if (byte == '.')
            bare_finish(0);
    }
}
