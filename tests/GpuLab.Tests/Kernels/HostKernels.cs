using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using GpuLab.Probes.Kernels;

namespace GpuLab.Tests.Kernels;

/// <summary>The host build of all kernels (tests/native/kernels), launched directly.</summary>
/// <param name="library">As <see cref="Build"/> returns it.</param>
/// <param name="order">In which threads and blocks run: 0 ascending, 1 descending, else a permutation.</param>
/// <param name="threads">OS threads that share the blocks of a launch.</param>
sealed unsafe class HostKernels(string library, uint order, int threads = 1) : IKernelRunner
{
    static readonly string[] sanitizers = ["-O1", "-g", "-fno-omit-frame-pointer", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    static readonly Lazy<string> plain = new(() => Build("libgpulab_kernels.so", "kernels.cpp", "-O2"));
    static readonly Lazy<string> sanitized = new(() => Build("libgpulab_kernels_sanitized.so", "kernels.cpp", sanitizers));
    static readonly Lazy<string> planted = new(() => Build("libgpulab_planted.so", "planted.cpp", "-O2"));
    static readonly Lazy<string> sanitizedPlanted = new(() => Build("libgpulab_planted_sanitized.so", "planted.cpp", sanitizers));

    /// <summary>Nanoseconds that a look at a clock takes: virtual time, so that what kernels do for some time does not hang on this machine.</summary>
    const ulong Look = 100;

    readonly nint handle = Loaded(library);
    readonly List<nint> owned = [];

    public static string Library => plain.Value;

    /// <summary>With address and undefined-behaviour sanitizers; only for processes that start with the first one's run-time library.</summary>
    public static string Sanitized => sanitized.Value;

    /// <summary>Kernels with faults, for tests of what finds them.</summary>
    public static string Planted => planted.Value;

    public static string SanitizedPlanted => sanitizedPlanted.Value;

    public int Sms => 7;

    public ulong Allocate(long bytes)
    {
        // Exactly as much as was asked for: a sanitizer sees the first byte beyond.
        var memory = (nint)NativeMemory.Alloc((nuint)bytes);
        NativeMemory.Fill((void*)memory, (nuint)bytes, 0xDB);
        owned.Add(memory);
        return (ulong)memory;
    }

    public nint AllocateMapped(long bytes, out ulong device)
    {
        device = Allocate(bytes);
        return (nint)device;
    }

    public void Upload(ulong to, ReadOnlySpan<byte> from) => from.CopyTo(new((void*)to, from.Length));

    public void Download(ulong from, Span<byte> to) => new ReadOnlySpan<byte>((void*)from, to.Length).CopyTo(to);

    public void Launch(string kernel, KernelShape shape, params ReadOnlySpan<KernelArgument> arguments)
    {
        var run = (delegate* unmanaged<LaunchRecord*, void>)NativeLibrary.GetExport(handle, $"gl_host_{kernel}");
        if (Sizes(kernel).Length != arguments.Length) throw new ArgumentException($"{kernel} has {Sizes(kernel).Length} parameters, not {arguments.Length}.");
        var bits = arguments.ToArray();
        fixed (KernelArgument* first = bits)
        {
            var pointers = new nint[bits.Length + 1];
            for (var i = 0; i < bits.Length; i++) pointers[i] = (nint)(first + i);
            fixed (nint* parameters = pointers)
            {
                var launch = new LaunchRecord(shape, (nint)parameters, (uint)Sms, order, (uint)threads);
                if (threads == 1) run(&launch);
                else Shared(run, launch);
            }
        }
    }

    /// <summary>Bytes of each parameter of a kernel.</summary>
    public int[] Sizes(string kernel)
    {
        var sizes = stackalloc int[32];
        var count = ((delegate* unmanaged<int*, int>)NativeLibrary.GetExport(handle, $"gl_sizes_{kernel}"))(sizes);
        return new Span<int>(sizes, count).ToArray();
    }

    public void Dispose()
    {
        foreach (var memory in owned) NativeMemory.Free((void*)memory);
        owned.Clear();
    }

    /// <summary>One clock for all launches of a library.</summary>
    static nint Loaded(string library)
    {
        // A copy, since the virtual clock is not for what else this process runs from the same file.
        var own = Path.ChangeExtension(library, ".virtual.so");
        if (!File.Exists(own) || File.GetLastWriteTimeUtc(own) < File.GetLastWriteTimeUtc(library)) Replace(library, own);
        var handle = NativeLibrary.Load(own);
        ((delegate* unmanaged<ulong, void>)NativeLibrary.GetExport(handle, "gl_host_virtual_clock"))(Look);
        return handle;
    }

    static void Replace(string from, string to)
    {
        var draft = string.Create(CultureInfo.InvariantCulture, $"{to}.{Environment.ProcessId}");
        File.Copy(from, draft, overwrite: true);
        File.SetLastWriteTimeUtc(draft, DateTime.UtcNow);
        File.Move(draft, to, overwrite: true);
    }

    void Shared(delegate* unmanaged<LaunchRecord*, void> run, LaunchRecord launch)
    {
        var workers = Enumerable.Range(0, threads).Select(t => new Thread(() =>
        {
            var part = launch with { FirstBlock = (uint)t };
            run(&part);
        })).ToArray();
        foreach (var worker in workers) worker.Start();
        foreach (var worker in workers) worker.Join();
    }

    /// <summary>Compiled once for each state of the sources.</summary>
    static string Build(string name, string source, params string[] options)
    {
        var root = EndToEnd.Sources.Root;
        var sources = Path.Combine(root, "tests/native/kernels");
        var target = Path.Combine(AppContext.BaseDirectory, name);
        var newest = Directory.EnumerateFiles(sources).Concat(KernelSources.Files).Max(File.GetLastWriteTimeUtc);
        if (File.Exists(target) && File.GetLastWriteTimeUtc(target) > newest) return target;
        var draft = string.Create(CultureInfo.InvariantCulture, $"{target}.{Environment.ProcessId}");
        Compile(root, [.. options, "-fPIC", "-shared", "-o", draft, Path.Combine(sources, source)]);
        File.Move(draft, target, overwrite: true);
        return target;
    }

    static void Compile(string root, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("g++") { RedirectStandardError = true };
        string[] flags = ["-std=c++17", "-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas", "-ffp-contract=off", "-fvisibility=hidden",
            "-I", Path.Combine(root, "tests/native/kernels"), "-I", Path.Combine(root, "probes/Kernels")];
        foreach (var argument in flags.Concat(arguments)) start.ArgumentList.Add(argument);
        using var compiler = Process.Start(start)!;
        var errors = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        Assert.True(compiler.ExitCode == 0, errors);
    }

    /// <summary><c>gl_launch</c> of tests/native/kernels/launch.hpp.</summary>
    [StructLayout(LayoutKind.Sequential)]
    struct LaunchRecord
    {
        public uint GridX, GridY, GridZ, BlockX, BlockY, BlockZ, SharedBytes;
        public nint Parameters;
        public uint Sms, Order, FirstBlock, BlockStep;

        public LaunchRecord(KernelShape shape, nint parameters, uint sms, uint order, uint step)
        {
            (GridX, GridY, GridZ, BlockX, BlockY, BlockZ, SharedBytes) = (shape.Grid, 1, 1, shape.Block, 1, 1, shape.SharedBytes);
            (Parameters, Sms, Order, BlockStep) = (parameters, sms, order, step);
        }
    }
}
