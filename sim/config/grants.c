#include "sim/config/grants.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/config.h"

#define LINE_BYTES 4096 /* the longest line, with its end */

struct grants {
    uint8_t *port;
    uint32_t n, room;
};

static bool add(struct grants *grants, uint8_t port, const char **wrong) {
    if (grants->n == grants->room) {
        uint32_t room = grants->room ? 2 * grants->room : 4096;
        uint8_t *longer = room > grants->room ? realloc(grants->port, room) : NULL;
        if (!longer) {
            *wrong = "the host does not have enough memory";
            return false;
        }
        grants->port = longer;
        grants->room = room;
    }
    grants->port[grants->n++] = port;
    return true;
}

/* Take the port of a line, if there is one. */
static bool take_line(const char *line, struct grants *grants, const char **wrong) {
    line += strspn(line, " \t\r\n");
    if (*line == 0 || *line == '#')
        return true;
    char *rest;
    unsigned long port = line[0] >= '0' && line[0] <= '9' ? strtoul(line, &rest, 10) : HB_HARTS_LIMIT + 1ul;
    if (port > HB_HARTS_LIMIT) {
        *wrong = "should begin with a port (0 to 64) or with #";
        return false;
    }
    rest += strspn(rest, " \t\r\n");
    if (*rest != 0 && *rest != '#') {
        *wrong = "has more than a port (comments follow #)";
        return false;
    }
    return add(grants, (uint8_t)port, wrong);
}

/* The next line without its end. False: there is none, or it is unfit and `*wrong` says why. */
static bool read_line(FILE *file, char line[LINE_BYTES], const char **wrong) {
    uint32_t n = 0;
    int byte;
    while ((byte = getc_unlocked(file)) != EOF && byte != '\n') {
        if (byte == 0 || n + 1 == LINE_BYTES) {
            *wrong = byte == 0 ? "no text" : "too long";
            return false;
        }
        line[n++] = (char)byte;
    }
    line[n] = 0;
    return byte != EOF || n > 0;
}

static bool read_all(FILE *file, const char *path, struct grants *grants, struct hb_error *error) {
    char line[LINE_BYTES];
    const char *wrong = NULL;
    uint64_t number = 1;
    errno = 0;
    while (read_line(file, line, &wrong) && take_line(line, grants, &wrong))
        number++;
    if (wrong)
        hb_error_set(error, "%.300s:%" PRIu64 ": %s", path, number, wrong);
    else if (ferror(file))
        hb_error_set(error, "%.300s: cannot be read: %s", path, strerror(errno));
    else if (grants->n == 0)
        hb_error_set(error, "%.300s: holds no grant", path);
    else
        return true;
    return false;
}

bool hb_grants_load(const char *path, uint8_t **ports, uint32_t *n, struct hb_error *error) {
    struct grants grants = {0};
    FILE *file = fopen(path, "r");
    if (!file) {
        hb_error_set(error, "%.300s: cannot be read: %s", path, strerror(errno));
        return false;
    }
    bool ok = read_all(file, path, &grants, error);
    (void)fclose(file);
    if (!ok) {
        free(grants.port);
        return false;
    }
    *ports = grants.port;
    *n = grants.n;
    return true;
}
