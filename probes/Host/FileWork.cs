namespace GpuLab.Probes.Host;

/// <summary>Every thread reads its contiguous part of a file, block by block, to the same place in memory.</summary>
sealed unsafe class FileWork(int threads, byte* into, long length, long block) : TeamWork
{
    int failed;

    public int Descriptor { get; set; }

    /// <summary>Whether a read since the last call failed or ended early.</summary>
    public bool Failed => Interlocked.Exchange(ref failed, 0) != 0;

    public override void Run(int thread)
    {
        var blocks = (length + block - 1) / block;
        var end = Math.Min(length, blocks * (thread + 1) / threads * block);
        for (var at = blocks * thread / threads * block; at < end;)
        {
            var got = Libc.pread(Descriptor, into + at, (nuint)Math.Min(block, end - at), at);
            if (got <= 0)
            {
                Volatile.Write(ref failed, 1);
                return;
            }
            at += got;
        }
    }
}
