// Causal attention of many tokens of a sequence on the tensor cores. Four warps take 16 queries each and go through the pages; scores never leave registers.
#include "gpulab.cuh"
#include "../Llm/brain.cuh"
#include "../Llm/cache.cuh"
#include "../Llm/slices.cuh"

/// Queries of one sequence that a block takes: rows of the step from `first` on, at positions from `position` on.
#define GL_QUERIES 64
struct gl_stretch {
  gl_u32 first, count, sequence, position;
};

/// One page more for 16 queries: s = q kᵀ, shares by the largest so far, o += shares v.
template <int Size>
GL_DEV void gl_attend_page(const gl_u32 (&q)[Size / 16][4], char* keys, char* values, gl_u32 token, gl_u32 position, float scale, float (&most)[2], float (&sum)[2], float (&o)[Size / 8][4]) {
  const gl_u32 lane = threadIdx.x & 31;
  float s[4][4];
#pragma unroll
  for (int n = 0; n < 4; ++n) {
#pragma unroll
    for (int j = 0; j < 4; ++j) s[n][j] = 0;
#pragma unroll
    for (int k = 0; k < Size / 16; k += 2) {
      gl_u32 b[4];
      gl_load_matrices(b, gl_slice_at<2 * Size>(keys, 8 * n + (lane & 7), 2 * k + (lane >> 3)));
      const gl_u32 one[2] = {b[0], b[1]}, two[2] = {b[2], b[3]};
      gl_mma_bf16(s[n], q[k], one);
      gl_mma_bf16(s[n], q[k + 1], two);
    }
  }
#pragma unroll
  for (int h = 0; h < 2; ++h) {
    float now = most[h];
#pragma unroll
    for (int n = 0; n < 4; ++n) {
#pragma unroll
      for (int j = 2 * h; j < 2 * h + 2; ++j) {
        const bool seen = token + 8 * n + 2 * (lane & 3) + (j & 1) <= position + 8 * h;
        s[n][j] = seen ? s[n][j] * scale : GL_NOTHING;
        now = s[n][j] > now ? s[n][j] : now;
      }
    }
#pragma unroll
    for (int other = 1; other < 4; other <<= 1) {
      const float there = gl_shuffle(now, other);
      now = there > now ? there : now;
    }
    const float by = gl_exp2(most[h] - now);
    most[h] = now;
    sum[h] *= by;
#pragma unroll
    for (int n = 0; n < 4; ++n) {
#pragma unroll
      for (int j = 2 * h; j < 2 * h + 2; ++j) {
        s[n][j] = gl_exp2(s[n][j] - now);
        sum[h] += s[n][j];
      }
    }
#pragma unroll
    for (int d = 0; d < Size / 8; ++d) {
      o[d][2 * h] *= by;
      o[d][2 * h + 1] *= by;
    }
  }
  gl_u32 shares[2][4];
#pragma unroll
  for (int k = 0; k < 2; ++k) {
    shares[k][0] = gl_brains(s[2 * k][0], s[2 * k][1]);
    shares[k][1] = gl_brains(s[2 * k][2], s[2 * k][3]);
    shares[k][2] = gl_brains(s[2 * k + 1][0], s[2 * k + 1][1]);
    shares[k][3] = gl_brains(s[2 * k + 1][2], s[2 * k + 1][3]);
  }
#pragma unroll
  for (int d = 0; d < Size / 8; ++d) {
    gl_u32 b[4];
    gl_load_transposed(b, gl_slice_at<2 * Size>(values, lane, d));
    const gl_u32 one[2] = {b[0], b[1]}, two[2] = {b[2], b[3]};
    gl_mma_bf16(o[d], shares[0], one);
    gl_mma_bf16(o[d], shares[1], two);
  }
}

/// into[row][head][Size]. Blocks of 128 threads: stretches × heads; queries have memory for whole stretches.
template <int Size>
GL_DEV void gl_prefill(const gl_u16* queries, const gl_stretch* stretches, const gl_pages& pages, gl_u16* into, gl_u32 layer, gl_u32 heads, gl_u32 kv_heads) {
  __shared__ uint4 slices[2][2][GL_PAGE * Size / 8];
  const gl_stretch stretch = stretches[blockIdx.x / heads];
  const gl_u32 head = blockIdx.x % heads, lane = threadIdx.x & 31, own = threadIdx.x / 32 * 16;
  const gl_u32 kv_head = layer * kv_heads + head / (heads / kv_heads), count = (stretch.position + stretch.count + GL_PAGE - 1) / GL_PAGE;
  const float scale = GL_LOG2E / gl_sqrt((float)Size);
  gl_u32 q[Size / 16][4];
#pragma unroll
  for (int k = 0; k < Size / 16; ++k) {
#pragma unroll
    for (int j = 0; j < 4; ++j)
      q[k][j] = *(const gl_u32*)(queries + ((gl_u64)(stretch.first + own + (lane >> 2) + 8 * (j & 1)) * heads + head) * Size + 16 * k + 8 * (j >> 1) + 2 * (lane & 3));
  }
  float most[2] = {GL_NOTHING, GL_NOTHING}, sum[2] = {0, 0}, o[Size / 8][4];
#pragma unroll
  for (int d = 0; d < Size / 8; ++d) {
#pragma unroll
    for (int j = 0; j < 4; ++j) o[d][j] = 0;
  }
  for (gl_u32 page = 0; page <= count; ++page) {
    if (page < count) {
      const char* from = (const char*)pages.keys(stretch.sequence, page * GL_PAGE, kv_head, Size);
      gl_fetch<2 * Size, GL_PAGE>((char*)slices[page & 1][0], from, 2 * Size);
      gl_fetch<2 * Size, GL_PAGE>((char*)slices[page & 1][1], from + GL_PAGE * 2 * Size, 2 * Size);
    }
    gl_copy_commit();
    if (page == 0) continue;
    gl_copy_wait<1>();
    __syncthreads();
    const gl_u32 token = (page - 1) * GL_PAGE, position = stretch.position + own + (lane >> 2);
    // Warps that no query, or no token of this page, concerns.
    if (own < stretch.count && token <= stretch.position + own + 15)
      gl_attend_page<Size>(q, (char*)slices[(page - 1) & 1][0], (char*)slices[(page - 1) & 1][1], token, position, scale, most, sum, o);
    __syncthreads();
  }
#pragma unroll
  for (int h = 0; h < 2; ++h) {
#pragma unroll
    for (int other = 1; other < 4; other <<= 1) sum[h] += gl_shuffle(sum[h], other);
    const gl_u32 row = own + (lane >> 2) + 8 * h;
    if (row >= stretch.count) continue;
    gl_u32* to = (gl_u32*)(into + ((gl_u64)(stretch.first + row) * heads + head) * Size) + (lane & 3);
#pragma unroll
    for (int d = 0; d < Size / 8; ++d) to[4 * d] = gl_brains(o[d][2 * h] / sum[h], o[d][2 * h + 1] / sum[h]);
  }
}

#define GL_PREFILL(SIZE)                                                                                                 \
  GL_KERNEL_OF(128, gl_prefill_##SIZE, const gl_u16* __restrict__ queries, const gl_stretch* __restrict__ stretches, const char* __restrict__ cache, \
               const gl_u32* __restrict__ table, gl_u64 page_bytes, gl_u32 most, gl_u16* __restrict__ into, gl_u32 layer, gl_u32 heads, gl_u32 kv_heads) { \
    gl_pages pages;                                                                                                      \
    pages.start = cache;                                                                                                 \
    pages.table = table;                                                                                                 \
    pages.page_bytes = page_bytes;                                                                                       \
    pages.most = most;                                                                                                   \
    gl_prefill<SIZE>(queries, stretches, pages, into, layer, heads, kv_heads);                                           \
  }
GL_PREFILL(64)
GL_PREFILL(128)
