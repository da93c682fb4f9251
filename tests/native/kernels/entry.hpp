// GL_KERNEL: a kernel as a function of the file, with the two exports that a driver's double calls.
#pragma once
#include <tuple>
#include <utility>

#define GL_EXPORT extern "C" __attribute__((visibility("default")))

template <class... P>
struct gl_parameters {
  template <size_t... I>
  static void pass(void (*kernel)(P...), void** params, std::index_sequence<I...>) {
    kernel(*(P*)params[I]...);
  }
  static void pass(void (*kernel)(P...), void** params) { pass(kernel, params, std::index_sequence_for<P...>{}); }
  static int sizes(gl_u32* out) {
    ((*out++ = sizeof(P)), ...);
    return sizeof...(P);
  }
};
template <class... P>
gl_parameters<P...> gl_parameters_of(void (*)(P...));

#define GL_KERNEL(name, ...)                                                                                             \
  static void name(__VA_ARGS__);                                                                                         \
  GL_EXPORT void gl_host_##name(const gl_launch* launch) {                                                               \
    gl_run(*launch, [](const gl_launch& l) { decltype(gl_parameters_of(name))::pass(name, l.params); });                 \
  }                                                                                                                      \
  GL_EXPORT int gl_sizes_##name(gl_u32* sizes) { return decltype(gl_parameters_of(name))::sizes(sizes); }                \
  static void name(__VA_ARGS__)

#define GL_KERNEL_OF(threads, name, ...) GL_KERNEL(name, __VA_ARGS__)
