// Indices, patterns and reductions that kernels share.
#pragma once

/// Loads of one thread that are on their way at once.
#define GL_IN_FLIGHT 8

GL_DEV gl_u64 gl_thread() { return (gl_u64)blockIdx.x * blockDim.x + threadIdx.x; }
GL_DEV gl_u64 gl_threads() { return (gl_u64)gridDim.x * blockDim.x; }

/// Output number `index` of SplitMix64 with a seed: the host draws the same numbers one after another.
GL_DEV gl_u64 gl_random(gl_u64 seed, gl_u64 index) {
  gl_u64 z = seed + (index + 1) * 0x9E3779B97F4A7C15ull;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

/// What memory number `index` of a filled array holds.
GL_DEV uint4 gl_random_vector(gl_u64 seed, gl_u64 index) {
  const gl_u64 low = gl_random(seed, 2 * index), high = gl_random(seed, 2 * index + 1);
  uint4 v;
  v.x = (gl_u32)low;
  v.y = (gl_u32)(low >> 32);
  v.z = (gl_u32)high;
  v.w = (gl_u32)(high >> 32);
  return v;
}

/// From 1 to below 2: a product with the scalar neither overflows nor cancels.
GL_DEV double gl_random_double(gl_u64 seed, gl_u64 index) {
  return __longlong_as_double((long long)(0x3FF0000000000000ull | (gl_random(seed, index) >> 12)));
}

/// Differs in every vector and costs four operations, so that a kernel which only writes stays bound by memory.
GL_DEV uint4 gl_pattern(gl_u32 seed, gl_u64 index) {
  uint4 v;
  v.x = (gl_u32)index * 0x9E3779B1u + seed;
  v.y = v.x ^ 0x85EBCA6Bu;
  v.z = ~v.x;
  v.w = v.x + (gl_u32)(index >> 32);
  return v;
}

GL_DEV gl_u32 gl_fold(uint4 v) { return v.x ^ v.y ^ v.z ^ v.w; }
GL_DEV bool gl_same(uint4 a, uint4 b) { return a.x == b.x && a.y == b.y && a.z == b.z && a.w == b.w; }

/// Exclusive or over a block of whole warps; the first thread has the result. Once a kernel.
GL_DEV gl_u32 gl_block_xor(gl_u32 value) {
  __shared__ gl_u32 warps[32];
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes >>= 1) value ^= __shfl_xor_sync(0xffffffffu, value, lanes);
  if ((threadIdx.x & 31) == 0) warps[threadIdx.x >> 5] = value;
  __syncthreads();
  if (threadIdx.x == 0)
    for (gl_u32 w = 1; w < blockDim.x >> 5; ++w) value ^= warps[w];
  return value;
}

/// The value of the block's first thread, for all of it.
GL_DEV gl_u32 gl_first_says(gl_u32 value) {
  __shared__ gl_u32 said;
  if (threadIdx.x == 0) said = value;
  __syncthreads();
  value = said;
  __syncthreads();
  return value;
}

/// What another lane of the warp has: that whose number differs in the bits of `lanes`.
GL_DEV float gl_shuffle(float value, int lanes) { return __uint_as_float(__shfl_xor_sync(0xffffffffu, __float_as_uint(value), lanes)); }
/// Over a warp; all lanes have the result.
GL_DEV float gl_warp_sum(float value) {
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes >>= 1) value += gl_shuffle(value, lanes);
  return value;
}
