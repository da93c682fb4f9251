/* A libnvrtc whose compiler is clang 19, told to be NVRTC: the source sees __CUDACC_RTC__, and what NVRTC has built in comes from the header that
 * gives it to clang. So what is proven is that the text compiles as one, in that branch, and what becomes of its log. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define API __attribute__((visibility("default")))

enum { SUCCESS = 0, OUT_OF_MEMORY = 1, INVALID_PROGRAM = 4, INVALID_OPTION = 5, COMPILATION = 6 };

typedef struct { char *source, *name, *log, *ptx; } program_t;

static const int architectures[] = {80, 86, 89, 90};

/* The least PTX that has the instructions used, by target. */
static const struct { const char *target, *feature; } targets[] = {{"80", "+ptx74"}, {"86", "+ptx74"}, {"89", "+ptx84"}, {"90", "+ptx78"}, {"90a", "+ptx80"}};

API const char *nvrtcGetErrorString(int status)
{
    static const char *const names[] = {"NVRTC_SUCCESS", "NVRTC_ERROR_OUT_OF_MEMORY", "NVRTC_ERROR_PROGRAM_CREATION_FAILURE", "NVRTC_ERROR_INVALID_INPUT",
                                        "NVRTC_ERROR_INVALID_PROGRAM", "NVRTC_ERROR_INVALID_OPTION", "NVRTC_ERROR_COMPILATION"};
    return status >= 0 && status <= COMPILATION ? names[status] : "NVRTC_ERROR unknown";
}

API int nvrtcVersion(int *major, int *minor)
{
    *major = 12;
    *minor = 8;
    return SUCCESS;
}

API int nvrtcGetNumSupportedArchs(int *count)
{
    *count = (int)(sizeof architectures / sizeof *architectures);
    return SUCCESS;
}

API int nvrtcGetSupportedArchs(int *to)
{
    memcpy(to, architectures, sizeof architectures);
    return SUCCESS;
}

API int nvrtcCreateProgram(program_t **program, const char *source, const char *name, int headers, const char *const *texts, const char *const *names)
{
    (void)texts;
    (void)names;
    if (!source || headers) return INVALID_PROGRAM;
    *program = calloc(1, sizeof **program);
    (*program)->source = strdup(source);
    (*program)->name = strdup(name ? name : "default_program");
    return SUCCESS;
}

API int nvrtcDestroyProgram(program_t **program)
{
    if (!*program) return INVALID_PROGRAM;
    free((*program)->source);
    free((*program)->name);
    free((*program)->log);
    free((*program)->ptx);
    free(*program);
    *program = NULL;
    return SUCCESS;
}

static char *read_all(const char *folder, const char *name)
{
    char path[4200], *text = NULL;
    size_t size = 0;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "re"), *to = open_memstream(&text, &size);
    for (int c; file && (c = fgetc(file)) != EOF;) fputc(c, to);
    if (file) fclose(file);
    fclose(to);
    return text;
}

static void write_all(const char *folder, const char *name, const char *before, const char *text)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    if (!file) return;
    fprintf(file, "%s%s", before, text);
    fclose(file);
}

static int fails(program_t *program, int status, const char *log)
{
    program->log = strdup(log);
    return status;
}

API int nvrtcCompileProgram(program_t *program, int count, const char *const *options)
{
    char target[16] = "", folder[] = "/tmp/nvrtc-double-XXXXXX", command[8192];
    const char *feature = NULL;
    int standard = 0, contraction = 1;
    for (int i = 0; i < count; i++) {
        if (sscanf(options[i], "--gpu-architecture=compute_%15s", target) == 1) continue;
        if (!strcmp(options[i], "--std=c++17")) standard = 17;
        else if (!strcmp(options[i], "--fmad=false")) contraction = 0;
        else return fails(program, INVALID_OPTION, options[i]);
    }
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        if (!strcmp(targets[i].target, target)) feature = targets[i].feature;
    if (!feature) return fails(program, INVALID_OPTION, "nvrtc: error: invalid value for --gpu-architecture");
    if (standard != 17 || contraction) return fails(program, INVALID_OPTION, "nvrtc double: C++17 without contraction is expected");
    if (!mkdtemp(folder)) return OUT_OF_MEMORY;
    write_all(folder, "program.cu", "", program->source);
    write_all(folder, "built_in.cuh", "typedef unsigned int gl_u32;\ntypedef unsigned long long gl_u64;\n#include \"" KERNELS "/clang_cuda.cuh\"\n", "");
    snprintf(command, sizeof command,
             "cd %s && clang-19 -x cuda --cuda-device-only -S -nocudainc -nocudalib --cuda-gpu-arch=sm_%s --cuda-feature=%s -O3 -std=c++17 -ffp-contract=off "
             "-Wno-pass-failed -D__CUDACC_RTC__ -include built_in.cuh program.cu -o program.ptx 2>log",
             folder, target, feature);
    int ended = system(command);
    program->log = read_all(folder, "log");
    program->ptx = read_all(folder, "program.ptx");
    snprintf(command, sizeof command, "rm -r %s", folder);
    if (system(command)) fprintf(stderr, "nvrtc double: %s is left\n", folder);
    return ended ? COMPILATION : SUCCESS;
}

static int size_of(const char *text, size_t *bytes)
{
    *bytes = text ? strlen(text) + 1 : 1;
    return SUCCESS;
}

static int copy(const char *text, char *to)
{
    strcpy(to, text ? text : "");
    return SUCCESS;
}

API int nvrtcGetProgramLogSize(const program_t *program, size_t *bytes) { return size_of(program->log, bytes); }
API int nvrtcGetProgramLog(const program_t *program, char *log) { return copy(program->log, log); }
API int nvrtcGetPTXSize(const program_t *program, size_t *bytes) { return size_of(program->ptx, bytes); }
API int nvrtcGetPTX(const program_t *program, char *ptx) { return copy(program->ptx, ptx); }
