// What was loaded: single bytes that are spoilt before and looked at after, and a pass over all of it.
#include "gpulab.cuh"

/// Makes each of n bytes another than it should be.
GL_KERNEL(gl_marks_spoil, unsigned char* memory, const gl_u64* __restrict__ at, const unsigned char* __restrict__ right, gl_u32 n) {
  for (gl_u64 i = gl_thread(); i < n; i += gl_threads()) memory[at[i]] = (unsigned char)~right[i];
}

/// Adds to *wrong how many of n bytes are not what they should be.
GL_KERNEL(gl_marks_count, const unsigned char* memory, const gl_u64* __restrict__ at, const unsigned char* __restrict__ right, gl_u32 n, gl_u32* wrong) {
  for (gl_u64 i = gl_thread(); i < n; i += gl_threads())
    if (memory[at[i]] != right[i]) gl_atomic_add(wrong, 1);
}

GL_DEV gl_u64 gl_weighted(uint4 v, gl_u64 i) {
  return (v.x | (gl_u64)v.y << 32) * (4 * i + 1) + (v.z | (gl_u64)v.w << 32) * (4 * i + 3);
}

/// sums[block] = Σ word · (2 · its number + 1) over the 64-bit words that the block read of n vectors: a word in another place makes another sum.
GL_KERNEL(gl_weights_sum, const uint4* __restrict__ a, gl_u64 n, gl_u64* __restrict__ sums) {
  __shared__ gl_u64 parts[32];
  const gl_u64 step = gl_threads();
  gl_u64 i = gl_thread(), sum = 0;
  for (; i + (GL_IN_FLIGHT - 1) * step < n; i += GL_IN_FLIGHT * step) {
    uint4 v[GL_IN_FLIGHT];
#pragma unroll
    for (int u = 0; u < GL_IN_FLIGHT; ++u) v[u] = gl_load_stream(a + i + u * step);
#pragma unroll
    for (int u = 0; u < GL_IN_FLIGHT; ++u) sum += gl_weighted(v[u], i + u * step);
  }
  for (; i < n; i += step) sum += gl_weighted(gl_load_stream(a + i), i);
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes >>= 1) {
    const gl_u32 low = __shfl_xor_sync(0xffffffffu, (gl_u32)sum, lanes), high = __shfl_xor_sync(0xffffffffu, (gl_u32)(sum >> 32), lanes);
    sum += low | (gl_u64)high << 32;
  }
  if ((threadIdx.x & 31) == 0) parts[threadIdx.x >> 5] = sum;
  __syncthreads();
  if (threadIdx.x != 0) return;
  for (gl_u32 w = 1; w < blockDim.x >> 5; ++w) sum += parts[w];
  sums[blockIdx.x] = sum;
}
