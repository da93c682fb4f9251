/* What happens before every call: the count, planted faults, the log, and what a call needs. */
#define _GNU_SOURCE
#include "cuda_double.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_FAULTS = 64 };

typedef struct { char call[80]; unsigned nth, line; int code, always; } fault_t;

volatile CUresult broken;

static fault_t faults[MAX_FAULTS];
static unsigned fault_count, total, start;
static int log_file = -1;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int in_folder(const char *name, int flags)
{
    char path[4096];
    const char *folder = getenv("GPULAB_DOUBLE");
    if (!folder) return -1;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return open(path, flags | O_CLOEXEC, 0666);
}

static void read_once(void)
{
    char line[160];
    machine_read_behaviour();
    log_file = in_folder("cuda-log", O_WRONLY | O_APPEND);
    int file = in_folder("cuda-faults", O_RDONLY);
    if (file < 0) return;
    FILE *text = fdopen(file, "r");
    for (unsigned number = 1; fgets(line, sizeof line, text) && fault_count < MAX_FAULTS; number++) {
        fault_t *f = &faults[fault_count];
        if (sscanf(line, "%79s %u %d", f->call, &f->nth, &f->code) != 3) continue;
        f->line = number;
        f->always = strstr(line, " always") != NULL;
        fault_count++;
    }
    fclose(text);
}

void calls_restart(void)
{
    pthread_once(&once, read_once);
    if (log_file >= 0) close(log_file);
    log_file = -1;
    fault_count = total = 0;
    start++;
    broken = CUDA_SUCCESS;
    read_once();
}

/* One process gets it: the one that makes the file. */
static int claim(unsigned line)
{
    char name[32];
    snprintf(name, sizeof name, "cuda-fault-%u", line);
    int file = in_folder(name, O_WRONLY | O_CREAT | O_EXCL);
    if (file < 0) return 0;
    close(file);
    return 1;
}

static CUresult planted(const char *name, unsigned nth, unsigned all)
{
    for (unsigned i = 0; i < fault_count; i++) {
        const fault_t *f = &faults[i];
        int any = !strcmp(f->call, "*");
        unsigned now = any ? all : nth;
        if ((!any && strcmp(f->call, name)) || (f->always ? now < f->nth : now != f->nth)) continue;
        if (f->always || claim(f->line)) return f->code;
    }
    return CUDA_SUCCESS;
}

CUresult call_enter(site_t *site, int needs)
{
    pthread_once(&once, read_once);
    /* Calls are counted from the last start on. */
    if (__atomic_exchange_n(&site->start, start, __ATOMIC_RELAXED) != start) __atomic_store_n(&site->count, 0, __ATOMIC_RELAXED);
    unsigned nth = __atomic_add_fetch(&site->count, 1, __ATOMIC_RELAXED);
    CUresult fault = CUDA_SUCCESS;
    if (fault_count) fault = planted(site->name, nth, __atomic_add_fetch(&total, 1, __ATOMIC_RELAXED));
    if (log_file >= 0) {
        char line[160];
        int length = fault ? snprintf(line, sizeof line, "%d %s %d\n", getpid(), site->name, fault) : snprintf(line, sizeof line, "%d %s\n", getpid(), site->name);
        if (write(log_file, line, (size_t)length) < 0) fprintf(stderr, "cuda double: the log cannot be written\n");
    }
    if (fault) return fault;
    if (needs >= STARTED && !machine_started) return CUDA_ERROR_NOT_INITIALIZED;
    if (needs >= CURRENT && broken) return broken;
    if (needs >= CURRENT && !current) return CUDA_ERROR_INVALID_CONTEXT;
    return CUDA_SUCCESS;
}
