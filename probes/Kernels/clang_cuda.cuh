// CUDA's keywords and built-in variables over clang's builtins: no SDK header, no libdevice.
#pragma once

#define __device__ __attribute__((device))
#define __global__ __attribute__((global))
#define __shared__ __attribute__((shared))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
#define __forceinline__ __inline__ __attribute__((always_inline))

struct __attribute__((aligned(16))) uint4 { gl_u32 x, y, z, w; };
struct __attribute__((aligned(16))) double2 { double x, y; };

#define GL_INDEX(NAME, REGISTER)                                                                                         \
  struct gl_##NAME##_index {                                                                                             \
    __declspec(property(get = get_x)) gl_u32 x;                                                                          \
    __declspec(property(get = get_y)) gl_u32 y;                                                                          \
    __declspec(property(get = get_z)) gl_u32 z;                                                                          \
    static __device__ __forceinline__ gl_u32 get_x() { return __nvvm_read_ptx_sreg_##REGISTER##_x(); }                   \
    static __device__ __forceinline__ gl_u32 get_y() { return __nvvm_read_ptx_sreg_##REGISTER##_y(); }                   \
    static __device__ __forceinline__ gl_u32 get_z() { return __nvvm_read_ptx_sreg_##REGISTER##_z(); }                   \
  };                                                                                                                     \
  extern const __device__ __attribute__((weak)) gl_##NAME##_index NAME;
GL_INDEX(threadIdx, tid)
GL_INDEX(blockIdx, ctaid)
GL_INDEX(blockDim, ntid)
GL_INDEX(gridDim, nctaid)
#undef GL_INDEX

static __device__ __forceinline__ void __threadfence() { __nvvm_membar_gl(); }
static __device__ __forceinline__ void __threadfence_system() { __nvvm_membar_sys(); }
static __device__ __forceinline__ gl_u32 __shfl_xor_sync(gl_u32 mask, gl_u32 value, int lanes) {
  return (gl_u32)__nvvm_shfl_sync_bfly_i32(mask, (int)value, lanes, 0x1f);
}
static __device__ __forceinline__ float fmaf(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static __device__ __forceinline__ double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
static __device__ __forceinline__ gl_u32 __float_as_uint(float x) { return __builtin_bit_cast(gl_u32, x); }
static __device__ __forceinline__ float __uint_as_float(gl_u32 x) { return __builtin_bit_cast(float, x); }
static __device__ __forceinline__ long long __double_as_longlong(double x) { return __builtin_bit_cast(long long, x); }
static __device__ __forceinline__ double __longlong_as_double(long long x) { return __builtin_bit_cast(double, x); }
