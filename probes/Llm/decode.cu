// Attention of one token a sequence: bound by reading keys and values once. A block takes one row, one head of keys with all queries that share it, and a
// part of the pages; a second kernel puts the parts together.
#include "gpulab.cuh"
#include "../Llm/brain.cuh"
#include "../Llm/cache.cuh"

/// Heads of queries to one of keys at most.
#define GL_SHARING 8
/// What some tokens come to: their largest score, the sum of their shares, the shares of their values; all by that score.
template <int N>
struct gl_found {
  float most, sum, values[N];

  GL_DEV_MEMBER void clear() {
    most = GL_NOTHING;
    sum = 0;
#pragma unroll
    for (int i = 0; i < N; ++i) values[i] = 0;
  }
  GL_DEV_MEMBER void scale_to(float score) {
    const float by = gl_exp2(most - score);
    most = score;
    sum *= by;
#pragma unroll
    for (int i = 0; i < N; ++i) values[i] *= by;
  }
};

/// parts[row][head of keys][split][query][2 + Size]: largest score (in powers of two), sum of shares, values. Blocks of 128 threads: rows × kv_heads × splits.
template <int Size>
GL_DEV void gl_decode(const gl_u16* queries, const gl_row* rows, const gl_pages& pages, float* parts, gl_u32 layer, gl_u32 sharing, gl_u32 kv_heads, gl_u32 splits) {
  const int lanes = Size / 8, tokens = 32 / lanes, record = Size + 2;
  __shared__ float between[4][GL_SHARING][Size + 2];
  const gl_u32 split = blockIdx.x % splits, head = blockIdx.x / splits % kv_heads, number = blockIdx.x / splits / kv_heads;
  const gl_u32 lane = threadIdx.x & 31, warp = threadIdx.x >> 5, at = lane % lanes * 8;
  const gl_row row = rows[number];
  const float scale = GL_LOG2E / gl_sqrt((float)Size);
  float q[GL_SHARING][8];
  gl_found<8> found[GL_SHARING];
#pragma unroll
  for (int g = 0; g < GL_SHARING; ++g) {
    found[g].clear();
    if (g >= (int)sharing) continue;
    gl_weights_bf16::eight(*(const uint4*)(queries + ((gl_u64)number * kv_heads * sharing + head * sharing + g) * Size + at), 0, q[g]);
  }
  for (gl_u32 page = split * 4 + warp; page * GL_PAGE <= row.position; page += splits * 4) {
    const gl_u16* keys = pages.keys(row.sequence, page * GL_PAGE, layer * kv_heads + head, Size);
#pragma unroll 1
    for (gl_u32 first = 0; first < GL_PAGE; first += tokens) {
      const gl_u32 token = first + lane / lanes;
      const bool seen = page * GL_PAGE + token <= row.position;
      float k[8], v[8];
      gl_weights_bf16::eight(gl_load_stream((const uint4*)(keys + token * Size + at)), 0, k);
      gl_weights_bf16::eight(gl_load_stream((const uint4*)(keys + (GL_PAGE + token) * Size + at)), 0, v);
#pragma unroll
      for (int g = 0; g < GL_SHARING; ++g) {
        if (g >= (int)sharing) continue;
        float score = 0;
#pragma unroll
        for (int i = 0; i < 8; ++i) score = fmaf(q[g][i], k[i], score);
#pragma unroll
        for (int other = lanes / 2; other > 0; other >>= 1) score += gl_shuffle(score, other);
        if (!seen) continue;
        score *= scale;
        if (score > found[g].most) found[g].scale_to(score);
        const float share = gl_exp2(score - found[g].most);
        found[g].sum += share;
#pragma unroll
        for (int i = 0; i < 8; ++i) found[g].values[i] = fmaf(share, v[i], found[g].values[i]);
      }
    }
  }
  // The token groups of a warp, then the warps of the block.
#pragma unroll
  for (int g = 0; g < GL_SHARING; ++g) {
    if (g >= (int)sharing) continue;
#pragma unroll
    for (int other = lanes; other < 32; other <<= 1) {
      const float most = gl_shuffle(found[g].most, other);
      found[g].scale_to(most > found[g].most ? most : found[g].most);
      found[g].sum += gl_shuffle(found[g].sum, other);
#pragma unroll
      for (int i = 0; i < 8; ++i) found[g].values[i] += gl_shuffle(found[g].values[i], other);
    }
    if (lane >= (gl_u32)lanes) continue;
    between[warp][g][0] = found[g].most;
    between[warp][g][1] = found[g].sum;
#pragma unroll
    for (int i = 0; i < 8; ++i) between[warp][g][2 + at + i] = found[g].values[i];
  }
  __syncthreads();
  for (gl_u32 i = threadIdx.x; i < sharing * (Size + 1); i += blockDim.x) {
    const gl_u32 g = i / (Size + 1), of = 1 + i % (Size + 1);
    float most = GL_NOTHING, sum = 0;
    for (int w = 0; w < 4; ++w) most = between[w][g][0] > most ? between[w][g][0] : most;
    for (int w = 0; w < 4; ++w) sum += between[w][g][of] * gl_exp2(between[w][g][0] - most);
    float* to = parts + ((gl_u64)blockIdx.x / splits * splits * sharing + (gl_u64)split * sharing + g) * record;
    if (of == 1) to[0] = most;
    to[of] = sum;
  }
}

#define GL_DECODE(SIZE)                                                                                                  \
  GL_KERNEL_OF(128, gl_decode_##SIZE, const gl_u16* __restrict__ queries, const gl_row* __restrict__ rows, const char* __restrict__ cache, \
               const gl_u32* __restrict__ table, gl_u64 page_bytes, gl_u32 most, float* __restrict__ parts, gl_u32 layer, gl_u32 sharing, gl_u32 kv_heads, gl_u32 splits) { \
    gl_pages pages;                                                                                                      \
    pages.start = cache;                                                                                                 \
    pages.table = table;                                                                                                 \
    pages.page_bytes = page_bytes;                                                                                       \
    pages.most = most;                                                                                                   \
    gl_decode<SIZE>(queries, rows, pages, parts, layer, sharing, kv_heads, splits);                                      \
  }
GL_DECODE(64)
GL_DECODE(128)

/// into[row][head][size] from the parts of all splits. A block a row and head, a thread a dimension.
GL_KERNEL(gl_decode_merge, const float* __restrict__ parts, gl_u16* __restrict__ into, gl_u32 sharing, gl_u32 splits, gl_u32 size) {
  const float* from = parts + ((gl_u64)blockIdx.x / sharing * splits * sharing + blockIdx.x % sharing) * (size + 2);
  const gl_u64 apart = (gl_u64)sharing * (size + 2);
  float most = GL_NOTHING, sum = 0, value = 0;
  for (gl_u32 s = 0; s < splits; ++s) most = from[s * apart] > most ? from[s * apart] : most;
  for (gl_u32 s = 0; s < splits; ++s) {
    const float by = gl_exp2(from[s * apart] - most);
    sum = fmaf(from[s * apart + 1], by, sum);
    value = fmaf(from[s * apart + 2 + threadIdx.x], by, value);
  }
  into[(gl_u64)blockIdx.x * size + threadIdx.x] = gl_brain(value / sum);
}
