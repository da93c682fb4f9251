namespace GpuLab.Control.Simulated;

/// <summary>
/// Kept in a file that several processes share. A lock file beside it is held for the length of each call, and the state is replaced
/// by renaming, so a process that is killed leaves the state before or after its call and never half of one.
/// </summary>
/// <param name="initial">What the GPU is like where there is no file yet.</param>
public sealed class SimulatedMigFile(string path, SimulatedMigState initial) : ISimulatedMigStore
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(10), pause = TimeSpan.FromMilliseconds(2);

    public T Exchange<T>(Func<SimulatedMigState, (SimulatedMigState State, T Answer)> change)
    {
        using var held = Locked();
        var before = File.Exists(path) ? SimulatedMigState.FromJson(File.ReadAllText(path)) : initial;
        var (after, answer) = change(before);
        File.WriteAllText(path + ".new", after.ToJson());
        File.Move(path + ".new", path, overwrite: true);
        return answer;
    }

    FileStream Locked()
    {
        var waited = TimeSpan.Zero;
        while (true)
        {
            try
            {
                return new(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (waited < patience && e is not DirectoryNotFoundException)
            {
                Thread.Sleep(pause);
                waited += pause;
            }
        }
    }
}
