// What every kernel includes. One source, three kinds of compiler:
//   nvcc, NVRTC              all is built in
//   clang -x cuda, no SDK    clang_cuda.cuh defines the keywords over clang's builtins
//   a host compiler          gpulab_host.hpp emulates blocks, warps and barriers, for tests
#pragma once

typedef unsigned short gl_u16;
typedef unsigned int gl_u32;
typedef unsigned long long gl_u64;

#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
#include "device.cuh"
#elif defined(__clang__) && defined(__CUDA__)
#include "clang_cuda.cuh"
#include "device.cuh"
#else
#define GL_HOST 1
#include "gpulab_host.hpp"
#endif

#include "common.cuh"
