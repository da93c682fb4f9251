using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>What a slice can do at best, measured where a model will run.</summary>
/// <param name="Read">Bytes a second out of memory.</param>
/// <param name="Flop">Operations a second in multiply-adds, two each, of the kind that products are made of.</param>
/// <param name="Reading">How the former was measured, in words that follow "at".</param>
/// <param name="Adding">The latter.</param>
sealed record LlmCeilings(double Read, double Flop, string Reading, string Adding);

/// <summary>A model on a slice, checked, and what that slice can do. What all language-model probes prepare.</summary>
abstract class SliceLlm : IDisposable
{
    public abstract ILanguageModel Model { get; }

    public abstract LlmCeilings Ceilings { get; }

    /// <summary>All matrices of products; the head's is the last.</summary>
    public abstract IReadOnlyList<ProductSize> Products { get; }

    public abstract Dictionary<string, string> Facts { get; }

    /// <summary>Fills the cache with random keys and values, as if sequences had so many tokens.</summary>
    public abstract void Remember(int context, int sequences);

    /// <summary>How many runs of some work make a sample that is long enough.</summary>
    public abstract int Times(LlmWork work);

    public abstract void Dispose();

    /// <summary>Checks that it fits, and opens it on the slice that a request is for.</summary>
    /// <param name="sequences">Sequences at once.</param>
    /// <param name="tokens">Most tokens of each.</param>
    /// <exception cref="ProbeSkippedException">It does not fit the slice, or its weights cannot be read.</exception>
    public static SliceLlm Open(LlmRequest wanted, ProbeRequest request, int sequences, int tokens) => request.Device.Kind == DeviceKind.Gpu
        ? GpuLlm.Open(wanted, request, CudaSession.Current, sequences, tokens)
        : HostLlm.Open(wanted, request, sequences, tokens);

    /// <summary>Why a cell cannot be measured, as far as it is known before a run; null where nothing is.</summary>
    /// <param name="onGpu">Whether the slice is of a GPU.</param>
    public static string? Obstacle(Parameters parameters, Slice slice, bool onGpu, int sequences, int tokens) => LlmRequest.Obstacle(() =>
    {
        var wanted = LlmRequest.Read(parameters, tokens);
        if (onGpu) GpuLlm.DemandRoom(wanted, slice.Memory, slice.Name, sequences, tokens);
        else HostLlm.DemandRoom(wanted, slice.Cpus.Count, sequences, tokens);
    });
}
