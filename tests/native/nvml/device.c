/* Initialization and device queries. */
#include "nvml_double.h"
#include <stdio.h>
#include <string.h>

static int text(char *to, unsigned length, const char *from)
{
    if (strlen(from) + 1 > length) return INSUFFICIENT_SIZE;
    strcpy(to, from);
    return OK;
}

API int nvmlInit_v2(void)
{
    if (!state && config_open()) return 9;
    ENTER(call);
    LEAVE(call, OK);
}

API int nvmlSystemGetDriverVersion(char *version, unsigned length)
{
    ENTER(call);
    LEAVE(call, text(version, length, "595.45.04"));
}

API int nvmlSystemGetNVMLVersion(char *version, unsigned length)
{
    ENTER(call);
    LEAVE(call, text(version, length, "13.595.45.04"));
}

API int nvmlDeviceGetCount_v2(unsigned *count)
{
    ENTER(call);
    *count = gpu_count;
    LEAVE(call, OK);
}

API int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device)
{
    ENTER(call);
    if (index >= gpu_count) LEAVE(call, INVALID_ARGUMENT);
    *device = handle_gpu(index);
    LEAVE(call, OK);
}

API int nvmlDeviceGetHandleByUUID(const char *uuid, void **device)
{
    ENTER(call);
    for (unsigned i = 0; i < gpu_count; i++) {
        if (strcmp(gpus[i].uuid, uuid)) continue;
        *device = handle_gpu(i);
        LEAVE(call, OK);
    }
    LEAVE(call, NOT_FOUND);
}

API int nvmlDeviceGetIndex(void *device, unsigned *index)
{
    ENTER(call);
    LEAVE(call, find_gpu(device, index));
}

API int nvmlDeviceGetName(void *device, char *name, unsigned length)
{
    unsigned gpu;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    LEAVE(call, status != OK ? status : text(name, length, gpus[gpu].name));
}

API int nvmlDeviceGetUUID(void *device, char *uuid, unsigned length)
{
    unsigned gpu;
    instance_t *instance;
    compute_t *compute;
    ENTER(call);
    if (!is_mig(device)) {
        int status = find_gpu(device, &gpu);
        LEAVE(call, status != OK ? status : text(uuid, length, gpus[gpu].uuid));
    }
    int status = find_mig(device, &gpu, &instance, &compute);
    if (status != OK) LEAVE(call, status);
    char made[96];
    mig_uuid(gpu, instance, compute, made);
    LEAVE(call, text(uuid, length, made));
}

API int nvmlDeviceGetVbiosVersion(void *device, char *version, unsigned length)
{
    unsigned gpu;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    LEAVE(call, status != OK ? status : text(version, length, "96.00.DB.00.01"));
}

typedef struct { char legacy[16]; unsigned domain, bus, device, pci, subsystem; char id[32]; } pci_t;

API int nvmlDeviceGetPciInfo_v3(void *device, pci_t *info)
{
    unsigned gpu;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    if (status != OK) LEAVE(call, status);
    memset(info, 0, sizeof *info);
    info->bus = gpu + 1;
    info->pci = gpus[gpu].pci;
    snprintf(info->id, sizeof info->id, "%08X:%02X:00.0", 0u, info->bus);
    LEAVE(call, OK);
}

API int nvmlDeviceGetMemoryInfo(void *device, uint64_t *memory)
{
    unsigned gpu;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    if (status != OK) LEAVE(call, status);
    memory[0] = memory[1] = gpus[gpu].memory;
    memory[2] = 0;
    LEAVE(call, OK);
}

API int nvmlDeviceGetArchitecture(void *device, unsigned *architecture)
{
    unsigned gpu;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    if (status == OK) *architecture = gpus[gpu].architecture;
    LEAVE(call, status);
}

API int nvmlDeviceGetCudaComputeCapability(void *device, int *major, int *minor)
{
    unsigned gpu;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    if (status == OK) {
        *major = gpus[gpu].architecture == 7 ? 8 : gpus[gpu].architecture;
        *minor = 0;
    }
    LEAVE(call, status);
}

API int nvmlDeviceGetVirtualizationMode(void *device, int *mode)
{
    unsigned gpu;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    *mode = settings.vgpu ? 2 : 0;
    LEAVE(call, status);
}

typedef struct { unsigned pid; uint64_t memory; unsigned gi, ci; } process_t;

static int processes(void *device, unsigned *count, process_t *found)
{
    unsigned gpu, pids[64];
    instance_t *instance = NULL;
    compute_t *compute = NULL;
    int status = is_mig(device) ? find_mig(device, &gpu, &instance, &compute) : find_gpu(device, &gpu);
    if (status != OK) return status;
    unsigned held = config_holders(gpu, instance ? (int)instance->id : -1, compute ? (int)compute->id : -1, pids, 64);
    unsigned room = *count;
    *count = held;
    if (held > room) return INSUFFICIENT_SIZE;
    for (unsigned i = 0; i < held; i++) found[i] = (process_t){pids[i], 1 << 20, instance ? instance->id : ~0u, compute ? compute->id : ~0u};
    return OK;
}

API int nvmlDeviceGetComputeRunningProcesses_v3(void *device, unsigned *count, process_t *found)
{
    ENTER(call);
    LEAVE(call, processes(device, count, found));
}
