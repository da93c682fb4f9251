using System.Runtime.InteropServices;

namespace GpuLab.Benchmarks;

/// <summary>tests/native/host_peers.c, loaded from where tests/compare-host built it.</summary>
static unsafe partial class HostPeers
{
    const string Library = "host_peers";

    public static void LoadFrom(string path) =>
        NativeLibrary.SetDllImportResolver(typeof(HostPeers).Assembly, (name, _, _) => name == Library ? NativeLibrary.Load(path) : 0);

    [LibraryImport(Library)]
    public static partial double peer_read(double* a, nuint n);

    [LibraryImport(Library)]
    public static partial double peer_read_avx(double* a, nuint n);

    [LibraryImport(Library)]
    public static partial void peer_write(double* c, double value, nuint n);

    [LibraryImport(Library)]
    public static partial void peer_write_past(double* c, double value, nuint n);

    [LibraryImport(Library)]
    public static partial void peer_copy(double* c, double* a, nuint n);

    [LibraryImport(Library)]
    public static partial void peer_copy_past(double* c, double* a, nuint n);

    [LibraryImport(Library)]
    public static partial void peer_triad(double* c, double* a, double* b, double s, nuint n);

    [LibraryImport(Library)]
    public static partial void peer_triad_past(double* c, double* a, double* b, double s, nuint n);

    [LibraryImport(Library)]
    public static partial void** peer_chase(void** p, nuint steps);
}
