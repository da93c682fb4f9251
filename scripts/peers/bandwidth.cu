// What nvcc makes of the plainest program for the same figures: device copy and triad, pinned copies over the link.
// nvcc -O3 -arch=native -o bandwidth bandwidth.cu; prints one JSON object, medians in B/s as gpulab counts them.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#define CHECK(call)                                                                              \
  do {                                                                                           \
    cudaError_t status = (call);                                                                 \
    if (status != cudaSuccess) {                                                                 \
      fprintf(stderr, "bandwidth: %s: %s\n", #call, cudaGetErrorString(status));                 \
      exit(1);                                                                                   \
    }                                                                                            \
  } while (0)

__global__ void fill(double* a, size_t n, double value) {
  for (size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; i < n; i += (size_t)gridDim.x * blockDim.x) a[i] = value + (double)(i % 1021) / 1021;
}

__global__ void copy(const double2* __restrict__ a, double2* __restrict__ b, size_t n) {
  for (size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; i < n; i += (size_t)gridDim.x * blockDim.x) b[i] = a[i];
}

__global__ void triad(const double2* __restrict__ b, const double2* __restrict__ c, double2* __restrict__ a, double s, size_t n) {
  for (size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; i < n; i += (size_t)gridDim.x * blockDim.x) {
    double2 x = b[i], y = c[i];
    a[i] = make_double2(fma(s, y.x, x.x), fma(s, y.y, x.y));
  }
}

// Median of the rates of 31 runs, each between a pair of events.
template <class Work>
double rate(double bytes, Work work) {
  cudaEvent_t start, end;
  CHECK(cudaEventCreate(&start));
  CHECK(cudaEventCreate(&end));
  std::vector<double> rates;
  for (int i = 0; i < 34; ++i) {
    CHECK(cudaEventRecord(start));
    work();
    CHECK(cudaEventRecord(end));
    CHECK(cudaEventSynchronize(end));
    float ms;
    CHECK(cudaEventElapsedTime(&ms, start, end));
    if (i >= 3) rates.push_back(bytes / (ms * 1e-3));
  }
  std::sort(rates.begin(), rates.end());
  return rates[rates.size() / 2];
}

int main() {
  const size_t bytes = (size_t)1 << 30, n = bytes / sizeof(double);
  double *a, *b, *c, *host;
  CHECK(cudaMalloc(&a, bytes));
  CHECK(cudaMalloc(&b, bytes));
  CHECK(cudaMalloc(&c, bytes));
  CHECK(cudaMallocHost(&host, bytes / 4));
  cudaDeviceProp device;
  CHECK(cudaGetDeviceProperties(&device, 0));
  const int blocks = device.multiProcessorCount * 4, threads = 512;
  fill<<<blocks, threads>>>(b, n, 1);
  fill<<<blocks, threads>>>(c, n, 2);
  CHECK(cudaDeviceSynchronize());
  const double copied = rate(2.0 * bytes, [&] { copy<<<blocks, threads>>>((double2*)b, (double2*)a, n / 2); });
  const double driver = rate(2.0 * bytes, [&] { cudaMemcpyAsync(a, b, bytes, cudaMemcpyDeviceToDevice, 0); });
  const double triads = rate(3.0 * bytes, [&] { triad<<<blocks, threads>>>((double2*)b, (double2*)c, (double2*)a, 0.4, n / 2); });
  const double up = rate(bytes / 4.0, [&] { cudaMemcpyAsync(a, host, bytes / 4, cudaMemcpyHostToDevice, 0); });
  const double down = rate(bytes / 4.0, [&] { cudaMemcpyAsync(host, a, bytes / 4, cudaMemcpyDeviceToHost, 0); });
  CHECK(cudaDeviceSynchronize());
  CHECK(cudaGetLastError());
  printf("{\"device\": \"%s\", \"mem.copy\": %.6e, \"mem.copy by the driver\": %.6e, \"mem.triad\": %.6e, \"link.h2d\": %.6e, \"link.d2h\": %.6e}\n",
         device.name, copied, driver, triads, up, down);
}
