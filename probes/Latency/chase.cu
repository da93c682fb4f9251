// Latency: one thread follows a cycle of addresses; each load gives the address of the next, so nothing overlaps.
#include "gpulab.cuh"

/// Writes a cycle over `count` nodes that lie `spacing` words of 8 bytes apart: node i holds the address of node next[i].
GL_KERNEL(gl_ring, gl_u64* nodes, const gl_u32* next, gl_u32 count, gl_u32 spacing) {
  for (gl_u64 i = gl_thread(); i < count; i += gl_threads()) nodes[i * spacing] = (gl_u64)(nodes + (gl_u64)next[i] * spacing);
}

/// The host zeroes it before each launch; `taken` stays 0 where no block came to the SM that was asked for.
struct gl_walk {
  gl_u64 cycles, ns, end;
  gl_u32 sm, taken;
};

/// Loads in a row before the loop looks at its counter.
#define GL_HOPS 32

// Walks from `start` on SM `sm` (~0: any), first `warm` times GL_HOPS hops untimed, then `rounds` times. Launch as many blocks as there are SMs, each
// with so much shared memory that one fills an SM: then there is one on each.
#define GL_CHASE(NAME, LOAD)                                                                                             \
  GL_KERNEL(NAME, gl_u64 start, gl_u32 warm, gl_u32 rounds, gl_u32 sm, gl_walk* walk) {                                  \
    if (threadIdx.x != 0 || (sm != ~0u && gl_smid() != sm)) return;                                                      \
    if (gl_atomic_add(&walk->taken, 1) != 0) return;                                                                     \
    gl_u64 p = start;                                                                                                    \
    for (gl_u32 i = 0; i < warm; ++i)                                                                                    \
      _Pragma("unroll") for (int hop = 0; hop < GL_HOPS; ++hop) p = LOAD((const gl_u64*)p);                              \
    /* Looks at p before each look at a clock: without, a clock does not wait for the load before it. */                 \
    if (p == 0) return;                                                                                                  \
    const gl_u64 ns = gl_globaltimer(), cycles = gl_clock();                                                             \
    for (gl_u32 i = 0; i < rounds; ++i)                                                                                  \
      _Pragma("unroll") for (int hop = 0; hop < GL_HOPS; ++hop) p = LOAD((const gl_u64*)p);                              \
    if (p == 0) return;                                                                                                  \
    walk->cycles = gl_clock() - cycles;                                                                                  \
    walk->ns = gl_globaltimer() - ns;                                                                                    \
    walk->end = p;                                                                                                       \
    walk->sm = gl_smid();                                                                                                \
  }

GL_CHASE(gl_chase_l1, gl_load_l1)
GL_CHASE(gl_chase_l2, gl_load_l2)
GL_CHASE(gl_chase_system, gl_load_system)
