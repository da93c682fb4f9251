// The execution model of CUDA on a processor, for tests: the kernels' own sources, compiled by a host compiler.
//
// kernels.cpp makes one shared library of all kernels:
//   g++ -std=c++17 -O2 -Wall -Wextra -Werror -Wno-unknown-pragmas -ffp-contract=off -fPIC -fvisibility=hidden -shared
//       -I tests/native/kernels -I probes/Kernels tests/native/kernels/kernels.cpp -o libgpulab_kernels.so
//
// It exports, in C:
//   void gl_host_NAME(const gl_launch*)   runs kernel NAME (gl_launch: launch.hpp); returns when all its blocks have ended
//   int  gl_sizes_NAME(unsigned* sizes)   writes the size of each parameter in bytes, as the PTX must have them; returns how many there are (≤ 32)
//   void gl_host_virtual_clock(unsigned long long step)
//                                         0: gl_globaltimer is CLOCK_MONOTONIC. Else virtual time: each look at a clock takes `step` ns,
//                                         a nanosleep what it asks for, and the SM clock makes 3 cycles in 2 ns
//
// One fiber for each CUDA thread, so that __syncthreads and warp collectives work; the order in which threads and blocks run is the launch's
// choice, and a missing barrier shows as a wrong result in some order (run at least three). Memory of the device is memory of the process.
// What is wrong use (a divergent barrier, a warp collective of a part of a warp) ends the process with a line on stderr.
#pragma once
#include "launch.hpp"
#include "fiber.hpp"
#include "block.hpp"
#include "warp.hpp"
#include "device.hpp"
#include "entry.hpp"
