// Loads on one resource each, for a time, with a dial: on for `on` of every `period` nanoseconds of the clock that all SMs share, so that the
// whole GPU is on and off together. work[block] counts the portions that a block did; what it left behind follows from them.
#include "gpulab.cuh"
#include "../Compute/chains.cuh"
#include "../Compute/tensor.cuh"

/// Parameters of each: nanoseconds, each below 4 s. on = period is full load. The offset moves the on part within the period.
#define GL_DIAL gl_u32 run, gl_u32 on, gl_u32 period, gl_u32 offset

/// Portions of work until the time is up: `while (storm.next()) …`, by all threads of a block together.
struct gl_storm {
  gl_u32 run, on, period, offset;
  gl_u64 start;
  gl_u32 portions;

  GL_DEV_MEMBER gl_storm(GL_DIAL) : run(run), on(on), period(period), offset(offset), start(gl_globaltimer()), portions(0) {}

  /// Sleeps through the off part of the period. False when the time is up.
  GL_DEV_MEMBER bool next() {
    const gl_u32 more = gl_first_says(threadIdx.x == 0 ? wait() : 0);
    portions += more;
    return more != 0;
  }

  GL_DEV_MEMBER gl_u32 wait() const {
    for (;;) {
      const gl_u64 now = gl_globaltimer();
      if (now - start >= run) return 0;
      const gl_u32 phase = (gl_u32)((now + offset) % period);
      if (phase < on) return 1;
      // A nanosleep may take twice as long as it is asked to.
      const gl_u32 rest = period - phase;
      gl_nanosleep(rest < 500 ? rest : 500);
    }
  }

  GL_DEV_MEMBER void done(gl_u32* work) const {
    if (threadIdx.x == 0) work[blockIdx.x] = portions;
  }
};

/// Trips of a loop in a portion: some microseconds of work.
#define GL_PORTION 8

/// Copies vectors first, first + step, … of n, again and again. A portion is GL_PORTION × GL_IN_FLIGHT of them; a trip that would not fit
/// starts again at the first, so n is at least GL_IN_FLIGHT × step.
GL_DEV void gl_storm_copies(gl_storm& storm, const uint4* a, uint4* b, gl_u64 n, gl_u64 first, gl_u64 step) {
  gl_u64 i = first;
  while (storm.next()) {
    for (int trip = 0; trip < GL_PORTION; ++trip) {
      if (i + (GL_IN_FLIGHT - 1) * step >= n) i = first;
      uint4 v[GL_IN_FLIGHT];
#pragma unroll
      for (int u = 0; u < GL_IN_FLIGHT; ++u) v[u] = gl_load_stream(a + i + u * step);
#pragma unroll
      for (int u = 0; u < GL_IN_FLIGHT; ++u) gl_store_stream(b + i + u * step, v[u]);
      i += GL_IN_FLIGHT * step;
    }
  }
}

/// b = a over n vectors of 16 bytes, again and again: DRAM, or a link where one of them is the host's.
GL_KERNEL(gl_storm_copy, const uint4* __restrict__ a, uint4* __restrict__ b, gl_u64 n, GL_DIAL, gl_u32* work) {
  gl_storm storm(run, on, period, offset);
  gl_storm_copies(storm, a, b, n, gl_thread(), gl_threads());
  storm.done(work);
}

/// Both directions of a link: even warps copy n vectors one way, odd warps n the other. Blocks have an even number of warps.
GL_KERNEL(gl_storm_both, const uint4* __restrict__ up_from, uint4* __restrict__ up_to, const uint4* __restrict__ down_from, uint4* __restrict__ down_to, gl_u64 n, GL_DIAL,
          gl_u32* work) {
  const gl_u64 warp = gl_thread() >> 5, first = (warp >> 1) * 32 + (threadIdx.x & 31), step = gl_threads() >> 1;
  gl_storm storm(run, on, period, offset);
  gl_storm_copies(storm, warp & 1 ? down_from : up_from, warp & 1 ? down_to : up_to, n, first, step);
  storm.done(work);
}

/// The walk of gl_storm_copy, reading only: L2 where a fits it, else DRAM. sums[block] = exclusive or of what was read.
GL_KERNEL(gl_storm_read, const uint4* __restrict__ a, gl_u64 n, GL_DIAL, gl_u32* sums, gl_u32* work) {
  const gl_u64 step = gl_threads();
  gl_u64 i = gl_thread();
  gl_u32 sum = 0;
  gl_storm storm(run, on, period, offset);
  while (storm.next()) {
    for (int trip = 0; trip < GL_PORTION; ++trip) {
      if (i + (GL_IN_FLIGHT - 1) * step >= n) i = gl_thread();
      uint4 v[GL_IN_FLIGHT];
#pragma unroll
      for (int u = 0; u < GL_IN_FLIGHT; ++u) v[u] = gl_load_stream(a + i + u * step);
#pragma unroll
      for (int u = 0; u < GL_IN_FLIGHT; ++u) sum ^= gl_fold(v[u]);
      i += GL_IN_FLIGHT * step;
    }
  }
  storm.done(work);
  sum = gl_block_xor(sum);
  if (threadIdx.x == 0) sums[blockIdx.x] = sum;
}

/// Address translation: each load is one vector somewhere in a random page. `span` is the distance of pages in vectors, a power of two.
GL_KERNEL(gl_storm_pages, const uint4* __restrict__ a, gl_u32 pages, gl_u32 span, gl_u64 seed, GL_DIAL, gl_u32* sums, gl_u32* work) {
  gl_u64 at = gl_thread();
  gl_u32 sum = 0;
  gl_storm storm(run, on, period, offset);
  while (storm.next()) {
    for (int trip = 0; trip < GL_PORTION; ++trip) {
      uint4 v[GL_IN_FLIGHT];
#pragma unroll
      for (int u = 0; u < GL_IN_FLIGHT; ++u) {
        const gl_u64 r = gl_random(seed, at + u * gl_threads());
        v[u] = gl_load_stream(a + ((r >> 32) * pages >> 32) * span + ((gl_u32)r & (span - 1)));
      }
#pragma unroll
      for (int u = 0; u < GL_IN_FLIGHT; ++u) sum ^= gl_fold(v[u]);
      at += GL_IN_FLIGHT * gl_threads();
    }
  }
  storm.done(work);
  sum = gl_block_xor(sum);
  if (threadIdx.x == 0) sums[blockIdx.x] = sum;
}

/// The SMs' arithmetic: out[thread] as gl_chain_fp32 leaves it after GL_PORTION times `work` rounds.
GL_KERNEL(gl_storm_fp32, gl_u32* out, gl_u64 seed, GL_DIAL, gl_u32* work) {
  gl_chaos<float> chains(seed, gl_thread());
  gl_storm storm(run, on, period, offset);
  while (storm.next()) {
    for (int trip = 0; trip < GL_PORTION; ++trip) {
#pragma unroll
      for (int s = 0; s < GL_STEPS; ++s) chains.step();
    }
  }
  storm.done(work);
  gl_u32 bits = 0;
#pragma unroll
  for (int j = 0; j < GL_CHAINS; ++j) bits ^= __float_as_uint(chains.x[j]);
  out[gl_thread()] = bits;
}

/// The tensor cores, and with them the power limit: d as gl_tensor_bf16 leaves it after GL_PORTION times `work` rounds.
GL_KERNEL(gl_storm_bf16, const gl_u32* __restrict__ a, const gl_u32* __restrict__ b, float* __restrict__ d, GL_DIAL, gl_u32* work) {
  gl_tile<float, gl_mma_bf16> tile(a, b);
  gl_storm storm(run, on, period, offset);
  while (storm.next())
    for (int trip = 0; trip < GL_PORTION; ++trip) tile.multiply();
  storm.done(work);
  tile.store(d);
}

/// Memory barriers of the whole system: counts[thread] is a store before each.
GL_KERNEL(gl_storm_fence, gl_u32* counts, GL_DIAL, gl_u32* work) {
  gl_u32 count = 0;
  gl_storm storm(run, on, period, offset);
  while (storm.next()) {
    for (int trip = 0; trip < GL_PORTION; ++trip) {
      gl_store_system(counts + gl_thread(), ++count);
      __threadfence_system();
    }
  }
  storm.done(work);
}
