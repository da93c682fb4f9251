/* Memory of the device, accounted for; host memory, pinned or not; copies. */
#include "cuda_double.h"
#include <stdlib.h>
#include <string.h>

typedef struct block { struct block *next; char *start; size_t bytes; int device; } block_t;

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static block_t *on_device, *pinned, *registered;

static void keep(block_t **list, void *start, size_t bytes, int device)
{
    block_t *made = malloc(sizeof *made);
    pthread_mutex_lock(&gate);
    *made = (block_t){*list, start, bytes, device};
    *list = made;
    pthread_mutex_unlock(&gate);
}

static int take(block_t **list, const void *start, block_t *found)
{
    int hit = 0;
    pthread_mutex_lock(&gate);
    for (block_t **at = list; *at && !hit; at = hit ? at : &(*at)->next) {
        if ((*at)->start != start) continue;
        block_t *gone = *at;
        *found = *gone;
        *at = gone->next;
        free(gone);
        hit = 1;
    }
    pthread_mutex_unlock(&gate);
    return hit;
}

static int inside(const block_t *list, const void *start, size_t bytes)
{
    int hit = 0;
    pthread_mutex_lock(&gate);
    for (const block_t *b = list; b && !hit; b = b->next) hit = b->start <= (const char *)start && (const char *)start + bytes <= b->start + b->bytes;
    pthread_mutex_unlock(&gate);
    return hit;
}

int memory_is_pinned(const void *at) { return inside(pinned, at, 1) || inside(registered, at, 1); }

/* Random bytes stand where a GPU leaves what was there before. */
static void poison(unsigned char *at, size_t bytes)
{
    for (size_t i = 0; i < bytes && i < 65536; i++) at[i] = (unsigned char)(i * 167 + 13);
}

/* For tests: what has not been freed. */
API uint64_t double_used(void)
{
    uint64_t used = 0;
    for (int i = 0; i < device_count; i++) used += devices[i].used;
    return used;
}

API CUresult cuMemGetInfo_v2(size_t *free_bytes, size_t *total)
{
    ENTER(CURRENT);
    device_t *device = &devices[current->device];
    *total = device->memory;
    *free_bytes = device->memory - device->used;
    return CUDA_SUCCESS;
}

API CUresult cuMemAlloc_v2(CUdeviceptr *memory, size_t bytes)
{
    ENTER(CURRENT);
    if (!bytes) return CUDA_ERROR_INVALID_VALUE;
    device_t *device = &devices[current->device];
    pthread_mutex_lock(&gate);
    int fits = bytes <= device->memory - device->used;
    if (fits) device->used += bytes;
    pthread_mutex_unlock(&gate);
    if (!fits) return CUDA_ERROR_OUT_OF_MEMORY;
    void *made = aligned_alloc(512, (bytes + 511) / 512 * 512);
    if (!made) return CUDA_ERROR_OUT_OF_MEMORY;
    poison(made, bytes);
    keep(&on_device, made, bytes, current->device);
    *memory = (CUdeviceptr)(uintptr_t)made;
    return CUDA_SUCCESS;
}

API CUresult cuMemFree_v2(CUdeviceptr memory)
{
    ENTER(CURRENT);
    block_t block;
    if (!take(&on_device, (void *)(uintptr_t)memory, &block)) return CUDA_ERROR_INVALID_VALUE;
    streams_drain();
    pthread_mutex_lock(&gate);
    devices[block.device].used -= block.bytes;
    pthread_mutex_unlock(&gate);
    free(block.start);
    return CUDA_SUCCESS;
}

API CUresult cuMemHostAlloc(void **memory, size_t bytes, unsigned flags)
{
    (void)flags;
    ENTER(CURRENT);
    *memory = bytes ? aligned_alloc(4096, (bytes + 4095) / 4096 * 4096) : NULL;
    if (!*memory) return bytes ? CUDA_ERROR_OUT_OF_MEMORY : CUDA_ERROR_INVALID_VALUE;
    keep(&pinned, *memory, bytes, 0);
    return CUDA_SUCCESS;
}

API CUresult cuMemFreeHost(void *memory)
{
    ENTER(CURRENT);
    block_t block;
    if (!take(&pinned, memory, &block)) return CUDA_ERROR_INVALID_VALUE;
    streams_drain();
    free(memory);
    return CUDA_SUCCESS;
}

API CUresult cuMemHostRegister_v2(void *memory, size_t bytes, unsigned flags)
{
    (void)flags;
    ENTER(CURRENT);
    if (!memory || !bytes) return CUDA_ERROR_INVALID_VALUE;
    if (memory_is_pinned(memory)) return CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
    keep(&registered, memory, bytes, 0);
    return CUDA_SUCCESS;
}

API CUresult cuMemHostUnregister(void *memory)
{
    ENTER(CURRENT);
    block_t block;
    return take(&registered, memory, &block) ? CUDA_SUCCESS : CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED;
}

API CUresult cuMemHostGetDevicePointer_v2(CUdeviceptr *device, void *host, unsigned flags)
{
    ENTER(CURRENT);
    if (flags || !memory_is_pinned(host)) return CUDA_ERROR_INVALID_VALUE;
    *device = (CUdeviceptr)(uintptr_t)host;
    return CUDA_SUCCESS;
}

/* A copy from or to memory that is not pinned has happened when the call returns, as on a GPU. */
static CUresult copy(void *to, const void *from, size_t bytes, const void *host, stream_t *stream)
{
    operation_t *made = operation_new(COPY, 0);
    made->to = to;
    made->from = from;
    made->bytes = bytes;
    stream_t *on = stream_of(stream);
    CUresult status = stream_push(on, made);
    if (status == CUDA_SUCCESS && host && !memory_is_pinned(host)) stream_drain(on);
    return status;
}

static void *at(CUdeviceptr memory) { return (void *)(uintptr_t)memory; }

API CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t bytes, stream_t *stream)
{
    ENTER(CURRENT);
    return inside(on_device, at(to), bytes) ? copy(at(to), from, bytes, from, stream) : CUDA_ERROR_INVALID_VALUE;
}

API CUresult cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes, stream_t *stream)
{
    ENTER(CURRENT);
    return inside(on_device, at(from), bytes) ? copy(to, at(from), bytes, to, stream) : CUDA_ERROR_INVALID_VALUE;
}

API CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, stream_t *stream)
{
    ENTER(CURRENT);
    return inside(on_device, at(to), bytes) && inside(on_device, at(from), bytes) ? copy(at(to), at(from), bytes, NULL, stream) : CUDA_ERROR_INVALID_VALUE;
}

API CUresult cuMemsetD8Async(CUdeviceptr memory, unsigned char value, size_t bytes, stream_t *stream)
{
    ENTER(CURRENT);
    if (!inside(on_device, at(memory), bytes)) return CUDA_ERROR_INVALID_VALUE;
    operation_t *made = operation_new(SET, 0);
    made->to = at(memory);
    made->byte = value;
    made->bytes = bytes;
    return stream_push(stream_of(stream), made);
}
