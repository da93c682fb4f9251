namespace GpuLab.Probes.Sim.Models;

/// <summary>The roofline of layers of a language model on a slice.</summary>
/// <param name="Reading">Seconds that memory needs.</param>
/// <param name="Computing">Seconds that arithmetic needs.</param>
/// <param name="Seconds">The longer of the two, and launches.</param>
/// <param name="Read">Read bandwidth of the slice, B/s.</param>
/// <param name="Load">While it works.</param>
readonly record struct LlmRoof(double Reading, double Computing, double Seconds, double Read, SimLoad Load)
{
    /// <summary>How the efficiencies are known.</summary>
    public const string Source = "80 % of the read bandwidth as published for A100, 65 % of the tensor rate assumed";

    /// <summary>Share of the read bandwidth that steps of decoding reach: gpt-fast moves 1.40 TB/s on an A100-80GB that reads at 1.75.</summary>
    const double Streaming = 0.8;

    /// <summary>Share of the tensor rate that prompts reach; small ones reach less. Assumed.</summary>
    const double Products = 0.65, HalfTokens = 256;

    /// <summary>Kernels of a layer, and the time of each in a graph.</summary>
    const double Kernels = 8, Launch = 1.3e-6;

    /// <param name="rows">Tokens that go through the layers at once.</param>
    public static LlmRoof Of(SimGpu gpu, SimSlice slice, double bytes, double flop, double rows, int layers, bool decode)
    {
        var read = gpu.Need("memory_bandwidth") * slice.MemoryShare * gpu.Traits.Read;
        var share = slice.NeedSms / gpu.Need("sms");
        // A few rows leave the tensor cores half empty, but then memory is what a step waits for.
        var filled = decode ? 1 : rows / (rows + HalfTokens);
        var tensor = gpu.Need("bf16") * share * gpu.Traits.Tensor / Math.Max(1, gpu.Traits.Power * share) * Products * filled;
        var (reading, computing) = (bytes / (read * Streaming), flop / tensor);
        var seconds = Math.Max(reading, computing) + layers * Kernels * Launch;
        return new(reading, computing, seconds, read,
            new(Memory: bytes / seconds / read, Power: Math.Max(0.5 * slice.MemoryShare, gpu.Traits.Power * share * Math.Min(1, computing / seconds))));
    }
}
