// A tile of a matrix product that a warp keeps in registers: two fragments of A times four of B, eight products that do not wait for one another.
#pragma once

#define GL_TILE_A 2
#define GL_TILE_B 4
#define GL_TILES (GL_TILE_A * GL_TILE_B)

/// `Multiply` is one mma.sync; D its kind of sum. Fragments lie in memory by tile, lane and register.
template <class D, void (*Multiply)(D (&)[4], const gl_u32 (&)[4], const gl_u32 (&)[2])>
struct gl_tile {
  gl_u32 a[GL_TILE_A][4], b[GL_TILE_B][2];
  D d[GL_TILES][4];

  GL_DEV_MEMBER gl_tile(const gl_u32* from_a, const gl_u32* from_b) {
    const gl_u32 lane = threadIdx.x & 31;
#pragma unroll
    for (int t = 0; t < GL_TILE_A; ++t) {
#pragma unroll
      for (int j = 0; j < 4; ++j) a[t][j] = from_a[(t * 32 + lane) * 4 + j];
    }
#pragma unroll
    for (int t = 0; t < GL_TILE_B; ++t) {
#pragma unroll
      for (int j = 0; j < 2; ++j) b[t][j] = from_b[(t * 32 + lane) * 2 + j];
    }
#pragma unroll
    for (int t = 0; t < GL_TILES; ++t) {
#pragma unroll
      for (int j = 0; j < 4; ++j) d[t][j] = 0;
    }
  }

  GL_DEV_MEMBER void multiply() {
#pragma unroll
    for (int t = 0; t < GL_TILES; ++t) Multiply(d[t], a[t / GL_TILE_B], b[t % GL_TILE_B]);
  }

  /// to[warp][tile][lane][4]
  GL_DEV_MEMBER void store(D* to) const {
    const gl_u64 warp = gl_thread() >> 5;
    const gl_u32 lane = threadIdx.x & 31;
#pragma unroll
    for (int t = 0; t < GL_TILES; ++t) {
#pragma unroll
      for (int j = 0; j < 4; ++j) to[((warp * GL_TILES + t) * 32 + lane) * 4 + j] = d[t][j];
    }
  }
};
