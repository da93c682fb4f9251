// Kernels that are wrong on purpose, one fault each: what finds faults must find these.
#include "gpulab.cuh"

/// A neighbour's value without waiting for it: right in the orders where the neighbour happens to have come.
GL_KERNEL(gl_planted_race, const gl_u32* from, gl_u32* to) {
  __shared__ gl_u32 values[64];
  __syncthreads();
  values[threadIdx.x] = from[gl_thread()];
  to[gl_thread()] = values[(threadIdx.x + 1) % 64];
  __syncthreads();
  values[threadIdx.x] = ~0u;
  __syncthreads();
}

GL_KERNEL(gl_planted_overrun, const gl_u32* from, gl_u32* to) { to[gl_thread()] = from[gl_thread() + 1]; }

GL_KERNEL(gl_planted_shared_overrun, const gl_u32* from, gl_u32* to) {
  __shared__ gl_u32 values[64];
  values[threadIdx.x] = from[gl_thread()];
  __syncthreads();
  to[gl_thread()] = values[threadIdx.x + 1];
}

GL_KERNEL(gl_planted_overflow, const gl_u32* from, gl_u32* to) { to[gl_thread()] = (gl_u32)(0x7fffffff + (int)(threadIdx.x + (from[gl_thread()] & 0))); }

/// Half of a warp exchanges values, the other half waits for it at a barrier.
GL_KERNEL(gl_planted_divergence, const gl_u32* from, gl_u32* to) {
  gl_u32 value = from[gl_thread()];
  if (threadIdx.x % 32 < 16) value ^= __shfl_xor_sync(0xffffffffu, value, 1);
  __syncthreads();
  to[gl_thread()] = value;
}

GL_EXPORT void gl_host_virtual_clock(gl_u64 step) { gl_clock_step = step; }
