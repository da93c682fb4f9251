using System.Runtime.CompilerServices;

namespace GpuLab.Probes.Llm;

/// <summary>How the weights of a matrix are stored.</summary>
public enum WeightFormat { Bf16, Int8, Int4 }

/// <summary>One row of a panel as it lies in memory: the weights of two registers of outputs for one input.</summary>
unsafe interface IPanelRow<TVector> where TVector : unmanaged
{
    /// <summary>Whether each group of rows follows a row of scales (bf16).</summary>
    static abstract bool Scaled { get; }

    /// <summary>Bytes of a row for a register of that many lanes.</summary>
    static abstract int Bytes(int lanes);

    static abstract void Read(byte* at, out TVector low, out TVector high);
}

readonly unsafe struct Bf16Row<TLanes, TVector> : IPanelRow<TVector> where TLanes : struct, ILanes<TVector> where TVector : unmanaged
{
    public static bool Scaled => false;

    public static int Bytes(int lanes) => 4 * lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read(byte* at, out TVector low, out TVector high) => TLanes.Bf16(at, out low, out high);
}

/// <summary>Weights of training, which no format of a model for inference has.</summary>
readonly unsafe struct SingleRow<TLanes, TVector> : IPanelRow<TVector> where TLanes : struct, ILanes<TVector> where TVector : unmanaged
{
    public static bool Scaled => false;

    public static int Bytes(int lanes) => 8 * lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read(byte* at, out TVector low, out TVector high) => (low, high) = (TLanes.Load((float*)at), TLanes.Load((float*)at + TLanes.Count));
}

readonly unsafe struct Int8Row<TLanes, TVector> : IPanelRow<TVector> where TLanes : struct, ILanes<TVector> where TVector : unmanaged
{
    public static bool Scaled => true;

    public static int Bytes(int lanes) => 2 * lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read(byte* at, out TVector low, out TVector high) => TLanes.Int8(at, out low, out high);
}

readonly unsafe struct Int4Row<TLanes, TVector> : IPanelRow<TVector> where TLanes : struct, ILanes<TVector> where TVector : unmanaged
{
    public static bool Scaled => true;

    public static int Bytes(int lanes) => lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read(byte* at, out TVector low, out TVector high) => TLanes.Int4(at, out low, out high);
}
