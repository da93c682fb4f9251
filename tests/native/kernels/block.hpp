// One block: its threads, who waits for what, and the loop that runs them.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <numeric>
#include <vector>

enum class gl_state : gl_u32 { ready, at_block_barrier, at_warp_barrier, ended };

struct gl_block;

/// Copies to shared memory that a thread has begun. They are carried out as late as they may be, so that a wait that is missing shows.
struct gl_copies {
  struct copy {
    void* to;
    const void* from;
    gl_u32 group;
  };
  std::vector<copy> begun;
  gl_u32 group = 0;

  void begin(void* to, const void* from) { begun.push_back({to, from, group}); }
  void commit() { group++; }
  void wait(gl_u32 pending) {
    size_t done = 0;
    for (; done < begun.size() && begun[done].group + pending < group; ++done) memcpy(begun[done].to, begun[done].from, 16);
    begun.erase(begun.begin(), begun.begin() + (long)done);
  }
};

struct gl_cuda_thread {
  gl_dim3 index, block_index, block_size, grid_size;
  gl_u32 lane, warp, turn;
  gl_state state;
  gl_block* block;
  gl_fiber fiber;
  gl_copies copies;
};

/// What a lane shows to its warp: two of each, so that a fast lane's next does not overwrite what a slow one still reads.
struct gl_warp {
  gl_u32 lanes, arrived;
  struct { alignas(16) unsigned char bytes[32]; } shown[2][32];
};

struct gl_block {
  std::vector<gl_cuda_thread> threads;
  std::vector<gl_warp> warps;
  gl_fiber scheduler;
  void (*kernel)(const gl_launch&);
  const gl_launch* launch;
  std::unique_ptr<unsigned char, decltype(&free)> dynamic{nullptr, free};
  gl_u32 sm, waiting, ended;
  bool fibers, met_barrier;
};

inline thread_local gl_cuda_thread* gl_self;

#define threadIdx (gl_self->index)
#define blockIdx (gl_self->block_index)
#define blockDim (gl_self->block_size)
#define gridDim (gl_self->grid_size)

[[noreturn]] inline void gl_die(const char* why) {
  fprintf(stderr, "gpulab host kernels: %s (block %u, thread %u)\n", why, gl_self ? gl_self->block_index.x : 0, gl_self ? gl_self->index.x : 0);
  abort();
}

inline __attribute__((noinline)) void gl_wait(gl_state state) {
  gl_cuda_thread* self = gl_self;
  self->state = state;
  self->fiber.to(self->block->scheduler);
}

inline void gl_fiber_main() {
  gl_self->block->kernel(*gl_self->block->launch);
  gl_wait(gl_state::ended);
  gl_die("a thread went on after its end");
}

inline void __syncthreads() {
  gl_block& block = *gl_self->block;
  if (!block.fibers) gl_die("a barrier that the first block did not meet");
  block.met_barrier = true;
  block.waiting++;
  gl_wait(gl_state::at_block_barrier);
}

/// A walk over 0 … n − 1 in the order of the launch.
struct gl_order {
  gl_u32 n, start, step;
  gl_order(gl_u32 order, gl_u32 n, gl_u32 salt) : n(n), start(0), step(1) {
    if (n < 2 || order == 0) return;
    if (order == 1) {
      start = step = n - 1;
      return;
    }
    gl_u64 mixed = (order * 2654435761ull + salt * 40503ull + 1) * 6364136223846793005ull;
    start = (gl_u32)((mixed >> 33) % n);
    step = (gl_u32)((mixed >> 13) % n);
    while (std::gcd(step, n) != 1) step = (step + 1) % n;
  }
  gl_u32 at(gl_u32 i) const { return (gl_u32)((start + (gl_u64)step * i) % n); }
};

inline void gl_prepare(gl_block& block, const gl_launch& launch, gl_u32 number, const gl_stacks& stacks) {
  const gl_dim3 size = launch.block;
  const gl_u32 n = (gl_u32)block.threads.size();
  block.sm = number % (launch.sms ? launch.sms : 1);
  block.waiting = block.ended = 0;
  block.met_barrier = false;
  if (launch.shared_bytes) memset(block.dynamic.get(), 0xCD, launch.shared_bytes);
  for (gl_u32 i = 0; i < n; ++i) {
    gl_cuda_thread& t = block.threads[i];
    t.index = {i % size.x, i / size.x % size.y, i / size.x / size.y};
    t.block_index = {number % launch.grid.x, number / launch.grid.x % launch.grid.y, number / launch.grid.x / launch.grid.y};
    t.block_size = size;
    t.grid_size = launch.grid;
    t.lane = i % 32;
    t.warp = i / 32;
    t.turn = 0;
    t.copies.begun.clear();
    t.copies.group = 0;
    t.state = gl_state::ready;
    t.block = &block;
    if (block.fibers) t.fiber.start(stacks.at(i), stacks.bytes - stacks.guard, gl_fiber_main);
  }
  for (gl_u32 w = 0; w < block.warps.size(); ++w) {
    block.warps[w].lanes = n - w * 32 < 32 ? n - w * 32 : 32;
    block.warps[w].arrived = 0;
  }
}

inline void gl_run_block(gl_block& block, gl_u32 salt) {
  const gl_u32 n = (gl_u32)block.threads.size();
  if (!block.fibers) {
    const gl_order order(block.launch->order, n, salt);
    for (gl_u32 i = 0; i < n; ++i) {
      gl_self = &block.threads[order.at(i)];
      block.kernel(*block.launch);
    }
    return;
  }
  for (gl_u32 round = 0; block.ended < n; ++round) {
    const gl_order order(block.launch->order, n, salt + round);
    bool progress = false;
    for (gl_u32 i = 0; i < n; ++i) {
      gl_cuda_thread& t = block.threads[order.at(i)];
      if (t.state != gl_state::ready) continue;
      progress = true;
      gl_self = &t;
      block.scheduler.to(t.fiber);
      if (t.state == gl_state::ended) block.ended++;
    }
    if (block.waiting && block.waiting + block.ended == n) {
      block.waiting = 0;
      progress = true;
      for (gl_cuda_thread& t : block.threads)
        if (t.state == gl_state::at_block_barrier) t.state = gl_state::ready;
    }
    if (!progress && block.ended < n) gl_die("threads wait for others that do not come: divergent barrier or warp collective");
  }
}

inline void gl_run(const gl_launch& launch, void (*kernel)(const gl_launch&)) {
  static thread_local gl_stacks stacks;
  const gl_u32 n = launch.block.x * launch.block.y * launch.block.z, blocks = launch.grid.x * launch.grid.y * launch.grid.z;
  gl_block block;
  block.threads.resize(n);
  block.warps.resize((n + 31) / 32);
  block.kernel = kernel;
  block.launch = &launch;
  if (launch.shared_bytes) block.dynamic.reset((unsigned char*)aligned_alloc(1024, (launch.shared_bytes + 1023) / 1024 * 1024));
  stacks.ensure(n);
  // A kernel whose first block meets no barrier needs no fibers.
  block.fibers = true;
  const gl_order order(launch.order, blocks, 0);
  for (gl_u32 i = launch.first_block; i < blocks; i += launch.block_step ? launch.block_step : 1) {
    const gl_u32 number = order.at(i);
    gl_prepare(block, launch, number, stacks);
    gl_run_block(block, number);
    if (!block.met_barrier) block.fibers = false;
  }
  gl_self = nullptr;
}
