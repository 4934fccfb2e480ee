#include "sim/report/around.h"

#include <inttypes.h>
#include <math.h>

#include "sim/base/json.h"
#include "sim/campaign/curve.h"

#define SHOWN_MAX 8u

/* The means at a point, and those of the golden run at the same cycles. */
struct curve {
    double window;
    double sum[HB_CURVE_WINDOWS], golden[HB_CURVE_WINDOWS];
    uint64_t n[HB_CURVE_WINDOWS], golden_n[HB_CURVE_WINDOWS];
};

/* The golden run's goodput in the window that begins at `cycle`; NAN: it has ended by then. */
static double golden_at(const cJSON *series, double cycle, double window) {
    const double fine = window / HB_CURVE_FINER;
    const int first = (int)floor(cycle / fine + 0.5);
    double sum = 0;
    for (int i = first; i < first + (int)HB_CURVE_FINER; i++) {
        const cJSON *value = i < 0 ? NULL : cJSON_GetArrayItem(series, i);
        if (!cJSON_IsNumber(value))
            return NAN;
        sum += value->valuedouble;
    }
    return sum / HB_CURVE_FINER;
}

static void add_window(struct curve *curve, uint32_t i, const cJSON *value, double golden) {
    if (cJSON_IsNumber(value)) {
        curve->sum[i] += value->valuedouble;
        curve->n[i]++;
    }
    if (!isnan(golden)) {
        curve->golden[i] += golden;
        curve->golden_n[i]++;
    }
}

static void add_run(struct curve *curve, const struct hb_report_run *run, const cJSON *series) {
    const cJSON *value;
    uint32_t i = 0;
    cJSON_ArrayForEach(value, run->goodput) {
        if (i == HB_CURVE_WINDOWS)
            break;
        const double from = run->fault_cycle + ((double)i - HB_CURVE_BEFORE) * curve->window;
        add_window(curve, i, value, golden_at(series, from, curve->window));
        i++;
    }
}

/* A window that has but a tenth of the runs shows those alone that took long. */
static bool is_told(const struct curve *curve, uint32_t i, const uint64_t *n) {
    uint64_t most = 0;
    for (uint32_t k = 0; k < HB_CURVE_WINDOWS; k++)
        most = curve->n[k] > most ? curve->n[k] : most;
    return n[i] > 0 && n[i] * 10 >= most;
}

static bool fill(const struct hb_report_data *data, uint32_t point, struct curve *curve) {
    const cJSON *golden = cJSON_GetObjectItemCaseSensitive(data->golden, data->point[point]->string);
    const cJSON *window = hb_json_find(golden, "goodput.window_cycles"),
                *series = hb_json_find(golden, "goodput.series");
    *curve = (struct curve){.window = cJSON_IsNumber(window) ? window->valuedouble : 0};
    for (uint64_t i = 0; curve->window > 0 && i < data->runs; i++)
        if (data->run[i].point == point)
            add_run(curve, &data->run[i], series);
    for (uint32_t i = 0; i < HB_CURVE_WINDOWS; i++)
        if (curve->n[i])
            return true;
    return false;
}

static void write_curve(const struct curve *curve, const char *name, uint32_t point, const double *sum,
                        const uint64_t *n, struct hb_plot *plot) {
    fprintf(plot->script, "$%s%" PRIu32 " << EOD\n", name, point);
    for (uint32_t i = 0; i < HB_CURVE_WINDOWS; i++)
        if (is_told(curve, i, n))
            fprintf(plot->script, "%g %g\n", ((double)i + 0.5 - HB_CURVE_BEFORE) * curve->window,
                    sum[i] / (double)n[i] / 1000);
    fputs("EOD\n", plot->script);
}

static uint32_t write_curves(const struct hb_report_data *data, bool drawn[SHOWN_MAX], double *window,
                             struct hb_plot *plot) {
    uint32_t curves = 0;
    for (uint32_t p = 0; p < data->points && p < SHOWN_MAX; p++) {
        struct curve curve;
        drawn[p] = fill(data, p, &curve);
        if (!drawn[p])
            continue;
        write_curve(&curve, "runs", p, curve.sum, curve.n, plot);
        if (curves++ == 0) {
            *window = curve.window;
            write_curve(&curve, "golden", 0, curve.golden, curve.golden_n, plot);
        }
    }
    return curves;
}

bool hb_figure_around(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error) {
    struct hb_plot plot;
    bool drawn[SHOWN_MAX] = {false};
    double window = 0;
    hb_plot_begin(&plot);
    if (write_curves(data, drawn, &window, &plot) == 0) {
        hb_plot_drop(&plot);
        return true;
    }
    figure->title = "Goodput around the fault";
    snprintf(
        figure->text, sizeof figure->text,
        "Instructions of tasks that ended correctly, a cycle: the mean over the runs, each counted from the cycle of "
        "its fault, in windows of %.0f cycles; dashed, the golden run at the same cycles. An attempt that the fault "
        "broke off counts for nothing, so that the curve falls before the fault already.",
        window);
    fputs("set rmargin 6\nset yrange [0:*]\nset format x '%.0f'\nset xlabel 'cycles since the fault'\nset ylabel "
          "'instructions a cycle'\n"
          "set arrow from 0, graph 0 to 0, graph 1 nohead lc rgb '#444444'\n"
          "set key outside below height 1 maxrows 4 noenhanced\n"
          "plot $golden0 using 1:2 with lines lt 8 dt 2 title 'without the fault'",
          plot.script);
    for (uint32_t p = 0; p < data->points && p < SHOWN_MAX; p++) {
        if (!drawn[p])
            continue;
        fprintf(plot.script, ", $runs%" PRIu32 " using 1:2 with lines lt %" PRIu32 " title ", p, p + 1);
        hb_figure_point_title(data, p, &plot);
    }
    return hb_figure_finish(&plot, data, figure, error);
}
