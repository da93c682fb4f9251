// What the lanes of a warp do together. Every lane of the warp must come.
#pragma once
#include <cstring>

inline void gl_warp_barrier() {
  gl_cuda_thread& self = *gl_self;
  gl_block& block = *self.block;
  if (!block.fibers) gl_die("a warp collective that the first block did not meet");
  block.met_barrier = true;
  gl_warp& warp = block.warps[self.warp];
  if (++warp.arrived < warp.lanes) return gl_wait(gl_state::at_warp_barrier);
  warp.arrived = 0;
  for (gl_u32 i = self.warp * 32; i < self.warp * 32 + warp.lanes; ++i)
    if (block.threads[i].state == gl_state::at_warp_barrier) block.threads[i].state = gl_state::ready;
}

/// Shows bytes to the warp; what the others show is in the result, by lane, until the next but one call.
inline auto& gl_show(const void* bytes, size_t count) {
  gl_cuda_thread& self = *gl_self;
  auto& shown = self.block->warps[self.warp].shown[self.turn ^= 1];
  memcpy(shown[self.lane].bytes, bytes, count);
  gl_warp_barrier();
  return shown;
}

template <class T>
inline T __shfl_xor_sync(gl_u32 mask, T value, int lanes) {
  if (mask != 0xffffffffu) gl_die("a shuffle of a part of a warp is not emulated");
  auto& shown = gl_show(&value, sizeof value);
  const gl_u32 from = gl_self->lane ^ (gl_u32)lanes;
  if (from < gl_self->block->warps[gl_self->warp].lanes) memcpy(&value, shown[from].bytes, sizeof value);
  return value;
}

/// D = A B + D for m16n8, where each 32-bit register of a fragment holds PACKED neighbours along k and k is 8 PACKED.
/// PTX ISA, "Matrix Fragments for mma.m16n8k8 / k16 / k32": with g = lane / 4 and q = lane % 4, register r of A is row g + 8 (r & 1),
/// register r of B is column g, and both are from k = PACKED q, in the second half of k where r > 1 (A) or r > 0 (B).
template <int PACKED, class D, class Value>
inline void gl_mma(D (&d)[4], const gl_u32 (&a)[4], const gl_u32 (&b)[2], Value value) {
  gl_u32 both[6];
  memcpy(both, a, sizeof a);
  memcpy(both + 4, b, sizeof b);
  auto& shown = gl_show(both, sizeof both);
  auto element = [&](gl_u32 lane, gl_u32 reg, gl_u32 place) {
    gl_u32 word;
    memcpy(&word, shown[lane].bytes + 4 * reg, 4);
    return value(PACKED == 1 ? word : word >> place * (32 / PACKED) & ((1ull << 32 / PACKED) - 1));
  };
  const gl_u32 g = gl_self->lane >> 2, q = gl_self->lane & 3;
  for (gl_u32 j = 0; j < 4; ++j) {
    const gl_u32 row = g + 8 * (j >> 1), column = 2 * q + (j & 1);
    D sum = d[j];
    for (gl_u32 k = 0; k < 8 * PACKED; ++k) {
      const gl_u32 half = k / (4 * PACKED), quad = k % (4 * PACKED) / PACKED, place = k % PACKED;
      sum += element((row & 7) * 4 + quad, (row >> 3) + 2 * half, place) * element(column * 4 + quad, 4 + half, place);
    }
    d[j] = sum;
  }
}

/// Four 8 × 8 matrices of 16-bit numbers, as device.cuh has them.
inline void gl_matrices(gl_u32 (&d)[4], const void* row, bool transposed) {
  auto& shown = gl_show(&row, sizeof row);
  const gl_u32 g = gl_self->lane >> 2, q = gl_self->lane & 3;
  auto element = [&](gl_u32 matrix, gl_u32 r, gl_u32 c) {
    const unsigned char* from;
    memcpy(&from, shown[8 * matrix + r].bytes, sizeof from);
    unsigned short value;
    memcpy(&value, from + 2 * c, sizeof value);
    return (gl_u32)value;
  };
  for (gl_u32 m = 0; m < 4; ++m)
    d[m] = transposed ? element(m, 2 * q, g) | element(m, 2 * q + 1, g) << 16 : element(m, g, 2 * q) | element(m, g, 2 * q + 1) << 16;
  // What is read lies in memory that others go on to write.
  gl_warp_barrier();
}
