#include "sim/base/json.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json_check.h"

/* ---- Places ---------------------------------------------------------------------------------------------------- */

struct place {
    unsigned line, column; /* from 1; columns count bytes */
};

static struct place place_of(const char *text, size_t offset) {
    struct place place = {1, 1};
    for (size_t i = 0; i < offset; i++) {
        place.column++;
        if (text[i] == '\n')
            place = (struct place){place.line + 1, 1};
    }
    return place;
}

/* ---- Duplicate keys -------------------------------------------------------------------------------------------- */

static int compare_names(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The name of a member that `object` has twice, or NULL. `names` has room for all. */
static const char *find_twice(const cJSON *object, const char **names) {
    size_t n = 0;
    for (const cJSON *member = object->child; member; member = member->next)
        names[n++] = member->string;
    qsort(names, n, sizeof *names, compare_names);
    for (size_t i = 1; i < n; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            return names[i];
    return NULL;
}

/* Write the path of `child`; `path` is its parent's. */
static void child_path(const char *path, const cJSON *child, unsigned place, char *out, size_t size) {
    const char *dot = path[0] ? "." : "";
    if (child->string)
        snprintf(out, size, "%s%s%.60s", path, dot, child->string);
    else
        snprintf(out, size, "%s%s%u", path, dot, place);
}

static bool check_twice(const char *name, const cJSON *value, const char *path, struct hb_error *error) {
    if (cJSON_IsObject(value) && value->child) {
        const char **names = malloc((size_t)cJSON_GetArraySize(value) * sizeof *names);
        const char *twice = names ? find_twice(value, names) : NULL;
        free(names);
        if (twice) {
            hb_error_set(error, "%s: %s%s%.60s: this key appears twice", name, path, path[0] ? "." : "", twice);
            return false;
        }
    }
    unsigned place = 0;
    for (const cJSON *child = value->child; child; child = child->next, place++) {
        char below[256];
        if (!child->child)
            continue;
        child_path(path, child, place, below, sizeof below);
        if (!check_twice(name, child, below, error))
            return false;
    }
    return true;
}

/* ---- Reading --------------------------------------------------------------------------------------------------- */

/* A byte-order mark, which some editors write, is not part of the text. */
static size_t mark_bytes(const char *text, size_t n) {
    return n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static void refuse(const char *name, const char *text, size_t n, size_t at, const char *what, struct hb_error *error) {
    struct place place = place_of(text, at);
    char found[32];
    if (at >= n)
        snprintf(found, sizeof found, "the text ends");
    else if (text[at] > ' ' && text[at] < 127)
        snprintf(found, sizeof found, "found %c", text[at]);
    else
        snprintf(found, sizeof found, "found byte 0x%02x", (unsigned char)text[at]);
    hb_error_set(error, "%s: line %u, column %u: not JSON: %s; %s", name, place.line, place.column, what, found);
}

cJSON *hb_json_parse(const char *name, const char *text, size_t n, struct hb_error *error) {
    size_t at, mark = mark_bytes(text, n);
    const char *what;
    if (!hb_json_check(text + mark, n - mark, &at, &what)) {
        refuse(name, text + mark, n - mark, at, what, error);
        return NULL;
    }
    cJSON *root = cJSON_ParseWithLength(text + mark, n - mark);
    if (!root)
        hb_error_set(error, "%s: the host does not have enough memory", name);
    if (root && check_twice(name, root, "", error))
        return root;
    cJSON_Delete(root);
    return NULL;
}

#define FIRST_BYTES 65536u

/* The contents of `file`, but at most one byte more than is allowed; NULL: out of memory. */
static char *read_text(FILE *file, size_t *n) {
    char *text = NULL;
    size_t room = 0, got = 1;
    for (*n = 0; got && *n <= HB_JSON_BYTES_MAX; *n += got) {
        if (*n == room) {
            room = room ? 2 * room : FIRST_BYTES;
            char *longer = realloc(text, room);
            if (!longer) {
                free(text);
                return NULL;
            }
            text = longer;
        }
        size_t most = HB_JSON_BYTES_MAX + 1 - *n;
        got = fread(text + *n, 1, room - *n < most ? room - *n : most, file);
    }
    return text;
}

/* All of `file` (NULL: it could not be opened), to be freed; NULL: `error`. */
static char *read_file(FILE *file, const char *path, size_t *n, struct hb_error *error) {
    char *text = file ? read_text(file, n) : NULL;
    errno = file && !text ? ENOMEM : errno;
    bool whole = text && !ferror(file);
    if (!whole)
        hb_error_set(error, "%s: cannot be read: %s", path, strerror(errno));
    else if (*n > HB_JSON_BYTES_MAX)
        hb_error_set(error, "%s: too large (at most %u MiB)", path, HB_JSON_BYTES_MAX >> 20);
    if (file && file != stdin)
        (void)fclose(file);
    if (whole && *n <= HB_JSON_BYTES_MAX)
        return text;
    free(text);
    return NULL;
}

cJSON *hb_json_read(const char *path, struct hb_error *error) {
    size_t n;
    const bool from_input = strcmp(path, "-") == 0;
    const char *name = from_input ? HB_JSON_STDIN : path;
    char *text = read_file(from_input ? stdin : fopen(path, "rb"), name, &n, error);
    cJSON *root = text ? hb_json_parse(name, text, n, error) : NULL;
    free(text);
    return root;
}

/* ---- Looking up ------------------------------------------------------------------------------------------------ */

static const cJSON *find_one(const cJSON *value, const char *name) {
    char *end;
    if (cJSON_IsObject(value))
        return cJSON_GetObjectItemCaseSensitive(value, name);
    if (!cJSON_IsArray(value) || name[0] < '0' || name[0] > '9')
        return NULL;
    errno = 0;
    unsigned long place = strtoul(name, &end, 10);
    return *end == 0 && errno == 0 && place <= INT32_MAX ? cJSON_GetArrayItem(value, (int)place) : NULL;
}

const cJSON *hb_json_find(const cJSON *root, const char *path) {
    char name[128];
    while (root && *path) {
        size_t n = strcspn(path, ".");
        if (n >= sizeof name)
            return NULL;
        memcpy(name, path, n);
        name[n] = 0;
        root = find_one(root, name);
        path += n + (path[n] == '.');
    }
    return root;
}

const char *hb_json_kind(const cJSON *value) {
    if (cJSON_IsString(value))
        return "a string";
    if (cJSON_IsNumber(value))
        return "a number";
    if (cJSON_IsBool(value))
        return "true or false";
    if (cJSON_IsObject(value))
        return "an object";
    return cJSON_IsArray(value) ? "a list" : "null";
}

const char *hb_json_show(const cJSON *value, char *text, size_t size) {
    char *whole = cJSON_PrintUnformatted(value);
    int n = snprintf(text, size, "%s", whole ? whole : "?");
    if (n >= 0 && (size_t)n >= size && size > 3)
        memcpy(text + size - 4, "...", 4);
    cJSON_free(whole);
    return text;
}
