// What begins with compute capability 8.9: 8-bit floating point in mma.sync.
#define GL_SM89 1
#include "../Compute/tensor.cu"
