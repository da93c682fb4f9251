// Products of weights with many rows of activations, as prompts have them: tiles on the tensor cores. Eight warps make Rows × 128 outputs; slices of both
// operands come to shared memory while the ones before are multiplied. Quantised weights become bf16 on their way into registers, which is exact,
// and what a group of 64 adds is scaled when it is complete.
#include "gpulab.cuh"
#include "../Llm/brain.cuh"
#include "../Llm/slices.cuh"

#define GL_TILE_COLUMNS 128

/// Two neighbours along k of a quantised row, as bf16.
GL_DEV gl_u32 gl_pair(gl_weights_int8, char* slice, gl_u32 row, gl_u32 k) {
  const gl_u32 both = *(const gl_u16*)(gl_slice_at<64>(slice, row, k / 16) + k % 16);
  return gl_brains(gl_whole(both & 255, 128), gl_whole(both >> 8, 128));
}
GL_DEV gl_u32 gl_pair(gl_weights_int4, char* slice, gl_u32 row, gl_u32 k) {
  const gl_u32 both = *(const unsigned char*)(gl_slice_at<32>(slice, row, k / 32) + k % 32 / 2);
  return gl_brains(gl_whole(both & 15, 8), gl_whole(both >> 4, 8));
}

/// Fragments of eight columns along a whole slice: b[step of 16 along k].
template <int Steps>
GL_DEV void gl_columns(gl_weights_bf16, char* slice, gl_u32 column, gl_u32 (&b)[Steps][2]) {
  const gl_u32 lane = threadIdx.x & 31;
#pragma unroll
  for (int s = 0; s < Steps; s += 2) {
    gl_u32 four[4];
    gl_load_matrices(four, gl_slice_at<32 * Steps>(slice, column + (lane & 7), 2 * s + (lane >> 3)));
    b[s][0] = four[0], b[s][1] = four[1], b[s + 1][0] = four[2], b[s + 1][1] = four[3];
  }
}
template <class Weights, int Steps>
GL_DEV void gl_columns(Weights, char* slice, gl_u32 column, gl_u32 (&b)[Steps][2]) {
  const gl_u32 row = column + (threadIdx.x >> 2 & 7), k = 2 * (threadIdx.x & 3);
#pragma unroll
  for (int s = 0; s < Steps; ++s) {
    b[s][0] = gl_pair(Weights(), slice, row, 16 * s + k);
    b[s][1] = gl_pair(Weights(), slice, row, 16 * s + k + 8);
  }
}

/// y[row][output] = start[row start_stride + output] + Σ weights[output][k] x[row][k], as in products.cu; x has memory for whole tiles. `inputs` is a multiple of 64, `outputs` of 128. A block a
/// tile, those of the same weights one after another.
template <class Weights, int Rows, int Steps, int Stages>
GL_DEV void gl_tiles(const char* weights, const gl_u16* scales, const char* x, gl_u32 rows, gl_u32 inputs, gl_u32 outputs, const float* start, gl_u32 start_stride, float* y) {
  const int quantised = Weights::vector > 8, warp_rows = Rows / 2, blocks = warp_rows / 16;
  const int x_bytes = 32 * Steps, w_bytes = Weights::bytes * Steps / 4;
  __shared__ uint4 x_slices[Stages][Rows * x_bytes / 16];
  __shared__ uint4 w_slices[Stages][GL_TILE_COLUMNS * w_bytes / 16];
  const gl_u32 tiles = (rows + Rows - 1) / Rows, top = blockIdx.x % tiles * Rows, left = blockIdx.x / tiles * GL_TILE_COLUMNS;
  const gl_u32 lane = threadIdx.x & 31, warp = threadIdx.x >> 5, row = warp / 4 * warp_rows, column = warp % 4 * 32;
  const gl_u32 slices = inputs / (16 * Steps), groups = inputs / 64;
  const gl_u64 x_stride = (gl_u64)inputs * 2, w_stride = (gl_u64)groups * Weights::bytes;
  x += top * x_stride;
  weights += left * w_stride;
  float sums[blocks][4][4];
#pragma unroll
  for (int m = 0; m < blocks; ++m) {
#pragma unroll
    for (int n = 0; n < 4; ++n) {
#pragma unroll
      for (int j = 0; j < 4; ++j) sums[m][n][j] = 0;
    }
  }
  for (gl_u32 s = 0; s < Stages - 1; ++s) {
    if (s < slices) {
      gl_fetch<x_bytes, Rows>((char*)x_slices[s], x + s * x_bytes, x_stride);
      gl_fetch<w_bytes, GL_TILE_COLUMNS>((char*)w_slices[s], weights + s * w_bytes, w_stride);
    }
    gl_copy_commit();
  }
  for (gl_u32 s = 0; s < slices; ++s) {
    gl_copy_wait<Stages - 2>();
    // The slice is there for all, and all are done with the one whose place the next takes.
    __syncthreads();
    if (const gl_u32 next = s + Stages - 1; next < slices) {
      gl_fetch<x_bytes, Rows>((char*)x_slices[next % Stages], x + next * x_bytes, x_stride);
      gl_fetch<w_bytes, GL_TILE_COLUMNS>((char*)w_slices[next % Stages], weights + next * w_bytes, w_stride);
    }
    gl_copy_commit();
    char *xs = (char*)x_slices[s % Stages], *ws = (char*)w_slices[s % Stages];
    gl_u32 a[blocks][Steps][4];
#pragma unroll
    for (int m = 0; m < blocks; ++m) {
      if (top + row + 16 * m >= rows) continue;
#pragma unroll
      for (int k = 0; k < Steps; ++k) gl_load_matrices(a[m][k], gl_slice_at<x_bytes>(xs, row + 16 * m + (lane & 15), 2 * k + (lane >> 4)));
    }
#pragma unroll
    for (int n = 0; n < 4; ++n) {
      gl_u32 b[Steps][2];
      gl_columns(Weights(), ws, column + 8 * n, b);
      float scale[2] = {1, 1};
      if (quantised) {
        const gl_u32 output = left + column + 8 * n + 2 * (lane & 3);
        scale[0] = gl_widen(scales[(gl_u64)output * groups + s]);
        scale[1] = gl_widen(scales[(gl_u64)(output + 1) * groups + s]);
      }
#pragma unroll
      for (int m = 0; m < blocks; ++m) {
        if (top + row + 16 * m >= rows) continue;
        if (!quantised) {
#pragma unroll
          for (int k = 0; k < Steps; ++k) gl_mma_bf16(sums[m][n], a[m][k], b[k]);
          continue;
        }
        float group[4] = {0, 0, 0, 0};
#pragma unroll
        for (int k = 0; k < Steps; ++k) gl_mma_bf16(group, a[m][k], b[k]);
#pragma unroll
        for (int j = 0; j < 4; ++j) sums[m][n][j] = fmaf(scale[j & 1], group[j], sums[m][n][j]);
      }
    }
  }
#pragma unroll
  for (int m = 0; m < blocks; ++m) {
#pragma unroll
    for (int n = 0; n < 4; ++n) {
#pragma unroll
      for (int j = 0; j < 4; ++j) {
        const gl_u32 r = top + row + 16 * m + (lane >> 2) + 8 * (j >> 1), output = left + column + 8 * n + 2 * (lane & 3) + (j & 1);
        if (r < rows) y[(gl_u64)r * outputs + output] = start[(gl_u64)r * start_stride + output] + sums[m][n][j];
      }
    }
  }
}

#define GL_TILES_OF(FORMAT, ROWS, STEPS, STAGES)                                                                         \
  GL_KERNEL_OF(256, gl_tiles_##FORMAT, const char* __restrict__ weights, const gl_u16* __restrict__ scales, const char* __restrict__ x, gl_u32 rows, \
               gl_u32 inputs, gl_u32 outputs, const float* start, gl_u32 start_stride, float* y) {                       \
    gl_tiles<gl_weights_##FORMAT, ROWS, STEPS, STAGES>(weights, scales, x, rows, inputs, outputs, start, start_stride, y); \
  }
GL_TILES_OF(bf16, 128, 2, 3)
GL_TILES_OF(int8, 64, 4, 3)
GL_TILES_OF(int4, 64, 4, 3)
