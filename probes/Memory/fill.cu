// What memory holds before a kernel is timed, and whether it is right after. n counts vectors of 16 bytes.
#include "gpulab.cuh"

/// What a check found: the number of wrong vectors, and the first of them. The host sets 0 and the largest number before.
struct gl_mismatch {
  gl_u64 first;
  gl_u32 count, unused;
};

GL_DEV void gl_report(gl_mismatch* found, gl_u64 index) {
  gl_atomic_add(&found->count, 1);
  gl_atomic_min(&found->first, index);
}

GL_KERNEL(gl_fill, uint4* a, gl_u64 n, gl_u64 seed) {
  const gl_u64 step = gl_threads();
  for (gl_u64 i = gl_thread(); i < n; i += step) gl_store_stream(a + i, gl_random_vector(seed, i));
}

GL_KERNEL(gl_fill_double, double2* a, gl_u64 n, gl_u64 seed) {
  const gl_u64 step = gl_threads();
  for (gl_u64 i = gl_thread(); i < n; i += step) {
    double2 v;
    v.x = gl_random_double(seed, 2 * i);
    v.y = gl_random_double(seed, 2 * i + 1);
    gl_store_stream(a + i, v);
  }
}

/// Whether a holds what gl_fill leaves there.
GL_KERNEL(gl_check_fill, const uint4* a, gl_u64 n, gl_u64 seed, gl_mismatch* found) {
  const gl_u64 step = gl_threads();
  for (gl_u64 i = gl_thread(); i < n; i += step)
    if (!gl_same(gl_load_stream(a + i), gl_random_vector(seed, i))) gl_report(found, i);
}

/// Whether a holds what gl_stream_write leaves there.
GL_KERNEL(gl_check_pattern, const uint4* a, gl_u64 n, gl_u32 seed, gl_mismatch* found) {
  const gl_u64 step = gl_threads();
  for (gl_u64 i = gl_thread(); i < n; i += step)
    if (!gl_same(gl_load_stream(a + i), gl_pattern(seed, i))) gl_report(found, i);
}

/// Whether a holds b + s c where gl_fill_double left b and c: nothing but a is read.
GL_KERNEL(gl_check_triad, const double2* a, gl_u64 n, gl_u64 seed_b, gl_u64 seed_c, double s, gl_mismatch* found) {
  const gl_u64 step = gl_threads();
  for (gl_u64 i = gl_thread(); i < n; i += step) {
    const double2 v = gl_load_stream(a + i);
    const double x = fma(s, gl_random_double(seed_c, 2 * i), gl_random_double(seed_b, 2 * i));
    const double y = fma(s, gl_random_double(seed_c, 2 * i + 1), gl_random_double(seed_b, 2 * i + 1));
    if (v.x != x || v.y != y) gl_report(found, i);
  }
}
