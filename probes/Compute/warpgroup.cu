// Peak of Hopper's tensor cores. The processor has no twin of these: only a GPU proves them.
#include "gpulab.cuh"
#include "../Compute/warpgroup.cuh"

/// Two warpgroups a block; slices along k that a round goes through.
#define GL_GROUPS 2
#define GL_SLICES 2
#define GL_TILE_A_BYTES (64 * 32)
#define GL_TILE_B_BYTES (256 * 32)

// a: [warpgroup][slice] tiles of 64 rows, b: [slice] tiles of 256, both 32 bytes along k and as gl_tile_descriptor has them.
// d[block][warpgroup][64][256] = rounds × Σ over slices of A Bᵀ. Blocks of 256 threads.
#define GL_WARPGROUP(NAME, MULTIPLY)                                                                                     \
  extern "C" __global__ void __launch_bounds__(128 * GL_GROUPS, 1)                                                       \
      NAME(const uint4* __restrict__ a, const uint4* __restrict__ b, float* __restrict__ d, gl_u32 rounds) {             \
    __shared__ __attribute__((aligned(128))) uint4 tiles_a[GL_GROUPS * GL_SLICES * GL_TILE_A_BYTES / 16];                \
    __shared__ __attribute__((aligned(128))) uint4 tiles_b[GL_SLICES * GL_TILE_B_BYTES / 16];                            \
    for (gl_u32 i = threadIdx.x; i < sizeof tiles_a / 16; i += blockDim.x) tiles_a[i] = gl_load_stream(a + i);           \
    for (gl_u32 i = threadIdx.x; i < sizeof tiles_b / 16; i += blockDim.x) tiles_b[i] = gl_load_stream(b + i);           \
    gl_publish_shared();                                                                                                 \
    __syncthreads();                                                                                                     \
    const gl_u32 group = threadIdx.x >> 7;                                                                               \
    gl_u64 from_a[GL_SLICES], from_b[GL_SLICES];                                                                         \
    _Pragma("unroll") for (int s = 0; s < GL_SLICES; ++s) {                                                              \
      from_a[s] = gl_tile_descriptor((const char*)tiles_a + (group * GL_SLICES + s) * GL_TILE_A_BYTES);                  \
      from_b[s] = gl_tile_descriptor((const char*)tiles_b + s * GL_TILE_B_BYTES);                                        \
    }                                                                                                                    \
    float sums[128];                                                                                                     \
    _Pragma("unroll") for (int i = 0; i < 128; ++i) sums[i] = 0;                                                         \
    for (gl_u32 round = 0; round < rounds; ++round) {                                                                    \
      gl_warpgroup_fence();                                                                                              \
      _Pragma("unroll") for (int s = 0; s < GL_SLICES; ++s) MULTIPLY(sums, from_a[s], from_b[s]);                        \
      gl_warpgroup_commit();                                                                                             \
      gl_warpgroup_wait<1>();                                                                                            \
    }                                                                                                                    \
    gl_warpgroup_wait<0>();                                                                                              \
    const gl_u32 row = (threadIdx.x >> 5 & 3) * 16 + (threadIdx.x >> 2 & 7), column = 2 * (threadIdx.x & 3);             \
    d += ((gl_u64)blockIdx.x * GL_GROUPS + group) * 64 * 256;                                                            \
    _Pragma("unroll") for (int i = 0; i < 128; ++i)                                                                      \
        d[(row + 8 * (i >> 1 & 1)) * 256 + 8 * (i >> 2) + column + (i & 1)] = sums[i];                                   \
  }

GL_WARPGROUP(gl_warpgroup_peak_bf16, gl_warpgroup_bf16)
GL_WARPGROUP(gl_warpgroup_peak_fp8, gl_warpgroup_fp8)
