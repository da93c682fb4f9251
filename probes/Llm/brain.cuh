// Brain floating point, the upper half of a number of single precision, and the numbers that weights are stored as.
#pragma once

GL_DEV float gl_low_brain(gl_u32 pair) { return __uint_as_float(pair << 16); }
GL_DEV float gl_high_brain(gl_u32 pair) { return __uint_as_float(pair & 0xffff0000u); }
GL_DEV float gl_widen(gl_u16 brain) { return __uint_as_float((gl_u32)brain << 16); }

/// To the nearest, ties to even; not for what is no number.
GL_DEV gl_u16 gl_brain(float x) {
  const gl_u32 bits = __float_as_uint(x);
  return (gl_u16)((bits + 0x7fffu + (bits >> 16 & 1)) >> 16);
}
GL_DEV gl_u32 gl_brains(float low, float high) { return gl_brain(low) | (gl_u32)gl_brain(high) << 16; }

/// A whole number below 2²³ as a float, without the slow conversion: put into the last places of 2²³.
GL_DEV float gl_whole(gl_u32 small, float less) { return __uint_as_float(0x4b000000u | small) - (8388608.0f + less); }

/// Weight formats: bytes of 64 weights, and eight weights out of one vector of 16 bytes.
struct gl_weights_bf16 {
  static const int bytes = 128, vector = 8;
  static GL_DEV_MEMBER void eight(const uint4& v, int, float (&w)[8]) {
    w[0] = gl_low_brain(v.x), w[1] = gl_high_brain(v.x), w[2] = gl_low_brain(v.y), w[3] = gl_high_brain(v.y);
    w[4] = gl_low_brain(v.z), w[5] = gl_high_brain(v.z), w[6] = gl_low_brain(v.w), w[7] = gl_high_brain(v.w);
  }
};
/// Each stored with 128 added.
struct gl_weights_int8 {
  static const int bytes = 64, vector = 16;
  static GL_DEV_MEMBER void eight(const uint4& v, int part, float (&w)[8]) {
    const gl_u32 low = part ? v.z : v.x, high = part ? v.w : v.y;
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      w[i] = gl_whole(low >> 8 * i & 255, 128);
      w[4 + i] = gl_whole(high >> 8 * i & 255, 128);
    }
  }
};
/// Each stored with 8 added, the first of a byte in its lower half.
struct gl_weights_int4 {
  static const int bytes = 32, vector = 32;
  static GL_DEV_MEMBER void eight(const uint4& v, int part, float (&w)[8]) {
    const gl_u32 word = part == 0 ? v.x : part == 1 ? v.y : part == 2 ? v.z : v.w;
#pragma unroll
    for (int i = 0; i < 8; ++i) w[i] = gl_whole(word >> 4 * i & 15, 8);
  }
};
