// Peak of the tensor cores by mma.sync: d = `rounds` times A B for each of a warp's eight tiles, 16 × 8 × k each.
#include "gpulab.cuh"
#include "../Compute/tensor.cuh"

#define GL_TENSOR(NAME, D, MULTIPLY)                                                                                     \
  GL_KERNEL(NAME, const gl_u32* __restrict__ a, const gl_u32* __restrict__ b, D* __restrict__ d, gl_u32 rounds) {        \
    gl_tile<D, MULTIPLY> tile(a, b);                                                                                     \
    for (gl_u32 i = 0; i < rounds; ++i) tile.multiply();                                                                 \
    tile.store(d);                                                                                                       \
  }

#if defined(GL_SM89)
GL_TENSOR(gl_tensor_fp8, float, gl_mma_fp8)
#else
GL_TENSOR(gl_tensor_tf32, float, gl_mma_tf32)
GL_TENSOR(gl_tensor_bf16, float, gl_mma_bf16)
GL_TENSOR(gl_tensor_fp16, float, gl_mma_fp16)
GL_TENSOR(gl_tensor_int8, int, gl_mma_int8)
#endif
