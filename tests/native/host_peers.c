/* The loops of the host probes in C, as a compiler for this very processor makes them: the peers that the C# loops are compared with.
   Build: cc -O3 -march=native -shared -fPIC -o libhost_peers.so host_peers.c */
#include <immintrin.h>
#include <stddef.h>
#include <string.h>

double peer_read(const double *a, size_t n)
{
    /* Without leave to reorder a compiler keeps one sum; four vectors of them are what reading needs. */
    double s[32] = {0};
    for (size_t i = 0; i < n; i += 32)
        for (size_t j = 0; j < 32; j++) s[j] += a[i + j];
    double sum = 0;
    for (size_t j = 0; j < 32; j++) sum += s[j];
    return sum;
}

void peer_write(double *restrict c, double value, size_t n)
{
    for (size_t i = 0; i < n; i++) c[i] = value;
}

void peer_copy(double *restrict c, const double *restrict a, size_t n)
{
    for (size_t i = 0; i < n; i++) c[i] = a[i];
}

void peer_triad(double *restrict c, const double *restrict a, const double *restrict b, double s, size_t n)
{
    for (size_t i = 0; i < n; i++) c[i] = a[i] + s * b[i];
}

void **peer_chase(void **p, size_t steps)
{
#define STEP p = (void **)*p;
#define STEP8 STEP STEP STEP STEP STEP STEP STEP STEP
    for (; steps; steps -= 32) { STEP8 STEP8 STEP8 STEP8 }
    return p;
}

#ifdef __AVX__
double peer_read_avx(const double *a, size_t n)
{
    __m256d s0 = _mm256_setzero_pd(), s1 = s0, s2 = s0, s3 = s0;
    for (size_t i = 0; i < n; i += 16) {
        s0 = _mm256_add_pd(s0, _mm256_load_pd(a + i));
        s1 = _mm256_add_pd(s1, _mm256_load_pd(a + i + 4));
        s2 = _mm256_add_pd(s2, _mm256_load_pd(a + i + 8));
        s3 = _mm256_add_pd(s3, _mm256_load_pd(a + i + 12));
    }
    double s[4];
    _mm256_storeu_pd(s, _mm256_add_pd(_mm256_add_pd(s0, s1), _mm256_add_pd(s2, s3)));
    return s[0] + s[1] + s[2] + s[3];
}

void peer_write_past(double *c, double value, size_t n)
{
    __m256d v = _mm256_set1_pd(value);
    for (size_t i = 0; i < n; i += 4) _mm256_stream_pd(c + i, v);
    _mm_sfence();
}

void peer_copy_past(double *c, const double *a, size_t n)
{
    for (size_t i = 0; i < n; i += 4) _mm256_stream_pd(c + i, _mm256_load_pd(a + i));
    _mm_sfence();
}

void peer_triad_past(double *c, const double *a, const double *b, double s, size_t n)
{
    __m256d v = _mm256_set1_pd(s);
    for (size_t i = 0; i < n; i += 4)
        _mm256_stream_pd(c + i, _mm256_fmadd_pd(v, _mm256_load_pd(b + i), _mm256_load_pd(a + i)));
    _mm_sfence();
}
#endif
