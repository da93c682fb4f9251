/* A libcublasLt without a GPU behind it: products on the processor, in the order of the stream of the double of libcuda, whose memory is the
 * host's. Several algorithms are offered, which differ in nothing but what the file "cublas" in the folder that GPULAB_DOUBLE names says:
 *   version N           as cublasLtGetVersion gives it
 *   algorithms N        how many are offered; 0: none for any product
 *   wrong N             algorithm N, from 1, writes one wrong element
 *   refuse N            algorithm N is not supported when it is run
 *   slow N              algorithm N takes longer than the others
 *   status CALL CODE    every CALL fails */
#include <dlfcn.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define API __attribute__((visibility("default")))

enum { SUCCESS = 0, NOT_INITIALIZED = 1, INVALID_VALUE = 7, EXECUTION_FAILED = 13, NOT_SUPPORTED = 15 };
enum { R_32F = 0, R_16F = 2, R_8I = 3, R_32I = 10, R_16BF = 14, R_8F_E4M3 = 28, COMPUTE_32F = 68, COMPUTE_32I = 72, COMPUTE_TF32 = 77, MOST = 8 };

typedef struct { int compute, scale, transposed_a, transposed_b; } operation_t;
typedef struct { int type; uint64_t rows, columns; int64_t ld; } layout_t;
typedef struct { uint64_t workspace; } preference_t;
typedef struct { uint64_t data[8]; } algorithm_t;
typedef struct { algorithm_t algorithm; size_t workspace; int state; float waves; int reserved[4]; } result_t;

static struct { unsigned long version; int algorithms, wrong, refuse, slow, code; char call[64]; } behaviour;

static int behave(const char *call)
{
    char path[4096], line[160];
    memset(&behaviour, 0, sizeof behaviour);
    behaviour.version = 120804;
    behaviour.algorithms = 3;
    const char *folder = getenv("GPULAB_DOUBLE");
    if (!folder) return SUCCESS;
    snprintf(path, sizeof path, "%s/cublas", folder);
    FILE *file = fopen(path, "re");
    if (!file) return SUCCESS;
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "version %lu", &behaviour.version) == 1 || sscanf(line, "algorithms %d", &behaviour.algorithms) == 1 || sscanf(line, "wrong %d", &behaviour.wrong) == 1
            || sscanf(line, "refuse %d", &behaviour.refuse) == 1 || sscanf(line, "slow %d", &behaviour.slow) == 1) continue;
        sscanf(line, "status %63s %d", behaviour.call, &behaviour.code);
    }
    fclose(file);
    return strcmp(behaviour.call, call) ? SUCCESS : behaviour.code;
}

#define ENTER int entered = behave(__func__); if (entered) return entered

API size_t cublasLtGetVersion(void)
{
    behave("");
    return behaviour.version;
}

static int make(void **made, size_t bytes, const void *content)
{
    *made = malloc(bytes);
    memcpy(*made, content, bytes);
    return SUCCESS;
}

static int unmake(void *made)
{
    free(made);
    return SUCCESS;
}

API int cublasLtCreate(void **handle)
{
    ENTER;
    return make(handle, 1, "");
}

API int cublasLtDestroy(void *handle) { return unmake(handle); }

API int cublasLtMatmulDescCreate(void **description, int compute, int scale)
{
    ENTER;
    return make(description, sizeof(operation_t), &(operation_t){compute, scale, 0, 0});
}

API int cublasLtMatmulDescSetAttribute(operation_t *description, int attribute, const void *value, size_t bytes)
{
    ENTER;
    if (attribute == 3 && bytes == sizeof(int)) memcpy(&description->transposed_a, value, bytes);
    else if (attribute != 25 || bytes != 1) return INVALID_VALUE;
    return SUCCESS;
}

API int cublasLtMatmulDescDestroy(void *description) { return unmake(description); }

API int cublasLtMatrixLayoutCreate(void **layout, int type, uint64_t rows, uint64_t columns, int64_t ld)
{
    ENTER;
    return make(layout, sizeof(layout_t), &(layout_t){type, rows, columns, ld});
}

API int cublasLtMatrixLayoutDestroy(void *layout) { return unmake(layout); }

API int cublasLtMatmulPreferenceCreate(void **preference)
{
    ENTER;
    return make(preference, sizeof(preference_t), &(preference_t){0});
}

API int cublasLtMatmulPreferenceSetAttribute(preference_t *preference, int attribute, const void *value, size_t bytes)
{
    ENTER;
    if (attribute != 1 || bytes != sizeof preference->workspace) return INVALID_VALUE;
    memcpy(&preference->workspace, value, bytes);
    return SUCCESS;
}

API int cublasLtMatmulPreferenceDestroy(void *preference) { return unmake(preference); }

/* The combinations of NVIDIA's table that the product uses, with A transposed. */
static int supported(const operation_t *o, const layout_t *a, const layout_t *b, const layout_t *c, const layout_t *d)
{
    if (!o->transposed_a || o->transposed_b || a->type != b->type || c->type != d->type) return 0;
    if (a->rows != b->rows || a->columns != d->rows || b->columns != d->columns || a->ld < (int64_t)a->rows || d->ld < (int64_t)d->rows) return 0;
    switch (a->type) {
    case R_32F: return d->type == R_32F && o->scale == R_32F && (o->compute == COMPUTE_TF32 || o->compute == COMPUTE_32F);
    case R_16F: case R_16BF: return d->type == a->type && o->scale == R_32F && o->compute == COMPUTE_32F;
    case R_8F_E4M3: return d->type == R_16BF && o->scale == R_32F && o->compute == COMPUTE_32F && a->rows % 16 == 0;
    case R_8I: return d->type == R_32I && o->scale == R_32I && o->compute == COMPUTE_32I && a->rows % 4 == 0;
    default: return 0;
    }
}

API int cublasLtMatmulAlgoGetHeuristic(void *handle, const operation_t *o, const layout_t *a, const layout_t *b, const layout_t *c, const layout_t *d,
                                       const preference_t *preference, int wanted, result_t *results, int *found)
{
    ENTER;
    *found = 0;
    if (!handle || wanted <= 0) return INVALID_VALUE;
    if (!supported(o, a, b, c, d)) return NOT_SUPPORTED;
    for (int i = 0; i < behaviour.algorithms && i < wanted && i < MOST; i++) {
        memset(&results[i], 0, sizeof results[i]);
        results[i].algorithm.data[0] = 0x600D0000u + (unsigned)i + 1;
        results[i].workspace = preference->workspace < 4096 ? preference->workspace : 4096;
        *found = i + 1;
    }
    return *found ? SUCCESS : NOT_SUPPORTED;
}

static double number(const void *at, int type, uint64_t index)
{
    uint32_t bits;
    float value;
    _Float16 half;
    switch (type) {
    case R_32F: return ((const float *)at)[index];
    case R_16F:
        memcpy(&half, (const uint16_t *)at + index, 2);
        return (double)half;
    case R_16BF:
        bits = (uint32_t)((const uint16_t *)at)[index] << 16;
        memcpy(&value, &bits, 4);
        return value;
    case R_8I: return ((const int8_t *)at)[index];
    default: {
        unsigned b = ((const uint8_t *)at)[index], exponent = b >> 3 & 15, mantissa = b & 7;
        double size = exponent ? ldexp(8 + mantissa, (int)exponent - 10) : ldexp(mantissa, -9);
        return b & 128 ? -size : size;
    }
    }
}

static void store(void *at, int type, uint64_t index, double value)
{
    float single = (float)value;
    _Float16 half = (_Float16)single;
    uint32_t bits;
    memcpy(&bits, &single, 4);
    switch (type) {
    case R_32F: ((float *)at)[index] = single; break;
    case R_16F: memcpy((uint16_t *)at + index, &half, 2); break;
    case R_16BF: ((uint16_t *)at)[index] = (uint16_t)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16); break;
    default: ((int32_t *)at)[index] = (int32_t)value;
    }
}

typedef struct { const void *a, *b; void *d; layout_t la, lb, ld; int wrong; unsigned pause; } work_t;

static void multiply(void *argument)
{
    work_t *w = argument;
    for (uint64_t j = 0; j < w->ld.columns; j++)
        for (uint64_t i = 0; i < w->ld.rows; i++) {
            double sum = 0;
            for (uint64_t k = 0; k < w->la.rows; k++)
                sum += number(w->a, w->la.type, i * (uint64_t)w->la.ld + k) * number(w->b, w->lb.type, j * (uint64_t)w->lb.ld + k);
            if (w->wrong && i == 3 && j == 5) sum += 2;
            store(w->d, w->ld.type, j * (uint64_t)w->ld.ld + i, sum);
        }
    usleep(w->pause);
    free(w);
}

API int cublasLtMatmul(void *handle, const operation_t *o, const void *alpha, const void *a, const layout_t *la, const void *b, const layout_t *lb, const void *beta, const void *c,
                       const layout_t *lc, void *d, const layout_t *ld, const algorithm_t *algorithm, void *workspace, size_t workspace_bytes, void *stream)
{
    ENTER;
    int number_one = 1, number_zero = 0, chosen = algorithm ? (int)(algorithm->data[0] - 0x600D0000u) : 0;
    float one = 1, zero = 0;
    int whole = o->scale == R_32I;
    if (!handle || !a || !b || !d || !c || chosen < 1 || chosen > behaviour.algorithms || !workspace || workspace_bytes < 4096) return INVALID_VALUE;
    if (memcmp(alpha, whole ? (void *)&number_one : &one, 4) || memcmp(beta, whole ? (void *)&number_zero : &zero, 4)) return INVALID_VALUE;
    if (!supported(o, la, lb, lc, ld) || chosen == behaviour.refuse) return NOT_SUPPORTED;
    /* The one that the process has loaded, wherever it lies. */
    void *cuda = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD), *found = cuda ? dlsym(cuda, "cuLaunchHostFunc") : NULL;
    if (!found) return NOT_INITIALIZED;
    int (*launch)(void *, void (*)(void *), void *);
    memcpy(&launch, &found, sizeof launch);
    work_t *work = malloc(sizeof *work);
    *work = (work_t){a, b, d, *la, *lb, *ld, chosen == behaviour.wrong, chosen == behaviour.slow ? 5000 : 0};
    return launch(stream, multiply, work) ? EXECUTION_FAILED : SUCCESS;
}
