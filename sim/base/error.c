#include "sim/base/error.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

void hb_error_set(struct hb_error *error, const char *format, ...) {
    if (error == NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    for (char *at = error->text; *at; at++)
        if (*at == '\n' || *at == '\r')
            *at = ' ';
}
