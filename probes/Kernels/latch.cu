// Kernels that wait for the host. Each gives up after `timeout` nanoseconds, so that none outlives a host that forgot it.
#include "gpulab.cuh"

/// `released` is 0 where the time was up first.
struct gl_latch_result {
  gl_u64 waited;
  gl_u32 released, unused;
};

/// Holds a stream until the host has raised *latch to `wanted` or beyond, so that what is queued behind starts without gaps.
GL_KERNEL(gl_latch, const gl_u32* latch, gl_u32 wanted, gl_u64 timeout, gl_latch_result* result) {
  const gl_u64 start = gl_globaltimer();
  gl_u64 now = start;
  bool released = false;
  for (;;) {
    released = (int)(gl_load_system(latch) - wanted) >= 0;
    now = gl_globaltimer();
    if (released || now - start > timeout) break;
    gl_nanosleep(200);
  }
  result->waited = now - start;
  result->released = released;
}

/// Writes 1 … rounds to the host, each when the host has answered the one before with the same number.
GL_KERNEL(gl_ping_pong, const gl_u32* from_host, gl_u32* to_host, gl_u32 rounds, gl_u64 timeout, gl_latch_result* result) {
  const gl_u64 start = gl_globaltimer();
  gl_u64 now = start;
  gl_u32 done = 0;
  while (done < rounds && now - start <= timeout) {
    gl_store_system(to_host, done + 1);
    while (gl_load_system(from_host) != done + 1) {
      now = gl_globaltimer();
      if (now - start > timeout) break;
    }
    if (now - start <= timeout) ++done;
  }
  result->waited = gl_globaltimer() - start;
  result->released = done;
}
