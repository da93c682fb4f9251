/* Streams as threads with queues, and events. */
#include "cuda_double.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct stream {
    pthread_mutex_t gate;
    pthread_cond_t more, less;
    operation_t *first, *last;
    uint64_t queued, done;
    /* While the stream is captured: what it would have done. */
    int capturing, ended;
    operation_t *captured, *captured_last;
    struct stream *next;
};

struct event {
    pthread_mutex_t gate;
    pthread_cond_t passed;
    uint64_t recorded, done;
    int64_t time;
};

static pthread_mutex_t all_gate = PTHREAD_MUTEX_INITIALIZER;
static stream_t *all, *null_stream;

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    int64_t ns = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
    return behaviour.step_ns ? ns / behaviour.step_ns * behaviour.step_ns : ns;
}

operation_t *operation_new(enum operation kind, size_t argument_bytes)
{
    operation_t *made = calloc(1, sizeof *made + argument_bytes);
    made->kind = kind;
    made->argument_bytes = argument_bytes;
    made->arguments = (unsigned char *)(made + 1);
    return made;
}

operation_t *operation_copy(const operation_t *operation)
{
    operation_t *made = malloc(sizeof *made + operation->argument_bytes);
    memcpy(made, operation, sizeof *made + operation->argument_bytes);
    made->arguments = (unsigned char *)(made + 1);
    return made;
}

void operation_free(operation_t *operation) { free(operation); }

static void record(event_t *event, uint64_t generation)
{
    pthread_mutex_lock(&event->gate);
    event->time = now();
    event->done = generation;
    pthread_cond_broadcast(&event->passed);
    pthread_mutex_unlock(&event->gate);
}

static void await(event_t *event, uint64_t generation)
{
    pthread_mutex_lock(&event->gate);
    while (event->done < generation) pthread_cond_wait(&event->passed, &event->gate);
    pthread_mutex_unlock(&event->gate);
}

/* After a kernel has failed nothing else is carried out, but everything comes to its end. */
static void carry_out(const operation_t *o)
{
    switch (o->kind) {
    case COPY: if (!broken) memmove(o->to, o->from, o->bytes); break;
    case SET: if (!broken) memset(o->to, o->byte, o->bytes); break;
    case KERNEL: if (!broken) function_run(o); break;
    case HOST: if (!broken) o->host(o->to); break;
    case RECORD: record(o->event, o->generation); break;
    case WAIT: await(o->event, o->generation); break;
    case END: break;
    }
}

static void unlink_stream(stream_t *stream)
{
    pthread_mutex_lock(&all_gate);
    for (stream_t **at = &all; *at; at = &(*at)->next) {
        if (*at != stream) continue;
        *at = stream->next;
        break;
    }
    pthread_mutex_unlock(&all_gate);
}

static void *work(void *argument)
{
    stream_t *stream = argument;
    for (;;) {
        pthread_mutex_lock(&stream->gate);
        while (!stream->first) pthread_cond_wait(&stream->more, &stream->gate);
        operation_t *o = stream->first;
        stream->first = o->next;
        if (!stream->first) stream->last = NULL;
        pthread_mutex_unlock(&stream->gate);
        int end = o->kind == END;
        /* Not before: what frees memory waits for all streams, those too that are to be destroyed. */
        if (end) unlink_stream(stream);
        carry_out(o);
        operation_free(o);
        pthread_mutex_lock(&stream->gate);
        stream->done++;
        pthread_cond_broadcast(&stream->less);
        pthread_mutex_unlock(&stream->gate);
        if (end) return NULL;
    }
}

static stream_t *stream_new(void)
{
    stream_t *made = calloc(1, sizeof *made);
    pthread_t thread;
    pthread_mutex_init(&made->gate, NULL);
    pthread_cond_init(&made->more, NULL);
    pthread_cond_init(&made->less, NULL);
    pthread_mutex_lock(&all_gate);
    made->next = all;
    all = made;
    pthread_mutex_unlock(&all_gate);
    pthread_create(&thread, NULL, work, made);
    pthread_detach(thread);
    return made;
}

stream_t *stream_of(stream_t *named)
{
    if (named) return named;
    pthread_mutex_lock(&all_gate);
    stream_t *found = null_stream;
    pthread_mutex_unlock(&all_gate);
    if (found) return found;
    stream_t *made = stream_new();
    null_stream = made;
    return made;
}

CUresult stream_push(stream_t *stream, operation_t *operation)
{
    pthread_mutex_lock(&stream->gate);
    if (stream->ended) {
        pthread_mutex_unlock(&stream->gate);
        operation_free(operation);
        return CUDA_ERROR_INVALID_HANDLE;
    }
    if (operation->kind == END) {
        stream->ended = 1;
        stream->capturing = 0;
    }
    if (stream->capturing) {
        if (stream->captured_last) stream->captured_last->next = operation;
        else stream->captured = operation;
        stream->captured_last = operation;
        pthread_mutex_unlock(&stream->gate);
        return CUDA_SUCCESS;
    }
    if (stream->last) stream->last->next = operation;
    else stream->first = operation;
    stream->last = operation;
    stream->queued++;
    pthread_cond_signal(&stream->more);
    pthread_mutex_unlock(&stream->gate);
    return CUDA_SUCCESS;
}

void stream_drain(stream_t *stream)
{
    pthread_mutex_lock(&stream->gate);
    uint64_t until = stream->queued;
    while (stream->done < until) pthread_cond_wait(&stream->less, &stream->gate);
    pthread_mutex_unlock(&stream->gate);
}

void streams_drain(void)
{
    stream_t *found[256];
    int count = 0;
    pthread_mutex_lock(&all_gate);
    for (stream_t *s = all; s && count < 256; s = s->next) found[count++] = s;
    pthread_mutex_unlock(&all_gate);
    for (int i = 0; i < count; i++) stream_drain(found[i]);
}

/* Threads of streams that nobody destroyed, or that could not be, end: they hold the stacks of a block each. */
void streams_end(void)
{
    stream_t *found[256];
    int count = 0;
    pthread_mutex_lock(&all_gate);
    for (stream_t *s = all; s && count < 256; s = s->next) found[count++] = s;
    null_stream = NULL;
    pthread_mutex_unlock(&all_gate);
    for (int i = 0; i < count; i++) stream_push(found[i], operation_new(END, 0));
}

API CUresult cuStreamCreate(stream_t **stream, unsigned flags)
{
    (void)flags;
    ENTER(CURRENT);
    *stream = stream_new();
    return CUDA_SUCCESS;
}

/* What is queued is still done. The memory stays: a call that comes too late must find a dead stream, not another one. */
API CUresult cuStreamDestroy_v2(stream_t *stream)
{
    ENTER(CURRENT);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    return stream_push(stream, operation_new(END, 0));
}

API CUresult cuStreamSynchronize(stream_t *stream)
{
    ENTER(CURRENT);
    stream = stream_of(stream);
    if (stream->capturing) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    stream_drain(stream);
    return broken;
}

API CUresult cuStreamQuery(stream_t *stream)
{
    ENTER(CURRENT);
    stream = stream_of(stream);
    pthread_mutex_lock(&stream->gate);
    int idle = stream->done == stream->queued;
    pthread_mutex_unlock(&stream->gate);
    return broken ? broken : idle ? CUDA_SUCCESS : CUDA_ERROR_NOT_READY;
}

API CUresult cuStreamWaitEvent(stream_t *stream, event_t *event, unsigned flags)
{
    (void)flags;
    ENTER(CURRENT);
    if (!event) return CUDA_ERROR_INVALID_HANDLE;
    operation_t *made = operation_new(WAIT, 0);
    made->event = event;
    pthread_mutex_lock(&event->gate);
    made->generation = event->recorded;
    pthread_mutex_unlock(&event->gate);
    return stream_push(stream_of(stream), made);
}

/* What libraries above the driver queue. */
API CUresult cuLaunchHostFunc(stream_t *stream, void (*host)(void *), void *argument)
{
    ENTER(CURRENT);
    operation_t *made = operation_new(HOST, 0);
    made->host = host;
    made->to = argument;
    return stream_push(stream_of(stream), made);
}

API CUresult cuEventCreate(event_t **event, unsigned flags)
{
    (void)flags;
    ENTER(CURRENT);
    event_t *made = calloc(1, sizeof *made);
    pthread_mutex_init(&made->gate, NULL);
    pthread_cond_init(&made->passed, NULL);
    *event = made;
    return CUDA_SUCCESS;
}

API CUresult cuEventDestroy_v2(event_t *event)
{
    ENTER(CURRENT);
    if (!event) return CUDA_ERROR_INVALID_HANDLE;
    await(event, event->recorded);
    free(event);
    return CUDA_SUCCESS;
}

API CUresult cuEventRecord(event_t *event, stream_t *stream)
{
    ENTER(CURRENT);
    if (!event) return CUDA_ERROR_INVALID_HANDLE;
    operation_t *made = operation_new(RECORD, 0);
    made->event = event;
    pthread_mutex_lock(&event->gate);
    made->generation = ++event->recorded;
    pthread_mutex_unlock(&event->gate);
    return stream_push(stream_of(stream), made);
}

API CUresult cuEventSynchronize(event_t *event)
{
    ENTER(CURRENT);
    if (!event) return CUDA_ERROR_INVALID_HANDLE;
    await(event, event->recorded);
    return broken;
}

API CUresult cuEventQuery(event_t *event)
{
    ENTER(CURRENT);
    if (!event) return CUDA_ERROR_INVALID_HANDLE;
    pthread_mutex_lock(&event->gate);
    int passed = event->done == event->recorded;
    pthread_mutex_unlock(&event->gate);
    return broken ? broken : passed ? CUDA_SUCCESS : CUDA_ERROR_NOT_READY;
}

API CUresult cuEventElapsedTime(float *milliseconds, event_t *start, event_t *end)
{
    ENTER(CURRENT);
    if (!start || !end || !start->recorded || !end->recorded) return CUDA_ERROR_INVALID_HANDLE;
    if (start->done < start->recorded || end->done < end->recorded) return CUDA_ERROR_NOT_READY;
    *milliseconds = (float)((double)(end->time - start->time) / 1e6);
    return CUDA_SUCCESS;
}

/* ---- graphs: what a stream was captured to do, once more ---- */

API CUresult cuStreamBeginCapture_v2(stream_t *stream, int mode)
{
    (void)mode;
    ENTER(CURRENT);
    if (!stream) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    stream->capturing = 1;
    stream->captured = stream->captured_last = NULL;
    return CUDA_SUCCESS;
}

API CUresult cuStreamEndCapture(stream_t *stream, operation_t **graph)
{
    ENTER(CURRENT);
    if (!stream || !stream->capturing) return CUDA_ERROR_INVALID_VALUE;
    stream->capturing = 0;
    /* A graph needs an address even where it is empty. */
    *graph = operation_new(END, 0);
    (*graph)->next = stream->captured;
    return CUDA_SUCCESS;
}

#ifndef OLD_DRIVER
API CUresult cuGraphInstantiateWithFlags(operation_t **executable, const operation_t *graph, unsigned long long flags)
{
    (void)flags;
    ENTER(CURRENT);
    operation_t *first = operation_copy(graph), *last = first;
    for (const operation_t *o = graph->next; o; o = o->next) last = last->next = operation_copy(o);
    last->next = NULL;
    *executable = first;
    return CUDA_SUCCESS;
}
#endif

API CUresult cuGraphLaunch(const operation_t *executable, stream_t *stream)
{
    ENTER(CURRENT);
    if (!executable) return CUDA_ERROR_INVALID_HANDLE;
    stream_t *on = stream_of(stream);
    for (const operation_t *o = executable->next; o; o = o->next) {
        operation_t *made = operation_copy(o);
        made->next = NULL;
        stream_push(on, made);
    }
    return CUDA_SUCCESS;
}

static CUresult destroy(operation_t *first)
{
    while (first) {
        operation_t *next = first->next;
        operation_free(first);
        first = next;
    }
    return CUDA_SUCCESS;
}

API CUresult cuGraphExecDestroy(operation_t *executable)
{
    ENTER(CURRENT);
    return destroy(executable);
}

API CUresult cuGraphDestroy(operation_t *graph)
{
    ENTER(CURRENT);
    return destroy(graph);
}
