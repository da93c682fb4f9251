using System.Runtime.InteropServices;
using GpuLab.Control.Host;
using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Running;

namespace GpuLab.Tests.Probes;

/// <summary>Prepares probes on this machine with small sizes and collects what they sample.</summary>
sealed unsafe class Bench : IDisposable
{
    const int Capacity = 1024;
    readonly void* memory = NativeMemory.AllocZeroed((nuint)SampleRing.SizeOf(Capacity));
    readonly string scratch = Directory.CreateTempSubdirectory("gpulab-probe").FullName;

    public Bench() => Ring = new(memory, Capacity);

    public SampleRing Ring { get; }

    public static IReadOnlyList<int> Cpus { get; } = Affinity.Current();

    public ProbeRequest Request(int threads, params (string Name, ParameterValue Value)[] parameters) =>
        new("test", [.. Cpus.Take(threads)], new([.. parameters.Select(p => KeyValuePair.Create(p.Name, p.Value))]), 42) { Scratch = scratch };

    public IPreparedProbe Prepare(string id, int threads, params (string, ParameterValue)[] parameters) =>
        Catalogue.For(DeviceKind.Host, id)!.Prepare(Request(threads, parameters));

    public List<Sample> Take(IPreparedProbe probe, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var sink = new SampleSink(Ring);
            probe.Sample(ref sink);
        }
        var samples = new List<Sample>();
        Ring.Drain(samples);
        return samples;
    }

    public void Dispose()
    {
        NativeMemory.Free(memory);
        Directory.Delete(scratch, true);
    }
}
