/* The folder's files: GPUs, settings, holders. */
#include "nvml_double.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

gpu_t gpus[MAX_GPUS];
unsigned gpu_count;
state_t *state;
settings_t settings;

static FILE *open_text(const char *name)
{
    char path[4096];
    const char *folder = getenv("GPULAB_DOUBLE");
    if (!folder) return NULL;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return fopen(path, "re");
}

static place_t *read_places(FILE *file, place_t *places, unsigned *count)
{
    if (fscanf(file, "%u", count) != 1 || *count > MAX_PLACES) return NULL;
    for (unsigned i = 0; i < *count; i++)
        if (fscanf(file, "%u,%u", &places[i].start, &places[i].size) != 2) return NULL;
    return places;
}

/* gpu KEY UUID PCI MEMORY UNITS SLICES ARCHITECTURE RESET MODE NAME…
 * sms COUNT                                                         (of the GPU before it, for the double of libcuda)
 * profile CONSTANT ID NAME SLICES COUNT SMS MIB COPY DEC ENC JPEG OFA MEDIA PLACES start,size …
 * compute CONSTANT ID SLICES COUNT SMS PLACES start,size …          (of the profile before it) */
static int read_gpus(unsigned *modes)
{
    FILE *file = open_text("gpus");
    if (!file) return -1;
    char word[16];
    int wrong = 0;
    while (!wrong && fscanf(file, "%15s", word) == 1) {
        gpu_t *gpu = gpu_count ? &gpus[gpu_count - 1] : NULL;
        if (!strcmp(word, "gpu")) {
            if (gpu_count == MAX_GPUS) { wrong = 1; break; }
            gpu = &gpus[gpu_count];
            wrong = fscanf(file, "%63s %95s %x %lu %u %u %u %u %u %95[^\n]", gpu->key, gpu->uuid, &gpu->pci, &gpu->memory, &gpu->units, &gpu->slices,
                           &gpu->architecture, &gpu->reset, &modes[gpu_count], gpu->name) != 10;
            gpu_count++;
        } else if (!strcmp(word, "sms") && gpu) wrong = fscanf(file, "%u", &gpu->sms) != 1;
        else if (!strcmp(word, "profile") && gpu && gpu->profile_count < MAX_PROFILES) {
            profile_t *p = &gpu->profiles[gpu->profile_count++];
            wrong = fscanf(file, "%u %u %31s %u %u %u %lu %u %u %u %u %u %u", &p->constant, &p->id, p->name, &p->slices, &p->count, &p->sms, &p->memory_mib,
                           &p->copy, &p->decode, &p->encode, &p->jpeg, &p->ofa, &p->media) != 13 || !read_places(file, p->places, &p->place_count);
        } else if (!strcmp(word, "compute") && gpu && gpu->profile_count) {
            profile_t *p = &gpu->profiles[gpu->profile_count - 1];
            if (p->compute_count == MAX_COMPUTE_PROFILES) { wrong = 1; break; }
            compute_profile_t *c = &p->computes[p->compute_count++];
            wrong = fscanf(file, "%u %u %u %u %u", &c->constant, &c->id, &c->slices, &c->count, &c->sms) != 5 || !read_places(file, c->places, &c->place_count);
        } else wrong = 1;
    }
    fclose(file);
    return wrong ? -1 : 0;
}

int config_open(void)
{
    char path[4096];
    unsigned modes[MAX_GPUS] = {0};
    gpu_count = 0;
    memset(gpus, 0, sizeof gpus);
    if (read_gpus(modes)) {
        fprintf(stderr, "nvml double: GPULAB_DOUBLE names no folder with a readable file 'gpus'\n");
        return -1;
    }
    snprintf(path, sizeof path, "%s/state", getenv("GPULAB_DOUBLE"));
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0 || flock(file, LOCK_EX) || ftruncate(file, sizeof *state)) return -1;
    state = mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (state == MAP_FAILED) return -1;
    if (!state->ready) {
        for (unsigned i = 0; i < gpu_count; i++) state->gpus[i].current = state->gpus[i].pending = modes[i];
        state->ready = 1;
    }
    /* The mapping keeps the open file and with it the lock, so closing is not enough. */
    flock(file, LOCK_UN);
    close(file);
    return 0;
}

/* For tests in one process, where a changed environment does not reach getenv: every following call is about another folder. */
API int double_use(const char *folder)
{
    setenv("GPULAB_DOUBLE", folder, 1);
    calls_close();
    if (state) munmap(state, sizeof *state);
    state = NULL;
    return config_open();
}

/* no-permission | vgpu | changes-uuids | parent-from-compute | old | latency CALL|* MICROSECONDS */
void config_settings(const char *call)
{
    char line[160], name[80];
    unsigned value;
    memset(&settings, 0, sizeof settings);
    FILE *file = open_text("settings");
    if (!file) return;
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        if (!strcmp(line, "no-permission")) settings.no_permission = 1;
        else if (!strcmp(line, "vgpu")) settings.vgpu = 1;
        else if (!strcmp(line, "changes-uuids")) settings.changes_uuids = 1;
        else if (!strcmp(line, "parent-from-compute")) settings.parent_from_compute = 1;
        else if (!strcmp(line, "old")) settings.old = 1;
        else if (sscanf(line, "latency %79s %u", name, &value) == 2 && (!strcmp(name, call) || !strcmp(name, "*"))) settings.latency_us = value;
    }
    fclose(file);
}

/* By place, as the open kernel module derives it; some drivers were seen to change it each time. */
void mig_uuid(unsigned gpu, const instance_t *instance, const compute_t *compute, char made[96])
{
    if (settings.old) snprintf(made, 96, "MIG-%.60s/%u/%u", gpus[gpu].uuid, instance->id, compute->id);
    else snprintf(made, 96, "MIG-%08x-%04x-5%03x-8%03x-%012x", gpu + 1, instance->id, compute->place.start, compute->place.size, settings.changes_uuids ? compute->serial : 0);
}

/* Processes on a compute instance, or with gi < 0 those on the GPU itself. */
unsigned config_holders(unsigned gpu, int gi, int ci, unsigned *pids, unsigned most)
{
    char line[128];
    unsigned count = 0;
    FILE *file = open_text("holders");
    if (!file) return 0;
    while (fgets(line, sizeof line, file)) {
        unsigned on, pid;
        int at = -1, part = -1;
        if (sscanf(line, "%u %u %d %d", &on, &pid, &at, &part) < 2 || on != gpu || at != gi || part != ci) continue;
        if (pids && count < most) pids[count] = pid;
        count++;
    }
    fclose(file);
    return count;
}
