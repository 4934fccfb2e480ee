/* What the scene of the lines consists of, beside the table of lines. */
#ifndef HB_DASHBOARD_LINES_PARTS_H
#define HB_DASHBOARD_LINES_PARTS_H

#include "ui/dashboard/scenes/pen.h"

/* A state of a copy: its letter on a shape, at most `side` pixels large, in the middle of `cell`. */
void hb_lines_mark(const struct hb_pen *pen, struct hb_rect cell, char letter, int side);

/* The states of the protocol and the ways between them, those just taken lit; nothing where there is no room. */
void hb_lines_diagram(const struct hb_pen *pen, struct hb_rect area);

/* What last happened to a pinned line, in sentences, from the top of *rest; nothing where nothing did. `short_form`: in
 * one line. */
void hb_lines_turn(const struct hb_pen *pen, struct hb_rect *rest, bool short_form);

/* Buttons that order CPUs to read or write a variable, in a row; only for a program that obeys. */
void hb_lines_orders(const struct hb_pen *pen, struct hb_rect row);

#endif
