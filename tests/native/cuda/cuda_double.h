/* A libcuda.so.1 without a GPU behind it: what tests load in place of the driver's library. Memory of the device is memory of
 * the host, a stream is a thread, and kernels are the host build of the shipped sources (tests/native/kernels), so every time that
 * is measured through it is what this machine's processor took.
 *
 * It shows the GPUs and MIG devices of the folder that GPULAB_DOUBLE names, which the double of libnvidia-ml keeps (tests/native/nvml).
 * In that folder:
 *   cuda         how it behaves, read once in each process (see machine.c)
 *   cuda-faults  calls that fail, one a line: CALL NTH CODE [always]. NTH counts in each process; without "always" it strikes once
 *                in all processes together, and leaves cuda-fault-LINE behind. CALL may be *
 *   cuda-log     one line for each call, "pid call", where the file exists; a planted fault adds its code
 */
#ifndef CUDA_DOUBLE_H
#define CUDA_DOUBLE_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#define API __attribute__((visibility("default")))

typedef int CUresult;
typedef int CUdevice;
typedef uint64_t CUdeviceptr;

enum {
    CUDA_SUCCESS = 0, CUDA_ERROR_INVALID_VALUE = 1, CUDA_ERROR_OUT_OF_MEMORY = 2, CUDA_ERROR_NOT_INITIALIZED = 3, CUDA_ERROR_NO_DEVICE = 100,
    CUDA_ERROR_INVALID_DEVICE = 101, CUDA_ERROR_INVALID_CONTEXT = 201, CUDA_ERROR_NO_BINARY_FOR_GPU = 209, CUDA_ERROR_INVALID_PTX = 218,
    CUDA_ERROR_UNSUPPORTED_PTX_VERSION = 222, CUDA_ERROR_INVALID_HANDLE = 400, CUDA_ERROR_NOT_FOUND = 500, CUDA_ERROR_NOT_READY = 600,
    CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES = 701, CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED = 712, CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED = 713,
    CUDA_ERROR_LAUNCH_FAILED = 719, CUDA_ERROR_NOT_SUPPORTED = 801, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED = 900
};

/* ---- calls.c: what happens before every call ---- */

typedef struct { const char *name; unsigned count, start; } site_t;

/* A planted status, the status that the context has been left in by a kernel that failed, or success. */
CUresult call_enter(site_t *site, int needs);

void calls_restart(void);

/* What a call needs to have happened before. */
enum { NOTHING, STARTED, CURRENT };

#define ENTER(needs) static site_t site = {__func__, 0, 0}; CUresult entered = call_enter(&site, needs); if (entered) return entered

/* ---- machine.c: what there is ---- */

enum { MAX_DEVICES = 64, MAX_PATTERNS = 8 };

typedef struct {
    char name[128], pci[32];
    unsigned char uuid[16];
    unsigned sms, major, minor;
    uint64_t memory, used;
} device_t;

/* A code of 0: it never ends. */
enum { DIES = -1 };
typedef struct { char kernel[64]; unsigned nth; int code; } kernel_fault_t;

typedef struct {
    int driver, faults;
    unsigned order, step_ns;
    uint64_t memory, ahead_ns;
    char kernels[4096];
    kernel_fault_t fails[MAX_PATTERNS];
    unsigned fail_count, lie;
} behaviour_t;

extern device_t devices[MAX_DEVICES];
extern int device_count;
extern behaviour_t behaviour;

void machine_read_behaviour(void);
CUresult machine_start(void);
extern int machine_started;

typedef struct { int device, holders; unsigned flags; } context_t;
extern context_t contexts[MAX_DEVICES];
extern __thread context_t *current;

/* Left behind by a kernel that failed: every later call says it. */
extern volatile CUresult broken;

/* ---- streams.c ---- */

typedef struct stream stream_t;
typedef struct event event_t;
typedef struct function function_t;

enum operation { COPY, SET, KERNEL, HOST, RECORD, WAIT, END };

/* What a stream does next. A kernel's arguments are copied when it is launched. */
typedef struct operation_t {
    struct operation_t *next;
    enum operation kind;
    void *to;
    const void *from;
    size_t bytes;
    int byte;
    event_t *event;
    uint64_t generation;
    const function_t *function;
    void (*host)(void *);
    unsigned grid[3], block[3], shared;
    size_t argument_bytes;
    unsigned char *arguments;
} operation_t;

stream_t *stream_of(stream_t *named);
/* Queues an operation, or adds it to the graph that the stream is capturing. */
CUresult stream_push(stream_t *stream, operation_t *operation);
void stream_drain(stream_t *stream);
void streams_drain(void);
void streams_end(void);
operation_t *operation_new(enum operation kind, size_t argument_bytes);
operation_t *operation_copy(const operation_t *operation);
void operation_free(operation_t *operation);

/* ---- modules.c ---- */

/* Runs a kernel on the calling thread. */
void function_run(const operation_t *operation);

/* ---- memory.c ---- */

int memory_is_pinned(const void *at);

#endif
