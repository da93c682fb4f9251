using System.Runtime.Intrinsics.X86;

namespace GpuLab.Probes.Host;

/// <summary>What a streaming probe does to its arrays.</summary>
enum StreamKernel { Read, Write, Copy, Triad, HotCopy }

/// <summary>How its loop is written: width of loads and stores, and whether stores go past the caches.</summary>
enum StreamVariant { Stores256Past, Stores512Past, Stores256, Stores512, LibraryCopy }

static class StreamVariants
{
    /// <summary>Arrays a kernel touches.</summary>
    public static int Arrays(this StreamKernel kernel) => kernel switch
    {
        StreamKernel.Read or StreamKernel.Write => 1,
        StreamKernel.Triad => 3,
        _ => 2,
    };

    /// <summary>The variants this processor can run; the first is kept unless another is clearly faster.</summary>
    public static StreamVariant[] For(StreamKernel kernel)
    {
        StreamVariant[] all = kernel switch
        {
            StreamKernel.Read => [StreamVariant.Stores256, StreamVariant.Stores512],
            StreamKernel.HotCopy => [StreamVariant.Stores256, StreamVariant.Stores512, StreamVariant.LibraryCopy],
            StreamKernel.Copy => [StreamVariant.Stores256Past, StreamVariant.Stores512Past, StreamVariant.Stores256, StreamVariant.Stores512, StreamVariant.LibraryCopy],
            _ => [StreamVariant.Stores256Past, StreamVariant.Stores512Past, StreamVariant.Stores256, StreamVariant.Stores512],
        };
        return Avx512F.IsSupported ? all : [.. all.Where(v => v is not (StreamVariant.Stores512 or StreamVariant.Stores512Past))];
    }

    /// <summary>For the facts of a figure.</summary>
    public static string Text(this StreamVariant variant, StreamKernel kernel) => (variant, kernel) switch
    {
        (StreamVariant.Stores512, StreamKernel.Read) => "512-bit loads",
        (_, StreamKernel.Read) => "256-bit loads",
        (StreamVariant.Stores256Past, _) => "256-bit, non-temporal stores",
        (StreamVariant.Stores512Past, _) => "512-bit, non-temporal stores",
        (StreamVariant.Stores256, _) => "256-bit, ordinary stores",
        (StreamVariant.Stores512, _) => "512-bit, ordinary stores",
        _ => "memmove of the C library",
    };
}
