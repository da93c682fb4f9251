/* A libnvidia-ml.so.1 without a GPU behind it: what tests load in place of the driver's library.
 *
 * Everything lies in one folder, named by GPULAB_DOUBLE:
 *   gpus       what the GPUs are, written by the test (see config.c)
 *   settings   how the driver behaves, one word or "word value" a line, read at every call (see config.c)
 *   faults     calls that fail, one a line: CALL NTH CODE [always] [done]   (CALL may be *)
 *   kill       CALL NTH before|after: that call kills its process; the file goes away with it
 *   holders    processes that use a GPU, one a line: GPU PID [GI CI]
 *   state      what the driver remembers, mapped by all processes
 *   log        one line for each call, "pid call code", where the file exists
 */
#ifndef NVML_DOUBLE_H
#define NVML_DOUBLE_H

#include <stdint.h>

#define API __attribute__((visibility("default")))

enum {
    OK = 0, UNINITIALIZED = 1, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, NO_PERMISSION = 4, NOT_FOUND = 6, INSUFFICIENT_SIZE = 7,
    RESET_REQUIRED = 16, IN_USE = 19, INSUFFICIENT_RESOURCES = 23, ARGUMENT_VERSION_MISMATCH = 25
};

enum { MAX_GPUS = 8, MAX_PROFILES = 32, MAX_PLACES = 16, MAX_COMPUTE_PROFILES = 8, MAX_INSTANCES = 16, MAX_COMPUTES = 16, MAX_CALLS = 96 };

typedef struct { unsigned start, size; } place_t;

typedef struct {
    unsigned constant, id, slices, count, sms, place_count;
    place_t places[MAX_PLACES];
} compute_profile_t;

typedef struct {
    unsigned constant, id, slices, count, sms, copy, decode, encode, jpeg, ofa, media, place_count, compute_count;
    uint64_t memory_mib;
    char name[32];
    place_t places[MAX_PLACES];
    compute_profile_t computes[MAX_COMPUTE_PROFILES];
} profile_t;

/* Media engines a profile takes: none special, +me, +me.all, -me. */
enum { PLAIN, EXTENDED, ALL, NONE };

typedef struct {
    char key[64], name[96], uuid[96];
    uint64_t memory;
    unsigned pci, units, slices, architecture, reset, sms, profile_count;
    profile_t profiles[MAX_PROFILES];
} gpu_t;

typedef struct { unsigned id, profile, serial; place_t place; volatile unsigned used; } compute_t;
typedef struct { unsigned id, profile, serial; place_t place; compute_t computes[MAX_COMPUTES]; volatile unsigned used; } instance_t;
typedef struct { unsigned current, pending; instance_t instances[MAX_INSTANCES]; } gpu_state_t;

/* A process killed in the middle of a call leaves an instance wholly made or not at all: `used` is written last. */
typedef struct {
    unsigned ready, serial, total;
    struct { char name[72]; unsigned count; } calls[MAX_CALLS];
    gpu_state_t gpus[MAX_GPUS];
} state_t;

typedef struct { int no_permission, vgpu, changes_uuids, parent_from_compute, old; unsigned latency_us; } settings_t;

extern gpu_t gpus[MAX_GPUS];
extern unsigned gpu_count;
extern state_t *state;
extern settings_t settings;

int config_open(void);
int double_use(const char *folder);
void config_settings(const char *call);
void mig_uuid(unsigned gpu, const instance_t *instance, const compute_t *compute, char made[96]);
unsigned config_holders(unsigned gpu, int gi, int ci, unsigned *pids, unsigned most);

/* Begins a call: takes the lock, counts, and says what a planted fault says (or OK). */
typedef struct { const char *name; int fault, done, kill_after; } call_t;
call_t call_begin(const char *name);
int call_end(call_t *call, int status);
void calls_close(void);

/* The body of a call: CALL(x) { … } style would hide control flow, so each is written as begin, answer, end. */
#define ENTER(call) call_t call = call_begin(__func__); if (call.fault != OK && !call.done) return call_end(&call, call.fault)
#define LEAVE(call, status) return call_end(&call, status)

/* Handles are numbers, not pointers: kind, GPU, slots and the serial of what they mean, so that stale ones are noticed. */
void *handle_gpu(unsigned gpu);
void *handle_instance(unsigned gpu, unsigned slot);
void *handle_compute(unsigned gpu, unsigned slot, unsigned compute);
void *handle_mig(unsigned gpu, unsigned slot, unsigned compute);
int find_gpu(const void *handle, unsigned *gpu);
int find_instance(const void *handle, unsigned *gpu, instance_t **instance);
int find_compute(const void *handle, unsigned *gpu, instance_t **instance, compute_t **compute);
int find_mig(const void *handle, unsigned *gpu, instance_t **instance, compute_t **compute);
int is_mig(const void *handle);

#endif
