/* What there is: behaviour, devices that CUDA_VISIBLE_DEVICES leaves, the primary context of each. */
#define _GNU_SOURCE
#include "../nvml/nvml_double.h"
#undef API
#undef ENTER
#include "cuda_double.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

device_t devices[MAX_DEVICES];
int device_count, machine_started;
behaviour_t behaviour = {.driver = 12080};
context_t contexts[MAX_DEVICES];
__thread context_t *current;

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

/* The double of libnvidia-ml counts its calls and holds a lock; this one only reads what it keeps. */
void calls_close(void) {}

/* kernels PATH        host build of the kernels
 * driver VERSION      as cuDriverGetVersion says it, such as 11030
 * memory MIB          of every device, in place of what its profile has
 * order N             of threads in a block (see gl_launch)
 * step NANOSECONDS    of the clock of events
 * hang KERNEL NTH     its NTH launch never ends
 * die KERNEL NTH      its NTH launch takes the process with it
 * fail KERNEL NTH CODE   its NTH launch leaves the context broken with that status
 * ahead NANOSECONDS   by which the SMs' timer is ahead of the host's clock, times the number of the process
 * lie SMS             how many multiprocessors a device says it has */
void machine_read_behaviour(void)
{
    char path[4096], line[4200];
    const char *folder = getenv("GPULAB_DOUBLE");
    if (!folder) return;
    snprintf(path, sizeof path, "%s/cuda", folder);
    FILE *file = fopen(path, "re");
    if (!file) return;
    while (fgets(line, sizeof line, file)) {
        unsigned long number;
        kernel_fault_t *fail = &behaviour.fails[behaviour.fail_count];
        if (sscanf(line, "kernels %4095[^\n]", behaviour.kernels) == 1) continue;
        if (sscanf(line, "driver %lu", &number) == 1) behaviour.driver = (int)number;
        else if (sscanf(line, "memory %lu", &number) == 1) behaviour.memory = number << 20;
        else if (sscanf(line, "order %lu", &number) == 1) behaviour.order = (unsigned)number;
        else if (sscanf(line, "step %lu", &number) == 1) behaviour.step_ns = (unsigned)number;
        else if (sscanf(line, "ahead %lu", &number) == 1) behaviour.ahead_ns = number;
        else if (sscanf(line, "lie %lu", &number) == 1) behaviour.lie = (unsigned)number;
        else if (behaviour.fail_count < MAX_PATTERNS && sscanf(line, "hang %63s %u", fail->kernel, &fail->nth) == 2) behaviour.fail_count++;
        else if (behaviour.fail_count < MAX_PATTERNS && sscanf(line, "die %63s %u", fail->kernel, &fail->nth) == 2) behaviour.fails[behaviour.fail_count++].code = DIES;
        else if (behaviour.fail_count < MAX_PATTERNS && sscanf(line, "fail %63s %u %d", fail->kernel, &fail->nth, &fail->code) == 3) behaviour.fail_count++;
    }
    fclose(file);
}

/* For tests in one process: from here on it is as after a start on another machine. */
API int double_restart(const char *folder)
{
    streams_end();
    int status = double_use(folder);
    config_settings("");
    device_count = machine_started = 0;
    memset(devices, 0, sizeof devices);
    memset(contexts, 0, sizeof contexts);
    memset(&behaviour, 0, sizeof behaviour);
    behaviour.driver = 12080;
    current = NULL;
    calls_restart();
    return status ? status : machine_start();
}

static unsigned digit(char c) { return c >= '0' && c <= '9' ? (unsigned)(c - '0') : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10) : 16; }

/* The 32 hexadecimal digits after the prefixes. */
static void uuid_bytes(const char *text, unsigned char bytes[16])
{
    while (!strncmp(text, "MIG-", 4) || !strncmp(text, "GPU-", 4)) text += 4;
    memset(bytes, 0, 16);
    for (unsigned n = 0; n < 32 && *text && *text != '/'; text++) {
        unsigned d = digit(*text);
        if (d > 15) continue;
        bytes[n / 2] |= (unsigned char)(n % 2 ? d : d << 4);
        n++;
    }
}

static device_t device_of(unsigned gpu, const char *uuid, unsigned sms, uint64_t memory)
{
    device_t made = {.sms = sms, .memory = behaviour.memory ? behaviour.memory : memory, .major = gpus[gpu].architecture == 7 ? 8 : gpus[gpu].architecture};
    snprintf(made.pci, sizeof made.pci, "0000:%02X:00.0", gpu + 1);
    uuid_bytes(uuid, made.uuid);
    return made;
}

/* A name in CUDA_VISIBLE_DEVICES may be shortened as long as it fits. */
static int named(const char *word, const char *uuid) { return !strncmp(word, uuid, strlen(word)); }

static int add_mig(const char *word)
{
    for (unsigned g = 0; g < gpu_count; g++) {
        for (unsigned i = 0; state->gpus[g].current && i < MAX_INSTANCES; i++) {
            const instance_t *one = &state->gpus[g].instances[i];
            for (unsigned k = 0; one->used && k < MAX_COMPUTES; k++) {
                const compute_t *part = &one->computes[k];
                char uuid[96];
                if (!part->used) continue;
                mig_uuid(g, one, part, uuid);
                if (word && !named(word, uuid)) continue;
                const profile_t *p = 0;
                unsigned sms = 0;
                for (unsigned n = 0; n < gpus[g].profile_count; n++)
                    if (gpus[g].profiles[n].id == one->profile) p = &gpus[g].profiles[n];
                for (unsigned n = 0; p && n < p->compute_count; n++)
                    if (p->computes[n].id == part->profile) sms = p->computes[n].sms;
                devices[device_count] = device_of(g, uuid, sms, p ? p->memory_mib << 20 : 0);
                snprintf(devices[device_count++].name, sizeof devices->name, "%s MIG %s", gpus[g].name, p ? p->name : "?");
                return 1;
            }
        }
    }
    return 0;
}

static int add_whole(unsigned gpu)
{
    /* A GPU that is cut has no whole to work on. */
    if (gpu >= gpu_count || state->gpus[gpu].current) return 0;
    devices[device_count] = device_of(gpu, gpus[gpu].uuid, gpus[gpu].sms, gpus[gpu].memory);
    snprintf(devices[device_count++].name, sizeof devices->name, "%s", gpus[gpu].name);
    return 1;
}

static int add(const char *word)
{
    if (*word >= '0' && *word <= '9') return add_whole((unsigned)atoi(word));
    if (!strncmp(word, "MIG-", 4)) return add_mig(word);
    for (unsigned g = 0; g < gpu_count; g++)
        if (named(word, gpus[g].uuid)) return add_whole(g);
    return 0;
}

CUresult machine_start(void)
{
    pthread_mutex_lock(&gate);
    if (!machine_started && !config_open()) {
        char words[4096], *rest = 0;
        config_settings("");
        const char *visible = getenv("CUDA_VISIBLE_DEVICES");
        if (visible) {
            snprintf(words, sizeof words, "%s", visible);
            /* What follows a name that does not fit is not looked at. */
            for (char *word = strtok_r(words, ",", &rest); word && device_count < MAX_DEVICES && add(word); word = strtok_r(NULL, ",", &rest)) {}
        } else {
            for (unsigned g = 0; g < gpu_count; g++) add_whole(g);
            if (!device_count) add_mig(NULL);
        }
        for (int i = 0; i < device_count; i++) contexts[i].device = i;
        machine_started = device_count > 0;
    }
    int ready = machine_started;
    pthread_mutex_unlock(&gate);
    return ready ? CUDA_SUCCESS : CUDA_ERROR_NO_DEVICE;
}
