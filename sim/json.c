#include "sim/json.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Places
 * ---------------------------------------------------------------------------------------------------------- */

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

static bool wrong_at(const char *name, const char *text, size_t offset, const char *what, struct hb_error *error) {
    struct place place = place_of(text, offset);
    hb_error_set(error, "%s: line %u, column %u: %s", name, place.line, place.column, what);
    return false;
}

/* ---- What is looked at before cJSON sees the text
 * ---------------------------------------------------------------------- */

/* The place behind a string whose opening quote is at `at`. */
static size_t skip_string(const char *text, size_t n, size_t at) {
    for (at++; at < n && text[at] != '"'; at++)
        if (text[at] == '\\')
            at++;
    return at + 1;
}

/* cJSON descends by recursion, and ends a text at a NUL. */
static bool check_text(const char *name, const char *text, size_t n, struct hb_error *error) {
    unsigned depth = 0;
    const char *nul = memchr(text, 0, n);
    if (nul)
        return wrong_at(name, text, (size_t)(nul - text), "a NUL byte; this is not text", error);
    for (size_t at = 0; at < n; at++) {
        if (text[at] == '"')
            at = skip_string(text, n, at) - 1;
        else if ((text[at] == ']' || text[at] == '}') && depth > 0)
            depth--;
        else if ((text[at] == '[' || text[at] == '{') && ++depth > HB_JSON_DEPTH_MAX)
            return wrong_at(name, text, at, "nested too deeply (at most 64 levels)", error);
    }
    return true;
}

/* ---- What is looked at afterwards
 * ---------------------------------------------------------------------------------------- */

static int compare_names(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The name of a member that `object` has twice; NULL: none. `names` has room for all. */
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

/* Write where `child` stands: `path` is that of its parent. */
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
            hb_error_set(error, "%s: %s%s%.60s: this key is there twice", name, path, path[0] ? "." : "", twice);
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

/* ---- Reading
 * --------------------------------------------------------------------------------------------------------------- */

static void refuse(const char *name, const char *text, size_t n, const char *end, struct hb_error *error) {
    char what[64];
    size_t offset = end >= text && end <= text + n ? (size_t)(end - text) : n;
    while (offset < n && strchr(" \t\r\n", text[offset]))
        offset++;
    if (offset >= n)
        snprintf(what, sizeof what, "not JSON: the text ends too early");
    else if (text[offset] > ' ' && text[offset] < 127)
        snprintf(what, sizeof what, "not JSON: unexpected '%c'", text[offset]);
    else
        snprintf(what, sizeof what, "not JSON: unexpected byte 0x%02x", (unsigned char)text[offset]);
    wrong_at(name, text, offset, what, error);
}

cJSON *hb_json_parse(const char *name, const char *text, size_t n, struct hb_error *error) {
    const char *end = text;
    if (!check_text(name, text, n, error))
        return NULL;
    cJSON *root = cJSON_ParseWithLengthOpts(text, n, &end, false);
    size_t used = root ? (size_t)(end - text) : 0;
    while (root && used < n && strchr(" \t\r\n", text[used]))
        used++;
    if (!root || used < n) {
        refuse(name, text, n, root ? text + used : end, error);
        cJSON_Delete(root);
        return NULL;
    }
    if (check_twice(name, root, "", error))
        return root;
    cJSON_Delete(root);
    return NULL;
}

/* The whole file, to be freed; NULL: `error`. */
static char *read_file(const char *path, size_t *n, struct hb_error *error) {
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(HB_JSON_BYTES_MAX + 1) : NULL;
    errno = file && !text ? ENOMEM : errno;
    *n = text ? fread(text, 1, HB_JSON_BYTES_MAX + 1, file) : 0;
    if (!text || ferror(file))
        hb_error_set(error, "%s: cannot be read: %s", path, strerror(errno));
    else if (*n > HB_JSON_BYTES_MAX)
        hb_error_set(error, "%s: too large (at most %u MiB)", path, HB_JSON_BYTES_MAX >> 20);
    bool ok = text && !ferror(file) && *n <= HB_JSON_BYTES_MAX;
    if (file)
        (void)fclose(file);
    if (ok)
        return text;
    free(text);
    return NULL;
}

cJSON *hb_json_read(const char *path, struct hb_error *error) {
    size_t n;
    char *text = read_file(path, &n, error);
    cJSON *root = text ? hb_json_parse(path, text, n, error) : NULL;
    free(text);
    return root;
}

/* ---- Looking
 * ---------------------------------------------------------------------------------------------------------------- */

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
