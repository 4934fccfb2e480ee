/* The reference page of experiments, docs/experiments.md, made from the table of keys. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/config/key_text.h"
#include "sim/config/keys.h"
#include "sim/experiment/experiment.h"

static const char head[] =
    "# Experiments\n"
    "\n"
    "An experiment is a JSON file: a machine, a program for it, what goes wrong and when, and what must hold of the\n"
    "results. `hartbeat run FILE` runs it, `hartbeat check FILE` says what is wrong with it. Every key but `image` may "
    "be\n"
    "left out. Unknown keys are errors, and what is not built yet is refused.\n"
    "\n"
    "This page is made from the table of keys in `sim/config/keys.c`, as is `configs/schema/experiment.schema.json`, "
    "with "
    "which\n"
    "editors complete and check (`\"$schema\"`). After a change there: `HB_REGENERATE=1 ./test unit_keys`.\n"
    "\n"
    "- Sizes are bytes, or strings such as `\"32KiB\"`, `\"1MiB\"`. Numbers are whole. Times are cycles.\n"
    "- Paths are relative to the file that contains them.\n"
    "- `--set KEY=VALUE` on the command line sets any key, dotted, with numbers for indices in lists:\n"
    "  `--set machine.harts=2 --set faults.0.trigger.cycle=90000`. VALUE is JSON, else a string. It comes last, and "
    "to\n"
    "  every variant.\n"
    "\n";

static const char tail[] =
    "## Variants\n"
    "\n"
    "`\"variants\": {\"one\": {\"machine.harts\": 1}, \"four\": {\"machine.harts\": 4}}` runs the experiment once for "
    "each,\n"
    "with these keys set. Results go to `DIR/one/result.json` and `DIR/four/result.json`. A name is a letter, then\n"
    "letters, digits, `_` and `-`.\n"
    "\n"
    "## Expectations\n"
    "\n"
    "`\"expect\": [{\"that\": \"four.os.goodput >= 3.5 * one.os.goodput\", \"because\": \"independent tasks "
    "scale\"}]`\n"
    "\n"
    "An expectation is an expression over the results. Where there are expectations, they alone decide the exit "
    "status: 0\n"
    "if all hold, whatever the outcome, else 1. Each is printed with the values that it is about. Two things are "
    "expected\n"
    "besides: every fault without a rate was activated, unless an expression names its `faults.N.activated`; and the "
    "run was not cut\n"
    "short (`limit`, `interrupted`), unless one names `outcome`.\n"
    "\n"
    "| in an expression | |\n"
    "| --- | --- |\n"
    "| `os.tasks_lost`, `faults.0.cycle` | a path into `result.json`, with numbers for indices in lists |\n"
    "| `four.os.goodput` | with variants, a path begins with the variant's name |\n"
    "| `12`, `0.5`, `'passed'`, `\"passed\"`, `true`, `false`, `null` | values |\n"
    "| `+ - * /`, `( )`, `abs(x)`, `min(x, y, ...)`, `max(x, y, ...)` | calculation |\n"
    "| `< <= > >= == !=` | comparison |\n"
    "| `and`, `or`, `not` | of comparisons |\n"
    "\n"
    "What a path does not find decides nothing, and neither does a null that is not compared with the word `null`: "
    "the\n"
    "expectation then does not hold, and says why. With a variant whose name holds a `-`, write spaces around a "
    "minus.\n";

/* ---- Rows ------------------------------------------------------------------------------------------------------ */

static void write_row(FILE *out, const struct hb_key *key) {
    fprintf(out, "| `%s` | ", hb_key_last(key));
    hb_key_write_values(out, key, "`");
    if (key->fallback)
        fprintf(out, " | `%s` | %s |\n", key->fallback, key->help);
    else
        fprintf(out, " | %s | %s |\n", key->required ? "required" : "", key->help);
}

/* ---- Sections -------------------------------------------------------------------------------------------------- */

static bool is_row(const struct hb_key *key, const char *path) {
    return key->type != HB_KEY_GROUP && key->type != HB_KEY_GROUPS && hb_key_is_in(key, path);
}

/* A table of the keys in the group `path`, if it has any that are not groups themselves. */
static void write_table(FILE *out, const char *path) {
    bool any = false;
    for (size_t i = 0; i < hb_keys_n; i++) {
        if (!is_row(&hb_keys[i], path))
            continue;
        if (!any)
            fputs("| key | values | default | meaning |\n| --- | --- | --- | --- |\n", out);
        any = true;
        write_row(out, &hb_keys[i]);
    }
    if (any)
        fputs("\n", out);
}

static void write_sections(FILE *out) {
    fputs("## The experiment itself\n\n", out);
    write_table(out, "");
    for (size_t i = 0; i < hb_keys_n; i++) {
        if (hb_keys[i].type != HB_KEY_GROUP && hb_keys[i].type != HB_KEY_GROUPS)
            continue;
        fprintf(out, "## `%s`\n\n%s\n\n", hb_keys[i].path, hb_keys[i].help);
        write_table(out, hb_keys[i].path);
    }
}

char *hb_experiment_reference(void) {
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        return NULL;
    fputs(head, out);
    write_sections(out);
    fputs(tail, out);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}
