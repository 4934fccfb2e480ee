#include "sim/experiment/csv.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "sim/base/csv_cell.h"

#define COLUMNS_MAX 1024
#define NAME_BYTES  128

/* A file; `list`: the list of result.json whose elements are its rows. NULL: the result itself is a row. */
static const struct {
    const char *file, *list;
} files[] = {{"result.csv", NULL}, {"harts.csv", "harts"}, {"caches.csv", "caches"}, {"faults.csv", "faults"}};

struct table {
    char column[COLUMNS_MAX][NAME_BYTES]; /* in the order in which they are first met */
    uint32_t columns;
    const cJSON *cell[COLUMNS_MAX]; /* of the present row; NULL: it has none */
    bool heading;                   /* columns are looked for, and nothing is written */
    FILE *out;
};

/* ---- Cells ----------------------------------------------------------------------------------------------------- */

static void put_cell(FILE *out, const cJSON *value) {
    if (cJSON_IsString(value)) {
        hb_csv_cell(out, value->valuestring);
    } else if (value && !cJSON_IsNull(value)) {
        char *text = cJSON_PrintUnformatted(value);
        if (!text)
            abort();
        fputs(text, out);
        cJSON_free(text);
    }
}

/* ---- Rows ------------------------------------------------------------------------------------------------------ */

static uint32_t column_of(struct table *table, const char *name) {
    uint32_t i = 0;
    while (i < table->columns && strcmp(table->column[i], name) != 0)
        i++;
    if (i == table->columns && i < COLUMNS_MAX)
        snprintf(table->column[table->columns++], NAME_BYTES, "%s", name);
    return i;
}

/* Take over the values of an object and of the objects in it, with dots between the names. */
static void take_values(struct table *table, const cJSON *object, const char *prefix) {
    char name[NAME_BYTES];
    for (const cJSON *value = object->child; value; value = value->next) {
        snprintf(name, sizeof name, "%s%s%s", prefix, *prefix ? "." : "", value->string);
        if (cJSON_IsObject(value))
            take_values(table, value, name);
        if (cJSON_IsObject(value) || cJSON_IsArray(value))
            continue;
        uint32_t column = column_of(table, name);
        if (column < COLUMNS_MAX)
            table->cell[column] = value;
    }
}

static void put_row(struct table *table, const cJSON *object, const char *variant) {
    memset(table->cell, 0, sizeof table->cell);
    take_values(table, object, "");
    if (table->heading)
        return;
    hb_csv_cell(table->out, variant);
    for (uint32_t i = 0; i < table->columns; i++) {
        fputc(',', table->out);
        put_cell(table->out, table->cell[i]);
    }
    fputc('\n', table->out);
}

static void put_rows(struct table *table, const struct hb_run_variant *variant, const char *list) {
    char *json = hb_result_json(variant->result, NULL, 0);
    cJSON *root = cJSON_Parse(json);
    if (!root)
        abort();
    free(json);
    const cJSON *items = list ? cJSON_GetObjectItemCaseSensitive(root, list) : NULL;
    if (!list)
        put_row(table, root, variant->name);
    for (const cJSON *item = items ? items->child : NULL; item; item = item->next)
        put_row(table, item, variant->name);
    cJSON_Delete(root);
}

static void put_head(const struct table *table) {
    fputs("variant", table->out);
    for (uint32_t i = 0; i < table->columns; i++) {
        fputc(',', table->out);
        hb_csv_cell(table->out, table->column[i]);
    }
    fputc('\n', table->out);
}

static char *make_text(const struct hb_run_report *report, const char *list) {
    char *text = NULL;
    size_t bytes = 0;
    struct table *table = calloc(1, sizeof *table);
    if (!table || !(table->out = open_memstream(&text, &bytes)))
        abort();
    table->heading = true;
    for (uint32_t i = 0; i < report->variants; i++)
        put_rows(table, &report->variant[i], list);
    table->heading = false;
    put_head(table);
    for (uint32_t i = 0; i < report->variants; i++)
        put_rows(table, &report->variant[i], list);
    if (fclose(table->out) != 0)
        abort();
    free(table);
    return text;
}

const char *hb_csv_file(uint32_t n) {
    return n < sizeof files / sizeof files[0] ? files[n].file : NULL;
}

char *hb_csv_text(const struct hb_run_report *report, uint32_t n) {
    return make_text(report, files[n].list);
}
