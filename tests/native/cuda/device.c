/* Initialization, devices, primary contexts. */
#include "cuda_double.h"
#include <stdio.h>
#include <string.h>

#define DEVICE(number) if ((number) < 0 || (number) >= device_count) return CUDA_ERROR_INVALID_DEVICE

API CUresult cuInit(unsigned flags)
{
    ENTER(NOTHING);
    return flags ? CUDA_ERROR_INVALID_VALUE : machine_start();
}

API CUresult cuDriverGetVersion(int *version)
{
    ENTER(NOTHING);
    *version = behaviour.driver;
    return CUDA_SUCCESS;
}

API CUresult cuDeviceGetCount(int *count)
{
    ENTER(STARTED);
    *count = device_count;
    return CUDA_SUCCESS;
}

API CUresult cuDeviceGet(CUdevice *device, int ordinal)
{
    ENTER(STARTED);
    DEVICE(ordinal);
    *device = ordinal;
    return CUDA_SUCCESS;
}

API CUresult cuDeviceGetName(char *name, int length, CUdevice device)
{
    ENTER(STARTED);
    DEVICE(device);
    snprintf(name, (size_t)length, "%s", devices[device].name);
    return CUDA_SUCCESS;
}

API CUresult cuDeviceGetUuid_v2(unsigned char *uuid, CUdevice device)
{
    ENTER(STARTED);
    DEVICE(device);
    memcpy(uuid, devices[device].uuid, 16);
    return CUDA_SUCCESS;
}

API CUresult cuDeviceGetPCIBusId(char *id, int length, CUdevice device)
{
    ENTER(STARTED);
    DEVICE(device);
    snprintf(id, (size_t)length, "%s", devices[device].pci);
    return CUDA_SUCCESS;
}

API CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice device)
{
    ENTER(STARTED);
    DEVICE(device);
    *bytes = devices[device].memory;
    return CUDA_SUCCESS;
}

/* Clocks and bus width are 0: there are none, and a peak computed from them would be a figure of nothing. */
API CUresult cuDeviceGetAttribute(int *value, int attribute, CUdevice device)
{
    ENTER(STARTED);
    DEVICE(device);
    switch (attribute) {
    case 1: *value = 1024; break;
    case 8: *value = 48 << 10; break;
    case 10: *value = 32; break;
    case 16: *value = (int)(behaviour.lie ? behaviour.lie : devices[device].sms); break;
    case 32: *value = 1; break;
    case 38: *value = 256 << 10; break;
    case 39: *value = 2048; break;
    case 40: *value = 1; break;
    case 41: *value = 1; break;
    case 75: *value = (int)devices[device].major; break;
    case 76: *value = (int)devices[device].minor; break;
    case 81: case 97: *value = 163 << 10; break;
    default: *value = 0;
    }
    return CUDA_SUCCESS;
}

API CUresult cuDevicePrimaryCtxSetFlags_v2(CUdevice device, unsigned flags)
{
    ENTER(STARTED);
    DEVICE(device);
    contexts[device].flags = flags;
    return CUDA_SUCCESS;
}

API CUresult cuDevicePrimaryCtxRetain(context_t **context, CUdevice device)
{
    ENTER(STARTED);
    DEVICE(device);
    __atomic_add_fetch(&contexts[device].holders, 1, __ATOMIC_SEQ_CST);
    *context = &contexts[device];
    return CUDA_SUCCESS;
}

API CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device)
{
    ENTER(STARTED);
    DEVICE(device);
    return __atomic_sub_fetch(&contexts[device].holders, 1, __ATOMIC_SEQ_CST) < 0 ? CUDA_ERROR_INVALID_CONTEXT : CUDA_SUCCESS;
}

API CUresult cuCtxSetCurrent(context_t *context)
{
    ENTER(STARTED);
    current = context && context->holders > 0 ? context : NULL;
    return context && !current ? CUDA_ERROR_INVALID_CONTEXT : CUDA_SUCCESS;
}

API CUresult cuCtxSynchronize(void)
{
    ENTER(CURRENT);
    streams_drain();
    return broken;
}
