/* hartbeat keys [KEY]: the keys of an experiment, from their table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/nearest.h"
#include "sim/config/key_text.h"
#include "ui/cli/commands.h"

static bool is_container(const struct hb_key *key) {
    return key->type == HB_KEY_GROUP || key->type == HB_KEY_LIST || key->type == HB_KEY_GROUPS;
}

/* The legal values; to be freed. NULL: out of memory. */
static char *values_of(const struct hb_key *key) {
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        return NULL;
    hb_key_write_values(out, key, "");
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static bool print_line(const struct hb_key *key) {
    char *values = values_of(key);
    if (!values)
        return false;
    const char *fallback = key->fallback ? key->fallback : key->required ? "required" : "-";
    printf("%-36s %-7s %-12s %s\n", key->path, hb_key_type_name(key->type), fallback, values);
    free(values);
    return true;
}

/* The keys below `path` ("": all). */
static bool print_lines(const char *path) {
    size_t n = strlen(path);
    bool ok = true;
    for (size_t i = 0; i < hb_keys_n; i++) {
        const struct hb_key *key = &hb_keys[i];
        if (!is_container(key) && strncmp(key->path, path, n) == 0 && (n == 0 || key->path[n] == '.'))
            ok &= print_line(key);
    }
    return ok;
}

static bool print_whole(const struct hb_key *key) {
    printf("%s: %s\n", key->path, key->help);
    if (is_container(key))
        return print_lines(key->path);
    char *values = values_of(key);
    if (!values)
        return false;
    printf("  type     %s\n  values   %s\n", hb_key_type_name(key->type), values);
    free(values);
    if (key->fallback || key->required)
        printf("  default  %s\n", key->fallback ? key->fallback : "none: it must be given");
    if (key->unit)
        printf("  unit     %s\n", key->unit);
    for (const struct hb_key_name *name = key->names; name && name->name; name++) {
        const char *about = hb_key_about_name(key->path, name->name);
        if (about)
            printf("    %-14s %s\n", name->name, about);
    }
    return true;
}

/* Indices in lists become '*', as in the table. */
static void generalise(const char *text, char path[HB_KEY_PATH_BYTES]) {
    size_t n = 0;
    for (const char *at = text; *at && n + 1 < HB_KEY_PATH_BYTES; at++) {
        bool begins = at == text || at[-1] == '.';
        size_t digits = begins ? strspn(at, "0123456789") : 0;
        bool is_place = digits && (at[digits] == '.' || at[digits] == 0);
        path[n++] = is_place ? '*' : *at;
        at += is_place ? digits - 1 : 0;
    }
    path[n] = 0;
}

static void refuse(const char *path) {
    struct hb_nearest nearest = {.word = path};
    for (size_t i = 0; i < hb_keys_n; i++)
        hb_nearest_try(&nearest, hb_keys[i].path);
    for (size_t i = 0; nearest.far > 2 && i < hb_keys_n; i++) /* only the last part of a path */
        if (strcasecmp(hb_key_last(&hb_keys[i]), path) == 0)
            nearest = (struct hb_nearest){path, hb_keys[i].path, 0};
    const char *found = hb_nearest_found(&nearest);
    fprintf(stderr, "hartbeat keys: %s: unknown key", path);
    if (found)
        fprintf(stderr, " (did you mean \"%s\"?)", found);
    fputs("; see: hartbeat keys\n", stderr);
}

int hb_cmd_keys(const struct hb_options *options) {
    char path[HB_KEY_PATH_BYTES];
    bool ok;
    if (options->arguments == 0) {
        ok = print_lines("");
    } else {
        generalise(options->argument[0], path);
        const struct hb_key *key = hb_key_find(path);
        if (!key) {
            refuse(options->argument[0]);
            return HB_EXIT_USAGE;
        }
        ok = print_whole(key);
    }
    return ok ? HB_EXIT_OK : HB_EXIT_INTERNAL;
}
