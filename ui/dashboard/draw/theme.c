#include "ui/dashboard/draw/theme.h"

#include <math.h>

/* Okabe and Ito's seven hues; neighbours in this order differ in lightness as well. */
#define SKY        0xff56b4e9
#define ORANGE     0xffe69f00
#define GREEN      0xff009e73
#define YELLOW     0xfff0e442
#define BLUE       0xff0072b2
#define VERMILLION 0xffd55e00
#define PURPLE     0xffcc79a7
#define BROWN      0xff8c6d46 /* an eighth, for tasks */
#define BLACK      0xff14171c
#define WHITE      0xffffffff

const struct hb_theme hb_theme_light = {
    .name = "light",
    .ground = 0xffeef0f4,
    .panel = WHITE,
    .raised = 0xfff6f7f9,
    .border = 0xffd3d8e0,
    .text = 0xff1b1f27,
    .muted = 0xff565d6b,
    .grid = 0xffe4e7ec,
    .accent = BLUE,
    .accent_ink = WHITE,
    .tip = 0xff232832,
    .tip_ink = 0xfff4f5f7,
    .idle = 0xffd9dde4,
    .chart = BLUE,
    .chart_fill = 0xffdcebf5,
    .hue = {SKY, ORANGE, GREEN, YELLOW, BLUE, VERMILLION, PURPLE, BROWN},
    .ink = {BLACK, BLACK, BLACK, BLACK, WHITE, BLACK, BLACK, WHITE},
    .tone = {0xff7b8494, GREEN, ORANGE, VERMILLION, 0xff14171c, BLUE},
    .tint = {0xffeceef2, 0xffdff3ec, 0xfffcf0d6, 0xfffbe5d6, 0xffcdd2db, 0xffdcebf5},
    .tone_text = {0xff4b5261, 0xff00573f, 0xff6b4a00, 0xff8f3f00, 0xff14171c, 0xff00507d},
};

const struct hb_theme hb_theme_dark = {
    .name = "dark",
    .ground = 0xff111418,
    .panel = 0xff1b1f26,
    .raised = 0xff242932,
    .border = 0xff363d49,
    .text = 0xffe9ebef,
    .muted = 0xffa9b1bf,
    .grid = 0xff2b313b,
    .accent = SKY,
    .accent_ink = BLACK,
    .tip = 0xfff0f2f5,
    .tip_ink = 0xff14171c,
    .idle = 0xff333a45,
    .chart = SKY,
    .chart_fill = 0xff203747,
    .hue = {SKY, ORANGE, GREEN, YELLOW, BLUE, VERMILLION, PURPLE, BROWN},
    .ink = {BLACK, BLACK, BLACK, BLACK, WHITE, BLACK, BLACK, WHITE},
    .tone = {0xff949dac, 0xff2bb98f, ORANGE, 0xffff8a3d, 0xffe9ebef, SKY},
    .tint = {0xff2b313b, 0xff12352b, 0xff3a2d0c, 0xff43260f, 0xff3b424e, 0xff17344a},
    .tone_text = {0xffc3c9d4, 0xff7fe0c0, 0xfff5c96a, 0xffffb989, 0xffffffff, 0xffa5d8f7},
};

hb_colour hb_theme_task(const struct hb_theme *theme, int32_t task) {
    return task < 0 ? theme->idle : theme->hue[task % HB_THEME_HUES];
}

hb_colour hb_theme_task_ink(const struct hb_theme *theme, int32_t task) {
    return task < 0 ? theme->text : theme->ink[task % HB_THEME_HUES];
}

hb_colour hb_theme_heat(double share) {
    return hb_theme_mix(0xfffdf1e6, VERMILLION, share < 0 ? 0 : share > 1 ? 1 : share);
}

static double linear(hb_colour colour, int shift) {
    double value = (colour >> shift & 0xff) / 255.0;
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static double luminance(hb_colour colour) {
    return 0.2126 * linear(colour, 16) + 0.7152 * linear(colour, 8) + 0.0722 * linear(colour, 0);
}

double hb_theme_contrast(hb_colour a, hb_colour b) {
    double la = luminance(a) + 0.05, lb = luminance(b) + 0.05;
    return la > lb ? la / lb : lb / la;
}

hb_colour hb_theme_mix(hb_colour a, hb_colour b, double share) {
    hb_colour mixed = 0;
    for (int shift = 0; shift < 32; shift += 8) {
        double from = a >> shift & 0xff, to = b >> shift & 0xff;
        mixed |= (hb_colour)lround(from + (to - from) * share) << shift;
    }
    return mixed;
}
