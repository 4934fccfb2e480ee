/* Campaigns whose faults have a rate: how long systems live, and what share of the time their CPUs are there, beside
 * what the distributions say. */
#include "sim/report/lifetimes.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"

#define SOURCES_MAX 64u
#define HARTS_MAX   64u
#define CURVES      4u   /* in the plot */
#define STEPS       4000 /* of an integral */
#define Z95         1.959963984540054

/* One of the faults of each run. */
struct source {
    double scale, shape; /* shape 1: exponential */
    double start;        /* when its clock begins */
    bool known;          /* the distribution is the same in all runs, and its clock is its own */
    bool lasts;          /* it stops its hart for good */
};

struct lives {
    const struct hb_report_data *data;
    uint32_t point, harts, sources;
    struct source source[SOURCES_MAX];
    uint32_t hart[SOURCES_MAX]; /* that they strike, where they are known */
};

/* ---- What the campaign says ------------------------------------------------------------------------------------ */

static double number_of(const cJSON *root, const char *path) {
    const cJSON *node = hb_json_find(root, path);
    return cJSON_IsNumber(node) ? node->valuedouble : 0;
}

static bool is_word(const cJSON *node, const char *word) {
    return cJSON_IsString(node) && strcmp(node->valuestring, word) == 0;
}

static struct source source_of(const cJSON *fault) {
    const cJSON *rate = cJSON_GetObjectItemCaseSensitive(fault, "rate"), *model = hb_json_find(fault, "model");
    const cJSON *exponential = hb_json_find(rate, "exponential"), *weibull = hb_json_find(rate, "weibull");
    const cJSON *cycle = hb_json_find(fault, "trigger.cycle"), *target = hb_json_find(fault, "target.hart");
    const cJSON *first = cJSON_GetArrayItem(weibull, 0), *second = cJSON_GetArrayItem(weibull, 1);
    struct source source = {.shape = 1, .start = number_of(fault, "trigger.cycle")};
    const bool fixed = (!cycle || cJSON_IsNumber(cycle)) && (!target || cJSON_IsNumber(target)) &&
                       !cJSON_IsTrue(hb_json_find(fault, "common")) && !hb_json_find(fault, "after");
    if (cJSON_IsNumber(exponential))
        source.scale = exponential->valuedouble;
    else if (cJSON_IsNumber(first) && cJSON_IsNumber(second)) {
        source.scale = first->valuedouble;
        source.shape = second->valuedouble;
    }
    source.known = source.scale > 0 && fixed;
    source.lasts = !model || is_word(model, "fail_stop") || is_word(model, "hang");
    return source;
}

/* The faults that are given come first, then one for each further hart of one with several. */
static void find_sources(struct lives *lives, const cJSON *faults) {
    const cJSON *fault;
    cJSON_ArrayForEach(fault, faults) if (lives->sources < SOURCES_MAX) lives->source[lives->sources++] =
        source_of(fault);
    uint32_t given = 0;
    cJSON_ArrayForEach(fault, faults) {
        const int several = cJSON_GetArraySize(hb_json_find(fault, "target.harts"));
        for (int i = 1; i < several && lives->sources < SOURCES_MAX; i++)
            lives->source[lives->sources++] = lives->source[given];
        given++;
    }
}

static const struct hb_report_run *first_run(const struct lives *lives) {
    for (uint64_t i = 0; i < lives->data->runs; i++)
        if (lives->data->run[i].point == lives->point && lives->data->run[i].faults)
            return &lives->data->run[i];
    return NULL;
}

/* False: the runs of this point say nothing of lives. */
static bool find_lives(struct lives *lives, const struct hb_report_data *data, uint32_t point) {
    *lives = (struct lives){.data = data, .point = point};
    lives->harts =
        (uint32_t)number_of(cJSON_GetObjectItemCaseSensitive(data->golden, data->point[point]->string), "harts");
    find_sources(lives, hb_json_find(data->campaign, "campaign.faults"));
    const struct hb_report_run *run = first_run(lives);
    if (!run || lives->harts == 0 || lives->harts > HARTS_MAX)
        return false;
    for (uint32_t i = 0; i < lives->sources; i++) {
        const cJSON *hart = hb_json_find(cJSON_GetArrayItem(run->faults, (int)i), "hart");
        lives->hart[i] = cJSON_IsNumber(hart) ? (uint32_t)hart->valuedouble : HARTS_MAX;
        lives->source[i].known = lives->source[i].known && lives->hart[i] < lives->harts;
    }
    return true;
}

static bool all(const struct lives *lives, bool lasting) {
    for (uint32_t i = 0; i < lives->sources; i++)
        if (!lives->source[i].known || lives->source[i].lasts != lasting)
            return false;
    return lives->sources > 0;
}

/* ---- What the distributions say -------------------------------------------------------------------------------- */

static double survives(const struct source *source, double cycle) {
    return cycle <= source->start ? 1 : exp(-pow((cycle - source->start) / source->scale, source->shape));
}

/* The chance that at least `k` harts live in `cycle`. */
static double reliability(const struct lives *lives, uint32_t k, double cycle) {
    double alive[HARTS_MAX + 1] = {1}, sum = 0; /* the chance of so many among the harts so far */
    for (uint32_t h = 0; h < lives->harts; h++) {
        double p = 1;
        for (uint32_t i = 0; i < lives->sources; i++)
            p *= lives->hart[i] == h ? survives(&lives->source[i], cycle) : 1;
        for (uint32_t n = h + 1; n > 0; n--)
            alive[n] = alive[n] * (1 - p) + alive[n - 1] * p;
        alive[0] *= 1 - p;
    }
    for (uint32_t n = k; n <= lives->harts; n++)
        sum += alive[n];
    return sum;
}

static double start_of(const struct lives *lives) {
    double start = lives->source[0].start;
    for (uint32_t i = 1; i < lives->sources; i++)
        start = lives->source[i].start < start ? lives->source[i].start : start;
    return start;
}

/* Is every hart struck by one exponential clock, all alike? Then the mean time is a sum. */
static bool is_textbook(const struct lives *lives) {
    uint64_t struck = 0;
    for (uint32_t i = 0; i < lives->sources; i++) {
        const struct source *a = &lives->source[i], *b = &lives->source[0];
        if (a->shape != 1 || a->scale != b->scale || a->start != b->start || struck >> lives->hart[i] & 1)
            return false;
        struck |= UINT64_C(1) << lives->hart[i];
    }
    return lives->sources == lives->harts;
}

/* The mean time from the start until fewer than `k` harts live; infinite where so many are never struck. */
static double mean_life(const struct lives *lives, uint32_t k) {
    double sum = 0, start = start_of(lives), end = start + lives->source[0].scale;
    if (is_textbook(lives)) {
        for (uint32_t i = k; i <= lives->harts; i++)
            sum += lives->source[0].scale / i;
        return sum;
    }
    for (uint32_t i = 0; i < 60 && reliability(lives, k, end) > 1e-9; i++)
        end = start + 2 * (end - start);
    if (reliability(lives, k, end) > 1e-9)
        return INFINITY;
    for (int i = 0; i <= STEPS; i++) /* Simpson */
        sum += reliability(lives, k, start + (end - start) * i / STEPS) * (i == 0 || i == STEPS ? 1 : i % 2 ? 4 : 2);
    return sum * (end - start) / STEPS / 3;
}

/* ---- What the runs say ----------------------------------------------------------------------------------------- */

struct life {
    double cycles; /* from the start */
    bool ended;    /* else the run ended before the system did */
};

static int by_time(const void *left, const void *right) {
    const double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

static int by_life(const void *left, const void *right) {
    const struct life *a = left, *b = right;
    return a->cycles < b->cycles ? -1 : a->cycles > b->cycles ? 1 : (int)a->ended - (int)b->ended;
}

/* When the `n`th hart of the run died; it is not over when so many did not. */
static struct life life_of(const struct lives *lives, const struct hb_report_run *run, uint32_t n) {
    double death[HARTS_MAX];
    uint32_t deaths = 0;
    uint64_t dead = 0;
    for (uint32_t i = 0; i < lives->sources && deaths < HARTS_MAX; i++) {
        const cJSON *fault = cJSON_GetArrayItem(run->faults, (int)i), *cycle = hb_json_find(fault, "cycle");
        const uint32_t hart = lives->hart[i];
        if (!cJSON_IsTrue(hb_json_find(fault, "activated")) || !cJSON_IsNumber(cycle) || dead >> hart & 1)
            continue;
        dead |= UINT64_C(1) << hart;
        death[deaths++] = cycle->valuedouble;
    }
    qsort(death, deaths, sizeof *death, by_time);
    const bool ended = deaths >= n;
    return (struct life){(ended ? death[n - 1] : run->cycles) - start_of(lives), ended};
}

/* The lives of all runs of the point, sorted; to be freed. */
static struct life *lives_of(const struct lives *lives, uint32_t k, uint64_t *n, uint64_t *censored) {
    struct life *life = calloc(lives->data->runs + 1, sizeof *life);
    if (!life)
        abort();
    *n = *censored = 0;
    for (uint64_t i = 0; i < lives->data->runs; i++) {
        const struct hb_report_run *run = &lives->data->run[i];
        if (run->point != lives->point || !run->faults)
            continue;
        life[*n] = life_of(lives, run, lives->harts - k + 1);
        *censored += !life[(*n)++].ended;
    }
    qsort(life, *n, sizeof *life, by_life);
    return life;
}

/* Kaplan and Meier: what share still lives after each end. The area under it is the mean life, as far as it goes. */
static double write_curve(const struct life *life, uint64_t n, FILE *out) {
    double share = 1, area = 0, before = 0;
    if (out)
        fputs("0 1\n", out);
    for (uint64_t i = 0; i < n; i++) {
        area += share * (life[i].cycles - before);
        before = life[i].cycles;
        share -= life[i].ended ? share / (double)(n - i) : 0;
        if (out && life[i].ended)
            fprintf(out, "%g %g\n", life[i].cycles, share);
    }
    return area;
}

static double spread_of(const struct life *life, uint64_t n, double mean) {
    double sum = 0;
    for (uint64_t i = 0; i < n; i++)
        sum += (life[i].cycles - mean) * (life[i].cycles - mean);
    return n > 1 ? sqrt(sum / (double)(n - 1)) : 0;
}

/* ---- Time to failure ------------------------------------------------------------------------------------------- */

static void put_life(const struct lives *lives, uint32_t k, FILE *table) {
    uint64_t n, censored;
    struct life *life = lives_of(lives, k, &n, &censored);
    const double mean = write_curve(life, n, NULL), half = Z95 * spread_of(life, n, mean) / sqrt((double)n);
    const double expected = mean_life(lives, k);
    fprintf(table, "<tr><td>%s, %" PRIu32 " of %" PRIu32 "</td>", lives->data->point[lives->point]->string, k,
            lives->harts);
    if (isinf(expected))
        fputs("<td>never</td>", table);
    else
        fprintf(table, "<td>%.0f</td>", expected);
    fprintf(table, "<td>%s%.0f</td>", censored ? "at least " : "", mean);
    if (censored)
        fputs("<td></td>", table);
    else
        fprintf(table, "<td>%.0f to %.0f</td>", mean - half, mean + half);
    fprintf(table, "<td>%" PRIu64 " of %" PRIu64 "</td></tr>\n", n - censored, n);
    free(life);
}

static char *table_of_lives(const struct hb_report_data *data) {
    char *text = NULL;
    size_t bytes;
    FILE *table = open_memstream(&text, &bytes);
    if (!table)
        abort();
    fputs("<table>\n<tr><th>lives while there are</th><th>mean time to failure, closed form</th><th>in the runs</th>"
          "<th>95 % interval</th><th>runs that came to it</th></tr>\n",
          table);
    for (uint32_t p = 0; p < data->points; p++) {
        struct lives lives;
        if (find_lives(&lives, data, p) && all(&lives, true))
            for (uint32_t k = 1; k <= lives.harts; k++)
                put_life(&lives, k, table);
    }
    fputs("</table>\n", table);
    fclose(table);
    return text;
}

/* Which numbers of harts the plot shows: of many, four of them. */
static uint32_t shown(const struct lives *lives, uint32_t curve) {
    return lives->harts <= CURVES ? curve + 1 : 1 + curve * (lives->harts - 1) / (CURVES - 1);
}

static uint32_t curves_of(const struct lives *lives) {
    return lives->harts < CURVES ? lives->harts : CURVES;
}

static void write_reliability(const struct lives *lives, uint32_t curve, struct hb_plot *plot) {
    uint64_t n, censored;
    const uint32_t k = shown(lives, curve);
    struct life *life = lives_of(lives, k, &n, &censored);
    fprintf(plot->script, "$runs%" PRIu32 " << EOD\n", curve);
    write_curve(life, n, plot->script);
    fprintf(plot->script, "EOD\n$form%" PRIu32 " << EOD\n", curve);
    const double longest = n ? life[n - 1].cycles : 0;
    for (int i = 0; i <= 200; i++)
        fprintf(plot->script, "%g %g\n", longest * i / 200, reliability(lives, k, start_of(lives) + longest * i / 200));
    fputs("EOD\n", plot->script);
    free(life);
}

bool hb_figure_lifetimes(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error) {
    struct lives lives;
    struct hb_plot plot;
    if (!find_lives(&lives, data, 0) || !all(&lives, true))
        return true;
    hb_plot_begin(&plot);
    for (uint32_t c = 0; c < curves_of(&lives); c++)
        write_reliability(&lives, c, &plot);
    figure->title = "How long the system lives";
    figure->table = table_of_lives(data);
    snprintf(
        figure->text, sizeof figure->text,
        "R(t) of %s: the share of runs in which at least so many CPUs still live (solid; Kaplan and Meier, where runs "
        "ended before), and what the distributions of the faults say (dashed). Time counts from cycle %.0f, in which "
        "the first clock begins.",
        data->point[0]->string, start_of(&lives));
    fputs("set rmargin 6\nset yrange [0:1.04]\nset xlabel 'cycles'\nset format x '%.0f'\nset ylabel 'R(t)'\n"
          "set key outside below height 1 maxrows 2\nplot ",
          plot.script);
    for (uint32_t c = 0; c < curves_of(&lives); c++)
        fprintf(plot.script,
                "%s$runs%" PRIu32 " using 1:2 with steps lt %" PRIu32 " title '%" PRIu32 " of %" PRIu32
                "', $form%" PRIu32 " using 1:2 with lines lt %" PRIu32 " lw 1 dt 2 notitle",
                c ? ", " : "", c, c + 1, shown(&lives, c), lives.harts, c, c + 1);
    return hb_figure_finish(&plot, data, figure, error);
}

/* ---- Availability ---------------------------------------------------------------------------------------------- */

struct presence {
    double strikes, up, down; /* all runs and faults of a point together: cycles */
};

static struct presence presence_of(const struct lives *lives) {
    struct presence sum = {0};
    for (uint64_t r = 0; r < lives->data->runs; r++) {
        const struct hb_report_run *run = &lives->data->run[r];
        for (uint32_t i = 0; run->point == lives->point && run->faults && i < lives->sources; i++) {
            const cJSON *fault = cJSON_GetArrayItem(run->faults, (int)i);
            const double down = number_of(fault, "down_cycles"), whole = run->cycles - lives->source[i].start;
            sum.strikes += number_of(fault, "strikes");
            sum.down += down;
            sum.up += whole > down ? whole - down : 0;
        }
    }
    return sum;
}

static bool put_presence(const struct lives *lives, FILE *table) {
    const struct presence is = presence_of(lives);
    const struct source *source = &lives->source[0];
    const double expected = source->scale * tgamma(1 + 1 / source->shape), away = is.down / is.strikes;
    if (is.strikes == 0)
        return false;
    fprintf(table,
            "<tr><td>%s</td><td>%.0f</td><td>%.0f</td><td>%.0f</td><td>%.0f</td><td>%.4f</td><td>%.4f</td></tr>\n",
            lives->data->point[lives->point]->string, is.strikes, expected, is.up / is.strikes, away,
            expected / (expected + away), is.up / (is.up + is.down));
    return true;
}

/* Are all clocks of one kind? */
static bool are_alike(const struct lives *lives) {
    for (uint32_t i = 1; i < lives->sources; i++)
        if (lives->source[i].scale != lives->source[0].scale || lives->source[i].shape != lives->source[0].shape)
            return false;
    return true;
}

bool hb_figure_availability(const struct hb_report_data *data, struct hb_figure *figure, struct hb_error *error) {
    char *text = NULL;
    size_t bytes;
    bool any = false;
    FILE *table = open_memstream(&text, &bytes);
    (void)error;
    if (!table)
        abort();
    fputs(
        "<table>\n<tr><th></th><th>strikes</th><th>time between failures, by the distribution</th><th>in the runs</th>"
        "<th>time away</th><th>availability, closed form</th><th>in the runs</th></tr>\n",
        table);
    for (uint32_t p = 0; p < data->points; p++) {
        struct lives lives;
        if (find_lives(&lives, data, p) && all(&lives, false) && are_alike(&lives))
            any = put_presence(&lives, table) || any;
    }
    fputs("</table>\n", table);
    fclose(table);
    if (!any) {
        free(text);
        return true;
    }
    figure->title = "What share of the time a CPU is there";
    figure->table = text;
    snprintf(
        figure->text, sizeof figure->text,
        "Cycles, of all CPUs that may fail. A CPU is away from a strike until it takes part again; the closed form is "
        "M / (M + mean time away), where M is the mean of the distribution.");
    hb_figure_repeat(data, figure);
    return true;
}
