namespace GpuLab.Probes.Loading;

/// <summary>A way to bring weights into memory of the slice.</summary>
interface ILoader : IDisposable
{
    /// <summary>Threads, blocks and what else a reader of the figures must know.</summary>
    IEnumerable<KeyValuePair<string, string>> Facts { get; }

    /// <summary>Loads everything once. Does not allocate.</summary>
    /// <exception cref="Checkpoints.CheckpointException">A file could not be read to the end that it had.</exception>
    LoadTimes Load();
}

/// <summary>Where the weights are before a load.</summary>
enum LoadTier { Cold, Warm, Pinned }
