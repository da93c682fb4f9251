using GpuLab.Model;

namespace GpuLab.Control;

/// <summary>What a partitioner adds for which going from one layout to the next costs time: an order in which that is little.</summary>
public interface ILayoutOrder
{
    /// <summary>Orders layouts so that few slices are destroyed and created from what is there now through all of them and back again; touches nothing.</summary>
    /// <param name="seed">Decides between orders that cost the same.</param>
    /// <param name="anew">Whether all slices of a layout are made anew; then the order is the seed's alone.</param>
    /// <param name="from">The layout that is there by then, by its index; null for what is there now.</param>
    IReadOnlyList<PlannedCut> Order(IReadOnlyList<Layout> layouts, ulong seed, bool anew, int? from = null);
}

/// <summary>One cut of a series.</summary>
/// <param name="Layout">Its index in the list that was ordered.</param>
/// <param name="Destroyed">Slices that go.</param>
/// <param name="Created">Slices that are made.</param>
/// <param name="SwitchesMode">Whether the device changes its mode for it.</param>
/// <param name="Seconds">Estimated.</param>
public readonly record struct PlannedCut(int Layout, int Destroyed, int Created, bool SwitchesMode, double Seconds);
