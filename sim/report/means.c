#include "sim/report/means.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"

#define LINES_MAX 16u

struct means {
    const cJSON *groups; /* the summary's list */
    const char *measure;
    const char *along; /* the key on the x axis; NULL: no number is swept, the combinations stand side by side */
};

static const cJSON *set_of(const cJSON *group) {
    return cJSON_GetObjectItemCaseSensitive(group, "set");
}

static const char *text_in(const cJSON *group, const char *key) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(set_of(group), key));
    return text ? text : "";
}

static bool is_number(const char *text) {
    char *end;
    strtod(text, &end);
    return end != text && *end == 0;
}

/* ---- The axis -------------------------------------------------------------------------------------------------- */

/* Is its value that of an earlier combination? */
static bool was_before(const struct means *means, const cJSON *group, const char *key) {
    for (const cJSON *before = means->groups->child; before != group; before = before->next)
        if (strcmp(text_in(before, key), text_in(group, key)) == 0)
            return true;
    return false;
}

/* How many values a key has; 0: they are not all numbers. */
static uint32_t values_of(const struct means *means, const char *key) {
    uint32_t n = 0;
    const cJSON *group;
    cJSON_ArrayForEach(group, means->groups) {
        if (!is_number(text_in(group, key)))
            return 0;
        n += !was_before(means, group, key);
    }
    return n;
}

static void find_axis(struct means *means) {
    uint32_t most = 1;
    const cJSON *setting;
    cJSON_ArrayForEach(setting, set_of(means->groups->child)) {
        const uint32_t n = values_of(means, setting->string);
        if (n > most)
            means->along = setting->string;
        most = n > most ? n : most;
    }
}

/* ---- Lines ----------------------------------------------------------------------------------------------------- */

static bool is_axis(const struct means *means, const char *key) {
    return means->along && strcmp(key, means->along) == 0;
}

static bool differs(const struct means *means, const char *key) {
    const cJSON *group;
    cJSON_ArrayForEach(group, means->groups) if (strcmp(text_in(group, key), text_in(means->groups->child, key)) !=
                                                 0) return true;
    return false;
}

/* What a combination sets, but for the axis and what all set: "tasks=24, kind=batch". */
static void name_line(const struct means *means, const cJSON *group, char name[200]) {
    size_t n = 0;
    const cJSON *setting;
    name[0] = 0;
    cJSON_ArrayForEach(setting, set_of(group)) {
        if (n >= 150 || is_axis(means, setting->string) || !differs(means, setting->string))
            continue;
        n += (size_t)snprintf(name + n, 200 - n, "%s", n ? ", " : "");
        n += (size_t)hb_report_setting(setting, name + n, 200 - n);
    }
}

/* Is there an earlier combination of this line? */
static bool goes_on(const struct means *means, const cJSON *group, const char *name) {
    for (const cJSON *before = means->groups->child; before != group; before = before->next) {
        char other[200];
        name_line(means, before, other);
        if (strcmp(other, name) == 0)
            return true;
    }
    return false;
}

static void write_row(const struct means *means, const cJSON *group, uint32_t place, struct hb_plot *plot) {
    const cJSON *mean = cJSON_GetObjectItemCaseSensitive(group, means->measure);
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(mean, "mean");
    const cJSON *low = cJSON_GetObjectItemCaseSensitive(mean, "low"),
                *high = cJSON_GetObjectItemCaseSensitive(mean, "high");
    if (!cJSON_IsNumber(value))
        return;
    const double at = value->valuedouble;
    if (means->along)
        fputs(text_in(group, means->along), plot->script);
    else
        fprintf(plot->script, "%" PRIu32, place);
    fprintf(plot->script, " %.9g %.9g %.9g\n", at, cJSON_IsNumber(low) ? low->valuedouble : at,
            cJSON_IsNumber(high) ? high->valuedouble : at);
}

/* The rows of the line `name`. */
static void write_line(const struct means *means, const char *name, uint32_t line, struct hb_plot *plot) {
    uint32_t place = 0;
    const cJSON *group;
    fprintf(plot->script, "$line%" PRIu32 " << EOD\n", line);
    cJSON_ArrayForEach(group, means->groups) {
        char other[200];
        name_line(means, group, other);
        if (!means->along || strcmp(other, name) == 0)
            write_row(means, group, place, plot);
        place++;
    }
    fputs("EOD\n", plot->script);
}

static uint32_t write_lines(const struct means *means, char name[LINES_MAX][200], struct hb_plot *plot) {
    uint32_t lines = 0;
    const cJSON *group;
    cJSON_ArrayForEach(group, means->groups) {
        if (lines == LINES_MAX || (lines && !means->along))
            break;
        name_line(means, group, name[lines]);
        if (goes_on(means, group, name[lines]))
            continue;
        write_line(means, name[lines], lines, plot);
        lines++;
    }
    return lines;
}

/* ---- The figure ------------------------------------------------------------------------------------------------ */

static void label_combinations(const struct means *means, struct hb_plot *plot) {
    uint32_t place = 0;
    const cJSON *group;
    fputs("set xtics noenhanced (", plot->script);
    cJSON_ArrayForEach(group, means->groups) {
        char name[200];
        name_line(means, group, name);
        fputs(place ? ", " : "", plot->script);
        hb_plot_string(plot, name);
        fprintf(plot->script, " %" PRIu32, place++);
    }
    fputs(")\n", plot->script);
}

static void draw(const struct means *means, struct hb_plot *plot) {
    char name[LINES_MAX][200];
    const uint32_t lines = write_lines(means, name, plot);
    fputs("set rmargin 6\nset yrange [0:*]\nset offsets graph 0.05, graph 0.05, 0, 0\nset format y '%.6g'\n"
          "set key outside below height 1 maxrows 4 noenhanced\nset ylabel ",
          plot->script);
    hb_plot_string(plot, means->measure);
    fputs(" noenhanced\n", plot->script);
    if (means->along) {
        fputs("set xlabel ", plot->script);
        hb_plot_string(plot, means->along);
        fputs(" noenhanced\n", plot->script);
    } else {
        label_combinations(means, plot);
    }
    const char *style = means->along ? ":xtic(1) with yerrorlines" : " with yerrorbars";
    fputs("plot ", plot->script);
    for (uint32_t i = 0; i < lines; i++) {
        fprintf(plot->script, "%s$line%" PRIu32 " using 1:2:3:4%s lt %" PRIu32 " pt 7 ps 0.6 ", i ? ", " : "", i, style,
                i % 8 + 1);
        fputs(means->along && name[i][0] ? "title " : "notitle ", plot->script);
        if (means->along && name[i][0])
            hb_plot_string(plot, name[i]);
    }
}

static const cJSON *measure_at(const cJSON *group, uint32_t measure) {
    const cJSON *item;
    cJSON_ArrayForEach(item, group) if (strcmp(item->string, "set") != 0 && measure-- == 0) return item;
    return NULL;
}

static void describe(const struct hb_report_data *data, const struct means *means, struct hb_figure *figure) {
    const cJSON *confidence = cJSON_GetObjectItemCaseSensitive(data->summary, "confidence");
    const cJSON *seeds = hb_json_find(data->campaign, "campaign.sweep.seeds");
    const cJSON *place =
        cJSON_GetObjectItemCaseSensitive(hb_json_find(data->campaign, "campaign.measure"), means->measure);
    figure->title = "Means over seeds";
    snprintf(figure->text, sizeof figure->text,
             "%s: the mean over %d seeds, with the interval of Student's t at %g %%. Seeds are different machines of "
             "the same kind: the interval is for the mean of all of them.",
             cJSON_IsString(place) ? place->valuestring : means->measure, cJSON_GetArraySize(seeds),
             cJSON_IsNumber(confidence) ? 100 * confidence->valuedouble : 0);
}

bool hb_figure_means(const struct hb_report_data *data, uint32_t measure, struct hb_figure *figure, bool *more,
                     struct hb_error *error) {
    struct means means = {.groups = cJSON_GetObjectItemCaseSensitive(data->summary, "means")};
    const cJSON *item = means.groups ? measure_at(means.groups->child, measure) : NULL;
    struct hb_plot plot;
    *more = item != NULL;
    if (!item)
        return true;
    means.measure = item->string;
    find_axis(&means);
    hb_plot_begin(&plot);
    draw(&means, &plot);
    describe(data, &means, figure);
    return hb_figure_finish(&plot, data, figure, error);
}
