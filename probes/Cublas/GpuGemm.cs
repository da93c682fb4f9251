using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Compute;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Cublas;

/// <summary>Products of large matrices by cuBLASLt, where that library is.</summary>
sealed class GpuGemm(ProbeInfo info) : IProbe
{
    /// <summary>Elements of rows that cuBLASLt's fast algorithms ask for.</summary>
    const int Multiple = 16;

    public ProbeInfo Info => info;

    public IPreparedProbe Prepare(ProbeRequest request)
    {
        var format = GemmFormat.All.First(f => f.Name == request.Parameters.Word("type", ComputeInfo.GemmTypes[0]));
        var size = new GemmSize(Length(request, "m"), Length(request, "n"), Length(request, "k"));
        return new GpuComputeProbe(CudaSession.Current, format.Name, [(session, stream, seed) => new CublasProduct(session, stream, format, size, seed)], request.Seed);
    }

    static int Length(ProbeRequest request, string name)
    {
        var length = (int)request.Parameters.Number(name, ComputeInfo.GemmLength);
        return length % Multiple == 0 ? length : throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"{name} is {length}; it must be a multiple of {Multiple}"));
    }
}
