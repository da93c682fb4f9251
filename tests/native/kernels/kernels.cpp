// All kernels as one library of the host; gpulab_host.hpp says what it exports. Those of wgmma are not among them.
#include "../../../probes/Kernels/gpulab.cu"
#include "../../../probes/Kernels/gpulab.llm.sm_80.cu"

#define GL_SM89 1
#include "../../../probes/Compute/tensor.cu"

GL_EXPORT void gl_host_virtual_clock(gl_u64 step) {
  gl_virtual_now = 0;
  gl_clock_step = step;
}
GL_EXPORT void gl_host_timer_ahead(gl_u64 ns) { gl_timer_ahead = ns; }
