// The twins of device.cuh and of CUDA's built-in functions.
#pragma once
#include <atomic>
#include <cmath>
#include <ctime>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#define __device__
#define __global__
#define __shared__ static thread_local
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define GL_DEV static inline __attribute__((unused))
#define GL_DEV_MEMBER inline

struct alignas(16) uint4 {
  gl_u32 x, y, z, w;
};
struct alignas(16) double2 {
  double x, y;
};

inline void __threadfence() { std::atomic_thread_fence(std::memory_order_seq_cst); }
inline void __threadfence_system() { std::atomic_thread_fence(std::memory_order_seq_cst); }

template <class To, class From>
inline To gl_bits(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  memcpy(&to, &from, sizeof to);
  return to;
}
inline gl_u32 __float_as_uint(float x) { return gl_bits<gl_u32>(x); }
inline float __uint_as_float(gl_u32 x) { return gl_bits<float>(x); }
inline long long __double_as_longlong(double x) { return gl_bits<long long>(x); }
inline double __longlong_as_double(long long x) { return gl_bits<double>(x); }

/// Virtual time: nanoseconds for each look at a clock (0: real time), and now.
inline std::atomic<gl_u64> gl_clock_step{0}, gl_virtual_now{0};

/// Nanoseconds by which this process's timer is ahead.
inline std::atomic<gl_u64> gl_timer_ahead{0};

GL_DEV gl_u64 gl_globaltimer() {
  if (const gl_u64 step = gl_clock_step) return gl_virtual_now += step;
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return gl_timer_ahead + (gl_u64)t.tv_sec * 1000000000ull + (gl_u64)t.tv_nsec;
}
GL_DEV gl_u64 gl_clock() {
  if (gl_clock_step) return gl_globaltimer() * 3 / 2;
#if defined(__x86_64__)
  return __rdtsc();
#else
  return gl_globaltimer();
#endif
}
GL_DEV gl_u32 gl_smid() { return gl_self->block->sm; }
GL_DEV void gl_nanosleep(gl_u32 ns) {
  if (gl_clock_step) {
    gl_virtual_now += ns;
    return;
  }
  const timespec t{(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
  nanosleep(&t, nullptr);
}

GL_DEV uint4 gl_load_stream(const uint4* p) { return *p; }
GL_DEV double2 gl_load_stream(const double2* p) { return *p; }
GL_DEV void gl_store_stream(uint4* p, uint4 v) { *p = v; }
GL_DEV void gl_store_stream(double2* p, double2 v) { *p = v; }
GL_DEV gl_u64 gl_load_l1(const gl_u64* p) { return *(const volatile gl_u64*)p; }
GL_DEV gl_u64 gl_load_l2(const gl_u64* p) { return *(const volatile gl_u64*)p; }
GL_DEV gl_u64 gl_load_system(const gl_u64* p) { return __atomic_load_n(p, __ATOMIC_RELAXED); }
GL_DEV gl_u32 gl_load_system(const gl_u32* p) { return __atomic_load_n(p, __ATOMIC_RELAXED); }
GL_DEV void gl_store_system(gl_u32* p, gl_u32 v) { __atomic_store_n(p, v, __ATOMIC_RELAXED); }
GL_DEV gl_u32 gl_atomic_add(gl_u32* p, gl_u32 v) { return __atomic_fetch_add(p, v, __ATOMIC_RELAXED); }
GL_DEV gl_u64 gl_atomic_min(gl_u64* p, gl_u64 v) {
  gl_u64 before = __atomic_load_n(p, __ATOMIC_RELAXED);
  while (v < before && !__atomic_compare_exchange_n(p, &before, v, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
  return before;
}

/// Four bits of exponent (bias 7), three of mantissa; no infinities.
inline float gl_from_e4m3(gl_u32 x) {
  const int exponent = (int)(x >> 3 & 15), mantissa = (int)(x & 7);
  const float size = (x & 127) == 127 ? NAN : exponent ? ldexpf((float)(8 + mantissa), exponent - 10) : ldexpf((float)mantissa, -9);
  return x & 128 ? -size : size;
}
inline float gl_from_fp16(gl_u32 x) {
  const int exponent = (int)(x >> 10 & 31), mantissa = (int)(x & 1023);
  const float size = exponent == 31 ? (mantissa ? NAN : INFINITY) : exponent ? ldexpf((float)(1024 + mantissa), exponent - 25) : ldexpf((float)mantissa, -24);
  return x & 32768 ? -size : size;
}

GL_DEV void gl_mma_bf16(float (&d)[4], const gl_u32 (&a)[4], const gl_u32 (&b)[2]) {
  gl_mma<2>(d, a, b, [](gl_u32 x) { return __uint_as_float(x << 16); });
}
GL_DEV void gl_mma_fp16(float (&d)[4], const gl_u32 (&a)[4], const gl_u32 (&b)[2]) { gl_mma<2>(d, a, b, gl_from_fp16); }
GL_DEV void gl_mma_tf32(float (&d)[4], const gl_u32 (&a)[4], const gl_u32 (&b)[2]) {
  gl_mma<1>(d, a, b, [](gl_u32 x) { return __uint_as_float(x & 0xffffe000u); });
}
GL_DEV void gl_mma_fp8(float (&d)[4], const gl_u32 (&a)[4], const gl_u32 (&b)[2]) { gl_mma<4>(d, a, b, gl_from_e4m3); }
GL_DEV void gl_mma_int8(int (&d)[4], const gl_u32 (&a)[4], const gl_u32 (&b)[2]) {
  // The sum wraps, as on the GPU without .satfinite.
  gl_u32 sum[4] = {(gl_u32)d[0], (gl_u32)d[1], (gl_u32)d[2], (gl_u32)d[3]};
  gl_mma<4>(sum, a, b, [](gl_u32 x) { return (gl_u32)(int)(signed char)x; });
  for (int j = 0; j < 4; ++j) d[j] = (int)sum[j];
}

GL_DEV float gl_sqrt(float x) { return sqrtf(x); }
GL_DEV float gl_exp2(float x) { return exp2f(x); }

GL_DEV void gl_copy_async(void* shared, const void* global) { gl_self->copies.begin(shared, global); }
GL_DEV void gl_copy_commit() { gl_self->copies.commit(); }
template <int Pending>
GL_DEV void gl_copy_wait() {
  gl_self->copies.wait(Pending);
}
GL_DEV void gl_load_matrices(gl_u32 (&d)[4], const void* row) { gl_matrices(d, row, false); }
GL_DEV void gl_load_transposed(gl_u32 (&d)[4], const void* row) { gl_matrices(d, row, true); }
