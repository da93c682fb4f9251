// Peak of multiply-adds outside the tensor cores: registers only. 2 GL_CHAINS GL_STEPS `rounds` operations a thread.
#include "gpulab.cuh"
#include "../Compute/chains.cuh"

/// out[thread] = exclusive or of the bits of the thread's chains.
GL_KERNEL(gl_chain_fp32, gl_u32* out, gl_u64 seed, gl_u32 rounds) {
  gl_chaos<float> chains(seed, gl_thread());
  for (gl_u32 i = 0; i < rounds; ++i) {
#pragma unroll
    for (int s = 0; s < GL_STEPS; ++s) chains.step();
  }
  gl_u32 bits = 0;
#pragma unroll
  for (int j = 0; j < GL_CHAINS; ++j) bits ^= __float_as_uint(chains.x[j]);
  out[gl_thread()] = bits;
}

GL_KERNEL(gl_chain_fp64, gl_u64* out, gl_u64 seed, gl_u32 rounds) {
  gl_chaos<double> chains(seed, gl_thread());
  for (gl_u32 i = 0; i < rounds; ++i) {
#pragma unroll
    for (int s = 0; s < GL_STEPS; ++s) chains.step();
  }
  gl_u64 bits = 0;
#pragma unroll
  for (int j = 0; j < GL_CHAINS; ++j) bits ^= (gl_u64)__double_as_longlong(chains.x[j]);
  out[gl_thread()] = bits;
}

/// x ← m x + k modulo 2³², a generator of full period: m = 5 modulo 8, k odd.
GL_KERNEL(gl_chain_int32, gl_u32* out, gl_u64 seed, gl_u32 rounds) {
  const gl_u64 at = gl_thread() * (GL_CHAINS + 1), r = gl_random(seed, at);
  const gl_u32 m = ((gl_u32)r & ~7u) | 5u, k = (gl_u32)(r >> 32) | 1u;
  gl_u32 x[GL_CHAINS];
#pragma unroll
  for (int j = 0; j < GL_CHAINS; ++j) x[j] = (gl_u32)gl_random(seed, at + 1 + j);
  for (gl_u32 i = 0; i < rounds; ++i) {
#pragma unroll
    for (int s = 0; s < GL_STEPS; ++s) {
#pragma unroll
      for (int j = 0; j < GL_CHAINS; ++j) x[j] = m * x[j] + k;
    }
  }
  gl_u32 bits = 0;
#pragma unroll
  for (int j = 0; j < GL_CHAINS; ++j) bits ^= x[j];
  out[gl_thread()] = bits;
}
