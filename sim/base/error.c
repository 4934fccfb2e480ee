#include "sim/base/error.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#define BLAME (HB_ERROR_BYTES - 1) /* the byte that says whose mistake it is */

void hb_error_set(struct hb_error *error, const char *format, ...) {
    if (error == NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, BLAME, format, arguments);
    va_end(arguments);
    error->text[BLAME] = 0;
    for (char *at = error->text; *at; at++)
        if (*at == '\n' || *at == '\r')
            *at = ' ';
}

void hb_error_blame_host(struct hb_error *error) {
    if (error)
        error->text[BLAME] = 1;
}

bool hb_error_is_the_hosts(const struct hb_error *error) {
    return error->text[BLAME] != 0;
}
