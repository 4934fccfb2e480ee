#include "sim/report/figures.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/campaign/class.h"
#include "sim/config/keys.h"

#define CURVES_MAX 8u /* in one plot: more cannot be told apart */

static double number_of(const cJSON *root, const char *path) {
    const cJSON *node = hb_json_find(root, path);
    return cJSON_IsNumber(node) ? node->valuedouble : 0;
}

static const char *name_of(const struct hb_report_data *data) {
    const cJSON *name = hb_json_find(data->campaign ? data->summary : data->result, "name");
    return cJSON_IsString(name) ? name->valuestring : "";
}

static bool finish(struct hb_plot *plot, struct hb_figure *figure, struct hb_error *error) {
    figure->svg = hb_plot_draw(plot, error);
    return figure->svg != NULL;
}

void hb_figure_repeat(const struct hb_report_data *data, struct hb_figure *figure) {
    const cJSON *file = hb_json_find(data->speed, "campaign");
    const bool known = cJSON_IsString(file) && file->valuestring[0];
    snprintf(figure->command, sizeof figure->command, "hartbeat campaign %.2000s%s --out %.2000s",
             known ? file->valuestring : name_of(data), known ? "" : ".json", data->dir);
}

bool hb_figure_finish(struct hb_plot *plot, const struct hb_report_data *data, struct hb_figure *figure,
                      struct hb_error *error) {
    hb_figure_repeat(data, figure);
    return finish(plot, figure, error);
}

/* ---- Points ---------------------------------------------------------------------------------------------------- */

/* Does every point set it to the same? */
static bool is_common(const struct hb_report_data *data, const cJSON *setting) {
    for (uint32_t i = 0; i < data->points; i++) {
        const cJSON *set = cJSON_GetObjectItemCaseSensitive(data->point[i], "set");
        if (!cJSON_Compare(cJSON_GetObjectItemCaseSensitive(set, setting->string), setting, true))
            return false;
    }
    return true;
}

int hb_report_setting(const cJSON *setting, char *text, size_t n) {
    const char *dot = strrchr(setting->string, '.'), *value = cJSON_IsString(setting) ? setting->valuestring : "";
    size_t bytes = strlen(value);
    bool quoted = bytes >= 2 && value[0] == '"';
    return snprintf(text, n, "%s=%.*s", dot ? dot + 1 : setting->string, (int)(bytes - 2 * quoted), value + quoted);
}

void hb_report_point_name(const struct hb_report_data *data, uint32_t point, char name[200]) {
    const cJSON *set = cJSON_GetObjectItemCaseSensitive(data->point[point], "set");
    size_t n = 0;
    name[0] = 0;
    for (const cJSON *setting = set ? set->child : NULL; setting && n < 150; setting = setting->next) {
        if (is_common(data, setting))
            continue;
        n += (size_t)snprintf(name + n, 200 - n, "%s", n ? ", " : "");
        n += (size_t)hb_report_setting(setting, name + n, 200 - n);
    }
}

static void point_title(const struct hb_report_data *data, uint32_t point, char title[220]) {
    char name[200];
    hb_report_point_name(data, point, name);
    snprintf(title, 220, "%s%s%s", data->point[point]->string, name[0] ? ": " : "", name);
}

void hb_figure_point_title(const struct hb_report_data *data, uint32_t point, struct hb_plot *plot) {
    char title[220];
    point_title(data, point, title);
    hb_plot_string(plot, title);
}

static uint32_t points_shown(const struct hb_report_data *data) {
    return data->points < CURVES_MAX ? data->points : CURVES_MAX;
}

/* ---- Outcomes -------------------------------------------------------------------------------------------------- */

static bool has_class(const struct hb_report_data *data, const char *class_) {
    for (uint32_t p = 0; p < data->points; p++) {
        const cJSON *part = cJSON_GetObjectItemCaseSensitive(data->point[p], class_);
        if (number_of(part, "count") > 0)
            return true;
    }
    return false;
}

/* A row a class that came: its name, then rate, low and high of each point, in percent. */
static uint32_t write_outcomes(const struct hb_report_data *data, struct hb_plot *plot) {
    uint32_t rows = 0;
    fputs("$data << EOD\n", plot->script);
    for (uint32_t c = 0; c < HB_CLASSES_KNOWN; c++) {
        if (!has_class(data, hb_class[c].name))
            continue;
        fprintf(plot->script, "%s", hb_class[c].name);
        for (uint32_t p = 0; p < points_shown(data); p++) {
            const cJSON *part = cJSON_GetObjectItemCaseSensitive(data->point[p], hb_class[c].name);
            fprintf(plot->script, " %g %g %g", 100 * number_of(part, "rate"), 100 * number_of(part, "low"),
                    100 * number_of(part, "high"));
        }
        putc('\n', plot->script);
        rows++;
    }
    fputs("EOD\n", plot->script);
    return rows;
}

bool hb_figure_outcomes(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error) {
    struct hb_plot plot;
    figure->title = "How the runs ended";
    snprintf(
        figure->text, sizeof figure->text,
        "The share of each class, with the interval of Clopper and Pearson: the true share of all faults that could "
        "have been chosen lies in it in at least %g %% of such campaigns.",
        100 * number_of(data->summary, "confidence"));
    hb_figure_repeat(data, figure);
    hb_plot_begin(&plot);
    write_outcomes(data, &plot);
    fputs("set style data histograms\nset style histogram errorbars gap 1 lw 1.5\nset style fill solid 0.85\n"
          "set boxwidth 0.9\nset yrange [0:105]\nset ylabel 'share of runs (%)'\nset xtics noenhanced\n"
          "set key outside below height 1 maxrows 4 noenhanced\nplot ",
          plot.script);
    for (uint32_t p = 0; p < points_shown(data); p++) {
        char title[220];
        point_title(data, p, title);
        fprintf(plot.script, "%s$data using %" PRIu32 ":%" PRIu32 ":%" PRIu32 "%s title ", p ? ", " : "", 2 + 3 * p,
                3 + 3 * p, 4 + 3 * p, p ? "" : ":xtic(1)");
        hb_plot_string(&plot, title);
        fprintf(plot.script, " lt %" PRIu32, p + 1);
    }
    return finish(&plot, figure, error);
}

/* ---- How long until it is suspected ---------------------------------------------------------------------------- */

static int compare(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

/* The delays of one kind at a point, sorted; to be freed. */
static uint64_t *delays_of(const struct hb_report_data *data, uint32_t point, uint32_t kind, uint64_t *n) {
    uint64_t *delay = calloc(data->runs + 1, sizeof *delay);
    if (!delay)
        abort();
    *n = 0;
    for (uint64_t i = 0; i < data->runs; i++)
        if (data->run[i].point == point && data->run[i].after[kind] != UINT64_MAX)
            delay[(*n)++] = data->run[i].after[kind];
    qsort(delay, *n, sizeof *delay, compare);
    return delay;
}

/* How many percent were suspected within so many cycles; at most some 500 places of it. */
static bool write_delays(const struct hb_report_data *data, uint32_t point, struct hb_plot *plot) {
    uint64_t n, *delay = delays_of(data, point, 0, &n), step = n / 500 + 1;
    fprintf(plot->script, "$p%" PRIu32 " << EOD\n", point);
    for (uint64_t i = 0; i < n; i += step)
        fprintf(plot->script, "%" PRIu64 " %g\n", delay[i], 100 * (double)(i + 1) / (double)n);
    if (n)
        fprintf(plot->script, "%" PRIu64 " 100\n", delay[n - 1]);
    fputs("EOD\n", plot->script);
    free(delay);
    return n > 0;
}

struct prediction {
    double from, mean, to; /* cycles from the fault */
};

/* A beat was at most a period ago; the neighbour looks every check period, late by J at most, and gives one tick of
 * grace where that is longer. */
static struct prediction predict(const struct hb_report_data *data, uint32_t point) {
    const cJSON *golden = cJSON_GetObjectItemCaseSensitive(data->golden, data->point[point]->string);
    const double period = number_of(golden, "heartbeat.period_cycles");
    const double timeout = number_of(golden, "heartbeat.timeout_cycles");
    const double check = number_of(golden, "heartbeat.check_cycles");
    const double j = number_of(golden, "result.os.jitter_cycles");
    return (struct prediction){timeout - period, timeout - period / 2 + check / 2,
                               timeout + check + (j <= check ? j : 2 * j)};
}

/* That of all points together: so far the plot goes at least. */
static double latest(const struct hb_report_data *data) {
    double to = 0;
    for (uint32_t p = 0; p < points_shown(data); p++) {
        const struct prediction at = predict(data, p);
        to = at.to > to ? at.to : to;
    }
    return to;
}

static void write_prediction(const struct prediction *at, struct hb_plot *plot) {
    fprintf(plot->script,
            "set arrow from %g, graph 0 to %g, graph 1 nohead dt 2 lc rgb '#444444'\n"
            "set arrow from %g, graph 0 to %g, graph 1 nohead lc rgb '#444444'\n"
            "set arrow from %g, graph 0 to %g, graph 1 nohead dt 2 lc rgb '#444444'\n"
            "set label 'textbook mean' at %g, graph 0.06 offset 0.5,0 tc rgb '#444444'\n",
            at->from, at->from, at->mean, at->mean, at->to, at->to, at->mean);
}

bool hb_figure_latencies(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error) {
    struct hb_plot plot;
    bool drawn[CURVES_MAX], any = false;
    struct prediction at = predict(data, 0);
    hb_plot_begin(&plot);
    for (uint32_t p = 0; p < points_shown(data); p++)
        any = (drawn[p] = write_delays(data, p, &plot)) || any;
    if (!any) {
        hb_plot_drop(&plot);
        return true;
    }
    figure->title = "How long a dead CPU is not suspected";
    snprintf(
        figure->text, sizeof figure->text,
        "Runs whose fault was suspected within so many cycles. Prediction for %s: between timeout - period = %.0f "
        "and %.0f cycles (dashed: timeout + check + J, or 2 J where J, the longest time between two beats, is longer "
        "than check), timeout - period / 2 + check / 2 = %.0f on average. Kernels also beat while they spin, so that "
        "the last beat is often younger "
        "than the textbook has it, and the true mean later.",
        data->point[0]->string, at.from, at.to, at.mean);
    hb_figure_repeat(data, figure);
    write_prediction(&at, &plot);
    fprintf(plot.script, "set xrange [0:%g]\n", 1.1 * latest(data));
    fputs("set yrange [0:104]\nset rmargin 6\nset xlabel 'cycles from the fault to the suspicion'\n"
          "set format x '%.0f'\nset ylabel 'share of runs (%)'\nset key outside below height 1 maxrows 4 "
          "noenhanced\nplot ",
          plot.script);
    const char *between = "";
    for (uint32_t p = 0; p < points_shown(data); p++) {
        char title[220];
        if (!drawn[p])
            continue;
        point_title(data, p, title);
        fprintf(plot.script, "%s$p%" PRIu32 " using 1:2 with steps lt %" PRIu32 " dt %" PRIu32 " title ", between, p,
                p + 1, p % 4 + 1);
        hb_plot_string(&plot, title);
        between = ", ";
    }
    return finish(&plot, figure, error);
}

/* ---- The parts of the outage ----------------------------------------------------------------------------------- */

static const char *const parts[HB_REPORT_LATENCIES] = {"until suspected", "until fenced", "until recovered",
                                                       "until the first work"};

/* Mean lengths of the parts over the runs that came to first work. False: there are none. */
static bool mean_parts(const struct hb_report_data *data, uint32_t point, double part[HB_REPORT_LATENCIES]) {
    uint64_t n = 0;
    double sum[HB_REPORT_LATENCIES] = {0};
    for (uint64_t i = 0; i < data->runs; i++) {
        const struct hb_report_run *run = &data->run[i];
        bool whole = run->point == point;
        for (uint32_t k = 0; k < HB_REPORT_LATENCIES; k++)
            whole = whole && run->after[k] != UINT64_MAX && (k == 0 || run->after[k] >= run->after[k - 1]);
        n += whole;
        for (uint32_t k = 0; whole && k < HB_REPORT_LATENCIES; k++)
            sum[k] += (double)(run->after[k] - (k ? run->after[k - 1] : 0));
    }
    for (uint32_t k = 0; k < HB_REPORT_LATENCIES; k++)
        part[k] = n ? sum[k] / (double)n : 0;
    return n > 0;
}

static uint64_t longest_outage(const struct hb_report_data *data) {
    uint64_t best = 0, index = UINT64_MAX;
    for (uint64_t i = 0; i < data->runs; i++) {
        uint64_t after = data->run[i].after[HB_REPORT_LATENCIES - 1];
        if (after != UINT64_MAX && (index == UINT64_MAX || after > best)) {
            best = after;
            index = data->run[i].index;
        }
    }
    return index;
}

bool hb_figure_outage(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error) {
    struct hb_plot plot;
    bool any = false;
    hb_plot_begin(&plot);
    fputs("$data << EOD\n", plot.script);
    for (uint32_t p = 0; p < points_shown(data); p++) {
        double part[HB_REPORT_LATENCIES];
        if (!mean_parts(data, p, part))
            continue;
        any = true;
        fprintf(plot.script, "%s %g %g %g %g\n", data->point[p]->string, part[0], part[1], part[2], part[3]);
    }
    fputs("EOD\n", plot.script);
    if (!any) {
        hb_plot_drop(&plot);
        return true;
    }
    figure->title = "The parts of the outage";
    snprintf(figure->text, sizeof figure->text,
             "Means over the runs in which the dead CPU's work was taken up again. The longest outage is run %" PRIu64
             ".",
             longest_outage(data));
    hb_figure_repeat(data, figure);
    fputs("set style data histograms\nset style histogram rowstacked\nset style fill solid 0.85 border rgb '#ffffff'\n"
          "set boxwidth 0.5\nset yrange [0:*]\nset ylabel 'cycles since the fault'\nset format y '%.0f'\n"
          "set xtics noenhanced\nset key outside right reverse Left invert\nplot ",
          plot.script);
    for (uint32_t k = 0; k < HB_REPORT_LATENCIES; k++)
        fprintf(plot.script, "%s$data using %" PRIu32 "%s title '%s' lt %" PRIu32, k ? ", " : "", k + 2,
                k ? "" : ":xtic(1)", parts[k], k + 1);
    return finish(&plot, figure, error);
}

/* ---- Sweeps ---------------------------------------------------------------------------------------------------- */

static bool number_in(const cJSON *set, const char *key, double *value) {
    const cJSON *setting = cJSON_GetObjectItemCaseSensitive(set, key);
    char *end = NULL;
    if (!cJSON_IsString(setting))
        return false;
    *value = strtod(setting->valuestring, &end);
    return end != setting->valuestring && *end == 0;
}

/* The first key, but for the seed, that is a number at every point and not everywhere the same. */
static const char *swept_key(const struct hb_report_data *data) {
    const cJSON *set = cJSON_GetObjectItemCaseSensitive(data->point[0], "set");
    for (const cJSON *setting = set ? set->child : NULL; setting; setting = setting->next) {
        bool everywhere = strcmp(setting->string, "seed") != 0 && !is_common(data, setting);
        double value;
        for (uint32_t p = 0; everywhere && p < data->points; p++)
            everywhere = number_in(cJSON_GetObjectItemCaseSensitive(data->point[p], "set"), setting->string, &value);
        if (everywhere)
            return setting->string;
    }
    return NULL;
}

bool hb_figure_sweep(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error) {
    const char *key = data->points > 1 ? swept_key(data) : NULL;
    struct hb_plot plot;
    if (!key)
        return true;
    hb_plot_begin(&plot);
    fputs("$data << EOD\n", plot.script);
    for (uint32_t p = 0; p < data->points; p++) {
        double x = 0;
        number_in(cJSON_GetObjectItemCaseSensitive(data->point[p], "set"), key, &x);
        const cJSON *cycles = cJSON_GetObjectItemCaseSensitive(data->point[p], "cycles");
        fprintf(plot.script, "%g %g %g %g\n", x, number_of(cycles, "mean"), number_of(cycles, "min"),
                number_of(cycles, "max"));
    }
    fputs("EOD\n", plot.script);
    figure->title = "How long the runs took";
    snprintf(figure->text, sizeof figure->text,
             "A point at each value of %s that was swept: the mean, and the shortest and "
             "the longest run.",
             key);
    hb_figure_repeat(data, figure);
    fputs("set yrange [0:*]\nset offsets graph 0.05, graph 0.05, 0, 0\nset format y '%.0f'\nset ylabel 'cycles of a "
          "run'\n"
          "unset key\nset xlabel ",
          plot.script);
    hb_plot_string(&plot, key);
    fputs(" noenhanced\nplot $data using 1:2:3:4 with yerrorbars lt 1 pt 7 ps 0.8, $data using 1:2 smooth unique with "
          "lines lt 1 lw 1\n",
          plot.script);
    return finish(&plot, figure, error);
}

/* A row a point: the value that was swept, then rate, low and high of each class that came, in percent. */
static void write_shares(const struct hb_report_data *data, const char *key, struct hb_plot *plot) {
    fputs("$data << EOD\n", plot->script);
    for (uint32_t p = 0; p < data->points; p++) {
        double x = 0;
        number_in(cJSON_GetObjectItemCaseSensitive(data->point[p], "set"), key, &x);
        fprintf(plot->script, "%g", x);
        for (uint32_t c = 0; c < HB_CLASSES_KNOWN; c++) {
            const cJSON *part = cJSON_GetObjectItemCaseSensitive(data->point[p], hb_class[c].name);
            fprintf(plot->script, " %g %g %g", 100 * number_of(part, "rate"), 100 * number_of(part, "low"),
                    100 * number_of(part, "high"));
        }
        putc('\n', plot->script);
    }
    fputs("EOD\n", plot->script);
}

static bool has_faults(const struct hb_report_data *data) {
    return cJSON_GetArraySize(hb_json_find(data->campaign, "campaign.faults")) > 0;
}

bool hb_figure_shares(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error) {
    const char *key = data->points > 1 ? swept_key(data) : NULL, *between = "";
    struct hb_plot plot;
    uint32_t line = 0;
    if (!key || !has_faults(data))
        return true;
    hb_plot_begin(&plot);
    write_shares(data, key, &plot);
    figure->title = "How the runs ended, along the sweep";
    snprintf(figure->text, sizeof figure->text, "The share of each class at each value of %s, with its interval.", key);
    fputs(
        "set rmargin 6\nset yrange [0:105]\nset offsets graph 0.05, graph 0.05, 0, 0\nset ylabel 'share of runs (%)'\n"
        "set key outside below height 1 maxrows 4 noenhanced\nset xlabel ",
        plot.script);
    hb_plot_string(&plot, key);
    fputs(" noenhanced\nplot ", plot.script);
    for (uint32_t c = 0; c < HB_CLASSES_KNOWN; c++) {
        if (!has_class(data, hb_class[c].name))
            continue;
        fprintf(plot.script,
                "%s$data using 1:%" PRIu32 ":%" PRIu32 ":%" PRIu32 " with yerrorlines lt %" PRIu32
                " pt 7 ps 0.6 title '%s'",
                between, 2 + 3 * c, 3 + 3 * c, 4 + 3 * c, line % 8 + 1, hb_class[c].name);
        between = ", ";
        line++;
    }
    return hb_figure_finish(&plot, data, figure, error);
}

/* ---- Experiments ----------------------------------------------------------------------------------------------- */

static uint32_t write_series(const cJSON *result, struct hb_plot *plot) {
    uint32_t rows = 0;
    const cJSON *window, *series = hb_json_find(result, "os.goodput_series");
    fputs("$data << EOD\n", plot->script);
    cJSON_ArrayForEach(window, series) {
        fprintf(plot->script, "%g %g\n%g %g\n", number_of(window, "from_cycle"), number_of(window, "goodput"),
                number_of(window, "to_cycle"), number_of(window, "goodput"));
        rows++;
    }
    fputs("EOD\n", plot->script);
    return rows;
}

static void mark_cycle(struct hb_plot *plot, const cJSON *fault, const char *key, const char *name, double height) {
    const cJSON *cycle = cJSON_GetObjectItemCaseSensitive(fault, key);
    if (!cJSON_IsNumber(cycle))
        return;
    fprintf(plot->script,
            "set arrow from %g, graph 0 to %g, graph %g nohead lc rgb '#d55e00'\n"
            "set label '%s' at %g, graph %g offset 0.4,0 tc rgb '#d55e00'\n",
            cycle->valuedouble, cycle->valuedouble, height, name, cycle->valuedouble, height);
}

bool hb_figure_goodput(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error) {
    struct hb_plot plot;
    const cJSON *fault, *faults = hb_json_find(data->result, "faults");
    hb_plot_begin(&plot);
    if (write_series(data->result, &plot) < 2) {
        hb_plot_drop(&plot);
        return true;
    }
    cJSON_ArrayForEach(fault, faults) {
        mark_cycle(&plot, fault, "cycle", "fault", 0.97);
        mark_cycle(&plot, fault, "suspected_cycle", "suspected", 0.91);
        mark_cycle(&plot, fault, "recovered_cycle", "recovered", 0.85);
    }
    figure->title = "Goodput around the fault";
    snprintf(figure->text, sizeof figure->text,
             "Instructions of tasks that ended correctly, a cycle, in windows of stats.window_cycles.");
    snprintf(figure->command, sizeof figure->command, "hartbeat run %.100s --out %.4000s", name_of(data), data->dir);
    fputs("set yrange [0:*]\nset format x '%.0f'\nset xlabel 'cycle'\nset ylabel 'instructions a cycle'\nunset key\n"
          "plot $data using 1:2 with lines lt 1\n",
          plot.script);
    return finish(&plot, figure, error);
}

bool hb_figure_variants(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error) {
    struct hb_plot plot;
    const cJSON *variant;
    if (!data->variants || !data->variants->child)
        return true;
    hb_plot_begin(&plot);
    fputs("$data << EOD\n", plot.script);
    cJSON_ArrayForEach(variant, data->variants)
        fprintf(plot.script, "\"%s\" %g\n", variant->string, number_of(variant, "cycles"));
    fputs("EOD\n", plot.script);
    figure->title = "How long each variant took";
    snprintf(figure->text, sizeof figure->text, "Cycles until the end of the run.");
    snprintf(figure->command, sizeof figure->command, "hartbeat run EXPERIMENT.json --out %.4000s", data->dir);
    fputs("set yrange [0:*]\nset format y '%.0f'\nset ylabel 'cycles'\nset style fill solid 0.85\nset boxwidth 0.6\n"
          "unset key\nset xtics rotate by -30 noenhanced\nplot $data using 0:2:xtic(1) with boxes lt 1\n",
          plot.script);
    return finish(&plot, figure, error);
}
