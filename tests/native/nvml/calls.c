/* What happens around every call: the lock, the count, planted faults, kills, the log. And handles. */
#define _GNU_SOURCE
#include "nvml_double.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t threads = PTHREAD_MUTEX_INITIALIZER;
static int lock_file = -1;

static int open_in_folder(const char *name, int flags)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", getenv("GPULAB_DOUBLE") ? getenv("GPULAB_DOUBLE") : ".", name);
    return open(path, flags | O_CLOEXEC, 0666);
}

static FILE *read_in_folder(const char *name)
{
    int file = open_in_folder(name, O_RDONLY);
    return file < 0 ? NULL : fdopen(file, "r");
}

void calls_close(void)
{
    if (lock_file >= 0) close(lock_file);
    lock_file = -1;
}

static unsigned count(const char *name)
{
    for (unsigned i = 0; i < MAX_CALLS; i++) {
        if (!state->calls[i].name[0]) strncpy(state->calls[i].name, name, sizeof state->calls[i].name - 1);
        if (!strcmp(state->calls[i].name, name)) return ++state->calls[i].count;
    }
    return 0;
}

static void fault(call_t *call, unsigned nth, unsigned total)
{
    char line[160], name[80];
    FILE *file = read_in_folder("faults");
    if (!file) return;
    while (fgets(line, sizeof line, file)) {
        unsigned at;
        int code;
        if (sscanf(line, "%79s %u %d", name, &at, &code) != 3) continue;
        int all = !strcmp(name, "*");
        unsigned now = all ? total : nth;
        if ((!all && strcmp(name, call->name)) || (strstr(line, " always") ? now < at : now != at)) continue;
        call->fault = code;
        call->done = strstr(line, " done") != NULL;
        break;
    }
    fclose(file);
}

/* One process dies for a kill file: the file is gone before it is. */
static void die(call_t *call, unsigned nth, unsigned total)
{
    char name[80], when[16], path[4096];
    unsigned at;
    FILE *file = read_in_folder("kill");
    if (!file) return;
    int read = fscanf(file, "%79s %u %15s", name, &at, when);
    fclose(file);
    int all = !strcmp(name, "*");
    if (read != 3 || (!all && strcmp(name, call->name)) || (all ? total : nth) != at) return;
    snprintf(path, sizeof path, "%s/kill", getenv("GPULAB_DOUBLE"));
    unlink(path);
    if (!strcmp(when, "before")) kill(getpid(), SIGKILL);
    call->kill_after = 1;
}

call_t call_begin(const char *name)
{
    call_t call = {name, OK, 0, 0};
    pthread_mutex_lock(&threads);
    if (!state) { call.fault = UNINITIALIZED; return call; }
    if (lock_file < 0) lock_file = open_in_folder("lock", O_RDWR | O_CREAT);
    flock(lock_file, LOCK_EX);
    config_settings(name);
    unsigned nth = count(name), total = ++state->total;
    fault(&call, nth, total);
    die(&call, nth, total);
    return call;
}

int call_end(call_t *call, int status)
{
    if (call->fault != OK && state) status = call->fault;
    if (call->kill_after) kill(getpid(), SIGKILL);
    int file = open_in_folder("log", O_WRONLY | O_APPEND);
    if (file >= 0) {
        char line[160];
        int length = snprintf(line, sizeof line, "%d %s %d\n", getpid(), call->name, status);
        if (write(file, line, (size_t)length) < 0) fprintf(stderr, "nvml double: the log cannot be written\n");
        close(file);
    }
    unsigned wait = settings.latency_us;
    if (lock_file >= 0) flock(lock_file, LOCK_UN);
    pthread_mutex_unlock(&threads);
    if (wait) nanosleep(&(struct timespec){wait / 1000000, (long)(wait % 1000000) * 1000}, NULL);
    return status;
}

enum { GPU = 1, INSTANCE, COMPUTE, MIG };

static void *handle(unsigned kind, unsigned gpu, unsigned slot, unsigned compute, unsigned serial)
{
    return (void *)((uintptr_t)kind << 60 | (uintptr_t)gpu << 52 | (uintptr_t)slot << 44 | (uintptr_t)compute << 36 | serial);
}

void *handle_gpu(unsigned gpu) { return handle(GPU, gpu, 0, 0, 1); }

void *handle_instance(unsigned gpu, unsigned slot) { return handle(INSTANCE, gpu, slot, 0, state->gpus[gpu].instances[slot].serial); }

void *handle_compute(unsigned gpu, unsigned slot, unsigned compute)
{
    return handle(COMPUTE, gpu, slot, compute, state->gpus[gpu].instances[slot].computes[compute].serial);
}

void *handle_mig(unsigned gpu, unsigned slot, unsigned compute)
{
    return handle(MIG, gpu, slot, compute, state->gpus[gpu].instances[slot].computes[compute].serial);
}

int is_mig(const void *h) { return (uintptr_t)h >> 60 == MIG; }

int find_gpu(const void *h, unsigned *gpu)
{
    *gpu = (unsigned)((uintptr_t)h >> 52 & 255);
    return (uintptr_t)h >> 60 == GPU && *gpu < gpu_count ? OK : INVALID_ARGUMENT;
}

static int find(const void *h, unsigned kind, unsigned *gpu, instance_t **instance)
{
    *gpu = (unsigned)((uintptr_t)h >> 52 & 255);
    if ((uintptr_t)h >> 60 != kind || *gpu >= gpu_count) return INVALID_ARGUMENT;
    *instance = &state->gpus[*gpu].instances[(uintptr_t)h >> 44 & 255];
    return (*instance)->used ? OK : NOT_FOUND;
}

int find_instance(const void *h, unsigned *gpu, instance_t **instance)
{
    int status = find(h, INSTANCE, gpu, instance);
    return status == OK && (*instance)->serial != (unsigned)(uintptr_t)h ? NOT_FOUND : status;
}

static int find_part(const void *h, unsigned kind, unsigned *gpu, instance_t **instance, compute_t **compute)
{
    int status = find(h, kind, gpu, instance);
    if (status != OK) return status;
    *compute = &(*instance)->computes[(uintptr_t)h >> 36 & 255];
    return (*compute)->used && (*compute)->serial == (unsigned)(uintptr_t)h ? OK : NOT_FOUND;
}

int find_compute(const void *h, unsigned *gpu, instance_t **instance, compute_t **compute) { return find_part(h, COMPUTE, gpu, instance, compute); }

int find_mig(const void *h, unsigned *gpu, instance_t **instance, compute_t **compute) { return find_part(h, MIG, gpu, instance, compute); }
