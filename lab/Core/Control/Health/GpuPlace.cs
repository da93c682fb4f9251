using GpuLab.Control.Host;

namespace GpuLab.Control.Health;

/// <summary>Where a GPU is attached to the machine, from sysfs.</summary>
/// <param name="Node">NUMA node; null where the machine shows none.</param>
/// <param name="Cpus">Processors near it; empty where not shown.</param>
/// <param name="Iommu">Kind of its IOMMU group: <c>DMA</c> translates strictly, <c>DMA-FQ</c> lazily, <c>identity</c> not; null without an IOMMU.</param>
public sealed record GpuPlace(int? Node, IReadOnlyList<int> Cpus, string? Iommu)
{
    /// <summary>Where sysfs describes a device of the bus.</summary>
    /// <param name="pci">As NVML writes it, with a domain of eight digits, or as CUDA does, with the four of sysfs.</param>
    public static string Folder(string pci) => $"sys/bus/pci/devices/{(pci.Length == 16 ? pci[4..] : pci).ToLowerInvariant()}";

    /// <param name="pci">As <see cref="Folder"/> takes it.</param>
    public static GpuPlace Read(HostTree tree, string pci)
    {
        var folder = Folder(pci);
        return new(tree.Number($"{folder}/numa_node") is >= 0 and var node ? (int)node : null, CpuList.Parse(tree.Line($"{folder}/local_cpulist")), tree.Line($"{folder}/iommu_group/type"));
    }
}
