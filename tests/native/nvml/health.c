/* State that explains low figures, and telemetry. A healthy GPU, but for what the file 'health' says: one "NAME VALUE" a line, for every
 * GPU. Clocks, power and temperature have no meaning without a GPU, so they are constants that no part could have. */
#include "nvml_double.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned long value(const char *name, unsigned long otherwise)
{
    char path[4096], line[160], word[80];
    unsigned long found = otherwise, read;
    snprintf(path, sizeof path, "%s/health", getenv("GPULAB_DOUBLE"));
    FILE *file = fopen(path, "re");
    if (!file) return otherwise;
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "%79s %lu", word, &read) == 2 && !strcmp(word, name)) found = read;
    fclose(file);
    return found;
}

#define ANSWER(function, name, otherwise)                          \
    API int function(void *device, unsigned *answer)               \
    {                                                              \
        unsigned gpu;                                              \
        ENTER(call);                                               \
        int status = find_gpu(device, &gpu);                       \
        if (status == OK) *answer = (unsigned)value(name, otherwise); \
        LEAVE(call, status);                                       \
    }

ANSWER(nvmlDeviceGetCurrPcieLinkGeneration, "link-generation", 5)
ANSWER(nvmlDeviceGetMaxPcieLinkGeneration, "link-generation-most", 5)
ANSWER(nvmlDeviceGetCurrPcieLinkWidth, "link-width", 16)
ANSWER(nvmlDeviceGetMaxPcieLinkWidth, "link-width-most", 16)
ANSWER(nvmlDeviceGetPcieReplayCounter, "link-replays", 0)
ANSWER(nvmlDeviceGetEnforcedPowerLimit, "power-limit", 1000)
ANSWER(nvmlDeviceGetPowerManagementDefaultLimit, "power-limit-usual", 1000)
ANSWER(nvmlDeviceGetPowerUsage, "power", 1000)
ANSWER(nvmlDeviceGetPersistenceMode, "persistence", 1)
ANSWER(nvmlDeviceGetComputeMode, "compute-mode", 0)

#define ANSWER_OF(function, name, otherwise)                       \
    API int function(void *device, int domain, unsigned *answer)   \
    {                                                              \
        unsigned gpu;                                              \
        ENTER(call);                                               \
        (void)domain;                                              \
        int status = find_gpu(device, &gpu);                       \
        if (status == OK) *answer = (unsigned)value(name, otherwise); \
        LEAVE(call, status);                                       \
    }

ANSWER_OF(nvmlDeviceGetTemperature, "temperature", 1)
ANSWER_OF(nvmlDeviceGetClockInfo, "clock", 1)
ANSWER_OF(nvmlDeviceGetMaxClockInfo, "clock-most", 1)

API int nvmlDeviceGetCurrentClocksThrottleReasons(void *device, uint64_t *reasons)
{
    unsigned gpu;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    if (status == OK) *reasons = value("clock-reasons", 0);
    LEAVE(call, status);
}

API int nvmlDeviceGetEccMode(void *device, unsigned *current, unsigned *pending)
{
    unsigned gpu;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    if (status == OK) *current = (unsigned)value("ecc", 1);
    if (status == OK) *pending = (unsigned)value("ecc-pending", *current);
    LEAVE(call, status);
}

API int nvmlDeviceGetTotalEccErrors(void *device, int kind, int counter, uint64_t *errors)
{
    unsigned gpu;
    ENTER(call);
    (void)counter;
    int status = find_gpu(device, &gpu);
    if (status == OK) *errors = value(kind ? "ecc-uncorrected" : "ecc-corrected", 0);
    LEAVE(call, status);
}

API int nvmlDeviceGetRemappedRows(void *device, unsigned *corrected, unsigned *uncorrected, unsigned *pending, unsigned *failed)
{
    unsigned gpu;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    *corrected = *uncorrected = 0;
    if (status == OK) *pending = (unsigned)value("remap-pending", 0);
    if (status == OK) *failed = (unsigned)value("remap-failed", 0);
    LEAVE(call, status);
}
