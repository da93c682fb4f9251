/* Modules: the PTX that ships is read for its header and its entries, whose parameters must be those of the host build. */
#define _GNU_SOURCE
#include "cuda_double.h"
#include <ctype.h>
#include <dlfcn.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_PARAMETERS = 64, MAX_THREADS = 1024, SHARED_MOST = 163 << 10, SHARED_PLAIN = 48 << 10 };

/* As the host build of the kernels declares it (tests/native/kernels). */
typedef struct {
    unsigned grid[3], block[3], shared;
    void **params;
    unsigned sms, order, first_block, block_step;
} launch_t;

struct function {
    char name[128];
    unsigned count, sizes[MAX_PARAMETERS], launches;
    int shared_most;
    void (*run)(const launch_t *);
    struct function *next;
};

typedef struct { function_t *functions; } module_t;

/* The CUDA release that a PTX version came with. */
static const struct { int ptx, driver; } releases[] = {
    {70, 11000}, {71, 11010}, {72, 11020}, {73, 11030}, {74, 11040}, {75, 11050}, {76, 11060}, {77, 11070}, {78, 11080}, {80, 12000}, {81, 12010},
    {82, 12020}, {83, 12030}, {84, 12040}, {85, 12050}, {86, 12070}, {87, 12080}, {88, 12090}, {90, 13000}
};

static void *kernels(void)
{
    static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    static void *library;
    pthread_mutex_lock(&gate);
    if (!library && behaviour.kernels[0]) {
        library = dlopen(behaviour.kernels, RTLD_NOW | RTLD_LOCAL);
        void *ahead = library ? dlsym(library, "gl_host_timer_ahead") : NULL;
        if (!library) fprintf(stderr, "cuda double: %s\n", dlerror());
        if (ahead) {
            void (*set)(uint64_t);
            memcpy(&set, &ahead, sizeof set);
            set(behaviour.ahead_ns * (uint64_t)getpid());
        }
    }
    pthread_mutex_unlock(&gate);
    return library;
}

static const char *word(const char *at, const char *wanted)
{
    const char *found = strstr(at, wanted);
    return found ? found + strlen(wanted) : NULL;
}

/* Bytes of a parameter as written after ".param": ".u64 name", ".align 4 .b8 name[12]". */
static unsigned parameter_size(const char *text, const char *end)
{
    const char *open = memchr(text, '[', (size_t)(end - text)), *type = NULL;
    for (const char *p = text; p < end; p++)
        if (*p == '.' && p[1] != 'a' && p[1] != 'p') type = p;
    if (!type) return 0;
    unsigned bits = (unsigned)atoi(type + (type[1] == 'p' ? 0 : 2)), one = bits ? bits / 8 : 1;
    return open ? one * (unsigned)atoi(open + 1) : one;
}

static int read_parameters(function_t *function, const char *open, const char *close)
{
    for (const char *at = open; (at = word(at, ".param")) && at < close;) {
        const char *end = at;
        while (end < close && *end != ',') end++;
        if (function->count == MAX_PARAMETERS || !(function->sizes[function->count] = parameter_size(at, end))) return 0;
        function->count++;
        at = end;
    }
    return 1;
}

static void free_functions(function_t *function)
{
    while (function) {
        function_t *next = function->next;
        free(function);
        function = next;
    }
}

static CUresult parse(const char *ptx, module_t *module, char *said, size_t room)
{
    const device_t *device = &devices[current->device];
    const char *version = word(ptx, ".version "), *target = word(ptx, ".target sm_");
    int major, minor, sm, needs = 0, has = (int)(device->major * 10 + device->minor);
    if (!version || !target || !strstr(ptx, ".address_size 64") || sscanf(version, "%d.%d", &major, &minor) != 2 || sscanf(target, "%d", &sm) != 1) {
        snprintf(said, room, "cuda double: this is not PTX for 64 bits");
        return CUDA_ERROR_INVALID_PTX;
    }
    for (size_t i = 0; i < sizeof releases / sizeof *releases; i++)
        if (releases[i].ptx == major * 10 + minor) needs = releases[i].driver;
    if (!needs || needs > behaviour.driver) {
        snprintf(said, room, "cuda double: PTX %d.%d is newer than the driver (%d)", major, minor, behaviour.driver);
        return CUDA_ERROR_UNSUPPORTED_PTX_VERSION;
    }
    const char *suffix = target;
    while (isdigit((unsigned char)*suffix)) suffix++;
    if (sm > has || (*suffix == 'a' && sm != has)) {
        snprintf(said, room, "cuda double: the module is for sm_%d%s, the device is sm_%d", sm, *suffix == 'a' ? "a" : "", has);
        return CUDA_ERROR_NO_BINARY_FOR_GPU;
    }
    for (const char *at = ptx; (at = word(at, ".entry "));) {
        function_t *function = calloc(1, sizeof *function);
        function->shared_most = SHARED_PLAIN;
        function->next = module->functions;
        module->functions = function;
        size_t length = strcspn(at, " (\n\t");
        const char *open = strchr(at, '('), *close = open ? strchr(open, ')') : NULL;
        if (length >= sizeof function->name || !close || !read_parameters(function, open, close)) {
            snprintf(said, room, "cuda double: the parameters of %.*s cannot be read", (int)(length < 120 ? length : 120), at);
            return CUDA_ERROR_INVALID_PTX;
        }
        memcpy(function->name, at, length);
        at = close;
    }
    return CUDA_SUCCESS;
}

enum { ERROR_LOG = 5, ERROR_LOG_SIZE = 6 };

API CUresult cuModuleLoadDataEx(module_t **module, const void *image, unsigned count, const int *options, void **values)
{
    ENTER(CURRENT);
    char none[1], *said = none;
    size_t room = 0;
    for (unsigned i = 0; i < count; i++) {
        if (options[i] == ERROR_LOG) said = values[i];
        if (options[i] == ERROR_LOG_SIZE) room = (size_t)values[i];
    }
    module_t *made = calloc(1, sizeof *made);
    CUresult status = parse(image, made, said, room);
    if (status == CUDA_SUCCESS) {
        *module = made;
        return status;
    }
    free_functions(made->functions);
    free(made);
    return status;
}

API CUresult cuModuleUnload(module_t *module)
{
    ENTER(CURRENT);
    if (!module) return CUDA_ERROR_INVALID_HANDLE;
    streams_drain();
    free_functions(module->functions);
    free(module);
    return CUDA_SUCCESS;
}

/* A difference between what the PTX takes and what its source takes would be a stale PTX. */
static CUresult bind(function_t *function)
{
    char name[160];
    unsigned sizes[MAX_PARAMETERS];
    void *library = kernels();
    if (!library) return CUDA_ERROR_NOT_FOUND;
    snprintf(name, sizeof name, "gl_host_%s", function->name);
    void *run = dlsym(library, name);
    snprintf(name, sizeof name, "gl_sizes_%s", function->name);
    void *describe = dlsym(library, name);
    if (!run || !describe) {
        fprintf(stderr, "cuda double: the host build has no %s\n", function->name);
        return CUDA_ERROR_NOT_FOUND;
    }
    int (*get)(unsigned *);
    memcpy(&get, &describe, sizeof get);
    if ((unsigned)get(sizes) != function->count || memcmp(sizes, function->sizes, function->count * sizeof *sizes)) {
        fprintf(stderr, "cuda double: %s: the PTX and the host build take different parameters\n", function->name);
        return CUDA_ERROR_INVALID_PTX;
    }
    memcpy(&function->run, &run, sizeof function->run);
    return CUDA_SUCCESS;
}

API CUresult cuModuleGetFunction(function_t **function, module_t *module, const char *name)
{
    ENTER(CURRENT);
    for (function_t *f = module ? module->functions : NULL; f; f = f->next) {
        if (strcmp(f->name, name)) continue;
        CUresult status = f->run ? CUDA_SUCCESS : bind(f);
        if (status == CUDA_SUCCESS) *function = f;
        return status;
    }
    return CUDA_ERROR_NOT_FOUND;
}

/* Registers and spills are 0: nothing was compiled for a GPU. */
API CUresult cuFuncGetAttribute(int *value, int attribute, const function_t *function)
{
    ENTER(CURRENT);
    if (!function) return CUDA_ERROR_INVALID_HANDLE;
    *value = attribute == 0 ? MAX_THREADS : attribute == 8 ? function->shared_most : 0;
    return CUDA_SUCCESS;
}

API CUresult cuFuncSetAttribute(function_t *function, int attribute, int value)
{
    ENTER(CURRENT);
    if (!function) return CUDA_ERROR_INVALID_HANDLE;
    if (attribute != 8 || value < 0 || value > SHARED_MOST) return CUDA_ERROR_INVALID_VALUE;
    function->shared_most = value;
    return CUDA_SUCCESS;
}

API CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, const function_t *function, int threads, size_t shared)
{
    ENTER(CURRENT);
    if (!function || threads <= 0) return CUDA_ERROR_INVALID_VALUE;
    int by_threads = 2048 / threads, by_shared = shared ? (int)(SHARED_MOST / shared) : 32;
    *blocks = threads > MAX_THREADS ? 0 : by_threads < by_shared ? by_threads : by_shared;
    return CUDA_SUCCESS;
}

API CUresult cuLaunchKernel(function_t *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared,
                            stream_t *stream, void **parameters, void **extra)
{
    ENTER(CURRENT);
    if (!function || !function->run) return CUDA_ERROR_INVALID_HANDLE;
    if (extra || !gx || !gy || !gz || !bx || !by || !bz || (uint64_t)bx * by * bz > MAX_THREADS) return CUDA_ERROR_INVALID_VALUE;
    if (shared > (unsigned)function->shared_most) return CUDA_ERROR_INVALID_VALUE;
    size_t bytes = function->count * sizeof(void *);
    for (unsigned i = 0; i < function->count; i++) bytes += (function->sizes[i] + 15) / 16 * 16;
    operation_t *made = operation_new(KERNEL, bytes + 16);
    unsigned char *to = made->arguments;
    for (unsigned i = 0; i < function->count; i++) {
        memcpy(to, parameters[i], function->sizes[i]);
        to += (function->sizes[i] + 15) / 16 * 16;
    }
    made->function = function;
    unsigned grid[] = {gx, gy, gz}, block[] = {bx, by, bz};
    memcpy(made->grid, grid, sizeof grid);
    memcpy(made->block, block, sizeof block);
    made->shared = shared;
    made->byte = current->device;
    return stream_push(stream_of(stream), made);
}

void function_run(const operation_t *operation)
{
    function_t *function = (function_t *)operation->function;
    unsigned nth = ++function->launches;
    for (unsigned i = 0; i < behaviour.fail_count; i++) {
        const kernel_fault_t *fail = &behaviour.fails[i];
        if (fail->nth != nth || strcmp(fail->kernel, function->name)) continue;
        while (!fail->code) pause();
        if (fail->code == DIES) kill(getpid(), SIGKILL);
        broken = fail->code;
        return;
    }
    void *pointers[MAX_PARAMETERS];
    unsigned char *from = operation->arguments;
    for (unsigned i = 0; i < function->count; i++) {
        pointers[i] = from;
        from += (function->sizes[i] + 15) / 16 * 16;
    }
    launch_t launch = {.shared = operation->shared, .params = pointers, .sms = devices[operation->byte].sms, .order = behaviour.order, .block_step = 1};
    memcpy(launch.grid, operation->grid, sizeof launch.grid);
    memcpy(launch.block, operation->block, sizeof launch.block);
    function->run(&launch);
}
