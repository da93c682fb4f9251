using System.Globalization;
using GpuLab.Control.Health;
using GpuLab.Control.Host;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Link;

/// <summary>The most that the link to the host can move one way, from the generation and lanes that the machine shows of the GPU's place.</summary>
static class LinkPeak
{
    /// <summary>Asked for just after copies: an idle link sleeps at a lower generation.</summary>
    /// <param name="ways">2 for both directions together.</param>
    public static Ceiling Of(CudaDevice device, int ways = 1) => Of(new HostTree("/"), device.PciBusId, ways);

    internal static Ceiling Of(HostTree tree, string pci, int ways)
    {
        var folder = GpuPlace.Folder(pci);
        var (speed, lanes) = (tree.Line($"{folder}/current_link_speed"), tree.Number($"{folder}/current_link_width"));
        if (speed?.Split(' ')[0] is not { } text || !double.TryParse(text, CultureInfo.InvariantCulture, out var transfers) || lanes is not > 0)
            return Ceiling.Unknown($"this machine does not show the speed and the lanes of the link of {pci}");
        return new(transfers * 1e9 / 8 * Coding(transfers) * lanes.Value * ways,
            string.Create(CultureInfo.InvariantCulture, $"line rate of {lanes} lanes of {transfers} GT/s{(ways == 1 ? "" : " each way")} as shown just after copies, before packet overhead"));
    }

    /// <summary>Bits of data in each bit on the wire: 8 in 10 to 5 GT/s, then 128 in 130, then 242 bytes of each 256.</summary>
    static double Coding(double transfers) => transfers switch
    {
        <= 5 => 8 / 10.0,
        <= 32 => 128 / 130.0,
        _ => 242 / 256.0,
    };
}
