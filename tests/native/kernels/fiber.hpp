// Switching between stacks. By hand on x86-64 (tens of nanoseconds); elsewhere, or with -DGL_UCONTEXT, by the C library (microseconds).
#pragma once
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>

#if !defined(__x86_64__) && !defined(GL_UCONTEXT)
#define GL_UCONTEXT 1
#endif

#if defined(GL_UCONTEXT)
#include <ucontext.h>
struct gl_fiber {
  ucontext_t context;
  void start(void* stack, size_t bytes, void (*entry)()) {
    getcontext(&context);
    context.uc_stack.ss_sp = stack;
    context.uc_stack.ss_size = bytes;
    context.uc_link = nullptr;
    makecontext(&context, entry, 0);
  }
  void to(gl_fiber& next) { swapcontext(&context, &next.context); }
};
#else
// Saves the registers that a callee must keep, changes the stack, takes those of the other stack.
extern "C" void gl_switch(void** save, void* to);
__asm__(
    ".text\n.weak gl_switch\n.type gl_switch,@function\n"
    "gl_switch:\n"
    "  pushq %rbp\n  pushq %rbx\n  pushq %r12\n  pushq %r13\n  pushq %r14\n  pushq %r15\n"
    "  movq %rsp, (%rdi)\n  movq %rsi, %rsp\n"
    "  popq %r15\n  popq %r14\n  popq %r13\n  popq %r12\n  popq %rbx\n  popq %rbp\n"
    "  ret\n.size gl_switch, .-gl_switch\n");
struct gl_fiber {
  void* top;
  void start(void* stack, size_t bytes, void (*entry)()) {
    // The stack as gl_switch leaves it: six registers, where to return, and a place where the entry would return to.
    void** p = (void**)((char*)stack + bytes - 64);
    *--p = nullptr;
    *--p = (void*)entry;
    for (int i = 0; i < 6; ++i) *--p = nullptr;
    top = p;
  }
  void to(gl_fiber& next) { gl_switch(&top, next.top); }
};
#endif

/// Stacks for a number of fibers, with a page between them that nothing may touch.
struct gl_stacks {
  static constexpr size_t bytes = 64 * 1024, guard = 4096;
  unsigned char* memory = nullptr;
  gl_u32 count = 0;

  void* at(gl_u32 i) const { return memory + i * bytes + guard; }

  void ensure(gl_u32 wanted) {
    if (wanted <= count) return;
    if (memory) munmap(memory, count * bytes);
    memory = (unsigned char*)mmap(nullptr, wanted * bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
      perror("gpulab host kernels: stacks");
      abort();
    }
    for (gl_u32 i = 0; i < wanted; ++i) mprotect(memory + i * bytes, guard, PROT_NONE);
    count = wanted;
  }

  ~gl_stacks() {
    if (memory) munmap(memory, count * bytes);
  }
};
