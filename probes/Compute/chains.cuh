// Chains of multiply-adds whose numbers never settle, so that no operand stays zero or constant.
#pragma once

/// Chains of a thread, enough to hide the latency of one; steps before a loop looks at its counter.
#define GL_CHAINS 8
#define GL_STEPS 16

/// x ← x² + c with c from −1.99 to −1.9: bounded by 2, chaotic, and the same bits wherever multiply-adds are fused.
template <class Real>
struct gl_chaos {
  Real c, x[GL_CHAINS];

  GL_DEV_MEMBER gl_chaos(gl_u64 seed, gl_u64 thread) {
    c = fused((Real)-0.09, unit(gl_random(seed, thread * (GL_CHAINS + 1))), (Real)-1.9);
#pragma unroll
    for (int j = 0; j < GL_CHAINS; ++j) x[j] = unit(gl_random(seed, thread * (GL_CHAINS + 1) + 1 + j));
  }
  /// From 0 to below 1, on a grid that every kind of number holds exactly.
  static GL_DEV_MEMBER Real unit(gl_u64 random) { return (Real)(gl_u32)(random >> 44) * (Real)(1.0 / (1 << 20)); }

  GL_DEV_MEMBER void step() {
#pragma unroll
    for (int j = 0; j < GL_CHAINS; ++j) x[j] = fused(x[j], x[j], c);
  }
  static GL_DEV_MEMBER float fused(float a, float b, float c) { return fmaf(a, b, c); }
  static GL_DEV_MEMBER double fused(double a, double b, double c) { return fma(a, b, c); }
};
