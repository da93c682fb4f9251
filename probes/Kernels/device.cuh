// The inline PTX, and nothing else: a compiler does not check it, so it is kept in one place. The host build has the same functions in C++.
#pragma once

#define GL_DEV static __device__ __forceinline__
#define GL_DEV_MEMBER __device__ __forceinline__
#define GL_KERNEL(name, ...) extern "C" __global__ void name(__VA_ARGS__)
/// Never launched with more threads a block: the compiler may use as many registers as they leave.
#define GL_KERNEL_OF(threads, name, ...) extern "C" __global__ void __launch_bounds__(threads) name(__VA_ARGS__)

/// Nanoseconds on the clock that all SMs share; its step differs by chip (32 ns to 1 µs).
GL_DEV gl_u64 gl_globaltimer() {
  gl_u64 t;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(t));
  return t;
}
/// Cycles of this SM's clock.
GL_DEV gl_u64 gl_clock() {
  gl_u64 t;
  asm volatile("mov.u64 %0, %%clock64;" : "=l"(t));
  return t;
}
GL_DEV gl_u32 gl_smid() {
  gl_u32 sm;
  asm volatile("mov.u32 %0, %%smid;" : "=r"(sm));
  return sm;
}
GL_DEV void gl_nanosleep(gl_u32 ns) { asm volatile("nanosleep.u32 %0;" ::"r"(ns)); }

/// 16 bytes by the read-only path, without a place in L1.
GL_DEV uint4 gl_load_stream(const uint4* p) {
  uint4 v;
  asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0,%1,%2,%3}, [%4];" : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w) : "l"(p));
  return v;
}
GL_DEV double2 gl_load_stream(const double2* p) {
  double2 v;
  asm volatile("ld.global.nc.L1::no_allocate.v2.f64 {%0,%1}, [%2];" : "=d"(v.x), "=d"(v.y) : "l"(p));
  return v;
}
/// 16 bytes that are the first to leave the caches.
GL_DEV void gl_store_stream(uint4* p, uint4 v) {
  asm volatile("st.global.cs.v4.u32 [%0], {%1,%2,%3,%4};" ::"l"(p), "r"(v.x), "r"(v.y), "r"(v.z), "r"(v.w) : "memory");
}
GL_DEV void gl_store_stream(double2* p, double2 v) {
  asm volatile("st.global.cs.v2.f64 [%0], {%1,%2};" ::"l"(p), "d"(v.x), "d"(v.y) : "memory");
}

/// A load that L1 may answer.
GL_DEV gl_u64 gl_load_l1(const gl_u64* p) {
  gl_u64 v;
  asm volatile("ld.global.ca.u64 %0, [%1];" : "=l"(v) : "l"(p) : "memory");
  return v;
}
/// A load that L2 answers at best.
GL_DEV gl_u64 gl_load_l2(const gl_u64* p) {
  gl_u64 v;
  asm volatile("ld.global.cg.u64 %0, [%1];" : "=l"(v) : "l"(p) : "memory");
  return v;
}
/// A load that sees what other processors of the system wrote; likewise the store is seen by them.
GL_DEV gl_u64 gl_load_system(const gl_u64* p) {
  gl_u64 v;
  asm volatile("ld.relaxed.sys.global.u64 %0, [%1];" : "=l"(v) : "l"(p) : "memory");
  return v;
}
GL_DEV gl_u32 gl_load_system(const gl_u32* p) {
  gl_u32 v;
  asm volatile("ld.relaxed.sys.global.u32 %0, [%1];" : "=r"(v) : "l"(p) : "memory");
  return v;
}
GL_DEV void gl_store_system(gl_u32* p, gl_u32 v) { asm volatile("st.relaxed.sys.global.u32 [%0], %1;" ::"l"(p), "r"(v) : "memory"); }

/// Both return what was there before.
GL_DEV gl_u32 gl_atomic_add(gl_u32* p, gl_u32 v) {
  gl_u32 before;
  asm volatile("atom.global.add.u32 %0, [%1], %2;" : "=r"(before) : "l"(p), "r"(v) : "memory");
  return before;
}
GL_DEV gl_u64 gl_atomic_min(gl_u64* p, gl_u64 v) {
  gl_u64 before;
  asm volatile("atom.global.min.u64 %0, [%1], %2;" : "=l"(before) : "l"(p), "l"(v) : "memory");
  return before;
}

// D = A B + D of one warp. Which lane holds which element: PTX ISA, "Matrix Fragments for mma.m16n8k…".
#define GL_MMA_F32(NAME, SHAPE, TYPE)                                                                                    \
  GL_DEV void NAME(float (&d)[4], const gl_u32 (&a)[4], const gl_u32 (&b)[2]) {                                           \
    asm volatile("mma.sync.aligned." SHAPE ".row.col.f32." TYPE "." TYPE ".f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};" \
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])                                                         \
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));                                     \
  }
GL_MMA_F32(gl_mma_bf16, "m16n8k16", "bf16")
GL_MMA_F32(gl_mma_fp16, "m16n8k16", "f16")
GL_MMA_F32(gl_mma_tf32, "m16n8k8", "tf32")
#if defined(GL_SM89)
GL_MMA_F32(gl_mma_fp8, "m16n8k32", "e4m3")
#endif
#undef GL_MMA_F32
GL_DEV void gl_mma_int8(int (&d)[4], const gl_u32 (&a)[4], const gl_u32 (&b)[2]) {
  asm volatile("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

GL_DEV float gl_sqrt(float x) {
  float r;
  asm("sqrt.rn.f32 %0, %1;" : "=f"(r) : "f"(x));
  return r;
}
/// 2 to the power of x, to about two units of the last place.
GL_DEV float gl_exp2(float x) {
  float r;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(x));
  return r;
}

/// Begins to copy 16 bytes to shared memory, past L1; the two that follow close a group, and wait until at most `Pending` groups are on their way.
GL_DEV void gl_copy_async(void* shared, const void* global) {
  asm volatile("{ .reg .u64 s, g; cvta.to.shared.u64 s, %0; cvta.to.global.u64 g, %1; cp.async.cg.shared.global [s], [g], 16; }" ::"l"(shared), "l"(global) : "memory");
}
GL_DEV void gl_copy_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int Pending>
GL_DEV void gl_copy_wait() {
  asm volatile("cp.async.wait_group %0;" ::"n"(Pending) : "memory");
}

// Four 8 × 8 matrices of 16-bit numbers out of shared memory: lane l names row l % 8 of matrix l / 8, and gets of each matrix row lane / 4, columns
// 2 (lane % 4) and + 1; of transposed ones column lane / 4, those two rows.
#define GL_LOAD_MATRICES(NAME, TRANS)                                                                                    \
  GL_DEV void NAME(gl_u32 (&d)[4], const void* row) {                                                                    \
    asm volatile("{ .reg .u64 s; cvta.to.shared.u64 s, %4; ldmatrix.sync.aligned.m8n8.x4" TRANS ".shared.b16 {%0,%1,%2,%3}, [s]; }" \
                 : "=r"(d[0]), "=r"(d[1]), "=r"(d[2]), "=r"(d[3]) : "l"(row) : "memory");                                \
  }
GL_LOAD_MATRICES(gl_load_matrices, "")
GL_LOAD_MATRICES(gl_load_transposed, ".trans")
#undef GL_LOAD_MATRICES
