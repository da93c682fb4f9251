namespace GpuLab.Control.Mig;

/// <summary>
/// Where a transaction is written down before it happens, so that what was found can be restored even when this process is killed.
/// Each call returns only when what it says would survive that.
/// </summary>
public interface IMigJournal
{
    /// <summary>Keeps everybody else from changing a GPU until the result is disposed.</summary>
    /// <param name="wait">How long to wait for somebody who has it.</param>
    /// <exception cref="PartitionException">Somebody else has it; the message names who.</exception>
    ValueTask<IDisposable> Enter(string gpu, TimeSpan wait, CancellationToken cancel) => new(Nothing.Held);

    /// <summary>The last transaction on a GPU, or null where there was none.</summary>
    MigStory? Story(string gpu) => null;

    /// <summary>Before the first change.</summary>
    /// <param name="gpu">UUID of the GPU.</param>
    ValueTask Begin(string gpu, MigSnapshot found, IReadOnlyList<MigStep> steps, CancellationToken cancel);

    /// <summary>Before each change, those of a rollback or restore among them.</summary>
    ValueTask Before(MigStep step, CancellationToken cancel);

    /// <summary>After each change that succeeded, with what the driver made of it.</summary>
    /// <param name="made">The instance created, or null for other steps.</param>
    ValueTask After(MigStep step, MigGpuInstance? made, CancellationToken cancel);

    /// <summary>The found state is back; the record may be discarded.</summary>
    ValueTask End(string gpu, CancellationToken cancel);

    /// <summary>The change is meant to stay; what was found is still known, so that it can be asked for.</summary>
    ValueTask Keep(string gpu, CancellationToken cancel) => End(gpu, cancel);

    /// <summary>The found state could not be brought back: it is still owed.</summary>
    ValueTask Stuck(string gpu, string reason) => default;

    /// <summary>Goes on with a transaction of an earlier process.</summary>
    ValueTask Resume(MigStory story, CancellationToken cancel) => default;

    private sealed class Nothing : IDisposable
    {
        public static readonly Nothing Held = new();

        public void Dispose()
        {
        }
    }
}

/// <summary>Writes nothing down: for simulated GPUs of one process, where nothing outlives it.</summary>
public sealed class NoMigJournal : IMigJournal
{
    public static readonly NoMigJournal Instance = new();

    public ValueTask Begin(string gpu, MigSnapshot found, IReadOnlyList<MigStep> steps, CancellationToken cancel) => default;

    public ValueTask Before(MigStep step, CancellationToken cancel) => default;

    public ValueTask After(MigStep step, MigGpuInstance? made, CancellationToken cancel) => default;

    public ValueTask End(string gpu, CancellationToken cancel) => default;
}
