// Products of weights with few rows of activations, as decoding has them: bound by reading the weights once. A warp makes one output at a time,
// its lanes read 16 bytes each, four of them on their way.
#include "gpulab.cuh"
#include "../Llm/brain.cuh"

#define GL_AHEAD 4

/// Adds to sums[r] the products of one lane's 16 bytes of weights with the same places of each row.
template <class Weights, int Rows>
GL_DEV void gl_multiply_vector(const uint4& v, float scale, const gl_u16* x, gl_u64 stride, float (&sums)[Rows]) {
#pragma unroll
  for (int part = 0; part < Weights::vector / 8; ++part) {
    float w[8];
    Weights::eight(v, part, w);
#pragma unroll
    for (int r = 0; r < Rows; ++r) {
      const uint4 a = *(const uint4*)(x + r * stride + 8 * part);
      float s = w[0] * gl_low_brain(a.x);
      s = fmaf(w[1], gl_high_brain(a.x), s);
      s = fmaf(w[2], gl_low_brain(a.y), s);
      s = fmaf(w[3], gl_high_brain(a.y), s);
      s = fmaf(w[4], gl_low_brain(a.z), s);
      s = fmaf(w[5], gl_high_brain(a.z), s);
      s = fmaf(w[6], gl_low_brain(a.w), s);
      s = fmaf(w[7], gl_high_brain(a.w), s);
      sums[r] = fmaf(scale, s, sums[r]);
    }
  }
}

/// y[r][output] = start[r start_stride + output] + Σ weights[output][k] x[r][k], where start may be y itself, biases (stride 0) or zeros. `inputs` is a multiple of
/// 64; scales, one for 64 weights, only where weights are quantised.
template <class Weights, int Rows>
GL_DEV void gl_product(const uint4* weights, const gl_u16* scales, const gl_u16* x, gl_u32 inputs, gl_u32 outputs, const float* start, gl_u32 start_stride, float* y) {
  const gl_u32 lane = threadIdx.x & 31, vectors = inputs / Weights::vector, groups = inputs / 64;
  for (gl_u32 output = (gl_u32)(gl_thread() >> 5); output < outputs; output += (gl_u32)(gl_threads() >> 5)) {
    const uint4* row = weights + (gl_u64)output * vectors;
    const gl_u16* row_scales = scales + (gl_u64)output * groups;
    float sums[Rows];
#pragma unroll
    for (int r = 0; r < Rows; ++r) sums[r] = 0;
    for (gl_u32 i = lane; i < vectors; i += 32 * GL_AHEAD) {
      uint4 v[GL_AHEAD];
      // Beyond the end the first vector once more, weighed by nothing.
#pragma unroll
      for (int u = 0; u < GL_AHEAD; ++u) v[u] = gl_load_stream(row + (i + 32 * u < vectors ? i + 32 * u : lane));
#pragma unroll
      for (int u = 0; u < GL_AHEAD; ++u) {
        const bool there = i + 32 * u < vectors;
        const gl_u32 at = (there ? i + 32 * u : lane) * Weights::vector;
        const float scale = Weights::vector == 8 ? 1.0f : gl_widen(row_scales[at / 64]);
        gl_multiply_vector<Weights>(v[u], there ? scale : 0, x + at, inputs, sums);
      }
    }
#pragma unroll
    for (int r = 0; r < Rows; ++r) {
      const float sum = gl_warp_sum(sums[r]);
      if (lane == 0) y[(gl_u64)r * outputs + output] = start[(gl_u64)r * start_stride + output] + sum;
    }
  }
}

// x holds as many rows as the name says; what a caller does not need of them is made all the same.
#define GL_PRODUCT(FORMAT, ROWS)                                                                                         \
  GL_KERNEL_OF(256, gl_product_##FORMAT##_##ROWS, const uint4* __restrict__ weights, const gl_u16* __restrict__ scales,  \
               const gl_u16* __restrict__ x, gl_u32 inputs, gl_u32 outputs, const float* start, gl_u32 start_stride, float* y) { \
    gl_product<gl_weights_##FORMAT, ROWS>(weights, scales, x, inputs, outputs, start, start_stride, y);                  \
  }
GL_PRODUCT(bf16, 1)
GL_PRODUCT(bf16, 4)
GL_PRODUCT(int8, 1)
GL_PRODUCT(int8, 4)
GL_PRODUCT(int4, 1)
GL_PRODUCT(int4, 4)
