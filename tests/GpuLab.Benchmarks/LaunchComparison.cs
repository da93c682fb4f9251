using System.Globalization;
using System.Runtime.InteropServices;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Benchmarks;

/// <summary>
/// Launches through the binding against the same launches in C, on whatever libcuda GPULAB_CUDA names: with a double, what is left when
/// the GPU costs nothing. A kernel that waits for the host holds the stream, so that only queueing is timed. Pairs in turn.
/// </summary>
static unsafe partial class LaunchComparison
{
    const int Launches = 500;
    const ulong Limit = 20_000_000_000;

    public static void Run(string peer, int pairs)
    {
        var library = Environment.GetEnvironmentVariable("GPULAB_CUDA") ?? "libcuda.so.1";
        NativeLibrary.SetDllImportResolver(typeof(LaunchComparison).Assembly, (name, _, _) => name == "launch_peer" ? NativeLibrary.Load(peer) : 0);
        var session = CudaSession.Open();
        using var stream = new CudaStream(session.Context);
        using var memory = new DeviceMemory(session.Context, 4096);
        using var latch = new PinnedMemory(session.Context, 64);
        var (held, kernel) = (session.Kernels["gl_latch"], session.Kernels["gl_stream_triad"]);
        var at = memory.Start.Address;
        // No elements: the kernels do nothing when they run.
        var values = stackalloc ulong[] { at, at, at, 0, 0 };
        var (ours, theirs, differences) = (new double[pairs], new double[pairs], new double[pairs]);
        for (var i = -3; i < pairs; i++)
        {
            var (a, b) = i % 2 == 0 ? (Ours(), Peer()) : Swapped();
            if (i >= 0) (ours[i], theirs[i], differences[i]) = (a, b, a - b);
        }
        foreach (var side in (double[][])[ours, theirs, differences]) Array.Sort(side);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"launch on {session.Device.Name}: binding {ours[pairs / 2]:0} ns, C {theirs[pairs / 2]:0} ns, difference {differences[pairs / 2]:0} ns (half of {pairs} pairs between {differences[pairs / 4]:0} and {differences[pairs * 3 / 4]:0})"));

        (double, double) Swapped()
        {
            var b = Peer();
            return (Ours(), b);
        }

        double Ours() => Held(() =>
        {
            var start = Monotonic.Now;
            for (var i = 0; i < Launches; i++) kernel.Launch(stream, 1, 32, 0, at, at, at, 0.0, 0ul);
            return (Monotonic.Now - start) / (double)Launches;
        });

        double Peer() => Held(() => launch_many(library, kernel.Raw.Handle, stream.Raw.Handle, values, Launches) / (double)Launches);

        double Held(Func<double> timed)
        {
            *(uint*)latch.Start = 0;
            held.Launch(stream, 1, 1, 0, latch.OnDevice.Address, 1u, Limit, latch.OnDevice.Address + 32);
            var result = timed();
            *(uint*)latch.Start = 1;
            stream.Synchronize();
            return result;
        }
    }

    [LibraryImport("launch_peer", StringMarshalling = StringMarshalling.Utf8)]
    private static partial long launch_many(string library, nint function, nint stream, ulong* values, int count);
}
