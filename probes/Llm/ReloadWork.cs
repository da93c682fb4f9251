using System.Runtime.Intrinsics.X86;
using GpuLab.Probes.Host;

namespace GpuLab.Probes.Llm;

/// <summary>How pages are copied within memory.</summary>
enum PageCopy { Library, PastCaches }

/// <summary>Every thread moves its part of a prompt's pages to where the cache has room for them. Prompts lie one after another where they come from.</summary>
sealed unsafe class ReloadWork(PagedCache cache, int threads, int pages, byte* source) : TeamWork
{
    int failed;

    public int Prompt { get; set; }

    /// <summary>Of the file to read from; negative to copy from memory.</summary>
    public int Descriptor { get; set; } = -1;

    public PageCopy Copy { get; set; }

    /// <summary>Whether a read since the last call failed or ended early.</summary>
    public bool Failed => Interlocked.Exchange(ref failed, 0) != 0;

    public override void Run(int thread)
    {
        for (var page = (int)((long)pages * thread / threads); page < (int)((long)pages * (thread + 1) / threads); page++)
        {
            var bytes = cache.PageBytes;
            var offset = ((long)Prompt * pages + page) * bytes;
            var into = cache.Page(Prompt, page);
            if (Descriptor >= 0) Read(into, bytes, offset);
            else if (Copy == PageCopy.Library) Buffer.MemoryCopy(source + offset, into, bytes, bytes);
            else if (Avx512F.IsSupported) StreamKernels.Copy512Streaming((double*)into, (double*)(source + offset), (nuint)bytes / sizeof(double));
            else StreamKernels.Copy256Streaming((double*)into, (double*)(source + offset), (nuint)bytes / sizeof(double));
        }
    }

    void Read(byte* into, long bytes, long offset)
    {
        for (long at = 0; at < bytes;)
        {
            var got = Libc.pread(Descriptor, into + at, (nuint)(bytes - at), offset + at);
            if (got <= 0)
            {
                Volatile.Write(ref failed, 1);
                return;
            }
            at += got;
        }
    }
}
