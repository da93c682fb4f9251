// Queries, keys and values of a layer on their way into attention.
#include "gpulab.cuh"
#include "../Llm/brain.cuh"
#include "../Llm/cache.cuh"

/// Turns queries and keys of each row to its position, stores queries, and keys and values in the cache. One block a row; `projected` holds all heads'
/// queries, then keys, then values; cosines and sines are of position and frequency.
GL_KERNEL(gl_place, const float* __restrict__ projected, const gl_row* __restrict__ rows, const float* __restrict__ cosines, const float* __restrict__ sines,
          gl_u16* __restrict__ queries, char* cache, const gl_u32* __restrict__ table, gl_u64 page_bytes, gl_u32 most, gl_u32 layer, gl_u32 heads, gl_u32 kv_heads, gl_u32 size) {
  gl_pages pages;
  pages.start = cache;
  pages.table = table;
  pages.page_bytes = page_bytes;
  pages.most = most;
  const gl_row row = rows[blockIdx.x];
  const gl_u32 half = size / 2;
  const float* from = projected + (gl_u64)blockIdx.x * (heads + 2 * kv_heads) * size;
  gl_u16* to_queries = queries + (gl_u64)blockIdx.x * heads * size;
  const float *c = cosines + (gl_u64)row.position * half, *s = sines + (gl_u64)row.position * half;
  const gl_u32 slot = row.position % GL_PAGE;
  for (gl_u32 i = threadIdx.x; i < (heads + kv_heads) * half; i += blockDim.x) {
    const gl_u32 head = i / half, at = i % half;
    const float x = from[head * size + at], y = from[head * size + at + half];
    gl_u16* to = head < heads ? to_queries + head * size : pages.keys(row.sequence, row.position, layer * kv_heads + head - heads, size) + slot * size;
    to[at] = gl_brain(x * c[at] - y * s[at]);
    to[at + half] = gl_brain(y * c[at] + x * s[at]);
  }
  from += (heads + kv_heads) * size;
  for (gl_u32 i = threadIdx.x; i < kv_heads * size; i += blockDim.x)
    pages.keys(row.sequence, row.position, layer * kv_heads + i / size, size)[(GL_PAGE + slot) * size + i % size] = gl_brain(from[i]);
}

/// Random keys and values for the first `context` tokens of each sequence, about normal; they depend on the seed, the sequence, the token and the place alone, and
/// are those that the host makes. A block a token of a sequence.
GL_KERNEL(gl_remember, char* cache, const gl_u32* __restrict__ table, gl_u64 page_bytes, gl_u32 most, gl_u32 context, gl_u32 heads, gl_u32 size, gl_u64 seed) {
  gl_pages pages;
  pages.start = cache;
  pages.table = table;
  pages.page_bytes = page_bytes;
  pages.most = most;
  const gl_u32 sequence = blockIdx.x / context, position = blockIdx.x % context;
  const gl_u64 key = seed ^ ((gl_u64)sequence << 32 | position) * 0x9E3779B97F4A7C15ull;
  for (gl_u32 i = threadIdx.x; i < heads * size; i += blockDim.x) {
    const gl_u64 bits = gl_random(key, i);
    // Keys first, then values, two numbers of each draw.
    const gl_u32 place = 2 * (i % size), slot = position % GL_PAGE + (place < size ? 0 : GL_PAGE);
    gl_u16* to = pages.keys(sequence, position, i / size, size) + slot * size + place % size;
    for (gl_u32 n = 0; n < 2; ++n) {
      const gl_u32 b = (gl_u32)(bits >> 32 * n);
      to[n] = gl_brain(((float)((b & 255) + (b >> 8 & 255) + (b >> 16 & 255) + (b >> 24)) - 510.0f) / 147.8f);
    }
  }
}
