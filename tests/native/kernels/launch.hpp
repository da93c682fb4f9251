// What a launcher is told.
#pragma once
#include <cstdint>

struct gl_dim3 {
  gl_u32 x, y, z;
};

extern "C" struct gl_launch {
  gl_dim3 grid, block;
  gl_u32 shared_bytes;  // dynamic shared memory; 0xCD when a block starts
  void** params;        // one pointer for each parameter
  gl_u32 sms;           // block b runs on SM b % sms; 0 is 1
  gl_u32 order;         // threads and blocks: 0 ascending, 1 descending, else a permutation of its own
  gl_u32 first_block;   // this call runs every block_step-th block from here, so that several OS threads can share a launch
  gl_u32 block_step;    // 0 is 1
};
