// Copies by the SMs in both directions at once.
#include "gpulab.cuh"

/// Even warps copy n vectors of 16 bytes one way, odd warps n the other. Blocks have an even number of warps.
GL_KERNEL(gl_link_both, const uint4* __restrict__ up_from, uint4* __restrict__ up_to, const uint4* __restrict__ down_from, uint4* __restrict__ down_to, gl_u64 n) {
  const gl_u64 warp = gl_thread() >> 5, step = gl_threads() >> 1;
  const uint4* from = warp & 1 ? down_from : up_from;
  uint4* to = warp & 1 ? down_to : up_to;
  gl_u64 i = (warp >> 1) * 32 + (threadIdx.x & 31);
  for (; i + (GL_IN_FLIGHT - 1) * step < n; i += GL_IN_FLIGHT * step) {
    uint4 v[GL_IN_FLIGHT];
#pragma unroll
    for (int u = 0; u < GL_IN_FLIGHT; ++u) v[u] = gl_load_stream(from + i + u * step);
#pragma unroll
    for (int u = 0; u < GL_IN_FLIGHT; ++u) gl_store_stream(to + i + u * step, v[u]);
  }
  for (; i < n; i += step) gl_store_stream(to + i, gl_load_stream(from + i));
}
