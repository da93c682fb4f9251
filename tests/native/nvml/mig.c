/* MIG: mode, GPU instances, compute instances, MIG devices. */
#include "nvml_double.h"
#include <string.h>

typedef struct { unsigned id, p2p, slices, count, sms, copy, decode, encode, jpeg, ofa; uint64_t memory_mib; } gi_profile_t;
typedef struct { unsigned version, id, p2p, slices, count, sms, copy, decode, encode, jpeg, ofa; uint64_t memory_mib; char name[96]; } gi_profile_v2_t;
typedef struct { unsigned id, slices, count, sms, copy, decode, encode, jpeg, ofa; } ci_profile_t;
typedef struct { void *device; unsigned id, profile; place_t place; } gi_info_t;
typedef struct { void *device, *instance; unsigned id, profile; place_t place; } ci_info_t;

enum { CONSTANTS = 18, COMPUTE_CONSTANTS = 8 };

static const profile_t *by_id(unsigned gpu, unsigned id)
{
    for (unsigned i = 0; i < gpus[gpu].profile_count; i++)
        if (gpus[gpu].profiles[i].id == id) return &gpus[gpu].profiles[i];
    return NULL;
}

static const compute_profile_t *compute_by_id(unsigned gpu, const instance_t *instance, unsigned id)
{
    const profile_t *p = by_id(gpu, instance->profile);
    for (unsigned i = 0; i < p->compute_count; i++)
        if (p->computes[i].id == id) return &p->computes[i];
    return NULL;
}

static int overlap(place_t a, place_t b) { return a.start < b.start + b.size && b.start < a.start + a.size; }

static int usable(unsigned gpu) { return state->gpus[gpu].current && !settings.vgpu ? OK : NOT_SUPPORTED; }

API int nvmlDeviceGetMigMode(void *device, unsigned *current, unsigned *pending)
{
    unsigned gpu;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    if (status != OK) LEAVE(call, status);
    *current = state->gpus[gpu].current;
    *pending = state->gpus[gpu].pending;
    LEAVE(call, OK);
}

/* Succeeds while the activation status says what went wrong, as drivers do. */
API int nvmlDeviceSetMigMode(void *device, unsigned mode, int *activation)
{
    unsigned gpu;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    if (status != OK) LEAVE(call, status);
    if (settings.no_permission) LEAVE(call, NO_PERMISSION);
    if (settings.vgpu) LEAVE(call, NOT_SUPPORTED);
    gpu_state_t *s = &state->gpus[gpu];
    *activation = OK;
    if (s->current != mode) {
        int busy = config_holders(gpu, -1, -1, NULL, 0) > 0;
        for (unsigned i = 0; i < MAX_INSTANCES; i++) busy |= s->instances[i].used != 0;
        *activation = busy ? IN_USE : gpus[gpu].reset ? RESET_REQUIRED : OK;
        if (*activation == IN_USE) LEAVE(call, OK);
    }
    s->pending = mode;
    if (*activation == OK) s->current = mode;
    LEAVE(call, OK);
}

static int profile_of(unsigned gpu, unsigned constant, const profile_t **profile)
{
    if (constant >= CONSTANTS) return INVALID_ARGUMENT;
    for (unsigned i = 0; i < gpus[gpu].profile_count; i++)
        if (gpus[gpu].profiles[i].constant == constant) { *profile = &gpus[gpu].profiles[i]; return OK; }
    return NOT_SUPPORTED;
}

API int nvmlDeviceGetGpuInstanceProfileInfo(void *device, unsigned constant, gi_profile_t *info)
{
    unsigned gpu;
    const profile_t *p;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    if (status == OK) status = profile_of(gpu, constant, &p);
    if (status == OK) *info = (gi_profile_t){p->id, 0, p->slices, p->count, p->sms, p->copy, p->decode, p->encode, p->jpeg, p->ofa, p->memory_mib};
    LEAVE(call, status);
}

#ifndef OLD_DRIVER
API int nvmlDeviceGetGpuInstanceProfileInfoV(void *device, unsigned constant, gi_profile_v2_t *info)
{
    unsigned gpu;
    const profile_t *p;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    if (settings.old || info->version != (sizeof *info | 2u << 24)) LEAVE(call, ARGUMENT_VERSION_MISMATCH);
    if (status == OK) status = profile_of(gpu, constant, &p);
    if (status != OK) LEAVE(call, status);
    *info = (gi_profile_v2_t){info->version, p->id, 0, p->slices, p->count, p->sms, p->copy, p->decode, p->encode, p->jpeg, p->ofa, p->memory_mib, "MIG "};
    strncat(info->name, p->name, sizeof info->name - 5);
    LEAVE(call, OK);
}
#endif

static int places(const place_t *from, unsigned count, place_t *to, unsigned *room)
{
    unsigned most = *room;
    *room = count;
    if (!to) return OK;
    if (most < count) return INSUFFICIENT_SIZE;
    memcpy(to, from, count * sizeof *to);
    return OK;
}

#ifdef OLD_DRIVER
API int nvmlDeviceGetGpuInstancePossiblePlacements(void *device, unsigned id, place_t *found, unsigned *count)
#else
API int nvmlDeviceGetGpuInstancePossiblePlacements_v2(void *device, unsigned id, place_t *found, unsigned *count)
#endif
{
    unsigned gpu;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    if (status != OK) LEAVE(call, status);
    const profile_t *p = by_id(gpu, id);
    LEAVE(call, p ? places(p->places, p->place_count, found, count) : INVALID_ARGUMENT);
}

/* Places and profiles that exist, with one more of this profile at this place. */
static int fits(unsigned gpu, const place_t *taken, const unsigned *profiles, unsigned count, const profile_t *p, place_t at)
{
    unsigned slices = p->slices, same = 1, extended = p->media == EXTENDED, all = p->media == ALL, bare = p->media == NONE;
    for (unsigned i = 0; i < count; i++) {
        if (overlap(taken[i], at)) return 0;
        const profile_t *other = by_id(gpu, profiles[i]);
        slices += other->slices;
        same += other->id == p->id;
        extended += other->media == EXTENDED;
        all += other->media == ALL;
        bare += other->media == NONE;
    }
    return slices <= gpus[gpu].slices && same <= p->count && extended <= 1 && all <= 1 && (!all || all + bare == count + 1);
}

static unsigned present(unsigned gpu, place_t *taken, unsigned *profiles)
{
    unsigned count = 0;
    for (unsigned i = 0; i < MAX_INSTANCES; i++) {
        const instance_t *one = &state->gpus[gpu].instances[i];
        if (!one->used) continue;
        taken[count] = one->place;
        profiles[count++] = one->profile;
    }
    return count;
}

/* The highest free place, so that small instances made first stand in the way of large ones. */
static int highest(unsigned gpu, const place_t *taken, const unsigned *profiles, unsigned count, const profile_t *p, place_t *at)
{
    for (unsigned i = p->place_count; i-- > 0;) {
        if (!fits(gpu, taken, profiles, count, p, p->places[i])) continue;
        *at = p->places[i];
        return 1;
    }
    return 0;
}

API int nvmlDeviceGetGpuInstanceRemainingCapacity(void *device, unsigned id, unsigned *left)
{
    unsigned gpu, profiles[64], count;
    place_t taken[64], at;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    if (status == OK) status = usable(gpu);
    const profile_t *p = status == OK ? by_id(gpu, id) : NULL;
    if (!p) LEAVE(call, status != OK ? status : INVALID_ARGUMENT);
    count = present(gpu, taken, profiles);
    for (*left = 0; highest(gpu, taken, profiles, count, p, &at); ++*left) {
        taken[count] = at;
        profiles[count++] = id;
    }
    LEAVE(call, OK);
}

/* Positional: 0 the whole, 1-2 halves, 3-6 quarters, 7-14 eighths; so ids are used again. */
static unsigned positional(unsigned gpu, place_t at)
{
    unsigned wanted = gpus[gpu].units / at.size, parts = 1;
    while (parts < wanted) parts *= 2;
    unsigned id = parts - 1 + at.start / at.size;
    for (unsigned i = 0; i < MAX_INSTANCES; i++) {
        if (!state->gpus[gpu].instances[i].used || state->gpus[gpu].instances[i].id != id) continue;
        id++;
        i = (unsigned)-1;
    }
    return id;
}

static int create(unsigned gpu, unsigned id, const place_t *wanted, void **made)
{
    unsigned profiles[64];
    place_t taken[64], at;
    if (usable(gpu) != OK) return NOT_SUPPORTED;
    if (settings.no_permission) return NO_PERMISSION;
    const profile_t *p = by_id(gpu, id);
    if (!p) return INVALID_ARGUMENT;
    if (config_holders(gpu, -1, -1, NULL, 0)) return IN_USE;
    unsigned count = present(gpu, taken, profiles);
    if (wanted) {
        int legal = 0;
        for (unsigned i = 0; i < p->place_count; i++) legal |= p->places[i].start == wanted->start && p->places[i].size == wanted->size;
        if (!legal) return INVALID_ARGUMENT;
        at = *wanted;
        if (!fits(gpu, taken, profiles, count, p, at)) return INSUFFICIENT_RESOURCES;
    } else if (!highest(gpu, taken, profiles, count, p, &at)) return INSUFFICIENT_RESOURCES;
    for (unsigned i = 0; i < MAX_INSTANCES; i++) {
        instance_t *one = &state->gpus[gpu].instances[i];
        if (one->used) continue;
        memset(one, 0, sizeof *one);
        one->id = positional(gpu, at);
        one->profile = id;
        one->serial = ++state->serial;
        one->place = at;
        __sync_synchronize();
        one->used = 1;
        *made = handle_instance(gpu, i);
        return OK;
    }
    return INSUFFICIENT_RESOURCES;
}

API int nvmlDeviceCreateGpuInstance(void *device, unsigned id, void **made)
{
    unsigned gpu;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    LEAVE(call, status != OK ? status : create(gpu, id, NULL, made));
}

API int nvmlDeviceCreateGpuInstanceWithPlacement(void *device, unsigned id, const place_t *at, void **made)
{
    unsigned gpu;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    LEAVE(call, status != OK ? status : create(gpu, id, at, made));
}

API int nvmlDeviceGetGpuInstances(void *device, unsigned id, void **found, unsigned *count)
{
    unsigned gpu;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    if (status == OK) status = usable(gpu);
    if (status != OK) LEAVE(call, status);
    *count = 0;
    for (unsigned i = 0; i < MAX_INSTANCES; i++)
        if (state->gpus[gpu].instances[i].used && state->gpus[gpu].instances[i].profile == id) found[(*count)++] = handle_instance(gpu, i);
    LEAVE(call, OK);
}

API int nvmlDeviceGetGpuInstanceById(void *device, unsigned id, void **found)
{
    unsigned gpu;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    if (status == OK) status = usable(gpu);
    if (status != OK) LEAVE(call, status);
    for (unsigned i = 0; i < MAX_INSTANCES; i++) {
        if (!state->gpus[gpu].instances[i].used || state->gpus[gpu].instances[i].id != id) continue;
        *found = handle_instance(gpu, i);
        LEAVE(call, OK);
    }
    LEAVE(call, NOT_FOUND);
}

API int nvmlGpuInstanceGetInfo(void *handle, gi_info_t *info)
{
    unsigned gpu;
    instance_t *one;
    ENTER(call);
    int status = find_instance(handle, &gpu, &one);
    if (status == OK) *info = (gi_info_t){handle_gpu(gpu), one->id, one->profile, one->place};
    LEAVE(call, status);
}

API int nvmlGpuInstanceDestroy(void *handle)
{
    unsigned gpu;
    instance_t *one;
    ENTER(call);
    int status = find_instance(handle, &gpu, &one);
    if (status != OK) LEAVE(call, status);
    if (settings.no_permission) LEAVE(call, NO_PERMISSION);
    for (unsigned i = 0; i < MAX_COMPUTES; i++)
        if (one->computes[i].used) LEAVE(call, IN_USE);
    one->used = 0;
    LEAVE(call, OK);
}

API int nvmlGpuInstanceGetComputeInstanceProfileInfo(void *handle, unsigned constant, unsigned engines, ci_profile_t *info)
{
    unsigned gpu;
    instance_t *one;
    ENTER(call);
    int status = find_instance(handle, &gpu, &one);
    if (status != OK) LEAVE(call, status);
    if (constant >= COMPUTE_CONSTANTS || engines) LEAVE(call, INVALID_ARGUMENT);
    const profile_t *p = by_id(gpu, one->profile);
    for (unsigned i = 0; i < p->compute_count; i++) {
        const compute_profile_t *c = &p->computes[i];
        if (c->constant != constant) continue;
        *info = (ci_profile_t){c->id, c->slices, c->count, c->sms, p->copy, p->decode, p->encode, p->jpeg, p->ofa};
        LEAVE(call, OK);
    }
    LEAVE(call, NOT_SUPPORTED);
}

#ifndef OLD_DRIVER
API int nvmlGpuInstanceGetComputeInstancePossiblePlacements(void *handle, unsigned id, place_t *found, unsigned *count)
{
    unsigned gpu;
    instance_t *one;
    ENTER(call);
    int status = find_instance(handle, &gpu, &one);
    const compute_profile_t *c = status == OK ? compute_by_id(gpu, one, id) : NULL;
    LEAVE(call, c ? places(c->places, c->place_count, found, count) : status != OK ? status : INVALID_ARGUMENT);
}
#endif

static int create_compute(unsigned gpu, instance_t *one, unsigned id, const place_t *wanted, void **made)
{
    if (settings.no_permission) return NO_PERMISSION;
    const compute_profile_t *c = compute_by_id(gpu, one, id);
    if (!c) return INVALID_ARGUMENT;
    place_t at = {0, 0};
    int legal = 0, found = 0;
    for (unsigned i = 0; i < c->place_count && !found; i++) {
        if (wanted && (c->places[i].start != wanted->start || c->places[i].size != wanted->size)) continue;
        legal = found = 1;
        for (unsigned k = 0; k < MAX_COMPUTES; k++) found &= !(one->computes[k].used && overlap(one->computes[k].place, c->places[i]));
        if (found) at = c->places[i];
    }
    if (!found) return wanted && !legal ? INVALID_ARGUMENT : INSUFFICIENT_RESOURCES;
    unsigned next = 0;
    for (unsigned k = 0; k < MAX_COMPUTES; k++) {
        if (!one->computes[k].used || one->computes[k].id != next) continue;
        next++;
        k = (unsigned)-1;
    }
    for (unsigned k = 0; k < MAX_COMPUTES; k++) {
        compute_t *part = &one->computes[k];
        if (part->used) continue;
        *part = (compute_t){next, id, ++state->serial, at, 0};
        __sync_synchronize();
        part->used = 1;
        *made = handle_compute(gpu, (unsigned)(one - state->gpus[gpu].instances), k);
        return OK;
    }
    return INSUFFICIENT_RESOURCES;
}

API int nvmlGpuInstanceCreateComputeInstance(void *handle, unsigned id, void **made)
{
    unsigned gpu;
    instance_t *one;
    ENTER(call);
    int status = find_instance(handle, &gpu, &one);
    LEAVE(call, status != OK ? status : create_compute(gpu, one, id, NULL, made));
}

#ifndef OLD_DRIVER
API int nvmlGpuInstanceCreateComputeInstanceWithPlacement(void *handle, unsigned id, const place_t *at, void **made)
{
    unsigned gpu;
    instance_t *one;
    ENTER(call);
    int status = find_instance(handle, &gpu, &one);
    LEAVE(call, status != OK ? status : create_compute(gpu, one, id, at, made));
}
#endif

API int nvmlGpuInstanceGetComputeInstances(void *handle, unsigned id, void **found, unsigned *count)
{
    unsigned gpu;
    instance_t *one;
    ENTER(call);
    int status = find_instance(handle, &gpu, &one);
    if (status != OK) LEAVE(call, status);
    *count = 0;
    for (unsigned k = 0; k < MAX_COMPUTES; k++)
        if (one->computes[k].used && one->computes[k].profile == id) found[(*count)++] = handle_compute(gpu, (unsigned)(one - state->gpus[gpu].instances), k);
    LEAVE(call, OK);
}

API int nvmlGpuInstanceGetComputeInstanceById(void *handle, unsigned id, void **found)
{
    unsigned gpu;
    instance_t *one;
    ENTER(call);
    int status = find_instance(handle, &gpu, &one);
    if (status != OK) LEAVE(call, status);
    for (unsigned k = 0; k < MAX_COMPUTES; k++) {
        if (!one->computes[k].used || one->computes[k].id != id) continue;
        *found = handle_compute(gpu, (unsigned)(one - state->gpus[gpu].instances), k);
        LEAVE(call, OK);
    }
    LEAVE(call, NOT_FOUND);
}

/* Its device is the MIG device; drivers that give the parent here make callers walk all MIG devices. */
API int nvmlComputeInstanceGetInfo_v2(void *handle, ci_info_t *info)
{
    unsigned gpu;
    instance_t *one;
    compute_t *part;
    ENTER(call);
    int status = find_compute(handle, &gpu, &one, &part);
    if (status != OK) LEAVE(call, status);
    unsigned slot = (unsigned)(one - state->gpus[gpu].instances), k = (unsigned)(part - one->computes);
    *info = (ci_info_t){settings.parent_from_compute ? handle_gpu(gpu) : handle_mig(gpu, slot, k), handle_instance(gpu, slot), part->id, part->profile, part->place};
    LEAVE(call, OK);
}

API int nvmlComputeInstanceDestroy(void *handle)
{
    unsigned gpu;
    instance_t *one;
    compute_t *part;
    ENTER(call);
    int status = find_compute(handle, &gpu, &one, &part);
    if (status != OK) LEAVE(call, status);
    if (settings.no_permission) LEAVE(call, NO_PERMISSION);
    if (config_holders(gpu, (int)one->id, (int)part->id, NULL, 0)) LEAVE(call, IN_USE);
    part->used = 0;
    LEAVE(call, OK);
}

API int nvmlDeviceGetMaxMigDeviceCount(void *device, unsigned *count)
{
    unsigned gpu;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    if (status == OK) *count = state->gpus[gpu].current ? MAX_INSTANCES * MAX_COMPUTES : 0;
    LEAVE(call, status);
}

/* Indices are slots, so there are holes between them. */
API int nvmlDeviceGetMigDeviceHandleByIndex(void *device, unsigned index, void **mig)
{
    unsigned gpu;
    ENTER(call);
    int status = find_gpu(device, &gpu);
    if (status != OK) LEAVE(call, status);
    unsigned slot = index / MAX_COMPUTES, k = index % MAX_COMPUTES;
    if (slot >= MAX_INSTANCES) LEAVE(call, INVALID_ARGUMENT);
    const instance_t *one = &state->gpus[gpu].instances[slot];
    if (!one->used || !one->computes[k].used) LEAVE(call, NOT_FOUND);
    *mig = handle_mig(gpu, slot, k);
    LEAVE(call, OK);
}

API int nvmlDeviceGetGpuInstanceId(void *mig, unsigned *id)
{
    unsigned gpu;
    instance_t *one;
    compute_t *part;
    ENTER(call);
    int status = find_mig(mig, &gpu, &one, &part);
    if (status == OK) *id = one->id;
    LEAVE(call, status);
}

API int nvmlDeviceGetComputeInstanceId(void *mig, unsigned *id)
{
    unsigned gpu;
    instance_t *one;
    compute_t *part;
    ENTER(call);
    int status = find_mig(mig, &gpu, &one, &part);
    if (status == OK) *id = part->id;
    LEAVE(call, status);
}
