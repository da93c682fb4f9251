// Where and when each block of a grid ran.
#include "gpulab.cuh"
#include "../Compute/chains.cuh"

/// Nanoseconds on the clock of all SMs. `work` is the exclusive or of what the block computed: proof that it did.
struct gl_block_record {
  gl_u64 start, end;
  gl_u32 sm, work;
};

GL_KERNEL(gl_trace_blocks, gl_block_record* records, gl_u64 seed, gl_u32 rounds) {
  const gl_u64 start = gl_globaltimer();
  gl_chaos<float> chains(seed, gl_thread());
  for (gl_u32 i = 0; i < rounds; ++i) chains.step();
  gl_u32 bits = 0;
#pragma unroll
  for (int j = 0; j < GL_CHAINS; ++j) bits ^= __float_as_uint(chains.x[j]);
  // Ends when the last of the block's threads has come.
  bits = gl_block_xor(bits);
  if (threadIdx.x != 0) return;
  gl_block_record r;
  r.start = start;
  r.end = gl_globaltimer();
  r.sm = gl_smid();
  r.work = bits;
  records[blockIdx.x] = r;
}
