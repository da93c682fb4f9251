// The clocks that other kernels are timed by.
#include "gpulab.cuh"

struct gl_clock_pair {
  gl_u64 cycles, ns;
  gl_u32 sm, unused;
};

/// Waits for the shared timer's next value.
GL_DEV gl_u64 gl_next_tick() {
  const gl_u64 before = gl_globaltimer();
  gl_u64 now = before;
  while (now == before) now = gl_globaltimer();
  return now;
}

/// Cycles of each block's SM over at least `ns` nanoseconds, from one step of the shared timer to another: cycles ÷ ns is the SM's clock.
GL_KERNEL(gl_sm_clock, gl_clock_pair* pairs, gl_u64 ns) {
  if (threadIdx.x != 0) return;
  const gl_u64 start = gl_next_tick(), cycles = gl_clock();
  gl_u64 now = start;
  while (now - start < ns) now = gl_next_tick();
  gl_clock_pair pair;
  pair.cycles = gl_clock() - cycles;
  pair.ns = now - start;
  pair.sm = gl_smid();
  pair.unused = 0;
  pairs[blockIdx.x] = pair;
}

struct gl_sm_stamp {
  gl_u64 cycles, ns;
};

/// stamps[SM] = the SM's clock and the shared timer, for SMs below `count` that a block comes to. Two launches round some work tell the clock that it ran at.
GL_KERNEL(gl_sm_stamps, gl_sm_stamp* stamps, gl_u32 count) {
  const gl_u32 sm = gl_smid();
  if (threadIdx.x != 0 || sm >= count) return;
  gl_sm_stamp stamp;
  stamp.cycles = gl_clock();
  stamp.ns = gl_globaltimer();
  stamps[sm] = stamp;
}

/// Successive values of the shared timer: their distances are its step.
GL_KERNEL(gl_timer_values, gl_u64* values, gl_u32 count) {
  if (blockIdx.x != 0 || threadIdx.x != 0) return;
  for (gl_u32 i = 0; i < count; ++i) values[i] = gl_next_tick();
}
