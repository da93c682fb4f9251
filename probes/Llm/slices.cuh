// Slices of matrices in shared memory, as the tensor cores' loads want them.
#pragma once

/// Address of 16 bytes in a slice: rows lie one after another, and their parts change places from row to row, so that eight rows meet no bank twice.
template <int RowBytes>
GL_DEV char* gl_slice_at(char* slice, gl_u32 row, gl_u32 part) {
  const gl_u32 parts = RowBytes / 16, rows = parts < 8 ? 8 / parts : 1, mask = parts < 8 ? parts - 1 : 7;
  return slice + row * RowBytes + ((part ^ (row / rows & mask)) << 4);
}

/// Begins to copy a slice: `Rows` rows of RowBytes out of rows that are `stride` bytes apart.
template <int RowBytes, int Rows>
GL_DEV void gl_fetch(char* slice, const char* from, gl_u64 stride) {
  const gl_u32 parts = RowBytes / 16;
  for (gl_u32 i = threadIdx.x; i < Rows * parts; i += blockDim.x) gl_copy_async(gl_slice_at<RowBytes>(slice, i / parts, i % parts), from + i / parts * stride + i % parts * 16);
}
