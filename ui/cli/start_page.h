/* The start page of `hartbeat gui --start`: what there is to be opened.
 *
 *     struct hb_start_page *page = hb_start_page_make();
 *     ... page->start ...
 *     hb_start_page_free(page);
 */
#ifndef HB_CLI_START_PAGE_H
#define HB_CLI_START_PAGE_H

#include "sim/config/config.h"
#include "ui/dashboard/model/start.h"

#define HB_START_ENTRIES_MAX 128

struct hb_start_page {
    struct hb_start start;
    struct hb_start_entry entry[HB_START_ENTRIES_MAX];
    char title[HB_START_ENTRIES_MAX][96], about[HB_START_ENTRIES_MAX][240], open[HB_START_ENTRIES_MAX][HB_PATH_BYTES];
};

/* The bundled lessons, experiments and claims, and what of the kind lies in the present folder. NULL: out of memory. */
struct hb_start_page *hb_start_page_make(void);

void hb_start_page_free(struct hb_start_page *page);

#endif
