namespace GpuLab.Control.Simulated;

/// <summary>Kept in a file that several processes share; the file is locked for the length of each call.</summary>
/// <param name="initial">What the GPU is like where the file is new or empty.</param>
public sealed class SimulatedMigFile(string path, SimulatedMigState initial) : ISimulatedMigStore
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(10), pause = TimeSpan.FromMilliseconds(2);

    public T Exchange<T>(Func<SimulatedMigState, (SimulatedMigState State, T Answer)> change)
    {
        using var file = Locked();
        using var reader = new StreamReader(file, leaveOpen: true);
        var text = reader.ReadToEnd();
        var (state, answer) = change(text.Length == 0 ? initial : SimulatedMigState.FromJson(text));
        file.SetLength(0);
        using var writer = new StreamWriter(file);
        writer.Write(state.ToJson());
        return answer;
    }

    FileStream Locked()
    {
        var waited = TimeSpan.Zero;
        while (true)
        {
            try
            {
                return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited < patience && File.Exists(path))
            {
                Thread.Sleep(pause);
                waited += pause;
            }
        }
    }
}
