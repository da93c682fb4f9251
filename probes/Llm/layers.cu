// What lies between the products of a layer. One block a row.
#include "gpulab.cuh"
#include "../Llm/brain.cuh"

/// Sum over a block of whole warps, for all of its threads. Once a kernel.
GL_DEV float gl_block_sum(float value) {
  __shared__ float warps[32];
  value = gl_warp_sum(value);
  if ((threadIdx.x & 31) == 0) warps[threadIdx.x >> 5] = value;
  __syncthreads();
  float sum = 0;
  for (gl_u32 w = 0; w < blockDim.x >> 5; ++w) sum += warps[w];
  return sum;
}

/// state[row] = the embedding of its token.
GL_KERNEL(gl_embed, const gl_u32* __restrict__ tokens, const gl_u32* __restrict__ embedding, float* __restrict__ state, gl_u32 width) {
  const gl_u32* from = embedding + (gl_u64)tokens[blockIdx.x] * (width / 2);
  float* to = state + (gl_u64)blockIdx.x * width;
  for (gl_u32 i = threadIdx.x; i < width / 2; i += blockDim.x) {
    to[2 * i] = gl_low_brain(from[i]);
    to[2 * i + 1] = gl_high_brain(from[i]);
  }
}

/// into[i] = x w / √(mean of x² + ε) with x = state[rows[i]], or state[i] where there are no rows.
GL_KERNEL(gl_norm, const float* __restrict__ state, const gl_u32* __restrict__ rows, const float* __restrict__ weight, gl_u16* __restrict__ into, gl_u32 width, float epsilon) {
  const float* x = state + (gl_u64)(rows ? rows[blockIdx.x] : blockIdx.x) * width;
  float squares = 0;
  for (gl_u32 i = threadIdx.x; i < width; i += blockDim.x) squares = fmaf(x[i], x[i], squares);
  const float scale = 1 / gl_sqrt(gl_block_sum(squares) / (float)width + epsilon);
  for (gl_u32 i = threadIdx.x; i < width; i += blockDim.x) into[(gl_u64)blockIdx.x * width + i] = gl_brain(x[i] * scale * weight[i]);
}

/// into = gate · σ(gate) · up, both halves of a row of `halves`.
GL_KERNEL(gl_gate, const float* __restrict__ halves, gl_u16* __restrict__ into, gl_u32 hidden) {
  const float *gate = halves + (gl_u64)blockIdx.x * 2 * hidden, *up = gate + hidden;
  for (gl_u32 i = threadIdx.x; i < hidden; i += blockDim.x)
    into[(gl_u64)blockIdx.x * hidden + i] = gl_brain(gate[i] / (1 + gl_exp2(gate[i] * -1.44269504f)) * up[i]);
}

/// Of each row the place of its largest number; of equal ones the first.
GL_KERNEL(gl_best, const float* __restrict__ scores, gl_u32 count, gl_u32* __restrict__ best) {
  __shared__ float values[32];
  __shared__ gl_u32 places[32];
  const float* row = scores + (gl_u64)blockIdx.x * count;
  float value = __uint_as_float(0xff800000u);
  gl_u32 place = 0;
  for (gl_u32 i = threadIdx.x; i < count; i += blockDim.x) {
    if (row[i] > value) {
      value = row[i];
      place = i;
    }
  }
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes >>= 1) {
    const float other = gl_shuffle(value, lanes);
    const gl_u32 there = __shfl_xor_sync(0xffffffffu, place, lanes);
    if (other > value || (other == value && there < place)) {
      value = other;
      place = there;
    }
  }
  if ((threadIdx.x & 31) == 0) {
    values[threadIdx.x >> 5] = value;
    places[threadIdx.x >> 5] = place;
  }
  __syncthreads();
  if (threadIdx.x != 0) return;
  for (gl_u32 w = 1; w < blockDim.x >> 5; ++w) {
    if (values[w] > value || (values[w] == value && places[w] < place)) {
      value = values[w];
      place = places[w];
    }
  }
  best[blockIdx.x] = place;
}
