#include "gpulab.cuh"

/// Nothing: what a launch costs.
GL_KERNEL(gl_null) {}
