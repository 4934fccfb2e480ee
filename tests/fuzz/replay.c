/* replay FOLDER...: every file of the folders as an input of the target. Says how many there were;
 * none is a failure. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

#define MOST (1u << 20)

static uint8_t *data;

static void take_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(1);
    }
    size_t n = fread(data, 1, MOST, file);
    fclose(file);
    printf("%s: %zu bytes\n", path, n);
    fflush(stdout);
    uint8_t *exact = malloc(n ? n : 1); /* so that reading beyond its end is seen by sanitizers */
    memcpy(exact, data, n);
    LLVMFuzzerTestOneInput(exact, n);
    free(exact);
}

static unsigned take_folder(const char *folder) {
    struct dirent **entry;
    unsigned taken = 0;
    int n = scandir(folder, &entry, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name);
        if (entry[i]->d_name[0] != '.') {
            take_file(path);
            taken++;
        }
        free(entry[i]);
    }
    if (n >= 0)
        free(entry);
    return taken;
}

int main(int argc, char **argv) {
    unsigned taken = 0;
    data = malloc(MOST);
    LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++)
        taken += take_folder(argv[i]);
    free(data);
    printf("%u inputs\n", taken);
    return taken == 0;
}
