// Memory bandwidth: 16-byte accesses in a grid-stride loop, GL_IN_FLIGHT of them on their way in each thread, past L1.
// n counts vectors of 16 bytes. Blocks are whole warps.
#include "gpulab.cuh"

/// Starts GL_IN_FLIGHT loads at distances of `step` before the first is used.
#define GL_LOADED(v, p, step)                                                                                            \
  _Pragma("unroll") for (int u = 0; u < GL_IN_FLIGHT; ++u) v[u] = gl_load_stream((p) + u * (step))

/// sums[block] = exclusive or of all 32-bit words that the block read.
GL_KERNEL(gl_stream_read, const uint4* __restrict__ a, gl_u64 n, gl_u32* __restrict__ sums) {
  const gl_u64 step = gl_threads();
  gl_u64 i = gl_thread();
  gl_u32 sum = 0;
  for (; i + (GL_IN_FLIGHT - 1) * step < n; i += GL_IN_FLIGHT * step) {
    uint4 v[GL_IN_FLIGHT];
    GL_LOADED(v, a + i, step);
#pragma unroll
    for (int u = 0; u < GL_IN_FLIGHT; ++u) sum ^= gl_fold(v[u]);
  }
  for (; i < n; i += step) sum ^= gl_fold(gl_load_stream(a + i));
  sum = gl_block_xor(sum);
  if (threadIdx.x == 0) sums[blockIdx.x] = sum;
}

/// The same where neighbouring threads read vectors that lie `stride` apart; n is a multiple of stride. Every vector is read once.
GL_KERNEL(gl_stream_stride, const uint4* __restrict__ a, gl_u64 n, gl_u64 stride, gl_u32* __restrict__ sums) {
  const gl_u64 step = gl_threads(), rows = n / stride;
  gl_u32 sum = 0;
  for (gl_u64 column = 0; column < stride; ++column) {
    const uint4* p = a + column;
    gl_u64 i = gl_thread();
    for (; i + (GL_IN_FLIGHT - 1) * step < rows; i += GL_IN_FLIGHT * step) {
      uint4 v[GL_IN_FLIGHT];
      GL_LOADED(v, p + i * stride, step * stride);
#pragma unroll
      for (int u = 0; u < GL_IN_FLIGHT; ++u) sum ^= gl_fold(v[u]);
    }
    for (; i < rows; i += step) sum ^= gl_fold(gl_load_stream(p + i * stride));
  }
  sum = gl_block_xor(sum);
  if (threadIdx.x == 0) sums[blockIdx.x] = sum;
}

GL_KERNEL(gl_stream_write, uint4* __restrict__ a, gl_u64 n, gl_u32 seed) {
  const gl_u64 step = gl_threads();
  for (gl_u64 i = gl_thread(); i < n; i += step) gl_store_stream(a + i, gl_pattern(seed, i));
}

/// b = a. Either may be host memory that the GPU sees.
GL_KERNEL(gl_stream_copy, const uint4* __restrict__ a, uint4* __restrict__ b, gl_u64 n) {
  const gl_u64 step = gl_threads();
  gl_u64 i = gl_thread();
  for (; i + (GL_IN_FLIGHT - 1) * step < n; i += GL_IN_FLIGHT * step) {
    uint4 v[GL_IN_FLIGHT];
    GL_LOADED(v, a + i, step);
#pragma unroll
    for (int u = 0; u < GL_IN_FLIGHT; ++u) gl_store_stream(b + i + u * step, v[u]);
  }
  for (; i < n; i += step) gl_store_stream(b + i, gl_load_stream(a + i));
}

/// a = b + s c in double precision, two elements a vector.
GL_KERNEL(gl_stream_triad, const double2* __restrict__ b, const double2* __restrict__ c, double2* __restrict__ a, double s, gl_u64 n) {
  const int half = GL_IN_FLIGHT / 2;
  const gl_u64 step = gl_threads();
  gl_u64 i = gl_thread();
  for (; i + (half - 1) * step < n; i += half * step) {
    double2 x[half], y[half];
#pragma unroll
    for (int u = 0; u < half; ++u) {
      x[u] = gl_load_stream(b + i + u * step);
      y[u] = gl_load_stream(c + i + u * step);
    }
#pragma unroll
    for (int u = 0; u < half; ++u) {
      double2 r;
      r.x = fma(s, y[u].x, x[u].x);
      r.y = fma(s, y[u].y, x[u].y);
      gl_store_stream(a + i + u * step, r);
    }
  }
  for (; i < n; i += step) {
    const double2 x = gl_load_stream(b + i), y = gl_load_stream(c + i);
    double2 r;
    r.x = fma(s, y.x, x.x);
    r.y = fma(s, y.y, x.y);
    gl_store_stream(a + i, r);
  }
}
