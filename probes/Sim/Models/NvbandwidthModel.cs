using GpuLab.Model;
using GpuLab.Probes.Link;

namespace GpuLab.Probes.Sim.Models;

/// <summary>Tests of nvbandwidth: one direction of the link, alone or with the other busy.</summary>
sealed class NvbandwidthModel(ProbeInfo info) : ISimModel
{
    const int Copies = 16;

    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        var test = NvbandwidthTest.Of(parameters.Word("test", NvbandwidthTest.All[0].Name));
        var bytes = parameters.Number("bytes", info.Parameters[1].Default!.Value.Number);
        var rate = LinkModel.Rate(gpu, slice, test.Up, test.Both, !test.BySms);
        // One kernel copies both ways, so the slower way sets the time of both.
        if (test is { BySms: true, Both: true }) rate = Math.Min(rate, LinkModel.Rate(gpu, slice, !test.Up, test.Both, false));
        var share = rate / (gpu.Need("link") * gpu.Traits.Link);
        return new(bytes / rate, [new(bytes, IsRate: true)], new(Up: test.Up || test.Both ? share : 0, Down: !test.Up || test.Both ? share : 0))
        {
            Operations = Copies, Noise = 0.002, Facts = LinkModel.Facts(gpu, slice, test.Both, !test.BySms),
        };
    }
}
