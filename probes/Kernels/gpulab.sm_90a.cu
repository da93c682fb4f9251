// What only compute capability 9.0 has: wgmma.
#include "../Compute/warpgroup.cu"
