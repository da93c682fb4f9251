using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Latency;

/// <summary>The chase with one node a page: few lines, which the L2 holds, in many pages, whose translations it does not.</summary>
sealed class PageChase(ProbeInfo info) : IProbe
{
    public ProbeInfo Info => info;

    public IPreparedProbe Prepare(ProbeRequest request)
    {
        var (bytes, page) = (request.Parameters.Number("bytes", info.Parameters[0].Default!.Value.Number), request.Parameters.Number("page", info.Parameters[1].Default!.Value.Number));
        if (page % DeviceRing.Line != 0) throw new ProbeSkippedException($"pages {Units.BytesText(page)} apart do not lie on lines of {DeviceRing.Line} bytes");
        var nodes = Math.Floor(bytes / page);
        if (nodes is < 2 or > int.MaxValue) throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"a cycle of {nodes} pages cannot be walked"));
        // Each a line further into its page than the one before, or all would want the same few places of the L2.
        return new GpuChaseProbe(CudaSession.Current, overLink: false, (int)nodes, request.Seed, (long)page + DeviceRing.Line);
    }
}
