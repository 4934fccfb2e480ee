#include "ui/dashboard/model/format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

char *hb_format_count(char *text, uint64_t count) {
    char digits[32];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count), at = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = '\0';
    return text;
}

char *hb_format_axis(char *text, uint64_t cycle, uint64_t step) {
    if (cycle < 1000000 || step < 1000)
        return hb_format_count(text, cycle);
    int digits = step >= 1000000 ? 0 : step >= 100000 ? 1 : step >= 10000 ? 2 : 3;
    snprintf(text, HB_FORMAT_BYTES, "%.*f M", digits, (double)cycle / 1e6);
    return text;
}

char *hb_format_speed(char *text, double cycles_per_second) {
    char number[HB_FORMAT_BYTES];
    if (cycles_per_second >= 999500) {
        double millions = cycles_per_second / 1e6;
        snprintf(number, sizeof number, "%.*f M", millions < 9.95 ? 1 : 0, millions);
    } else {
        /* three digits are enough: 9,876 reads no better than 9,880 */
        double unit = fmax(1, pow(10, floor(log10(fmax(cycles_per_second, 1))) - 2));
        hb_format_count(number, (uint64_t)(round(cycles_per_second / unit) * unit));
    }
    snprintf(text, HB_FORMAT_BYTES, "%.30s cycles/s", number);
    return text;
}

char *hb_format_percent(char *text, double share) {
    snprintf(text, HB_FORMAT_BYTES, "%.0f %%", 100 * share);
    return text;
}

double hb_round_125(double x) {
    double power = pow(10, floor(log10(x) + 1e-9)), digit = x / power + 1e-9;
    return power * (digit >= 5 ? 5 : digit >= 2 ? 2 : 1);
}
