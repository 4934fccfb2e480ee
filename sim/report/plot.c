#include "sim/report/plot.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOT_FOUND 127 /* the shell's status */

/* Colours of Okabe and Ito, which nobody confuses. */
static const char preamble[] = "set terminal svg size 860,400 font 'DejaVu Sans,13' background '#ffffff'\n"
                               "set linetype 1 lc rgb '#0072b2' lw 2\nset linetype 2 lc rgb '#d55e00' lw 2\n"
                               "set linetype 3 lc rgb '#009e73' lw 2\nset linetype 4 lc rgb '#cc79a7' lw 2\n"
                               "set linetype 5 lc rgb '#e69f00' lw 2\nset linetype 6 lc rgb '#56b4e9' lw 2\n"
                               "set linetype 7 lc rgb '#000000' lw 2\nset linetype 8 lc rgb '#999999' lw 2\n"
                               "set border 3 lc rgb '#444444'\nset tics nomirror out\n"
                               "set grid ytics lc rgb '#dddddd' lw 1\nset decimalsign '.'\n"
                               "set errorbars lw 1.5 lc rgb '#222222'\n";

void hb_plot_begin(struct hb_plot *plot) {
    *plot = (struct hb_plot){0};
    plot->script = open_memstream(&plot->text, &plot->bytes);
    if (!plot->script)
        abort();
    fputs(preamble, plot->script);
}

/* In single quotes nothing has a meaning but the quote itself; marks of gnuplot's enhanced text are left out. */
void hb_plot_string(struct hb_plot *plot, const char *text) {
    putc('\'', plot->script);
    for (; *text; text++) {
        if (*text == '\'')
            putc('\'', plot->script);
        putc(*text == '\n' ? ' ' : *text, plot->script);
    }
    putc('\'', plot->script);
}

void hb_plot_drop(struct hb_plot *plot) {
    fclose(plot->script);
    free(plot->text);
    *plot = (struct hb_plot){0};
}

static char *read_all(FILE *from) {
    char *text = NULL;
    size_t bytes = 0;
    FILE *copy = open_memstream(&text, &bytes);
    if (!copy)
        abort();
    for (int c; (c = getc(from)) != EOF;)
        putc(c, copy);
    fclose(copy);
    return text;
}

static bool refuse(struct hb_error *error, const char *what, const char *said) {
    hb_error_set(error, "%s%.*s", what, (int)strcspn(said, "\n"), said);
    hb_error_blame_host(error);
    return false;
}

static bool write_script(const struct hb_plot *plot, char path[], struct hb_error *error) {
    int file = mkstemp(path);
    bool ok = file >= 0 && write(file, plot->text, plot->bytes) == (ssize_t)plot->bytes;
    if (file >= 0)
        close(file);
    return ok || refuse(error, "a script for gnuplot cannot be written to ", path);
}

/* What gnuplot writes, when it is content. */
static char *run_gnuplot(const char *path, struct hb_error *error) {
    char command[80];
    snprintf(command, sizeof command, "gnuplot %s 2>&1", path);
    FILE *pipe = popen(command, "r");
    char *svg = pipe ? read_all(pipe) : strdup("");
    int status = pipe ? pclose(pipe) : -1;
    bool missing = status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND;
    bool ok =
        !missing ||
        refuse(error, "gnuplot is missing, which draws the plots of reports (Debian: apt-get install gnuplot-nox)", "");
    const char *begin = svg ? strstr(svg, "<svg") : NULL;
    ok = ok && (begin || refuse(error, "gnuplot does not draw: ", svg));
    char *kept = ok ? strdup(begin) : NULL;
    free(svg);
    return kept;
}

char *hb_plot_draw(struct hb_plot *plot, struct hb_error *error) {
    char path[] = "/tmp/hartbeat-plot-XXXXXX", *svg = NULL;
    fflush(plot->script);
    if (write_script(plot, path, error))
        svg = run_gnuplot(path, error);
    unlink(path);
    hb_plot_drop(plot);
    return svg;
}
